"""Following the live city as a client: server-sent events read off a stream, with resume after a break."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import orjson

LONGEST_PAUSE = 10.0


@dataclass(frozen=True, slots=True)
class Event:
    """kind: `entity` (new or changed), `gone` (no longer what was asked for), `deleted`, `reset` (load anew).

    number: of the event, to go on after it. entity: as asked for; of what is gone its id only; empty at a reset.
    """

    kind: str
    number: int
    entity: dict[str, Any]


def events_in(lines: Iterable[str]) -> Iterator[Event]:
    """The events of a stream of lines (WHATWG HTML, 9.2.6); heart-beats are comments and are passed over."""
    reader = EventReader()
    for line in lines:
        event = reader.take(line)
        if event is not None:
            yield event


class EventReader:
    """Gathers lines until an event is whole."""

    def __init__(self) -> None:
        self._fields: dict[str, str] = {}

    def take(self, line: str) -> Event | None:
        """The event that this line ends, if it does."""
        if line:
            name, _, value = line.partition(":")
            if name:
                self._fields[name] = value.removeprefix(" ")
            return None
        fields, self._fields = self._fields, {}
        if "event" not in fields or not fields.get("id", "").isdecimal():
            return None
        return Event(fields["event"], int(fields["id"]), orjson.loads(fields.get("data", "{}")))


class Pause:
    """How long to wait before the next attempt: longer after each failure, short again after a success."""

    def __init__(self) -> None:
        self._seconds = 0.0

    def succeeded(self) -> None:
        self._seconds = 0.0

    def next(self) -> float:
        self._seconds = min(max(self._seconds * 2, 0.2), LONGEST_PAUSE)
        return self._seconds
