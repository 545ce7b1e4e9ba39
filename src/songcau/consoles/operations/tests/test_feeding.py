"""The feed takes what the broker tells, loads anew when told so, and knows when nobody answers."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from songcau.consoles.operations.live import feeding
from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.feeding import FROM_NOTHING, Feed
from songcau.consoles.operations.tests.entities import station
from songcau.context.public import ContextRefused, ContextUnavailable, Event


class Broker:
    """Plays the broker: what it tells in each stream, one after the other; then it is silent."""

    def __init__(self, *streams: list[Event | Exception]) -> None:
        self.streams = list(streams)
        self.after: list[int] = []
        self.is_up = True
        self.ended = threading.Event()

    def __call__(self) -> Any:
        return self

    def __enter__(self) -> "Broker":
        return self

    def __exit__(self, *_error: object) -> None:
        pass

    def follow(self, *, after: int, local: str) -> Iterator[Event]:
        self.after.append(after)
        if not self.streams:
            self.ended.wait(5)
            return
        for told in self.streams.pop(0):
            if isinstance(told, Exception):
                raise told
            yield told

    def query(self, *, local: str) -> Iterator[dict[str, Any]]:
        yield station(1)

    def get(self, _entity_id: str) -> None:
        if not self.is_up:
            raise ContextUnavailable


@pytest.fixture(autouse=True)
def _quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeding, "AGAIN_SECONDS", 0.01)
    monkeypatch.setattr(feeding, "PULSE_SECONDS", 0.01)


def run(broker: Broker, until: int) -> Feed:
    feed = Feed(LiveCity(), broker)
    feed.begin()
    feed.begin()
    for _ in range(500):
        if len(broker.after) >= until:
            break
        threading.Event().wait(0.01)
    feed.stop()
    broker.ended.set()
    return feed


def test_it_loads_then_follows_and_goes_on_when_its_rights_run_out() -> None:
    ran_out = ContextRefused(401, {})
    broker = Broker(
        [Event("reset", 5, {}), Event("entity", 6, station(2)), ran_out],
        [Event("deleted", 7, {"id": "urn:ngsi-ld:WeatherObserved:1"}), ContextUnavailable()],
        [Event("gone", 8, {"id": "urn:ngsi-ld:WeatherObserved:2"}), ValueError("a bug")],
        [ContextRefused(400, {})],
    )
    feed = run(broker, 5)
    assert broker.after[:3] == [FROM_NOTHING, 6, 6]
    # After what nobody foresaw it loads everything anew.
    assert broker.after[3:5] == [FROM_NOTHING, FROM_NOTHING]
    assert feed.is_filled()
    assert feed.city.number == 8
    assert len(feed.city) == 0


def test_it_says_for_how_long_nobody_answers() -> None:
    broker = Broker()
    broker.is_up = False
    feed = Feed(LiveCity(), broker)
    feed.begin()
    for _ in range(500):
        if feed.cut_off_seconds > 0:
            break
        threading.Event().wait(0.01)
    assert feed.cut_off_seconds > 0
    assert not feed.is_filled()
    broker.is_up = True
    for _ in range(500):
        if feed.cut_off_seconds == 0:
            break
        threading.Event().wait(0.01)
    assert feed.cut_off_seconds == 0
    feed.stop()
    broker.ended.set()


def test_nobody_waits_for_a_broker_that_is_away() -> None:
    feed = run(Broker([ContextUnavailable()]), 2)
    assert not feed.is_filled(patience=60)
    assert run(Broker([Event("reset", 1, {})]), 2).is_filled(patience=60)
