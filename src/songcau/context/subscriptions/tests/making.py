"""Subscriptions and changes for tests, made as the broker makes them."""

import math
from datetime import UTC, datetime
from typing import Any

from songcau.context.entities.entity import Attribute, Change, Entity, Kind
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.subscriptions.documents import read_subscription
from songcau.context.subscriptions.subscription import Record, Subscription
from songcau.context.terms.terms import CORE

NOW = datetime(2026, 11, 28, tzinfo=UTC)
AT = "2026-11-28T00:00:00.000000Z"
LATER = "2026-11-28T00:00:01.000000Z"


def name(short: str) -> str:
    return CORE.expand(short)


def made(tenant: str = "", by: Caller = EVERYTHING, **members: Any) -> Subscription:
    """A subscription to rooms, unless it says otherwise."""
    notification = {"endpoint": {"uri": "http://a.example/"}} | members.pop("notification", {})
    document = {"type": "Subscription", "id": "urn:s:1", "entities": [{"type": "Room"}], **members}
    read = read_subscription({**document, "notification": notification}, CORE, NOW)
    return Subscription(tenant, Record(read, None, None, by.label, "", AT, AT), CORE, CORE, (by, math.inf))


def prop(value: object, dataset: str | None = None, at: str = AT, **more: object) -> dict[str, Any]:
    instance = {"type": "Property", "value": value, "createdAt": AT, "modifiedAt": at, **more}
    return instance if dataset is None else instance | {"datasetId": dataset}


def entity(entity_id: str = "urn:ngsi-ld:Room:1", kind: str = "Room", **attributes: Attribute) -> Entity:
    named = {name(short): attribute for short, attribute in attributes.items()}
    return Entity(entity_id, tuple(name(one) for one in kind.split(",")), (), named, AT, AT)


def change(before: Entity | None, after: Entity | None, *names: str, tenant: str = "") -> Change:
    there = after or before
    assert there is not None
    kind = Kind.DELETE if after is None else Kind.PUT if before is None else Kind.SET
    written = tuple(map(name, names)) if kind is Kind.SET else tuple(there.attributes)
    return Change(tenant, kind, there.id, before, after, written, LATER, "tester")
