"""Clusters hold every thing once, and an hour of the past is told as it was."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any

import pytest

from songcau.consoles.operations import past
from songcau.consoles.operations.clusters import box_of, clusters, geojson, zoom_of
from songcau.consoles.operations.live.things import Thing, thing_of
from songcau.consoles.operations.tests.entities import SECONDS, prop, station, thing


def test_every_thing_is_in_one_cluster() -> None:
    things = [thing(number) for number in range(50)]
    far, near = clusters(things, None, 8, SECONDS), clusters(things, None, 17, SECONDS)
    assert sum(one.count for one in far) == sum(one.count for one in near) == 50
    assert len(far) < len(near)
    assert far[0].count >= far[-1].count


def test_a_box_holds_what_lies_in_it_and_the_old_is_counted() -> None:
    things = [thing(1), thing(2, at="2026-11-24T02:00:00Z"), thing(90), thing_of({"id": "urn:x:1", "type": "Device"})]
    found = clusters(things, box_of("105.8,21.5,105.85,21.7"), 8, SECONDS)
    assert [(one.count, one.stale) for one in found] == [(2, 1)]
    feature = geojson(found)["features"][0]  # type: ignore[index]
    longitude, latitude = feature["geometry"]["coordinates"]
    assert (abs(longitude - 105.8415) < 0.1, abs(latitude - 21.59) < 0.1) == (True, True)
    assert feature["properties"] == {"count": 2, "stale": 1, "kinds": ["WeatherObserved"]}


def test_no_two_clusters_lie_on_each_other() -> None:
    zoom = 11.0
    pixel = 360 / 2**zoom / 512
    found = clusters([thing(number) for number in range(0, 400, 3)], None, zoom, SECONDS)
    places = sorted(one.east for one in found)
    assert len(places) > 2
    assert min(after - before for before, after in pairwise(places)) >= 35 * pixel


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "2,1,1,3", "1,3,2,1", "nan,0,1,1", "0,0,inf,1"])
def test_what_is_no_box_is_none(text: str) -> None:
    assert box_of(text) is None


@pytest.mark.parametrize(("text", "zoom"), [("11.5", 11.5), ("-1", 12.0), ("99", 12.0), ("near", 12.0), ("nan", 12.0)])
def test_what_is_no_zoom_is_the_usual_one(text: str, zoom: float) -> None:
    assert zoom_of(text) == zoom


class Broker:
    def __init__(self, *documents: dict[str, Any]) -> None:
        self.documents = documents
        self.asked: list[dict[str, Any]] = []

    def histories(self, **asked: Any) -> Iterator[dict[str, Any]]:
        self.asked.append(asked)
        yield from self.documents


def tracks(broker: Broker, *present: Thing) -> list[past.Track]:
    begins = datetime(2026, 11, 25, 1, tzinfo=UTC)
    there = {one.id: one for one in present}
    return past.hour_of(broker, begins, {"WeatherObserved": "temperature"}, there)  # type: ignore[arg-type]


def test_an_hour_of_the_past_holds_values_in_order_and_where_a_thing_stood() -> None:
    history = {
        "id": thing(1).id,
        "temperature": [prop(22, at="2026-11-25T01:30:00Z"), prop(21, at="2026-11-25T01:10:00Z"), prop(True)],
    }
    broker = Broker(history, {"id": "urn:x:nowhere", "temperature": prop(3)})
    (track,) = tracks(broker, thing(1))
    assert track.values == [SECONDS - 3000, 21.0, SECONDS - 1800, 22.0]
    assert track.places == [0, 105_841_000, 21_590_000]
    assert track.ward == "05443"
    assert track.document()["fresh"] == 45 * 60
    asked = broker.asked[0]
    assert (asked["type"], asked["attrs"]) == ("WeatherObserved", "location,temperature")
    assert asked["after"] < "2026-11-25T01" < asked["before"]


def test_what_moved_is_told_with_its_way() -> None:
    def at(minute: int, longitude: float) -> dict[str, Any]:
        place = {"type": "Point", "coordinates": [longitude, 21.6]}
        return {"type": "GeoProperty", "value": place, "observedAt": f"2026-11-25T01:{minute:02}:00Z"}

    history = {
        "id": "urn:ngsi-ld:Vehicle:1",
        "scope": [{"type": "Property", "value": "/wards/W05446"}],
        "location": [at(20, 105.8), at(10, 105.7), {"type": "GeoProperty", "value": None}],
    }
    (track,) = tracks(Broker(history))
    assert track.places[0::3] == [SECONDS - 3000, SECONDS - 2400]
    assert track.places[1::3] == [105_700_000, 105_800_000]
    assert track.ward == "05446"


def test_a_line_is_drawn_from_two_values_on() -> None:
    assert past.points_of([], 100, 10) == past.points_of([(1, 2)], 100, 10) == ""
    assert past.points_of([(5, 1), (5, 2)], 100, 10) == ""
    assert past.points_of([(0, 0), (5, 10), (10, 5)], 100, 10) == "0.0,10.0 50.0,0.0 100.0,5.0"
    assert past.points_of([(0, 3), (10, 3)], 100, 10) == "0.0,10.0 100.0,10.0"
    assert station(1)["type"] == "WeatherObserved"
