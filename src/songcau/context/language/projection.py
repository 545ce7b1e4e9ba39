"""Which members of an entity an answer has: `pick`, `omit` (clause 4.21), and datasets (clause 4.5.5).

`id,name` names members; `locatedAt{id,name}` those of an entity that is joined through a relationship.
"""

from dataclasses import dataclass

from songcau.context.language.names import Names
from songcau.context.language.reader import Reader
from songcau.context.problems import BadRequestData, TooComplexQuery

LONGEST = 8_192
DEEPEST = 8
MOST = 256
NO_DATASET = "@none"

_AFTER_NAME = frozenset(",|{};[]() ")
_OF_ENTITY = frozenset({"id", "type", "scope", "createdAt", "modifiedAt", "deletedAt", "expiresAt"})


@dataclass(frozen=True, slots=True)
class Projection:
    """names: the members, attributes expanded, `id` and its like as they are. linked: those of joined entities."""

    names: tuple[str, ...]
    linked: "tuple[tuple[str, Projection], ...]" = ()


def parse(text: str, terms: Names, what: str) -> Projection:
    """The members that the text names; what: `pick` or `omit`, for the sentence of a refusal. BadRequestData."""
    if len(text) > LONGEST:
        raise TooComplexQuery(f"{what} has at most {LONGEST} characters.")
    parser = _Parser(Reader(text, what), terms)
    found = parser.members(0)
    if not parser.reader.at_end():
        raise parser.reader.refuse("',' or the end")
    return found


class _Parser:
    def __init__(self, reader: Reader, terms: Names) -> None:
        self.reader = reader
        self.terms = terms
        self.count = 0

    def members(self, depth: int) -> Projection:
        names: list[str] = []
        linked: list[tuple[str, Projection]] = []
        while True:
            name = self.name()
            names.append(name)
            if self.reader.take("{"):
                if depth >= DEEPEST:
                    raise TooComplexQuery(f"In {self.reader.what}, braces stand at most {DEEPEST} deep.")
                linked.append((name, self.members(depth + 1)))
                if not self.reader.take("}"):
                    raise self.reader.refuse("'}'")
            if not (self.reader.take(",") or self.reader.take("|")):
                return Projection(tuple(dict.fromkeys(names)), tuple(linked))

    def name(self) -> str:
        name = self.reader.run(_AFTER_NAME)
        if not name:
            raise self.reader.refuse("the name of a member")
        self.count += 1
        if self.count > MOST:
            raise TooComplexQuery(f"{self.reader.what} has at most {MOST} names.")
        return name if name in _OF_ENTITY else self.terms.expand(name)


def check_disjoint(pick: Projection | None, omit: Projection | None) -> None:
    """BadRequestData when a member is both picked and omitted."""
    if pick is None or omit is None:
        return
    both = set(pick.names).intersection(omit.names)
    if both:
        raise BadRequestData(f"'{sorted(both)[0]}' cannot stand in pick and in omit.")


def datasets(text: str) -> tuple[str, ...]:
    """The ids in a list of datasets; `@none` is the instance without one. BadRequestData when one is no URI."""
    found = tuple(dict.fromkeys(text.split(",")))
    if len(found) > MOST:
        raise TooComplexQuery(f"datasetId has at most {MOST} ids.")
    for one in found:
        if one != NO_DATASET and not (":" in one[1:] and one[0].isalpha() and " " not in one):
            raise BadRequestData(f"datasetId is a list of URIs or {NO_DATASET}; '{one[:80]}' is neither.")
    return found
