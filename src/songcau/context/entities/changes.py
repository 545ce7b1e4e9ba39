"""What notifications show beside the state itself: what was before, and what is gone (clauses 4.5.2 and 5.8.6).

Each function makes instances in the stored form, which `writing` then writes as it writes any.
"""

from typing import Any

from songcau.context.entities.entity import Attribute, Instance, instances
from songcau.context.entities.kinds import PREVIOUS_MEMBERS, VALUE_MEMBERS
from songcau.context.entities.values import NULL


def with_previous(attribute: Attribute, before: Attribute | None) -> Attribute:
    """An attribute that shows for each of its instances what the same instance said before; nothing for a new one."""
    earlier = {instance.get("datasetId"): instance for instance in instances(before)} if before else {}
    shown = [_with_previous(instance, earlier.get(instance.get("datasetId"))) for instance in instances(attribute)]
    return shown if isinstance(attribute, list) else shown[0]


def _with_previous(instance: Instance, before: Instance | None) -> Instance:
    if before is None:
        return instance
    member = VALUE_MEMBERS[before["type"]]
    return {**instance, PREVIOUS_MEMBERS[member]: before[member]}


def as_deleted(attribute: Attribute, at: str, *, previous: bool = False, bare: bool = False) -> Attribute:
    """An attribute that is gone: an NGSI-LD Null in place of what each instance said, and when it went.

    previous: also what it said. bare: a language map is the Null itself instead of an object that holds it; the
    standard's own examples have both.
    """
    shown = [_as_deleted(instance, at, previous=previous, bare=bare) for instance in instances(attribute)]
    return shown if isinstance(attribute, list) else shown[0]


def _as_deleted(instance: Instance, at: str, *, previous: bool, bare: bool) -> Instance:
    member = VALUE_MEMBERS[instance["type"]]
    shown: Instance = {"type": instance["type"], member: _null(member, bare=bare)}
    if "datasetId" in instance:
        shown["datasetId"] = instance["datasetId"]
    if previous:
        shown[PREVIOUS_MEMBERS[member]] = instance[member]
    for stamp in ("createdAt", "modifiedAt"):
        if stamp in instance:
            shown[stamp] = instance[stamp]
    shown["deletedAt"] = at
    return shown


def _null(member: str, *, bare: bool) -> Any:
    if member == "languageMap" and not bare:
        return {"@none": NULL}
    if member == "valueList":
        return [NULL]
    return [{"object": NULL}] if member == "objectList" else NULL
