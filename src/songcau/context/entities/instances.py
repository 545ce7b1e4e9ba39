"""From the payload of one attribute to its stored instances: normalized, concise and simplified form alike.

The form is not announced by a client except the simplified one: an object with a known `type` is normalized, an object
with one of the value members is concise, everything else is the value itself (clauses 4.5.2.3 and 4.5.4).
"""

from typing import Any, Final

from songcau.context.entities.entity import Attribute, Instance, instances
from songcau.context.entities.geojson import is_geometry, read_geometry
from songcau.context.entities.kinds import DETAILS, KINDS_BY_MEMBER, NAMES_OF_KINDS, VALUE_MEMBERS
from songcau.context.entities.members import READERS, SEALS, Manner, Reader, read_dataset_id, read_value
from songcau.context.entities.values import DEEPEST, NULL, Misfit
from songcau.context.problems import BadRequestData
from songcau.context.remembering import short_kept
from songcau.context.terms.names import is_iri

DELETED: Final[Instance] = {"type": "Property", "value": NULL}
"""Stands in a draft for an attribute, or for its instance without dataset, that is to be deleted: `is DELETED`."""

MOST_MEMBERS: Final = 10_000


@short_kept(1024)
def deleted_of(dataset_id: str) -> Instance:
    """Stands in a draft for the instance of a dataset that is to be deleted."""
    return {**DELETED, "datasetId": dataset_id}


def is_deletion(instance: Instance) -> bool:
    """Whether an instance of a draft says that the stored one is to be deleted. No stored value is an NGSI-LD Null."""
    return instance is DELETED or instance.get("value") == NULL


def read_instances(manner: Manner, payload: Any, depth: int = 0) -> Attribute:
    """One attribute, of one instance or several. Raises Misfit, BadRequestData."""
    kind = payload.__class__
    if kind is dict:
        type_ = payload.get("type")
        if manner.simplified:
            return _from_simplified(manner, payload, depth)
        if type_.__class__ is str and type_ in VALUE_MEMBERS:
            return _from_normalized(manner, type_, payload, depth)
        return _from_concise(manner, payload, depth)
    if kind is list:
        return _from_list(manner, payload, depth)
    if payload == NULL and manner.nulls:
        return DELETED
    return {"type": "Property", "value": read_value(manner, "it", payload)}


def read_part(manner: Manner, payload: Any) -> Instance:
    """A part of one instance: what it leaves out stays as it is. Without a "type" when the payload has none."""
    if payload.__class__ is not dict:
        return _without_kind(read_instances(manner, payload))
    if "@context" in payload:
        payload = {member: part for member, part in payload.items() if member != "@context"}
    if not payload:
        raise Misfit("it is empty")
    if "type" in payload or "@type" in payload:
        return _single(read_instances(manner, payload))
    if KINDS_BY_MEMBER.keys().isdisjoint(payload):
        return _without_kind(_from_normalized(manner, "Property", payload, 0))
    return _without_kind(_from_concise(manner, payload, 0))


def check_part(kind: str, part: Instance) -> None:
    """Raises BadRequestData when a part that did not say its kind does not fit the stored instance of that kind."""
    readers = READERS[kind]
    for member in part:
        if member in DETAILS and member not in readers and member != "type":
            raise BadRequestData(f"The attribute is a {kind}, which has no {member}")
    if kind == "GeoProperty" and "value" in part:
        read_geometry(part["value"], "value")


def of_kind(kind: str, instance: Instance) -> Instance:
    """An instance of the simplified form, where a URI or a list may mean several kinds, as the kind that is stored.

    What does not fit the kind stays what it is.
    """
    value = instance.get("value")
    if instance["type"] != "Property" or value == NULL:
        return instance
    if kind == "Relationship" and _are_uris(value):
        named: Instance = {"object": value}
    elif kind == "ListRelationship" and value.__class__ is list and _are_uris(value):
        named = {"objectList": [{"object": uri} for uri in value]}
    elif kind == "ListProperty" and value.__class__ is list:
        named = {"valueList": value}
    else:
        return instance
    others = {member: part for member, part in instance.items() if member not in ("type", "value")}
    return {"type": kind, **named, **others}


def _are_uris(value: Any) -> bool:
    parts = value if value.__class__ is list else [value]
    return bool(parts) and all(part.__class__ is str and is_iri(part) for part in parts)


def _single(found: Attribute) -> Instance:
    if isinstance(found, list):
        raise Misfit("it has several instances where one is expected")
    return found


def _without_kind(found: Attribute) -> Instance:
    """The instance, just made here, without the kind that was only guessed."""
    instance = _single(found)
    if not is_deletion(instance):
        del instance["type"]
    return instance


def _from_normalized(
    manner: Manner, kind: str, payload: dict[str, Any], depth: int, more: dict[str, Reader] | None = None
) -> Instance:
    """An object whose kind is known, member by member. more: readers beside those of the kind."""
    if depth >= DEEPEST or len(payload) > MOST_MEMBERS:
        raise Misfit(f"it is more than {DEEPEST} levels deep or has more than {MOST_MEMBERS:,} members")
    value_member = VALUE_MEMBERS[kind]
    if manner.nulls and _is_null(payload.get(value_member)):
        dataset_id = read_dataset_id(manner, "datasetId", payload.get("datasetId", "@none"))
        return DELETED if dataset_id is None else deleted_of(dataset_id)
    instance: Instance = {"type": NAMES_OF_KINDS[kind]}
    readers = READERS[kind] if more is None else READERS[kind] | more
    for member, value in payload.items():
        reader = readers.get(member)
        if reader is not None:
            stored = reader(manner, member, value)
            if stored is not None:
                instance[member] = stored
        elif member not in ("type", "@type"):
            _sub_attribute(manner, instance, member, value, depth)
    if value_member not in instance and not manner.partial:
        raise Misfit(f"it is a {kind} without {value_member}")
    return instance


