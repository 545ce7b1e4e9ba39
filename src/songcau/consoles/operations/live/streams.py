"""Server-sent events for the screens: what changed, at most ten times a second; a beat that says all is well, or not.

An event's id is `<epoch>.<number>`; who comes back with it as Last-Event-ID gets what it missed, or `reset`.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import orjson

from songcau.consoles.operations.live import encoding
from songcau.consoles.operations.live.city import LiveCity, Reach
from songcau.consoles.operations.live.feeding import FEED, Feed
from songcau.kernel import clock

TICK_SECONDS = 0.1
BEAT_SECONDS = 4.0
# After this the browser asks again, and whoever lost the right meanwhile is turned away.
LIFE_SECONDS = 240.0
_MOST_SHARED = 64


@dataclass(frozen=True, slots=True)
class Place:
    """How far a screen has been told."""

    epoch: str
    number: int

    @property
    def text(self) -> str:
        return f"{self.epoch}.{self.number}"

    @classmethod
    def read(cls, text: str) -> "Place | None":
        epoch, _, number = text.partition(".")
        return cls(epoch, int(number)) if epoch and number.isascii() and number.isdecimal() else None


class Streams:
    """All streams of this process. Screens that see the same and stand at the same place share what is written."""

    def __init__(self, feed: Feed) -> None:
        self._feed = feed
        self._shared: dict[tuple[Reach, str, int], tuple[int, bytes]] = {}
        self._is_ending = False

    def end(self) -> None:
        """The process goes down: nobody is kept waiting for streams that never end by themselves."""
        self._is_ending = True

    async def follow(self, reach: Reach, last: Place | None) -> AsyncIterator[bytes]:
        """Without `last` from now on."""
        city = self._feed.city
        place = last or Place(city.epoch, city.number)
        until, beat_at = time.monotonic() + LIFE_SECONDS, 0.0
        yield b"retry: 1000\n\n"
        while time.monotonic() < until and not self._is_ending:
            found = self._since(city, place, reach)
            if found is None:
                place = Place(city.epoch, city.number)
                yield _event("reset", place, b"{}")
            elif found[0] != place.number:
                place = Place(place.epoch, found[0])
                if found[1]:
                    yield _event("delta", place, found[1])
            if time.monotonic() >= beat_at:
                beat_at = time.monotonic() + BEAT_SECONDS
                yield _event("beat", place, self._beat())
            await asyncio.sleep(TICK_SECONDS)

    def _since(self, city: LiveCity, place: Place, reach: Reach) -> tuple[int, bytes] | None:
        known = (reach, place.epoch, place.number)
        shared = self._shared.get(known)
        if shared is not None and shared[0] == city.number and place.epoch == city.epoch:
            return shared
        found = city.since(place.epoch, place.number, reach)
        if found is None:
            return None
        number, held = found
        made = (number, encoding.changed(held) if held else b"")
        if len(self._shared) >= _MOST_SHARED:
            self._shared.clear()
        self._shared[known] = made
        return made

    def _beat(self) -> bytes:
        return orjson.dumps({"now": clock.now().timestamp(), "cutOff": round(self._feed.cut_off_seconds)})


def _event(kind: str, place: Place, data: bytes) -> bytes:
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (place.text.encode(), kind.encode(), data)


STREAMS = Streams(FEED)
