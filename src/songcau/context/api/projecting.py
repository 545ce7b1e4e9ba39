"""Which members of an entity an answer holds: `attrs`, `pick` and `omit` (clauses 4.21 and 4.23).

`pick` and `omit` may name members of linked entities in braces: `id,locatedAt{id,name}`.
"""

from dataclasses import dataclass, field

from songcau.context.problems import BadRequestData
from songcau.context.terms.keeping import kept_by_terms
from songcau.context.terms.terms import Terms

MEMBERS = frozenset({"id", "type", "scope"})
DEEPEST = 8


@dataclass(slots=True)
class Projection:
    """Expanded names in the order they were given, and what was named of the entities they link to."""

    names: list[str] = field(default_factory=list)
    nested: dict[str, "Projection"] = field(default_factory=dict)

    def of_linked(self, name: str) -> "Projection | None":
        return self.nested.get(name)

    def whole(self) -> tuple[str, ...]:
        """The names that were given without braces."""
        return tuple(name for name in self.names if name not in self.nested)


@kept_by_terms
def projection(terms: Terms, text: str) -> Projection:
    """Parse a `pick` or `omit`. Raises BadRequestData."""
    found, position = _list(text, 0, terms, 0)
    if position != len(text):
        raise BadRequestData(f"{text!r} is not a list of members: unexpected {text[position]!r}")
    return found


def names(text: str, terms: Terms) -> tuple[str, ...]:
    """Parse an `attrs`: attribute names only. Raises BadRequestData."""
    found = []
    for name in text.split(","):
        if name.strip() in MEMBERS - {"scope"} or not name.strip():
            raise BadRequestData(f"attrs takes names of attributes, not {name!r}")
        found.append(_expanded(name.strip(), terms))
    return tuple(found)


def _list(text: str, position: int, terms: Terms, depth: int) -> tuple[Projection, int]:
    if depth > DEEPEST:
        raise BadRequestData(f"Members are named at most {DEEPEST} entities deep")
    found = Projection()
    while True:
        name, position = _name(text, position)
        name = _expanded(name, terms)
        if name in found.names:
            raise BadRequestData(f"{name} is named twice")
        found.names.append(name)
        if text[position : position + 1] == "{":
            found.nested[name], position = _list(text, position + 1, terms, depth + 1)
            if text[position : position + 1] != "}":
                raise BadRequestData(f"{text!r} has a brace that is not closed")
            position += 1
        if text[position : position + 1] != ",":
            return found, position
        position += 1


def _name(text: str, position: int) -> tuple[str, int]:
    end = position
    while end < len(text) and text[end] not in ",{}":
        end += 1
    name = text[position:end].strip()
    if not name or ";" in name:
        raise BadRequestData(f"{text!r} is not a list of members: a name is missing or not one")
    return name, end


def _expanded(name: str, terms: Terms) -> str:
    return name if name in MEMBERS else terms.expand(name)
