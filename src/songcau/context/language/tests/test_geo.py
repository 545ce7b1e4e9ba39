"""Geo-queries: distances on the sphere, relations in the plane of degrees, and bad geometries."""

import json
import math
import random
import subprocess
import sys
from typing import Any

import pytest

from songcau.context.entities.entity import Entity
from songcau.context.entities.tests.test_tangles import comb
from songcau.context.language import distance, geo, geometry
from songcau.context.language.tests.samples import PLAIN, entity
from songcau.context.problems import BadRequestData, TooComplexQuery

SQUARE = [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]
DIAMOND = [[[1, 0], [2, 1], [1, 2], [0, 1], [1, 0]]]


def place(kind: str, coordinates: Any) -> dict[str, Any]:
    return {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}}


def at(kind: str, coordinates: Any) -> Entity:
    return entity(location=place(kind, coordinates))


def holds(one: Entity, georel: str, kind: str, coordinates: Any, geoproperty: str | None = None) -> bool:
    return geo.parse(PLAIN, georel, kind, json.dumps(coordinates), geoproperty).matches(one)


@pytest.mark.parametrize(
    ("found", "georel", "reference", "expected"),
    [
        (("Point", [1, 1]), "within", ("Polygon", SQUARE), True),
        (("Point", [3, 1]), "within", ("Polygon", SQUARE), False),
        (("Point", [2, 1]), "within", ("Polygon", SQUARE), False),
        (("Point", [2, 1]), "intersects", ("Polygon", SQUARE), True),
        (("Point", [2, 1]), "disjoint", ("Polygon", SQUARE), False),
        (("Point", [3, 1]), "disjoint", ("Polygon", SQUARE), True),
        (("Point", [1, 1]), "contains", ("Polygon", SQUARE), False),
        (("Point", [1, 1]), "within", ("Polygon", DIAMOND), True),
        (("Point", [0.1, 0.1]), "within", ("Polygon", DIAMOND), False),
        (("Point", [0.5, 0.5]), "intersects", ("Polygon", DIAMOND), True),
        (("Point", [9, 9]), "disjoint", ("Polygon", DIAMOND), True),
        (("Point", [1, 1]), "disjoint", ("Polygon", DIAMOND), False),
        (("Point", [1, 1]), "overlaps", ("Polygon", SQUARE), False),
        (("Point", [1, 1]), "equals", ("Point", [1, 1]), True),
        (("Point", [1, 1]), "equals", ("Point", [1, 2]), False),
        (("Point", [1, 1]), "within", ("Point", [1, 1.0]), True),
        (("Point", [1, 1, 7]), "contains", ("Point", [1, 1]), True),
        (("Point", [1, 1]), "intersects", ("MultiPoint", [[1, 1]]), True),
        (("Point", [1, 1]), "intersects", ("MultiPoint", [[3, 3], [1, 1]]), True),
        (("Point", [1, 1]), "disjoint", ("Point", [1, 1]), False),
        (("Point", [1, 1]), "overlaps", ("Point", [1, 1]), False),
        (("Point", [1, 1]), "intersects", ("LineString", [[0, 0], [2, 2]]), True),
        (("Polygon", SQUARE), "contains", ("Point", [1, 1]), True),
        (("Polygon", SQUARE), "contains", ("Polygon", DIAMOND), True),
        (("Polygon", DIAMOND), "within", ("Polygon", SQUARE), True),
        (("Polygon", DIAMOND), "equals", ("Polygon", DIAMOND), True),
        (("Polygon", SQUARE), "equals", ("Polygon", DIAMOND), False),
        (("Polygon", SQUARE), "overlaps", ("Polygon", [[[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]]), True),
        (("Polygon", SQUARE), "overlaps", ("Polygon", [[[5, 5], [6, 5], [6, 6], [5, 6], [5, 5]]]), False),
        (("Polygon", SQUARE), "disjoint", ("Polygon", [[[5, 5], [6, 5], [6, 6], [5, 6], [5, 5]]]), True),
        (("LineString", [[-1, 1], [3, 1]]), "intersects", ("Polygon", SQUARE), True),
        (("LineString", [[-1, 1], [3, 1]]), "within", ("Polygon", SQUARE), False),
        (("MultiLineString", [[[0.5, 0.5], [1, 1]], [[1, 1], [1, 0.5]]]), "within", ("Polygon", SQUARE), True),
        (("MultiPolygon", [SQUARE, [[[9, 9], [10, 9], [10, 10], [9, 9]]]]), "contains", ("Point", [9.6, 9.3]), True),
        (("MultiPoint", [[1, 1], [5, 5]]), "intersects", ("Polygon", SQUARE), True),
        # a polygon that crosses itself is repaired, on both sides
        (("Point", [0.5, 1]), "within", ("Polygon", [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]), True),
        (("Point", [1, 1.8]), "within", ("Polygon", [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]), False),
        (("Polygon", [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]), "contains", ("Point", [0.5, 1]), True),
        # a polygon without area
        (("Point", [1, 0]), "intersects", ("Polygon", [[[0, 0], [1, 0], [2, 0], [0, 0]]]), True),
        (("Point", [0, 0]), "within", ("Polygon", [[[0, 0], [0, 0], [0, 0], [0, 0]]]), True),
    ],
)
def test_how_a_location_lies_towards_the_reference(
    found: tuple[str, Any], georel: str, reference: tuple[str, Any], expected: bool
) -> None:
    assert holds(at(*found), georel, *reference) is expected


def test_distances_are_metres_on_the_sphere() -> None:
    degree = math.pi / 180 * distance.RADIUS
    assert distance.haversine((0, 0), (1, 0)) == pytest.approx(degree)
    assert distance.haversine((0, 60), (1, 60)) == pytest.approx(degree / 2, rel=1e-3)
    assert distance.haversine((0, 90), (179, 90)) == pytest.approx(0, abs=1e-6)
    assert distance.haversine((0, 0), (180, 0)) == pytest.approx(distance.FARTHEST)
    assert distance.haversine((179.5, 0), (-179.5, 0)) == pytest.approx(degree)


@pytest.mark.parametrize(
    ("found", "georel", "reference", "expected"),
    [
        (("Point", [105.84, 21.59]), "near;maxDistance==1000", ("Point", [105.845, 21.59]), True),
        (("Point", [105.84, 21.59]), "near;maxDistance==500", ("Point", [105.845, 21.59]), False),
        (("Point", [105.84, 21.59]), "near;minDistance==500", ("Point", [105.845, 21.59]), True),
        (("Point", [105.84, 21.59]), "near;minDistance==500;maxDistance==600", ("Point", [105.845, 21.59]), True),
        (("Point", [105.84, 21.59]), "near;maxDistance==0", ("Point", [105.84, 21.59]), True),
        (("Point", [0, 0]), "near;maxDistance==1e8", ("Point", [180, 0]), True),
        (("Point", [179.999, 10]), "near;maxDistance==300", ("Point", [-179.999, 10]), True),
        (("Point", [10, 89.999]), "near;maxDistance==300", ("Point", [-170, 89.999]), True),
        (("Point", [10, -90]), "near;maxDistance==1", ("Point", [-170, -90]), True),
        # a side, not only the corners
        (("LineString", [[0, 0.01], [2, 0.01]]), "near;maxDistance==1200", ("Point", [1, 0]), True),
        (("LineString", [[0, 0.01], [2, 0.01]]), "near;maxDistance==1000", ("Point", [1, 0]), False),
        (("Point", [1, 0]), "near;maxDistance==1200", ("LineString", [[0, 0.01], [2, 0.01]]), True),
        (("Point", [1, 0]), "near;minDistance==1200", ("LineString", [[0, 0.01], [2, 0.01]]), False),
        # inside is near
        (("Polygon", SQUARE), "near;maxDistance==0", ("Point", [1, 1]), True),
        (("Point", [1, 1]), "near;maxDistance==0", ("Polygon", SQUARE), True),
        (("Polygon", SQUARE), "near;maxDistance==100", ("LineString", [[1, 1], [1.1, 1]]), True),
        (("Polygon", SQUARE), "near;maxDistance==120000", ("Polygon", [[[3, 0], [4, 0], [4, 1], [3, 0]]]), True),
        (("Polygon", SQUARE), "near;maxDistance==110000", ("Polygon", [[[3, 0], [4, 0], [4, 1], [3, 0]]]), False),
    ],
)
def test_what_is_near(found: tuple[str, Any], georel: str, reference: tuple[str, Any], expected: bool) -> None:
    assert holds(at(*found), georel, *reference) is expected


def test_a_hole_of_a_polygon_is_outside_of_it() -> None:
    ring = [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [3, 1], [3, 3], [1, 3], [1, 1]]]
    assert distance.from_position((0.5, 0.5), geometry.checked("Polygon", ring)) == 0
    assert distance.from_position((2, 2), geometry.checked("Polygon", ring)) == pytest.approx(111_000, rel=0.01)
    assert not holds(at("Point", [2, 2]), "within", "Polygon", ring)


