"""The stream as a browser reads it: what changed, with a number to come back with; a beat; an end."""

import asyncio

import orjson
import pytest

from songcau.consoles.operations.live import streams
from songcau.consoles.operations.live.city import LiveCity
from songcau.consoles.operations.live.feeding import Feed
from songcau.consoles.operations.live.streams import Place, Streams
from songcau.consoles.operations.tests.entities import thing


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    monkeypatch.setattr(streams, "TICK_SECONDS", 0.001)
    monkeypatch.setattr(streams, "LIFE_SECONDS", 0.05)
    city = LiveCity()
    city.fill([thing(1)], 10)
    return Feed(city)


def told(
    made: Streams, last: Place | None, reach: frozenset[str] | None = None
) -> list[tuple[str, str, dict[str, object]]]:
    async def read() -> list[bytes]:
        return [event async for event in made.follow(reach, last)]

    found = []
    for event in asyncio.run(read())[1:]:
        fields = dict(line.split(": ", 1) for line in event.decode().strip().split("\n"))
        found.append((fields["event"], fields["id"], orjson.loads(fields["data"])))
    return found


def test_who_comes_back_gets_what_it_missed_and_a_beat(feed: Feed) -> None:
    city = feed.city
    last = Place(city.epoch, 10)
    city.put(thing(2), 11)
    city.take(thing(1).id, 12)
    events = told(Streams(feed), last)
    assert [kind for kind, *_rest in events] == ["delta", "beat"]
    _kind, place, delta = events[0]
    assert place == f"{city.epoch}.12"
    assert delta["touched"] == ["WeatherObserved"]
    assert delta["gone"] == [1]
    flat = delta["kinds"]["WeatherObserved"]  # type: ignore[index]
    assert flat[1:3] == [105_842_000, 21_590_000]
    assert events[1][2]["cutOff"] == 0


def test_who_stands_where_nothing_is_known_loads_anew(feed: Feed) -> None:
    kinds = [kind for kind, *_rest in told(Streams(feed), Place("other", 4))]
    assert kinds[0] == "reset"


def test_another_ward_is_told_nothing_but_moves_on(feed: Feed) -> None:
    feed.city.put(thing(2), 11)
    events = told(Streams(feed), Place(feed.city.epoch, 10), frozenset({"05446"}))
    assert [(kind, place) for kind, place, _data in events if kind != "beat"] == []
    assert events[0][1] == f"{feed.city.epoch}.11"


def test_what_is_written_is_shared_and_an_ending_process_ends_the_stream(
    feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Streams(feed)
    feed.city.put(thing(2), 11)
    first, second = (told(made, Place(feed.city.epoch, 10)) for _ in range(2))
    assert first[0] == second[0]
    monkeypatch.setattr(streams, "_MOST_SHARED", 0)
    assert told(made, Place(feed.city.epoch, 10))[0] == first[0]
    made.end()
    assert told(made, None) == []


@pytest.mark.parametrize("text", ["", "abc", "abc.", ".4", "abc.-1", "abc.4x"])
def test_what_is_no_place_is_none(text: str) -> None:
    assert Place.read(text) is None


def test_a_place_is_read_as_it_was_written() -> None:
    assert Place.read(Place("ab12", 7).text) == Place("ab12", 7)
