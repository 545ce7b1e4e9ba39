"""How a change joins what is there: pure functions from an entity and a draft to the next entity (5.6.1–5.6.21).

Each takes `at`, the instant of the change as it is stored, and gives a new `Entity` that shares what did not change.
Instances of a draft belong to the new entity from then on: they are stamped in place.
"""

from dataclasses import dataclass, field

from songcau.context.entities.entity import Attribute, Attributes, Entity, Instance, instances
from songcau.context.entities.kinds import DETAILS
from songcau.context.entities.languages import in_its_language
from songcau.context.entities.reading import NULL, Draft, check_part, is_deletion, of_kind
from songcau.context.problems import BadRequestData, ResourceNotFound

Refusals = list[tuple[str, str]]


@dataclass(slots=True)
class Outcome:
    """The entity after the change, the attributes written, and what was left as it was, with the reason."""

    entity: Entity
    names: tuple[str, ...]
    refused: Refusals = field(default_factory=list)


def created(draft: Draft, at: str) -> Entity:
    """A new entity. A deletion in the draft deletes nothing and is dropped."""
    return _whole(draft, at, created_at=at)


def replaced(entity: Entity, draft: Draft, at: str) -> Entity:
    """The entity with what the draft says and nothing else; its own createdAt stays."""
    return _whole(draft, at, created_at=entity.created_at, types=entity.types)


def _whole(draft: Draft, at: str, *, created_at: str, types: tuple[str, ...] = ()) -> Entity:
    attributes = draft.attributes
    for attribute in attributes.values():
        if type(attribute) is dict:
            attribute["createdAt"] = attribute["modifiedAt"] = at
        else:
            for instance in attribute:
                instance["createdAt"] = instance["modifiedAt"] = at  # type: ignore[index]
    return Entity(draft.id or "", draft.types or types, draft.scopes or (), attributes, created_at, at)


def appended(entity: Entity, draft: Draft, at: str, *, overwrite: bool = True) -> Outcome:
    """Attributes are added; one that is there is replaced, or with `overwrite` false left alone (5.6.3).

    Types are united. Scopes are replaced, or with `overwrite` false united (4.16, 4.18).
    """
    outcome = _with_attributes(entity, draft, at, overwrite=overwrite)
    if draft.scopes is not None:
        outcome.entity.scopes = draft.scopes if overwrite else _united(entity.scopes, draft.scopes)
    return outcome


def updated(entity: Entity, draft: Draft, at: str) -> Outcome:
    """Attributes are replaced, added or, by NGSI-LD Null, deleted; a scope replaces one that is there (5.6.2)."""
    outcome = _with_attributes(entity, draft, at, overwrite=True)
    if draft.scopes is not None:
        if entity.scopes:
            outcome.entity.scopes = draft.scopes
        else:
            outcome.refused.append(("scope", "The entity has no scope to update"))
    return outcome


def merged(
    entity: Entity, draft: Draft, at: str, *, observed_at: str | None = None, lang: str | None = None
) -> Outcome:
    """Members of the draft go into what is there, at every depth; NGSI-LD Null deletes (5.6.17).

    observed_at: given to every merged attribute that has an observedAt and brings none of its own. lang: the language
    of texts that are merged into a LanguageProperty; those in other languages stay.
    """
    outcome = _next(entity, draft, at)
    attributes = outcome.entity.attributes
    for name, attribute in draft.attributes.items():
        for given in instances(attribute):
            found = instance_of(attributes.get(name), given.get("datasetId"))
            instance = of_kind(found["type"], given) if found is not None and draft.simplified else given
            if lang is not None and found is not None:
                instance = _in_language(found, instance, lang)
            if is_deletion(instance):
                _delete(attributes, name, instance.get("datasetId"))
            elif found is None:
                attributes[name] = placed(attributes.get(name), without_nulls(instance), at)
            else:
                joined = _merged_instance(found, instance)
                if observed_at and "observedAt" in found and "observedAt" not in instance:
                    joined["observedAt"] = observed_at
                attributes[name] = placed(attributes.get(name), joined, at)
    if draft.scopes is not None:
        outcome.entity.scopes = draft.scopes
    return outcome


def patched_attribute(entity: Entity, name: str, patch: Instance, at: str) -> Outcome:
    """The instance with the patch's datasetId takes over the patch's members, whole (5.6.4).

    Raises ResourceNotFound (no such attribute or instance), BadRequestData (another type of attribute).
    """
    dataset = patch.get("datasetId")
    found = require_instance(entity, name, dataset)
    if is_deletion(patch):
        return deleted_attribute(entity, name, at, dataset=dataset)
    kind = patch.get("type")
    if kind is not None and kind != found["type"]:
        raise BadRequestData(f"The attribute is a {found['type']} and cannot become a {kind} by a partial update")
    check_part(found["type"], patch)
    joined = {**found, **without_nulls(patch)}
    for member in [member for member, value in patch.items() if _is_null(value)]:
        joined.pop(member, None)
    return _one_attribute(entity, name, placed(entity.attributes[name], joined, at), at)


