"""Every way in which a file of boundaries can be wrong is named, and none ends the check."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.foundation.places import boundary_files
from songcau.foundation.places.boundary_files import FileTooLarge, NotGeoJson, Problem, read_boundaries
from songcau.foundation.places.tests.conftest import collection, feature, square

KNOWN = frozenset({"05431", "05434"})
RING = square(105.80, 21.60)


def problems(*features: object) -> list[Problem]:
    return list(read_boundaries(collection(*features), KNOWN).problems)


def codes(*features: object) -> list[str]:
    return [problem.code for problem in problems(*features)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not json",
        b"\xff\xfe\x00",
        b"[]",
        b"7",
        b'{"type": "FeatureCollection"}',
        b'{"features": {}}',
        b'{"type": "FeatureCollection", "features": []}',
        b'{"type": "Topology", "features": "05431"}',
        b"[" * 100_000,
        b'{"features": [' + b"9" * 5000 + b"]}",
    ],
)
def test_what_is_no_geojson_is_refused(content: bytes) -> None:
    with pytest.raises(NotGeoJson):
        read_boundaries(content, KNOWN)


def test_a_single_feature_is_no_collection() -> None:
    with pytest.raises(NotGeoJson):
        read_boundaries(json.dumps(feature("05431", RING)).encode(), KNOWN)


def test_a_list_of_features_under_another_type_is_refused() -> None:
    content = json.dumps({"type": "Features", "features": [feature("05431", RING)]}).encode()
    with pytest.raises(NotGeoJson):
        read_boundaries(content, KNOWN)


def test_a_file_beyond_the_limit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    content = collection(feature("05431", RING))
    monkeypatch.setattr(boundary_files, "LARGEST_FILE_BYTES", len(content))
    assert read_boundaries(content, KNOWN).outlines
    monkeypatch.setattr(boundary_files, "LARGEST_FILE_BYTES", len(content) - 1)
    with pytest.raises(FileTooLarge):
        read_boundaries(content, KNOWN)


def test_too_many_features_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary_files, "MOST_FEATURES", 1)
    with pytest.raises(NotGeoJson):
        read_boundaries(collection(feature("05431", RING), feature("05434", RING)), KNOWN)


def test_a_byte_order_mark_is_no_fault() -> None:
    assert read_boundaries(b"\xef\xbb\xbf" + collection(feature("05431", RING)), KNOWN).outlines.keys() == {"05431"}


@pytest.mark.parametrize("code", [None, "", "  ", 5431, ["05431"], {"a": 1}])
def test_a_missing_code_is_told_by_its_place_in_the_file(code: object) -> None:
    assert problems(feature("05431", RING), feature(code, RING)) == [Problem("CODE_MISSING", params=(("position", 2),))]


@pytest.mark.parametrize("thing", [None, 7, [], {}, {"properties": 7}, {"properties": None, "geometry": None}])
def test_what_is_no_feature_has_no_code(thing: object) -> None:
    assert codes(thing) == ["CODE_MISSING"]


def test_the_identifier_serves_as_code() -> None:
    named = {"type": "Feature", "id": " 05431 ", "geometry": feature("", RING)["geometry"]}
    assert read_boundaries(collection(named), KNOWN).outlines.keys() == {"05431"}


def test_an_unknown_code_is_told_and_cut_short() -> None:
    (problem,) = problems(feature("9" * 500, RING))
    assert (problem.code, problem.unit) == ("CODE_UNKNOWN", "9" * 20)


def test_an_unknown_code_can_be_written_whatever_it_holds() -> None:
    (problem,) = problems(feature("\ud800", RING))
    assert problem.unit.encode() == b"?"


def test_a_code_that_comes_twice_is_told_once() -> None:
    twice = problems(feature("05431", RING), feature("05431", RING))
    assert twice == [Problem("CODE_TWICE", "05431", (("position", 2),))]


@pytest.mark.parametrize("kind", ["Point", "LineString", "GeometryCollection", None, 7, ["Polygon"], {}])
def test_only_polygons_are_boundaries(kind: object) -> None:
    assert codes(feature("05431", RING, kind=kind)) == ["NOT_A_POLYGON"]


@pytest.mark.parametrize("geometry", [None, 7, "Polygon", []])
def test_a_feature_without_geometry_is_no_polygon(geometry: object) -> None:
    assert codes({"properties": {"code": "05431"}, "geometry": geometry}) == ["NOT_A_POLYGON"]


@pytest.mark.parametrize(
    "ring",
    [
        [],
        RING[:3],
        RING[:-1],
        "ring",
        None,
        {"0": 1},
        [*RING[:2], None, *RING[2:]],
        [*RING[:2], [105.8], *RING[2:]],
        [*RING[:2], [105.8, 21.6, 0, 0], *RING[2:]],
        [*RING[:2], ["105.8", "21.6"], *RING[2:]],
        [*RING[:2], [True, False], *RING[2:]],
        [*RING[:2], [float("nan"), 21.6], *RING[2:]],
        [*RING[:2], [105.8, float("inf")], *RING[2:]],
        [*RING[:2], [10**400, 21.6], *RING[2:]],
    ],
)
def test_a_ring_must_close_and_hold_finite_numbers(ring: object) -> None:
    assert codes(feature("05431", ring)) == ["RING_BROKEN"]


@pytest.mark.parametrize(
    "geometry",
    [
        {"type": "Polygon"},
        {"type": "Polygon", "coordinates": []},
        {"type": "Polygon", "coordinates": {"a": 1}},
        {"type": "MultiPolygon", "coordinates": []},
        {"type": "MultiPolygon", "coordinates": [[]]},
        {"type": "MultiPolygon", "coordinates": [RING]},
        {"type": "MultiPolygon", "coordinates": [7, [RING]]},
        {"type": "MultiPolygon", "coordinates": [[RING], [[]]]},
    ],
)
def test_an_empty_shape_is_a_broken_one(geometry: dict[str, Any]) -> None:
    assert codes({"properties": {"code": "05431"}, "geometry": geometry}) == ["RING_BROKEN"]


@pytest.mark.parametrize(
    ("ring", "code"),
    [
        ([[y, x] for x, y in RING], "AXES_SWAPPED"),
        ([[x * 4000, y * 110_000] for x, y in RING], "AXES_PROJECTED"),
        (square(2.35, 48.85), "AXES_ELSEWHERE"),
        ([[105.80, 21.60], [105.82, 21.62], [105.82, 21.60], [105.80, 21.62], [105.80, 21.60]], "SELF_CROSSING"),
        ([[105.80, 21.60]] * 5, "NO_AREA"),
        (square(105.80, 21.60, side=0.00001), "NO_AREA"),
    ],
)
def test_a_shape_that_cannot_be_is_named(ring: object, code: str) -> None:
    assert codes(feature("05431", ring)) == [code]


def test_a_crossing_is_told_with_its_place() -> None:
    bow_tie = [[105.80, 21.60], [105.82, 21.62], [105.82, 21.60], [105.80, 21.62], [105.80, 21.60]]
    (problem,) = problems(feature("05431", bow_tie))
    assert dict(problem.params) == {"longitude": 105.81, "latitude": 21.61}


def test_a_hole_outside_its_outline_and_parts_on_each_other_are_crossings() -> None:
    assert codes(feature("05431", RING, square(105.90, 21.60, side=0.002))) == ["SELF_CROSSING"]
    assert codes(feature("05431", [RING], [RING], kind="MultiPolygon")) == ["SELF_CROSSING"]


def test_holes_islands_and_heights_are_welcome() -> None:
    hole = [[*point, 30.5] for point in square(105.80, 21.60, side=0.01)]
    island = square(105.85, 21.60)
    read = read_boundaries(collection(feature("05431", [RING, hole], [island], [], kind="MultiPolygon")), KNOWN)
    assert not read.problems
    shape = read.outlines["05431"].shape
    assert (shape.geom_type, shape.has_z) == ("MultiPolygon", False)
    # 2 squares of 0.02° less one of 0.01° at 21.6° north, where a degree of WGS 84 has 110.725 × 103.549 km
    assert read.outlines["05431"].area_km2 == pytest.approx(0.0007 * 110.725 * 103.549, rel=1e-4)


def test_every_fault_of_a_file_is_listed_beside_what_is_sound() -> None:
    read = read_boundaries(collection(feature("1", RING), feature("05431", RING), feature("05434", RING[:3])), KNOWN)
    assert [problem.code for problem in read.problems] == ["CODE_UNKNOWN", "RING_BROKEN"]
    assert read.outlines.keys() == {"05431"}


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5) | st.just("Polygon"),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["type", "coordinates", "properties", "code", "id", "geometry"]), inner)
    ),
    max_leaves=12,
)


@given(geometry=ANYTHING, coordinates=ANYTHING, kind=st.sampled_from(["Polygon", "MultiPolygon"]))
def test_no_geometry_ends_the_check(geometry: Any, coordinates: Any, kind: str) -> None:
    odd = {"properties": {"code": "05431"}, "geometry": geometry}
    odder = {"properties": {"code": "05434"}, "geometry": {"type": kind, "coordinates": coordinates}}
    read = read_boundaries(collection(odd, odder, feature("05431", RING)), KNOWN)
    assert len(read.problems) + len(read.outlines) == 3
