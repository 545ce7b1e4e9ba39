"""What types and attributes there are (clauses 5.7.5 to 5.7.10): counted when asked, from the entities themselves."""

from collections.abc import Iterable
from dataclasses import dataclass

from songcau.context.entities.entity import Entity, instances

# The types and the attributes of an entity. A city has many entities and few shapes.
Shape = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class TypeOverview:
    """A type: how many entities have it, and their attributes with the kinds (`Property`, …) these come in."""

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


def shapes(entities: Iterable[Entity]) -> frozenset[Shape]:
    """The shapes of entities, each once."""
    return frozenset({(entity.types, tuple(entity.attributes)) for entity in entities})


def attributes_of_types(found: Iterable[Shape]) -> dict[str, tuple[str, ...]]:
    """For each type, in the order of names, the attributes of its entities."""
    names: dict[str, set[str]] = {}
    for types, attributes in found:
        for one in types:
            names.setdefault(one, set()).update(attributes)
    return {one: tuple(sorted(names[one])) for one in sorted(names)}


def types_of_attributes(found: Iterable[Shape]) -> dict[str, tuple[str, ...]]:
    """For each attribute, in the order of names, the types of its entities."""
    names: dict[str, set[str]] = {}
    for types, attributes in found:
        for one in attributes:
            names.setdefault(one, set()).update(types)
    return {one: tuple(sorted(names[one])) for one in sorted(names)}


def of_type(name: str, entities: Iterable[Entity]) -> TypeOverview | None:
    """The overview of a type from its entities; None when there are none."""
    count = 0
    kinds: dict[str, set[str]] = {}
    for entity in entities:
        count += 1
        for attribute, found in entity.attributes.items():
            known = kinds.setdefault(attribute, set())
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
        kinds.update(instance["type"] for instance in instances(entity.attributes[name]))
    if not count:
        return None
    return AttributeOverview(name, count, tuple(sorted(kinds)), tuple(sorted({one for some in types for one in some})))
