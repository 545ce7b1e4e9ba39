"""Approximate outlines from any centres, also awkward ones."""

import math

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import Point

from songcau.foundation.places.geometry import area_km2, in_degrees, in_kilometres
from songcau.foundation.places.outlines import Centre, approximate_outlines

STEP = st.integers(0, 12)


def check(centres: list[Centre]) -> None:
    drawn = approximate_outlines(centres)
    assert list(drawn) == [centre.code for centre in centres]
    for centre in centres:
        shape = drawn[centre.code]
        assert shape.is_valid
        assert shape.contains(Point(centre.longitude, centre.latitude))
    shapes = list(drawn.values())
    total = sum(map(area_km2, shapes))
    # What two outlines share, and what they lose to rounding, is less than a thousandth.
    assert area_km2(shapely.union_all(shapes)) == pytest.approx(total, rel=1e-3)


@settings(max_examples=25, deadline=None)
@given(
    places=st.lists(st.tuples(STEP, STEP), min_size=1, max_size=9, unique=True),
    sizes=st.lists(st.floats(0.2, 60), min_size=9, max_size=9),
)
def test_each_outline_is_sound_and_holds_its_centre(places: list[tuple[int, int]], sizes: list[float]) -> None:
    check(
        [
            Centre(f"{n}", 105.7 + 0.03 * x, 21.5 + 0.03 * y, size)
            for n, ((x, y), size) in enumerate(zip(places, sizes, strict=False))
        ]
    )


def test_one_unit_alone_gets_its_area() -> None:
    (shape,) = approximate_outlines([Centre("1", 105.8, 21.6, 25.0)]).values()
    assert area_km2(shape) == pytest.approx(25, rel=0.02)


def test_a_unit_of_unknown_size_takes_it_from_its_box_or_is_small() -> None:
    box = (105.75, 21.55, 105.85, 21.65)
    boxed = area_km2(approximate_outlines([Centre("1", 105.8, 21.6, None, box)])["1"])
    assert boxed == pytest.approx(0.5 * area_km2(shapely.box(*box)), rel=0.05)
    assert area_km2(approximate_outlines([Centre("1", 105.8, 21.6)])["1"]) == pytest.approx(1, rel=0.05)


def test_units_round_a_bay_leave_no_stray_piece_without_owner() -> None:
    horseshoe = [(0, 4), (0, 3), (0, 2), (0, 1), (0, 0), (1, 0), (2, 0), (2, 1), (2, 2), (2, 3), (2, 4), (4, 2)]
    check([Centre(f"{n}", 105.7 + 0.04 * x, 21.5 + 0.04 * y, 10.0) for n, (x, y) in enumerate(horseshoe)])


def test_kilometres_and_degrees_are_each_other_reversed() -> None:
    shape = shapely.box(105.7, 21.5, 105.9, 21.7)
    assert shapely.equals_exact(in_degrees(in_kilometres(shape)), shape, tolerance=2e-6)


def ellipsoid_km2(south: float, north: float) -> float:
    """Area of one degree of longitude between two parallels of WGS 84, by the closed formula for a zone."""
    polar, eccentricity = 6356.752314, 0.0818191908

    def below(latitude: float) -> float:
        sine = math.sin(math.radians(latitude))
        return sine / (1 - (eccentricity * sine) ** 2) + math.atanh(eccentricity * sine) / eccentricity

    return math.radians(1) * polar**2 / 2 * (below(north) - below(south))


@pytest.mark.parametrize(("latitude", "within"), [(21.6, 1e-4), (16.0, 2e-3), (8.6, 2e-3)])
def test_an_area_is_that_of_the_ellipsoid(latitude: float, within: float) -> None:
    square = shapely.box(105.5, latitude - 0.5, 106.5, latitude + 0.5)
    square = shapely.segmentize(square, 0.01)
    assert area_km2(square) == pytest.approx(ellipsoid_km2(latitude - 0.5, latitude + 0.5), rel=within)