def test_what_has_no_such_place_never_matches() -> None:
    far = ("Point", [50, 50])
    for one in (
        entity(),
        entity(location={"type": "Property", "value": {"type": "Point", "coordinates": [50, 50]}}),
        at("Point", ["a", 1]),
        at("Point", [500, 1]),
        at("Point", []),
        at("Point", None),
        at("Circle", [1, 1]),
        entity(location={"type": "GeoProperty", "value": "POINT(1 1)"}),
        entity(location={"type": "GeoProperty"}),
    ):
        assert not holds(one, "disjoint", *far)
        assert not holds(one, "near;minDistance==1", *far)
        assert not holds(one, "equals", *far)


def test_one_of_several_instances_is_enough_and_the_property_can_be_named() -> None:
    one = entity(
        location=[place("Point", [1, 1]), {**place("Point", [9, 9]), "datasetId": "urn:d:1"}],
        seen=place("Point", [5, 5]),
    )
    assert holds(one, "equals", "Point", [9, 9])
    assert not holds(one, "equals", "Point", [5, 5])
    assert holds(one, "equals", "Point", [5, 5], "seen")


@pytest.mark.parametrize(
    ("kind", "coordinates"),
    [
        ("Circle", "[1,2]"),
        ("GeometryCollection", "[]"),
        (None, "[1,2]"),
        (7, "[1,2]"),
        ("Point", None),
        ("Point", "[1]"),
        ("Point", "[1,2"),
        ("Point", "[1,2,3,4]"),
        ("Point", "[NaN,2]"),
        ("Point", "[1e999,2]"),
        ("Point", "[true,2]"),
        ("Point", '["1","2"]'),
        ("Point", "[181,2]"),
        ("Point", "[1,-91]"),
        ("Point", "{}"),
        ("Point", "1,2"),
        ("Point", ""),
        ("Point", "[" + "9" * 400 + ",1]"),
        ("Point", "[" * 2000 + "]" * 2000),
        ("LineString", "[[1,2]]"),
        ("LineString", "[1,2]"),
        ("MultiPoint", "[]"),
        ("MultiLineString", "[[]]"),
        ("Polygon", "[[[0,0],[1,0],[0,0]]]"),
        ("Polygon", "[[[0,0],[1,0],[1,1],[0,1]]]"),
        ("Polygon", "[[0,0],[1,0],[1,1],[0,0]]"),
        ("Polygon", "[]"),
        ("MultiPolygon", "[[[0,0],[1,0],[1,1],[0,0]]]"),
    ],
)
def test_a_bad_geometry_is_refused(kind: Any, coordinates: Any) -> None:
    with pytest.raises(BadRequestData):
        geo.parse(PLAIN, "within", kind, coordinates)