def replaced_attribute(entity: Entity, name: str, attribute: Attribute, at: str) -> Outcome:
    """The instances given take the place of those with the same datasetId (5.6.19). Raises ResourceNotFound."""
    require_instance(entity, name, first_dataset(attribute))
    next_one: Attribute = entity.attributes[name]
    for instance in instances(attribute):
        require_instance(entity, name, instance.get("datasetId"))
        next_one = placed(next_one, instance, at)
    return _one_attribute(entity, name, next_one, at)


def deleted_attribute(
    entity: Entity, name: str, at: str, *, dataset: str | None = None, every: bool = False
) -> Outcome:
    """The attribute goes: all of it, or the instance with that datasetId (None: the default one) (5.6.5)."""
    if name == "scope":
        if not entity.scopes:
            raise ResourceNotFound("The entity has no scope")
        outcome = _one_attribute(entity, None, None, at)
        outcome.entity.scopes = ()
        return outcome
    if name not in entity.attributes:
        raise ResourceNotFound(f"The entity has no attribute {name}")
    outcome = _one_attribute(entity, name, entity.attributes[name], at)
    if every:
        del outcome.entity.attributes[name]
    elif not _delete(outcome.entity.attributes, name, dataset):
        raise ResourceNotFound(f"The attribute {name} has no instance of the dataset {dataset or '@none'}")
    return outcome


def only_attributes(entity: Entity, at: str, *, keep: frozenset[str] | None, drop: frozenset[str]) -> Outcome:
    """The entity with the attributes of `keep` only, or without those of `drop` (5.6.21)."""
    gone = tuple(name for name in entity.attributes if (name not in keep if keep is not None else name in drop))
    left = {name: attribute for name, attribute in entity.attributes.items() if name not in gone}
    scopes = () if (keep is not None and "scope" not in keep) or "scope" in drop else entity.scopes
    return Outcome(Entity(entity.id, entity.types, scopes, left, entity.created_at, at), gone)


def placed(existing: Attribute | None, instance: Instance, at: str) -> Attribute:
    """The attribute with the instance in the place of the one of its dataset, or beside those that are there.

    The default instance stands first, so that an answer is the same whatever the order of writing.
    """
    instance["modifiedAt"] = at
    if existing is None:
        instance["createdAt"] = at
        return instance
    dataset = instance.get("datasetId")
    if type(existing) is dict and existing.get("datasetId") == dataset:
        instance["createdAt"] = existing["createdAt"]
        return instance
    several = list(instances(existing))
    for position, other in enumerate(several):
        if other.get("datasetId") == dataset:
            instance["createdAt"] = other["createdAt"]
            several[position] = instance
            return several
    instance["createdAt"] = at
    several.insert(0 if dataset is None else len(several), instance)
    return several


def instance_of(attribute: Attribute | None, dataset: str | None) -> Instance | None:
    """The instance with that datasetId (None: the default one), if there is one."""
    if attribute is None:
        return None
    return next((instance for instance in instances(attribute) if instance.get("datasetId") == dataset), None)


def require_instance(entity: Entity, name: str, dataset: str | None) -> Instance:
    """Raises ResourceNotFound."""
    found = instance_of(entity.attributes.get(name), dataset)
    if found is None:
        raise ResourceNotFound(
            f"The entity has no attribute {name}"
            if name not in entity.attributes
            else f"The attribute {name} has no instance of the dataset {dataset or '@none'}"
        )
    return found


def _next(entity: Entity, draft: Draft, at: str) -> Outcome:
    types = entity.types
    if draft.types and draft.types != types:
        types = _united(types, draft.types)
    after = Entity(entity.id, types, entity.scopes, dict(entity.attributes), entity.created_at, at)
    return Outcome(after, tuple(draft.attributes))


def _with_attributes(entity: Entity, draft: Draft, at: str, *, overwrite: bool) -> Outcome:
    outcome = _next(entity, draft, at)
    attributes = outcome.entity.attributes
    if overwrite:
        _overwrite(attributes, draft, at)
        return outcome
    written = []
    for name, attribute in draft.attributes.items():
        if name not in attributes:
            _set(attributes, name, attribute, draft, at)
        elif _take_new(attributes, name, attribute, at):
            outcome.refused.append((name, "The attribute is already there"))
            continue
        written.append(name)
    outcome.names = tuple(written)
    return outcome