def _sub_attribute(manner: Manner, instance: Instance, member: str, payload: Any, depth: int) -> None:
    if member in DETAILS or member == "@context":
        raise Misfit(f"a {instance['type']} has no {member}")
    iri = manner.terms.expand(member)
    if iri in instance:
        raise Misfit(f"it has {member!r} twice")
    if manner.partial:  # only the outermost level of a part may leave things out
        manner = Manner(manner.terms, nulls=manner.nulls)
    try:
        if member == "ngsildproof" and payload.__class__ is dict and "value" in payload:
            instance[iri] = _from_normalized(manner, "Property", payload, depth + 1, SEALS)
        else:
            instance[iri] = read_instances(manner, payload, depth + 1)
    except Misfit as misfit:
        misfit.path.append(member)
        raise


def _from_concise(manner: Manner, payload: dict[str, Any], depth: int) -> Attribute:
    """An object without a known `type`: the concise form, a geometry, or a value that is an object."""
    if "type" in payload:
        if is_geometry(payload):
            return {"type": "GeoProperty", "value": read_geometry(payload, "it")}
        raise Misfit(f"its type is none of {', '.join(VALUE_MEMBERS)}")
    kind = payload.get("@type")
    if kind.__class__ is str and kind in VALUE_MEMBERS:
        return _from_normalized(manner, kind, payload, depth)
    members = [member for member in KINDS_BY_MEMBER if member in payload]
    if len(members) > 1:
        raise Misfit(f"it has both {members[0]} and {members[1]}")
    if members:
        value = payload[members[0]]
        geo = value.__class__ is dict and members[0] == "value" and is_geometry(value)
        return _from_normalized(manner, "GeoProperty" if geo else KINDS_BY_MEMBER[members[0]], payload, depth)
    if payload.keys() == {"dataset"}:
        return _from_datasets(manner, payload["dataset"], depth)
    if not payload or DETAILS & payload.keys() or "@context" in payload:
        raise Misfit("it has no value")
    return {"type": "Property", "value": read_value(manner, "its value", payload)}


def _from_simplified(manner: Manner, payload: dict[str, Any], depth: int) -> Attribute:
    """An object of the simplified form (clause 4.5.4): only what has one member with a special name is special."""
    if is_geometry(payload):
        return {"type": "GeoProperty", "value": read_geometry(payload, "it")}
    if len(payload) == 1:
        (member,) = payload
        if member == "dataset":
            return _from_datasets(manner, payload["dataset"], depth)
        if member in ("languageMap", "vocab", "json"):
            return _from_normalized(manner, KINDS_BY_MEMBER[member], payload, depth)
    if not payload:
        raise Misfit("it has no value")
    return {"type": "Property", "value": read_value(manner, "it", payload)}


def _from_list(manner: Manner, payload: list[Any], depth: int) -> Attribute:
    """A list: several instances of an attribute, or a value that is a list."""
    alike = [part.__class__ is dict and _is_instance(part) for part in payload]
    if manner.simplified or not any(alike):
        return {"type": "Property", "value": read_value(manner, "it", payload)}
    if not all(alike):
        raise Misfit("it is a list of which not every part is an instance")
    found: list[Instance] = []
    for part in payload:
        found += instances(read_instances(manner, part, depth))
    return _distinct(found)


def _is_instance(part: dict[str, Any]) -> bool:
    """Whether an object in a list means to be an instance of an attribute rather than a part of a value."""
    kind = part.get("type", part.get("@type"))
    if kind.__class__ is str and kind in VALUE_MEMBERS:
        return True
    return "type" not in part and len(KINDS_BY_MEMBER.keys() & part.keys()) == 1


def _from_datasets(manner: Manner, payload: Any, depth: int) -> Attribute:
    """The simplified form of several instances: an object of values by dataset."""
    if payload.__class__ is not dict or not payload:
        raise Misfit("dataset is not an object of values by dataset")
    simplified = Manner(manner.terms, simplified=True, nulls=manner.nulls)
    found: list[Instance] = []
    for dataset, value in payload.items():
        dataset_id = read_dataset_id(manner, "dataset", dataset)
        for instance in instances(read_instances(simplified, value, depth + 1)):
            if "datasetId" in instance or depth:
                raise Misfit("it has datasets within datasets")
            found.append(_of_dataset(instance, dataset_id))
    return _distinct(found)


def _of_dataset(instance: Instance, dataset_id: str | None) -> Instance:
    if dataset_id is None:
        return instance
    return deleted_of(dataset_id) if instance is DELETED else {**instance, "datasetId": dataset_id}


def _distinct(found: list[Instance]) -> Attribute:
    if len({instance.get("datasetId") for instance in found}) < len(found):
        raise Misfit("it has two instances of one dataset, or two without a dataset")
    return found[0] if len(found) == 1 else found


def _is_null(value: Any) -> bool:
    """Whether a value is an NGSI-LD Null, which a list holds alone and a language map under "@none"."""
    kind = value.__class__
    if kind is str:
        return bool(value == NULL)
    if kind is list:
        return len(value) == 1 and value[0] in (NULL, {"object": NULL})
    return kind is dict and len(value) == 1 and value.get("@none") == NULL