@pytest.mark.parametrize(
    "georel",
    [
        None,
        "",
        "near",
        "near;",
        "near;maxDistance=10",
        "near;maxDistance==-1",
        "near;maxDistance==x",
        "near;maxDistance==10m",
        "near;maxDistance==1;maxDistance==2",
        "near;distance==1",
        "within;maxDistance==1",
        "invalid",
        "WITHIN",
    ],
)
def test_a_bad_relation_is_refused(georel: Any) -> None:
    with pytest.raises(BadRequestData):
        geo.parse(PLAIN, georel, "Point", "[1,2]")


def test_a_geometry_that_is_too_large_is_too_complex() -> None:
    with pytest.raises(TooComplexQuery):
        geo.parse(PLAIN, "within", "MultiPoint", [[1, 1]] * (geometry.MOST_POSITIONS + 1))
    with pytest.raises(TooComplexQuery):
        geo.parse(PLAIN, "within", "MultiPoint", "[" + "[1,1]," * 200_000 + "[1,1]]")


def test_a_geo_query_of_a_body() -> None:
    one = at("Point", [1, 1])
    query = {"georel": "within", "geometry": "Polygon", "coordinates": SQUARE, "geoproperty": "location"}
    assert geo.of_body(PLAIN, query).matches(one)
    for wrong in (None, [], {"georel": "within"}, {**query, "geoproperty": 7}, {**query, "coordinates": 7}):
        with pytest.raises(BadRequestData):
            geo.of_body(PLAIN, wrong)


