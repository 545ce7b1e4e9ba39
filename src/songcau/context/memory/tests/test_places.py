"""The grid of places, and geo-queries through it."""

import random
from typing import Any

import pytest

from songcau.context.entities.entity import Entity, Kind
from songcau.context.language.selection import Selection
from songcau.context.language.tests.samples import PLAIN, entity, expanded
from songcau.context.memory.places import Places, place
from songcau.context.memory.state import State
from songcau.context.memory.tests.test_state import change, filled


def spot(kind: str, coordinates: Any, **more: Any) -> dict[str, Any]:
    return {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}, **more}


def at(name: str, kind: str, coordinates: Any) -> Entity:
    return entity(f"urn:x:{name}", "Thing", location=spot(kind, coordinates))


def some_place(chance: random.Random) -> dict[str, Any]:
    """A point mostly; lines and areas from metres to degrees; sometimes at the edge of the world."""
    east, north = chance.choice(
        [
            (105.8 + chance.random() / 5, 21.5 + chance.random() / 5),
            (chance.choice([-180, 180]), chance.choice([-90, 90, 0])),
        ]
    )
    kind = chance.choice(["Point", "Point", "Point", "LineString", "Polygon", "MultiPoint"])
    if kind == "Point":
        return spot(kind, [east, north])
    size = chance.choice([0.0001, 0.01, 0.3])
    clamp = [max(-180, min(180, east + size)), max(-90, min(90, north + size))]
    if kind in ("LineString", "MultiPoint"):
        return spot(kind, [[east, north], clamp])
    return spot(kind, [[[east, north], [clamp[0], north], clamp, [east, north]]])


def some_query(chance: random.Random) -> Selection:
    east, north = 105.8 + chance.random() / 5, 21.5 + chance.random() / 5
    if chance.random() < 0.1:
        east, north = chance.choice([-180, 180, 179.99]), chance.choice([90, -90, 0])
    if chance.random() < 0.5:
        georel = f"near;maxDistance=={10 ** chance.uniform(1, 5):.0f}"
        return Selection.of(terms=PLAIN, georel=georel, geometry="Point", coordinates=str([east, north]))
    size = chance.choice([0.001, 0.02, 0.2])
    far = [min(180, east + size), min(90, north + size)]
    ring = [[east, north], [far[0], north], far, [east, far[1]], [east, north]]
    if chance.random() < 0.5:
        del ring[3]
    georel = chance.choice(["within", "intersects", "overlaps", "disjoint", "contains"])
    return Selection.of(terms=PLAIN, georel=georel, geometry="Polygon", coordinates=str([ring]))


def test_the_grid_finds_what_looking_at_everything_finds() -> None:
    chance = random.Random(11)
    state = filled(*(entity(f"urn:x:{number}", "Thing", location=some_place(chance)) for number in range(600)))
    for _ in range(150):
        for _ in range(10):
            before = state.entities[f"urn:x:{chance.randrange(600)}"]
            attributes = {} if chance.random() < 0.2 else {"location": some_place(chance)}
            moved = entity(before.id, "Thing", **attributes)
            one = change(before, moved, "location", kind=Kind.SET)
            state.apply(one)
            if chance.random() < 0.3:
                state.undo(one)
        selection = some_query(chance)
        expected = [one.id for one in state.entities.values() if selection.matches(one)]
        assert [one.id for one in state.select(selection, limit=1000)] == expected
        assert state.page(selection, limit=5) == (state.select(selection, limit=5), len(expected))


def test_a_geo_query_goes_with_other_conditions() -> None:
    state = filled(
        *(at(f"p{number}", "Point", [105.8 + number / 1000, 21.5]) for number in range(40)),
        entity("urn:x:other", "Other", location=spot("Point", [105.8, 21.5])),
        entity("urn:x:road", "Other", location=spot("LineString", [[105.8, 21.5], [105.81, 21.5]])),
    )
    near = {"georel": "near;maxDistance==150", "geometry": "Point", "coordinates": "[105.8,21.5]"}

    def found(**asked: str) -> list[str]:
        return [one.id for one in state.select(Selection.of(terms=PLAIN, **near, **asked))]

    assert found() == ["urn:x:p0", "urn:x:p1", "urn:x:other", "urn:x:road"]
    assert found(types="Other") == ["urn:x:other", "urn:x:road"]
    assert found(types="Thing", id_pattern="1$") == ["urn:x:p1"]
    assert found(geoproperty="elsewhere") == []
    assert found(ids="urn:x:other,urn:x:p7") == ["urn:x:other"]


def test_a_place_is_a_point_or_a_box() -> None:
    assert place(None) is None
    assert place({"type": "Property", "value": {"type": "Point", "coordinates": [1, 2]}}) is None
    assert place(spot("Point", [1, 2, 3])) == (1, 2)
    assert place(spot("Point", ["1", 2])) is None
    assert place(spot("LineString", [[1, 2], [3, 0]])) == (1, 0, 3, 2)
    assert place([spot("Point", [1, 2]), spot("Point", [5, 0], datasetId="urn:d:1")]) == (1, 0, 5, 2)
    assert place([{"type": "Property", "value": 1}]) is None


def test_what_leaves_its_place_leaves_nothing_behind() -> None:
    places = Places()
    box, district = (105.80, 21.50, 105.81, 21.51), (105.0, 21.0, 106.0, 22.0)
    steps = [(1.0, 2.0), (1.0, 2.001), (3.0, 4.0), box, district, box, None, district, (1.0, 2.0), None]
    old = None
    for new in steps:
        places.move("urn:x:1", old, new)
        assert bool(places) is (new is not None)
        old = new
    places.move("urn:x:1", None, None)
    assert not places


@pytest.mark.parametrize("value", [5, "Point", {"type": "Point"}, {"type": "Point", "coordinates": [1e400, 2]}])
def test_a_geoproperty_without_a_geometry_is_nowhere(value: Any) -> None:
    state = State()
    state.restore([entity("urn:x:1", location={"type": "GeoProperty", "value": value})])
    selection = Selection.of(terms=PLAIN, georel="near;maxDistance==1e7", geometry="Point", coordinates="[1,2]")
    assert state.select(selection) == []
    assert list(state.entities) == ["urn:x:1"]
    assert expanded("location") in state.entities["urn:x:1"].attributes
