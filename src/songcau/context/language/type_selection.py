"""The language that selects entity types (clause 4.17): `A,B` or `A|B` is either, `(A;B)` both."""

from collections.abc import Callable
from dataclasses import dataclass

from songcau.context.language.names import Names
from songcau.context.language.reader import DEEPEST, Reader
from songcau.context.problems import BadRequestData, TooComplexQuery

LONGEST = 8_192
MOST = 256

Test = Callable[[tuple[str, ...]], bool]

_AFTER_NAME = frozenset(",|;() ")


@dataclass(frozen=True, slots=True)
class TypeSelection:
    """covers: types (expanded) of which every matching entity has at least one. exact: nothing more is asked."""

    covers: tuple[str, ...]
    exact: bool
    matches: Test


def parse(text: str, terms: Names) -> TypeSelection:
    """The selection that the text means under a @context; BadRequestData, TooComplexQuery."""
    if len(text) > LONGEST:
        raise TooComplexQuery(f"A selection of types has at most {LONGEST} characters.")
    parser = _Parser(text, terms)
    found = parser.either(0)
    if not parser.reader.at_end():
        raise parser.reader.refuse("',', ';' or the end")
    return found


class _Parser:
    def __init__(self, text: str, terms: Names) -> None:
        self.reader = Reader(text, "type")
        self.terms = terms
        self.count = 0

    def either(self, depth: int) -> TypeSelection:
        parts = [self.both(depth)]
        while self.reader.take(",") or self.reader.take("|"):
            parts.append(self.both(depth))
        return either(parts)

    def both(self, depth: int) -> TypeSelection:
        parts = [self.factor(depth)]
        while self.reader.take(";"):
            parts.append(self.factor(depth))
        return _both(parts)

    def factor(self, depth: int) -> TypeSelection:
        reader = self.reader
        reader.blanks()
        if not reader.take("("):
            found = self.name()
        elif depth >= DEEPEST:
            raise TooComplexQuery(f"In type, parentheses stand at most {DEEPEST} deep.")
        else:
            found = self.either(depth + 1)
            if not reader.take(")"):
                raise reader.refuse("')'")
        reader.blanks()
        return found

    def name(self) -> TypeSelection:
        name = self.reader.run(_AFTER_NAME)
        if not name:
            raise self.reader.refuse("the name of a type")
        self.count += 1
        if self.count > MOST:
            raise TooComplexQuery(f"A selection of types has at most {MOST} names.")
        iri = self.terms.expand(name)
        return TypeSelection((iri,), True, lambda types: iri in types)


def either(parts: list[TypeSelection]) -> TypeSelection:
    """The selection of what one of the parts selects."""
    if len(parts) == 1:
        return parts[0]
    covers = tuple(dict.fromkeys(name for part in parts for name in part.covers))
    if all(part.exact for part in parts):
        names = frozenset(covers)
        return TypeSelection(covers, True, lambda types: not names.isdisjoint(types))
    tests = [part.matches for part in parts]
    return TypeSelection(covers, False, lambda types: any(test(types) for test in tests))


def _both(parts: list[TypeSelection]) -> TypeSelection:
    if len(parts) == 1:
        return parts[0]
    narrowest = min(parts, key=lambda part: len(part.covers))
    tests = [part.matches for part in parts]
    return TypeSelection(narrowest.covers, False, lambda types: all(test(types) for test in tests))


def listed(text: str, terms: Names, what: str) -> tuple[str, ...]:
    """The expanded names of a list of attributes parted by commas; BadRequestData when one is empty or reserved."""
    names = text.split(",")
    if len(names) > MOST:
        raise TooComplexQuery(f"{what} has at most {MOST} names.")
    if any(name in _NOT_NAMES for name in names):
        raise BadRequestData(f"{what} is a list of attributes' names; '{text[:80]}' is none.")
    return tuple(dict.fromkeys(terms.expand(name) for name in names))


_NOT_NAMES = frozenset({"", "id", "type", "scope", "@id", "@type", "@context"})