def test_many_points_are_answered_as_each_one_is() -> None:
    chance = random.Random(4)
    positions = [(chance.uniform(-0.5, 2.5), chance.uniform(-0.5, 2.5)) for _ in range(300)]
    longitudes, latitudes = zip(*positions, strict=True)
    for georel, kind, coordinates in (
        ("near;maxDistance==100000", "Point", [1, 1]),
        ("near;minDistance==50000;maxDistance==100000", "Polygon", DIAMOND),
        ("within", "Polygon", SQUARE),
        ("intersects", "Polygon", DIAMOND),
        ("disjoint", "Polygon", DIAMOND),
        ("disjoint", "Polygon", SQUARE),
        ("equals", "Point", [1, 1]),
    ):
        query = geo.parse(PLAIN, georel, kind, coordinates)
        one_by_one = [query.matches(at("Point", list(position))) for position in positions]
        assert list(query.holds_points(longitudes, latitudes)) == one_by_one


def test_the_boxes_of_a_query_hold_every_match() -> None:
    chance = random.Random(5)
    for _ in range(300):
        centre = (chance.uniform(-180, 180), chance.choice([chance.uniform(-90, 90), 89.99, -90, 0]))
        metres = 10 ** chance.uniform(0, 7.4)
        query = geo.parse(PLAIN, f"near;maxDistance=={metres:.3f}", "Point", list(centre))
        for _ in range(30):
            other = (chance.uniform(-180, 180), chance.uniform(-90, 90))
            if query.matches(at("Point", list(other))):
                assert query.boxes is None or any(
                    west <= other[0] <= east and south <= other[1] <= north for west, south, east, north in query.boxes
                )


