"""The language that selects scopes (clause 4.19): `/a/b` exactly, `+` for one level, `/a/#` for a and all below it.

`,` and `|` are either, `;` is both (another scope of the entity may satisfy it), parentheses group.
"""

from collections.abc import Callable
from dataclasses import dataclass

from songcau.context.language.reader import DEEPEST, Reader
from songcau.context.problems import TooComplexQuery

LONGEST = 8_192
MOST = 256
REMEMBERED = 4_096

Test = Callable[[tuple[str, ...]], bool]

_AFTER_SCOPE = frozenset(",|;()")


@dataclass(frozen=True, slots=True)
class ScopeQuery:
    """matches: of an entity's scopes. covers: of one scope; each match has such a one. weight: its terms."""

    matches: Test
    covers: Callable[[str], bool]
    weight: int = 1


def parse(text: str) -> ScopeQuery:
    """The scope query that the text means; BadRequestData, TooComplexQuery."""
    if len(text) > LONGEST:
        raise TooComplexQuery(f"A scopeQ has at most {LONGEST} characters.")
    parser = _Parser(Reader(text, "scopeQ"))
    found = parser.either(0)
    if not parser.reader.at_end():
        raise parser.reader.refuse("',', ';' or the end")
    return ScopeQuery(found.matches, found.covers, parser.count)


class _Parser:
    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.count = 0

    def either(self, depth: int) -> ScopeQuery:
        parts = [self.both(depth)]
        while self.reader.take(",") or self.reader.take("|"):
            parts.append(self.both(depth))
        if len(parts) == 1:
            return parts[0]
        return ScopeQuery(
            lambda scopes: any(part.matches(scopes) for part in parts),
            lambda scope: any(part.covers(scope) for part in parts),
        )

    def both(self, depth: int) -> ScopeQuery:
        parts = [self.factor(depth)]
        while self.reader.take(";"):
            parts.append(self.factor(depth))
        if len(parts) == 1:
            return parts[0]
        return ScopeQuery(lambda scopes: all(part.matches(scopes) for part in parts), parts[0].covers)

    def factor(self, depth: int) -> ScopeQuery:
        reader = self.reader
        reader.blanks()
        if not reader.take("("):
            return self.scope()
        if depth >= DEEPEST:
            raise TooComplexQuery(f"In scopeQ, parentheses stand at most {DEEPEST} deep.")
        found = self.either(depth + 1)
        if not reader.take(")"):
            raise reader.refuse("')'")
        reader.blanks()
        return found

    def scope(self) -> ScopeQuery:
        reader = self.reader
        start = reader.position
        text = reader.run(_AFTER_SCOPE).strip()
        self.count += 1
        if self.count > MOST:
            raise TooComplexQuery(f"A scopeQ has at most {MOST} scopes.")
        levels = text.removeprefix("/").split("/")
        if "" in levels or any(len(level) > 1 and ("+" in level or "#" in level) for level in levels):
            reader.position = start
            raise reader.refuse("a scope such as /a/b, /a/+/c or /a/#")
        if "#" in levels[:-1]:
            reader.position = start
            raise reader.refuse("'#' as the last level only")
        covers = _one(levels)
        return ScopeQuery(lambda scopes: any(map(covers, scopes)), covers)


def _one(levels: list[str]) -> Callable[[str], bool]:
    """A test of one scope. A city has few scopes and many entities, so the answers are remembered."""
    below = levels[-1] == "#"
    wanted = levels[:-1] if below else levels
    known: dict[str, bool] = {}

    def covers(scope: str) -> bool:
        answer = known.get(scope)
        if answer is None:
            if len(known) >= REMEMBERED:
                known.clear()
            answer = known[scope] = _covers(wanted, below, scope.strip("/").split("/"))
        return answer

    return covers


def _covers(wanted: list[str], below: bool, found: list[str]) -> bool:
    if len(found) < len(wanted) or (len(found) > len(wanted) and not below):
        return False
    return all(level in ("+", one) for level, one in zip(wanted, found, strict=False))
