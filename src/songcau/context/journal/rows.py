"""What a change looks like in the log, and how an entity is built again from it. Pure: no database, no clock.

The body of a row is JSON with short members:

    a  attribute → all its instances after the change, or null when none is left
    g  attribute → [{type, datasetId}] of the instances that the change took away (the history shows them as deleted)
    t  types      s  scopes      c  createdAt       (a PUT has all three; a SET the first two when they changed)
    m  modifiedAt, when it is not the instant of the row
    l  [attribute, instance] of what came late: of the history, never of the present state
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import orjson

from songcau.context.entities.entity import Attribute, Attributes, Change, Entity, Kind, instances

# (seq, previous, skip, entity, place, at, kind, author, observed from, observed to, body)
Row = tuple[int, int, int, int, int, int, int, int, int | None, int | None, bytes]

# "Never observed", as an empty interval: minimum and maximum then need no case of their own.
NOT_BEFORE: Final = 1 << 62
NOT_AFTER: Final = -(1 << 62)

# Looked up once: reading a member of an enumeration costs as much as three other steps of the hot path.
_PUT = Kind.PUT
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@lru_cache(maxsize=8192)
def microseconds(instant: str) -> int:
    """Microseconds since 1970 of an ISO 8601 instant; one without zone is taken as UTC. ValueError if it is none."""
    read = datetime.fromisoformat(instant)
    return ((read if read.tzinfo else read.replace(tzinfo=UTC)) - _EPOCH) // _MICROSECOND


def instant_text(at: int) -> str:
    """ISO 8601 in UTC with six decimals and `Z`, of microseconds since 1970."""
    return f"{(_EPOCH + timedelta(microseconds=at)).replace(tzinfo=None).isoformat(timespec='microseconds')}Z"


def body_of(change: Change) -> bytes:
    """The body of the row that tells this change."""
    before, after = change.before, change.after
    if after is None:
        return orjson.dumps({"g": _gone(before, before.attributes)}) if before is not None else b"{}"
    told = _put(before, after) if before is None or change.kind is _PUT else _set(before, after, change.names)
    if after.modified_at is not change.at and after.modified_at != change.at:
        told["m"] = after.modified_at
    if change.late:
        told["l"] = change.late
    return orjson.dumps(told)


def _set(before: Entity, after: Entity, names: Iterable[str]) -> dict[str, Any]:
    written: dict[str, Attribute | None] = {}
    told: dict[str, Any] = {"a": written}
    had, has = before.attributes, after.attributes
    may_lose = False
    for name in names:
        attribute = written[name] = has.get(name)
        if attribute is None or had.get(name).__class__ is list:
            may_lose = True
    if may_lose and (lost := _gone(before, names, has)):
        told["g"] = lost
    if before.types is not after.types and before.types != after.types:
        told["t"] = after.types
    if before.scopes is not after.scopes and before.scopes != after.scopes:
        told["s"] = after.scopes
    return told


def _put(before: Entity | None, after: Entity) -> dict[str, Any]:
    told: dict[str, Any] = {"t": after.types, "s": after.scopes, "c": after.created_at, "a": after.attributes}
    if before is not None and (lost := _gone(before, before.attributes, after.attributes)):
        told["g"] = lost
    return told


def _gone(before: Entity, names: Iterable[str], kept: Attributes | None = None) -> dict[str, list[dict[str, str]]]:
    """For each name the instances of `before` whose dataset is not among those kept: type and datasetId only."""
    lost: dict[str, list[dict[str, str]]] = {}
    attributes = before.attributes
    for name in names:
        had, has = attributes.get(name), kept.get(name) if kept else None
        if had is None:
            continue
        if type(had) is dict and type(has) is dict and had.get("datasetId") == has.get("datasetId"):
            continue  # one instance before and after: nearly always
        left = {each.get("datasetId") for each in instances(has)} if has is not None else set()
        away = [each for each in instances(had) if each.get("datasetId") not in left]
        if away:
            lost[name] = [{part: each[part] for part in ("type", "datasetId") if part in each} for each in away]
    return lost


def observed_of(change: Change) -> tuple[int, int]:
    """Earliest and latest `observedAt` among the instances that the change wrote (NOT_BEFORE, NOT_AFTER if none)."""
    after = change.after
    if after is None:
        return NOT_BEFORE, NOT_AFTER
    first, last = NOT_BEFORE, NOT_AFTER
    attributes = after.attributes
    written = [attributes.get(name) for name in (attributes if change.kind is _PUT else change.names)]
    if change.late:
        written += [instance for _, instance in change.late]
    for attribute in written:
        if attribute is None:
            continue
        for instance in (attribute,) if isinstance(attribute, dict) else attribute:
            observed = instance.get("observedAt")
            if observed is not None:
                try:
                    at = microseconds(observed)
                except (ValueError, TypeError, OverflowError):
                    return NOT_AFTER, NOT_BEFORE  # of unknown time: found by every search, rather than by none
                first = at if at < first else first
                last = at if at > last else last
    return first, last


def replayed(entity: Entity | None, entity_id: str, at: int, body: bytes) -> Entity | None:
    """The entity after the row. It may be the same object, changed: only a start calls this, before anybody sees it.

    None when the row tells a part of an entity that is not there, which a whole log never does.
    """
    told = orjson.loads(body)
    moment = told["m"] if "m" in told else instant_text(at)
    written = told.get("a", {})
    if "c" in told:
        kept = {name: attribute for name, attribute in written.items() if attribute is not None}
        return Entity(entity_id, tuple(told["t"]), tuple(told["s"]), kept, told["c"], moment)
    if entity is None:
        return None
    for name, attribute in written.items():
        if attribute is None:
            entity.attributes.pop(name, None)
        else:
            entity.attributes[name] = attribute
    entity.types = tuple(told["t"]) if "t" in told else entity.types
    entity.scopes = tuple(told["s"]) if "s" in told else entity.scopes
    entity.modified_at = moment
    return entity