def test_points_and_rectangles_need_no_shapely() -> None:
    code = """
import sys
from songcau.context.language import geo
from songcau.context.language.tests.samples import PLAIN, entity
one = entity(location={"type": "GeoProperty", "value": {"type": "Point", "coordinates": [1, 1]}})
box = [[[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]]]
assert geo.parse(PLAIN, "near;maxDistance==5", "Point", [1, 1]).matches(one)
assert geo.parse(PLAIN, "within", "Polygon", box).matches(one)
assert "shapely" not in sys.modules and "numpy" not in sys.modules and "re2" not in sys.modules
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_geometry_of_many_positions_is_as_far_as_it_is_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(6)
    for kind in ("LineString", "Polygon", "MultiPoint"):
        for _ in range(30):
            positions = [[chance.uniform(105, 107), chance.uniform(21, 22)] for _ in range(12)]
            positions[3] = positions[4]
            ring = [*positions, positions[0]]
            one = geometry.checked(kind, [ring] if kind == "Polygon" else ring)
            here = chance.choice(
                [(chance.uniform(105, 107), chance.uniform(21, 22)), (positions[0][0], positions[0][1])]
            )
            slowly = distance.from_position(here, one)
            monkeypatch.setattr(distance, "MANY", 1)
            assert distance.from_position(here, one) == pytest.approx(slowly, abs=1e-3)
            monkeypatch.undo()
    opposite = geometry.checked("LineString", [[0, 0]] * 300)
    assert distance.from_position((180, 0), opposite) == pytest.approx(distance.FARTHEST)
    assert distance.from_position((0, 0), opposite) == 0


def test_what_was_made_of_stored_values_is_remembered_in_bounds() -> None:
    remembered = geometry._Remembered(10)
    values = [[[number, 0], [number, 1], [number, 2]] for number in range(5)]
    for value in values:
        remembered.put(value, geometry.checked("LineString", value))
    assert [remembered.get(value) is not None for value in values] == [False, False, True, True, True]
    large = [[0, number / 10] for number in range(20)]
    remembered.put(large, geometry.checked("LineString", large))
    assert remembered.get(large) is None
    value = {"type": "LineString", "coordinates": [[0, 0], [1, 1]]}
    assert geometry.stored(value) is geometry.stored(value)


def test_an_answer_about_a_large_reference_weighs_more() -> None:
    line = [[105 + number / 1000, 21] for number in range(150)]
    assert geo.parse(PLAIN, "near;maxDistance==5", "LineString", line).weight > 100
    assert geo.parse(PLAIN, "near;maxDistance==5", "Point", [105, 21]).weight < 5
    assert geo.parse(PLAIN, "intersects", "LineString", line).weight < 5


def test_a_reference_that_crosses_itself_without_end_is_refused() -> None:
    chance = random.Random(1)
    ring = [[chance.uniform(0, 1), chance.uniform(0, 1)] for _ in range(1_000)]
    with pytest.raises(TooComplexQuery, match="crosses itself"):
        geo.parse(PLAIN, "intersects", "Polygon", [[*ring, ring[0]]])


def test_geometries_that_meet_without_end_are_only_asked_whether_they_do() -> None:
    upright, lying = comb(500, upright=True), comb(500, upright=False)
    for one, other in (("Polygon", [upright]), ("Polygon", [lying])), (("LineString", upright), ("LineString", lying)):
        assert geo.parse(PLAIN, "intersects", *one).matches(at(*other))
        assert not geo.parse(PLAIN, "disjoint", *one).matches(at(*other))
        assert geo.parse(PLAIN, "near;maxDistance==1", *one).matches(at(*other))
        for georel in ("overlaps", "within", "contains", "equals"):
            with pytest.raises(TooComplexQuery, match="meet too often"):
                geo.parse(PLAIN, georel, *one).matches(at(*other))
    square = [[[-1, -1], [2, -1], [2, 2], [-1, 2.1], [-1, -1]]]
    assert holds(at("Polygon", [upright]), "within", "Polygon", square)


def test_the_distance_of_shapes_is_asked_at_its_bounds() -> None:
    road = at("LineString", [[0, 1], [2, 1]])
    apart = distance.between(
        geometry.checked("LineString", [[0, 0], [2, 0]]), geometry.checked("LineString", [[0, 1], [2, 1]])
    )
    for bound, metre in (("max", 1), ("min", -1)):
        assert holds(road, f"near;{bound}Distance=={apart + metre:.3f}", "LineString", [[0, 0], [2, 0]])
        assert not holds(road, f"near;{bound}Distance=={apart - metre:.3f}", "LineString", [[0, 0], [2, 0]])
    assert holds(road, "near;minDistance==0", "LineString", [[0, 1], [2, 1]])
    assert not holds(road, "near;minDistance==1", "LineString", [[0, 1], [2, 1]])
    assert holds(road, "near;maxDistance==99999999;minDistance==1", "LineString", [[0, 0], [2, 0]])


@pytest.mark.parametrize("metres", [0.5, 30.0, 1_000.0, 19_999.0])
def test_many_points_at_once_are_told_as_each_alone(metres: float) -> None:
    dice = random.Random(3)
    for _ in range(60):
        middle, level = dice.uniform(-177, 177), dice.uniform(-80, 80)
        query = geo.parse(PLAIN, f"near;maxDistance=={metres}", "Point", [middle, level])
        degrees = metres / distance.RADIUS / math.pi * 180.0
        points = [(middle, level), (-180.0, level), (180.0, level), (middle, -level), (middle, 90.0)]
        for _ in range(60):
            bearing = dice.uniform(0.0, 2.0 * math.pi)
            # Most of them nearly at the bound, where a rough answer would be wrong.
            length = degrees * dice.choice((dice.uniform(0.0, 3.0), dice.uniform(0.999, 1.001), 1.0))
            east = middle + length * math.sin(bearing) / math.cos(math.radians(level))
            points.append((max(-180.0, min(180.0, east)), level + length * math.cos(bearing)))
        longitudes, latitudes = zip(*points, strict=True)
        alone = [distance.haversine((middle, level), point) <= metres for point in points]
        told = list(query.holds_points(longitudes, latitudes))
        for point, one, other in zip(points, told, alone, strict=True):
            assert one is other or abs(distance.haversine((middle, level), point) - metres) < 1e-6 * metres
