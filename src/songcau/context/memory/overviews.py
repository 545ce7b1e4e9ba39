"""What types and attributes there are (clauses 5.7.5 to 5.7.10).

Which type has which attributes is counted with each change. What only some may be counted of, and in which kinds
(`Property`, …) an attribute comes, is looked up in the entities when it is asked.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from songcau.context.entities.entity import Entity, instances

# How many entities of a type have an attribute, by both. A type whose entities have none is not in it.
Usage = Mapping[str, Iterable[str]]


@dataclass(frozen=True, slots=True)
class TypeOverview:
    """A type: how many entities have it, and their attributes with the kinds these come in."""

    name: str
    count: int
    attributes: dict[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class AttributeOverview:
    """An attribute: how many entities have it, the kinds it comes in, and the types of these entities."""

    name: str
    count: int
    kinds: tuple[str, ...]
    types: tuple[str, ...]


def usage(entities: Iterable[Entity]) -> dict[str, set[str]]:
    """The attributes of each type of entities."""
    # A city has many entities and few shapes.
    shapes = {(entity.types, tuple(entity.attributes)) for entity in entities}
    found: dict[str, set[str]] = {}
    for types, attributes in shapes:
        for one in types:
            found.setdefault(one, set()).update(attributes)
    return found


def attributes_of_types(types: Iterable[str], used: Usage) -> dict[str, tuple[str, ...]]:
    """For each type the attributes of its entities, both in the order of names."""
    return {one: tuple(sorted(used.get(one, ()))) for one in sorted(types)}


def types_of_attributes(used: Usage) -> dict[str, tuple[str, ...]]:
    """For each attribute the types of its entities, both in the order of names."""
    found: dict[str, set[str]] = {}
    for one, attributes in used.items():
        for name in attributes:
            found.setdefault(name, set()).add(one)
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def of_type(name: str, entities: Iterable[Entity]) -> TypeOverview | None:
    """The overview of a type from its entities; None when there are none."""
    count = 0
    kinds: dict[str, set[str]] = {}
    for entity in entities:
        count += 1
        for attribute, found in entity.attributes.items():
            known = kinds.get(attribute)
            if known is None:
                known = kinds[attribute] = set()
            for instance in instances(found):
                known.add(instance["type"])
    if not count:
        return None
    return TypeOverview(name, count, {one: tuple(sorted(kinds[one])) for one in sorted(kinds)})


def of_attribute(name: str, entities: Iterable[Entity]) -> AttributeOverview | None:
    """The overview of an attribute from the entities that have it; None when there are none."""
    count = 0
    kinds: set[str] = set()
    types: set[tuple[str, ...]] = set()
    for entity in entities:
        count += 1
        types.add(entity.types)
        for instance in instances(entity.attributes[name]):
            kinds.add(instance["type"])
    if not count:
        return None
    return AttributeOverview(name, count, tuple(sorted(kinds)), tuple(sorted({one for some in types for one in some})))
