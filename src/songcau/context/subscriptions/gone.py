"""How a notification shows what is no more, and what was before (clauses 4.5.0, 4.5.2 and 5.8.6).

Entities made here are for writing only.
"""

from collections.abc import Iterable

from songcau.context.entities.changes import as_deleted, with_previous
from songcau.context.entities.entity import Attribute, Attributes, Entity, Instance, instances


def deleted_entity(before: Entity, names: Iterable[str], at: str, *, previous: bool) -> Entity:
    """A deleted entity, with those of its attributes that shall be shown as deleted, too."""
    attributes: Attributes = {}
    for name in names:
        attribute = before.attributes.get(name)
        if attribute is not None:
            attributes[name] = as_deleted(_one_for_all(attribute, previous=previous), at, previous=previous, bare=True)
    return _with(before, attributes)


def with_deleted(before: Entity, after: Entity, names: Iterable[str], at: str, *, previous: bool) -> Entity:
    """The entity as it is now, with the instances that the change took away shown as deleted."""
    attributes = dict(after.attributes)
    for name in names:
        had, has = before.attributes.get(name), after.attributes.get(name)
        if had is None:
            continue
        if has is None:
            attributes[name] = as_deleted(_one_for_all(had, previous=previous), at, previous=previous)
            continue
        left = {each.get("datasetId") for each in instances(has)}
        lost = [each for each in instances(had) if each.get("datasetId") not in left]
        if lost:
            attributes[name] = [*instances(has), *instances(as_deleted(lost, at, previous=previous))]
    return _with(after, attributes)


def with_previous_values(before: Entity, after: Entity, names: Iterable[str]) -> Entity:
    """The entity with the values that the named attributes had before the change beside those they have now."""
    attributes = dict(after.attributes)
    for name in names:
        had, has = before.attributes.get(name), after.attributes.get(name)
        if had is None or has is None:
            continue
        former = instances(had)
        told = [each if each in former else _one(with_previous(each, had)) for each in instances(has)]
        attributes[name] = told if isinstance(has, list) else told[0]
    return _with(after, attributes)


def _with(entity: Entity, attributes: Attributes) -> Entity:
    return Entity(entity.id, entity.types, entity.scopes, attributes, entity.created_at, entity.modified_at)


def _one_for_all(attribute: Attribute, *, previous: bool) -> Attribute:
    """Of an attribute that went with all its instances one is shown, unless the old values of all are asked for."""
    if previous or not isinstance(attribute, list):
        return attribute
    whole = next((each for each in attribute if "datasetId" not in each), None)
    return whole if whole is not None else {key: value for key, value in attribute[0].items() if key != "datasetId"}


def _one(attribute: Attribute) -> Instance:
    return instances(attribute)[0]