def _overwrite(attributes: Attributes, draft: Draft, at: str) -> None:
    for name, attribute in draft.attributes.items():
        if type(attribute) is dict and not draft.nulls:
            attributes[name] = placed(attributes.get(name), attribute, at)
        else:
            _set(attributes, name, attribute, draft, at)


def _set(attributes: Attributes, name: str, attribute: Attribute, draft: Draft, at: str) -> None:
    """Each instance in the place of the one of its dataset; a deletion takes that one away."""
    for instance in instances(attribute):
        if draft.nulls and is_deletion(instance):
            _delete(attributes, name, instance.get("datasetId"))
        else:
            whole = without_nulls(instance) if draft.nulls else instance
            attributes[name] = placed(attributes.get(name), whole, at)


def _take_new(attributes: Attributes, name: str, attribute: Attribute, at: str) -> bool:
    """Add the instances whose dataset is not there yet; whether any was there already."""
    present = False
    for instance in instances(attribute):
        if instance_of(attributes[name], instance.get("datasetId")) is not None:
            present = True
        else:
            attributes[name] = placed(attributes[name], instance, at)
    return present


def _one_attribute(entity: Entity, name: str | None, attribute: Attribute | None, at: str) -> Outcome:
    attributes = dict(entity.attributes)
    if name is not None and attribute is not None:
        attributes[name] = attribute
    after = Entity(entity.id, entity.types, entity.scopes, attributes, entity.created_at, at)
    return Outcome(after, (name,) if name is not None else ())


def _delete(attributes: Attributes, name: str, dataset: str | None) -> bool:
    existing = attributes.get(name)
    if existing is None:
        return False
    several = instances(existing)
    left = [instance for instance in several if instance.get("datasetId") != dataset]
    if len(left) == len(several):
        return False
    if not left:
        del attributes[name]
    else:
        attributes[name] = left[0] if len(left) == 1 else left
    return True


def _in_language(found: Instance, given: Instance, lang: str) -> Instance:
    """A text, or a list of texts, for a LanguageProperty: as its text in one language."""
    text = given.get("value")
    if found["type"] != "LanguageProperty" or given["type"] != "Property" or text == NULL or not _is_text(text):
        return given
    others = {member: part for member, part in given.items() if member not in ("type", "value")}
    return {"type": "LanguageProperty", "languageMap": in_its_language(found["languageMap"], text, lang), **others}


def _is_text(value: object) -> bool:
    texts = value if isinstance(value, list) else [value]
    return bool(texts) and all(isinstance(text, str) for text in texts)


def _merged_instance(found: Instance, patch: Instance) -> Instance:
    """RFC 7396 over the members of an instance, with NGSI-LD Null for null; a change of type replaces."""
    if patch.get("type", found["type"]) != found["type"]:
        return without_nulls(patch)
    joined = dict(found)
    for member, value in patch.items():
        former = joined.get(member)
        if _is_null(value):
            joined.pop(member, None)
        elif isinstance(value, dict) and isinstance(former, dict) and member not in DETAILS:
            joined[member] = _merged_instance(former, value)
        elif isinstance(value, dict) and isinstance(former, dict) and found["type"] != "GeoProperty":
            joined[member] = _merged_value(former, value)
        elif isinstance(value, dict) and member != "json":
            joined[member] = without_nulls(value)
        else:
            joined[member] = value
    return joined


def _merged_value(found: Instance, patch: Instance) -> Instance:
    joined = dict(found)
    for member, value in patch.items():
        if _is_null(value):
            joined.pop(member, None)
        elif isinstance(value, dict):
            former = joined.get(member)
            joined[member] = _merged_value(former, value) if isinstance(former, dict) else without_nulls(value)
        else:
            joined[member] = value
    return joined


def without_nulls(instance: Instance) -> Instance:
    """The instance without what an NGSI-LD Null would delete, at every depth: there is nothing to delete.

    Raw JSON (a JsonProperty) stays as it is: there the text means itself.
    """
    return {
        member: without_nulls(value) if isinstance(value, dict) and member != "json" else value
        for member, value in instance.items()
        if not _is_null(value)
    }


def _is_null(value: object) -> bool:
    return value == NULL or (isinstance(value, dict) and "type" in value and is_deletion(value))


def _united(first: tuple[str, ...], second: tuple[str, ...]) -> tuple[str, ...]:
    return first + tuple(one for one in second if one not in first)


def first_dataset(attribute: Attribute) -> str | None:
    """The datasetId of the first instance."""
    dataset: str | None = instances(attribute)[0].get("datasetId")
    return dataset
