"""When each device was heard last: said to the context now and then, and when a device goes."""

from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

MOST_DEVICES = 100_000
SAID_SECONDS = 60.0

Document = dict[str, Any]


@dataclass(slots=True)
class Heard:
    """type: of the device's entity. newest: the latest instant of an observation. said: the one that was told last.

    due_at: from when on it may be told again, in seconds of a clock that only goes on.
    """

    type: str
    newest: str
    said: str = ""
    due_at: float = 0.0


class Devices:
    """Bounded: of the devices that were silent longest, the last word is forgotten."""

    def __init__(self, most: int = MOST_DEVICES) -> None:
        self._most = most
        self._heard: OrderedDict[str, Heard] = OrderedDict()
        self._fresh: set[str] = set()

    def heard(self, device: str, kind: str, observed_at: str) -> None:
        """A reading of a device that was observed at this instant (ISO 8601, UTC, as `times.written`)."""
        known = self._heard.get(device)
        if known is None:
            known = self._heard[device] = Heard(kind, observed_at)
            if len(self._heard) > self._most:
                self._heard.popitem(last=False)
        elif observed_at > known.newest:
            known.newest = observed_at
        self._heard.move_to_end(device)
        self._fresh.add(device)

    def due(self, now: float) -> list[Document]:
        """Of those heard since the last call, the devices whose last value is to be said now: once a minute each."""
        told = []
        for device in self._fresh:
            heard = self._heard.get(device)
            if heard is not None and now >= heard.due_at and heard.newest > heard.said:
                heard.said, heard.due_at = heard.newest, now + SAID_SECONDS
                told.append({"id": device, "type": heard.type, **last_value(heard.newest)})
        self._fresh.clear()
        return told

    def state(self, device: str, kind: str, state: str, at: str | None) -> Document:
        """The device's entity with its state as of `at`, and when it was heard last, if that is known."""
        told: Document = {"type": "Property", "value": state}
        if at is not None:
            told["observedAt"] = at
        heard = self._heard.get(device)
        return {"id": device, "type": kind, "deviceState": told, **(last_value(heard.newest) if heard else {})}


def last_value(at: str) -> Document:
    """The attribute `dateLastValueReported`."""
    value = {"@type": "DateTime", "@value": at}
    return {"dateLastValueReported": {"type": "Property", "value": value, "observedAt": at}}
