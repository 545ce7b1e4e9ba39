"""The notification itself: its body and what stands before it, for each protocol (clauses 5.3.1, 6.3.8, 7.2)."""

from base64 import b64encode
from collections.abc import Callable, Sequence
from itertools import count

import orjson

from songcau.context.entities.entity import Entity
from songcau.context.entities.writing import Form, write_document, write_entity
from songcau.context.rights.caller import Caller
from songcau.context.subscriptions.carriers import Recipient
from songcau.context.subscriptions.endpoints import Endpoint
from songcau.context.subscriptions.gone import deleted_entity, with_deleted, with_previous_values
from songcau.context.subscriptions.lines import Letter
from songcau.context.subscriptions.occurrences import (
    ATTRIBUTE_DELETED,
    ENTITY_DELETED,
    ENTITY_UPDATED,
    Occurrence,
)
from songcau.context.subscriptions.subscription import Subscription
from songcau.context.terms.terms import Terms
from songcau.kernel.ids import new_id

LD_JSON = "application/ld+json"
GEO_JSON = "application/geo+json"
LINK_REL = "http://www.w3.org/ns/json-ld#context"
_TELLS_DELETED = ATTRIBUTE_DELETED | ENTITY_UPDATED

# Entities with those they link to, as pieces of JSON: tenant, entities, terms, form, "inline" or "flat", level, who.
Join = Callable[[str, Sequence[Entity], Terms, Form, str, int, Caller], list[bytes]]


# Unique to this process; a number is added for each notification, which is cheaper than an id of its own.
_PREFIX = f"urn:ngsi-ld:Notification:{new_id()}-"
_numbers = count(1)


def notification_id() -> str:
    return f"{_PREFIX}{next(_numbers)}"


class Writer:
    """Writes the letters of one subscription."""

    __slots__ = ("_close", "_context", "_join", "_open", "_subscription")

    def __init__(self, subscription: Subscription, join: Join) -> None:
        self._subscription = subscription
        self._join = join
        is_geo = subscription.endpoint.accept == GEO_JSON
        self._open = b'","data":{"type":"FeatureCollection","features":[' if is_geo else b'","data":['
        self._close = b"]}}" if is_geo else b"]}"
        self._context = b""
        if subscription.endpoint.accept == LD_JSON:
            self._context = b'{"@context":' + orjson.dumps(subscription.terms.reference)

    def __call__(self, letter: Letter) -> bytes:
        if letter.body is not None:
            return letter.body
        subscription = self._subscription
        head = b'{"id":"%b","type":"Notification","subscriptionId":%b,"notifiedAt":"%b' % (
            letter.id.encode(),
            orjson.dumps(subscription.id),
            letter.at.encode(),
        )
        return head + self._open + b",".join(self._pieces(letter)) + self._close

    def _pieces(self, letter: Letter) -> list[bytes]:
        subscription = self._subscription
        pieces = [self._piece(occurrence) for occurrence in letter.occurrences] if subscription.join is None else []
        if subscription.join is not None:
            for occurrence in letter.occurrences:
                pieces += self._joined(occurrence)
        if letter.entities:
            pieces += self._present(letter.entities)
        if self._context:
            pieces = [self._context + (b"," + piece[1:] if len(piece) > 2 else piece[1:]) for piece in pieces]
        return pieces

    def _present(self, entities: Sequence[Entity]) -> list[bytes]:
        """The present state, for a subscription by time."""
        subscription = self._subscription
        seen = [subscription.by.view(entity) for entity in entities]
        if subscription.join is None:
            return [write_entity(entity, subscription.terms, subscription.form) for entity in seen]
        return self._joined_entities(seen)

    def _joined(self, occurrence: Occurrence) -> list[bytes]:
        if occurrence.change.after is None:
            return [self._piece(occurrence)]
        return self._joined_entities([self._told(occurrence)])

    def _joined_entities(self, entities: Sequence[Entity]) -> list[bytes]:
        subscription = self._subscription
        return self._join(
            subscription.tenant,
            entities,
            subscription.terms,
            subscription.form,
            subscription.join or "",
            subscription.join_level,
            subscription.by,
        )

    def _piece(self, occurrence: Occurrence) -> bytes:
        subscription = self._subscription
        told = self._told(occurrence)
        if told is occurrence.change.after:
            return write_entity(told, subscription.terms, subscription.form)
        document = write_document(told, subscription.terms, subscription.form)
        if occurrence.change.after is None:
            (document["properties"] if subscription.form.geojson else document)["deletedAt"] = occurrence.change.at
        return orjson.dumps(document)

    def _told(self, occurrence: Occurrence) -> Entity:
        """The entity as this subscription is told of it."""
        subscription = self._subscription
        change, view = occurrence.change, subscription.by.view
        after = None if change.after is None else view(change.after)
        # What it could not see before the change it is not told by the change.
        seen_before = change.before is not None and subscription.by.may_read(change.before)
        before = view(change.before) if change.before is not None and seen_before else None
        if before is None:
            return after if after is not None else occurrence.entity
        shows = subscription.shows_changes
        if after is None:
            return deleted_entity(before, self._deleted_names(before), change.at, previous=shows)
        told = after
        if shows:
            told = with_previous_values(before, told, occurrence.deeds)
        if subscription.triggers & _TELLS_DELETED:
            gone = [name for name, deed in occurrence.deeds.items() if deed & ATTRIBUTE_DELETED and self._watches(name)]
            if gone:
                told = with_deleted(before, told, gone, change.at, previous=shows)
        return told

    def _deleted_names(self, before: Entity) -> Sequence[str]:
        """What a deleted entity is told with: the attributes watched for deletion, or all for their old values."""
        subscription = self._subscription
        if subscription.triggers & ATTRIBUTE_DELETED:
            return [name for name in before.attributes if self._watches(name)]
        if subscription.shows_changes and subscription.triggers & ENTITY_DELETED:
            return list(before.attributes)
        return ()

    def _watches(self, name: str) -> bool:
        watched = self._subscription.watched
        return watched is None or name in watched


def recipient_of(subscription: Subscription) -> Recipient:
    """Where the subscription's letters go, with all that is the same for each of them."""
    endpoint = subscription.endpoint
    described = _description(subscription)
    if endpoint.is_mqtt:
        metadata = dict(described) | dict(endpoint.receiver_info)
        return Recipient(endpoint, b'{"metadata":' + orjson.dumps(metadata) + b',"body":')
    lines = [f"POST {endpoint.target} HTTP/1.1", f"Host: {_host(endpoint)}"]
    if endpoint.user is not None:
        credentials = b64encode(f"{endpoint.user}:{endpoint.password or ''}".encode()).decode()
        lines.append(f"Authorization: Basic {credentials}")
    lines += [f"{name}: {value}" for name, value in (*described, *endpoint.receiver_info)]
    return Recipient(endpoint, "\r\n".join([*lines, "Content-Length: "]).encode())


def _description(subscription: Subscription) -> list[tuple[str, str]]:
    described = [("Content-Type", subscription.endpoint.accept)]
    if subscription.endpoint.accept != LD_JSON:
        described.append(("Link", f'<{subscription.terms.link}>; rel="{LINK_REL}"; type="{LD_JSON}"'))
    if subscription.tenant:
        described.append(("NGSILD-Tenant", subscription.tenant))
    return described


def _host(endpoint: Endpoint) -> str:
    host = f"[{endpoint.host}]" if ":" in endpoint.host else endpoint.host
    usual = {"http": 80, "https": 443}[endpoint.scheme]
    return host if endpoint.port == usual else f"{host}:{endpoint.port}"
