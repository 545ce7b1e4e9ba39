"""What clients that ask the same thing share: the filter is asked once for all of them, an event is written once."""

from asyncio import AbstractEventLoop, TimerHandle
from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from songcau.context.entities.entity import Entity
from songcau.context.entities.writing import Form, write_entity
from songcau.context.language.selection import Selection
from songcau.context.problems import TooComplexQuery
from songcau.context.rights.caller import Caller
from songcau.context.stream.client import Client, Event
from songcau.context.subscriptions.occurrences import Occurrence
from songcau.context.subscriptions.subscription import seen_changes
from songcau.context.terms.terms import Terms

# Events of one channel that come within this time go out together: fewer, larger writes when much happens.
GATHER_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks for. attributes: only changes of these are told; None: of any.

    scopes: paths of which every matching entity has one, or one below; None when nothing of the kind is known.
    """

    tenant: str
    selection: Selection
    attributes: frozenset[str] | None
    scopes: tuple[str, ...] | None
    terms: Terms
    form: Form
    by: Caller


class Channel:
    """The clients of one wish."""

    __slots__ = ("_gathered", "_loop", "_not_before", "_timer", "clients", "wish")

    def __init__(self, wish: Wish, loop: AbstractEventLoop) -> None:
        self.wish = wish
        self.clients: dict[Client, None] = {}
        self._loop = loop
        self._gathered: list[Event] = []
        self._timer: TimerHandle | None = None
        self._not_before = 0.0

    def offer(self, occurrence: Occurrence) -> None:
        """Tell the clients of a change, if it is one for them."""
        event = self.event_of(occurrence)
        if event is None:
            return
        self._gathered.append(event)
        if self._timer is None:
            at = max(self._loop.time(), self._not_before)
            self._timer = self._loop.call_at(at, self._send)

    def _send(self) -> None:
        self._timer = None
        self._not_before = self._loop.time() + GATHER_SECONDS
        events, self._gathered = self._gathered, []
        joined = events[0][2] if len(events) == 1 else b"".join([event[2] for event in events])
        for client in tuple(self.clients):
            client.tell(events, joined)

    def event_of(self, occurrence: Occurrence) -> Event | None:
        """The event that tells of a change: the entity as it is, or that it is none of these any more."""
        wish, change = self.wish, occurrence.change
        after = change.after
        if after is not None and self._has(after):
            is_new = change.before is None or not self._has(change.before)
            attributes = seen_changes(wish.by, change, wish.attributes)
            if attributes is not None and not is_new and attributes.isdisjoint(change.names):
                return None
            piece = write_entity(wish.by.view(after), wish.terms, wish.form)
            return occurrence.sequence, change.entity_id, _event(occurrence.sequence, b"entity", piece)
        if change.before is None or not self._has(change.before):
            return None
        kind = b"deleted" if after is None else b"gone"
        told: Mapping[str, object] = {"id": change.entity_id}
        return occurrence.sequence, change.entity_id, _event(occurrence.sequence, kind, orjson.dumps(told))

    def _has(self, entity: Entity) -> bool:
        by = self.wish.by
        if not by.sees_all:
            if not by.may_read(entity):
                return False
            entity = by.view(entity)
        try:
            return self.wish.selection.matches(entity)
        except TooComplexQuery:
            return False  # of two outlines that meet without end nobody can be told in time how they lie

    def close(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


def _event(sequence: int, kind: bytes, data: bytes) -> bytes:
    return b"id: %d\nevent: %b\ndata: %b\n\n" % (sequence, kind, data)
