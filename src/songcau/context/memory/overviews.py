"""What types and attributes there are (clauses 5.7.5 to 5.7.10).

Which type has which attributes is counted with each change. In which kinds (`Property`, …) an attribute comes is looked
up in the entities when it is asked: 100 ms for 100,000 of them, and nothing until then.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import TypeVar

from songcau.context.entities.entity import Entity, instances

Seen = TypeVar("Seen")
Kinds = frozenset[str]


class Overviews(Mapping[str, Seen]):
    """Something by name, in the order of names; each is made when it is looked at."""

    def __init__(self, names: Collection[str], made: Callable[[str], Seen]) -> None:
        self._names = names
        self._made = made

    def __getitem__(self, name: str) -> Seen:
        if name not in self._names:
            raise KeyError(name)
        return self._made(name)

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._names))

    def __len__(self) -> int:
        return len(self._names)


class TypeOverview:
    """A type: how many entities have it, and their attributes with the kinds these come in."""

    __slots__ = ("attributes", "count")

    def __init__(self, entities: Collection[Entity], attributes: Collection[str]) -> None:
        self.count = len(entities)
        self.attributes: Mapping[str, Kinds] = Overviews(attributes, lambda name: _kinds(name, entities))


class AttributeOverview:
    """An attribute: how many entities have it, and the types of these."""

    __slots__ = ("_entities", "_name", "count", "types")

    def __init__(self, name: str, count: int, types: frozenset[str], entities: Callable[[], Iterable[Entity]]) -> None:
        self.count = count
        self.types = types
        self._name = name
        self._entities = entities

    @property
    def kinds(self) -> Kinds:
        """The kinds that the attribute comes in."""
        return _kinds(self._name, self._entities())


def _kinds(name: str, entities: Iterable[Entity]) -> Kinds:
    found: set[str] = set()
    for entity in entities:
        attribute = entity.attributes.get(name)
        if type(attribute) is dict:
            found.add(attribute["type"])
        elif attribute is not None:
            found.update(instance["type"] for instance in instances(attribute))
    return frozenset(found)
