"""What of an entity a map keeps, and when it is old."""

from datetime import UTC, datetime

import pytest

from songcau.consoles.operations.live.things import seconds_of, thing_of, ward_of
from songcau.consoles.operations.tests.entities import AT, SECONDS, prop, station, thing


def test_an_entity_is_cut_down_to_what_a_map_shows() -> None:
    found = thing(3)
    assert (found.kind, found.ward, found.name) == ("WeatherObserved", "05443", "Trạm 3")
    assert (found.longitude, found.latitude) == (105.843, 21.59)
    assert found.readings["temperature"].value == 23.0
    assert found.readings["temperature"].unit == "CEL"
    assert found.observed == SECONDS == datetime(2026, 11, 25, 2, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(("minutes", "is_stale"), [(0, False), (44, False), (45, False), (46, True), (600, True)])
def test_a_station_grows_old(minutes: int, is_stale: bool) -> None:
    assert thing(1).is_stale(SECONDS + minutes * 60) is is_stale


def test_what_says_no_instant_is_never_fresh_and_what_lasts_never_old() -> None:
    silent = {"id": "urn:x:1", "type": "Device", "on": {"type": "Property", "value": True}}
    assert thing_of(silent).is_stale(SECONDS)
    report = {"id": "urn:x:2", "type": "CitizenReport", "isOpen": prop(False)}
    assert not thing_of(report).is_stale(SECONDS * 2)
    assert not thing_of(report).is_open


@pytest.mark.parametrize(
    "location",
    [
        None,
        {"type": "GeoProperty", "value": "here"},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": []}},
        {"type": "GeoProperty", "value": {"type": "Point", "coordinates": ["a", "b"]}},
    ],
)
def test_what_has_no_place_is_kept_without_one(location: object) -> None:
    entity = station(1) | {"location": location}
    found = thing_of(entity)
    assert found.longitude is None
    assert found.readings


def test_an_area_stands_at_its_first_position() -> None:
    area = {"type": "Polygon", "coordinates": [[[105.1, 21.1], [105.2, 21.1], [105.1, 21.2], [105.1, 21.1]]]}
    found = thing_of(station(1) | {"location": {"type": "GeoProperty", "value": area}})
    assert (found.longitude, found.latitude) == (105.1, 21.1)


def test_of_several_instances_the_first_counts_and_odd_values_are_passed_over() -> None:
    entity = station(1) | {
        "type": ["Sensor", "Device"],
        "temperature": [prop(21), prop(99)],
        "isOn": prop(True),
        "odd": "nothing",
        "empty": [],
    }
    found = thing_of(entity)
    assert found.kind == "Sensor"
    assert found.readings["temperature"].value == 21
    assert set(found.readings) == {"temperature"}


def test_wards_and_instants_are_read_or_left_out() -> None:
    assert ward_of(["/city", "/wards/W05443/street"]) == "05443"
    assert ward_of("/elsewhere") == ward_of(None) == ""
    assert seconds_of(AT) == SECONDS == seconds_of("2026-11-25T02:00:00")
    assert seconds_of("yesterday") == seconds_of(None) == 0.0
