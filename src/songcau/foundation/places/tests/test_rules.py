"""Dates, axes and tolerances."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.foundation.places.rules import Axes, Period, axes_of, gap_around, is_fault

DAYS = st.dates(date(2022, 1, 1), date(2030, 1, 1))


def day(month: int) -> date:
    return date(2024, month, 1)


@pytest.mark.parametrize(
    ("period", "on", "holds"),
    [
        (Period(day(2), day(4)), day(1), False),
        (Period(day(2), day(4)), day(2), True),
        (Period(day(2), day(4)), day(3), True),
        (Period(day(2), day(4)), day(4), False),
        (Period(day(2), None), day(12), True),
        (Period(day(2), None), day(1), False),
    ],
)
def test_a_period_holds_from_its_first_day_up_to_but_without_its_end(period: Period, on: date, holds: bool) -> None:
    assert period.holds(on) is holds


@pytest.mark.parametrize(
    ("period", "on", "nearest"),
    [
        (Period(day(2), day(4)), day(1), day(2)),
        (Period(day(2), day(4)), day(3), day(3)),
        (Period(day(2), day(4)), day(9), date(2024, 3, 31)),
        (Period(day(2), None), day(9), day(9)),
    ],
)
def test_the_nearest_day_of_a_period_is_one_it_holds(period: Period, on: date, nearest: date) -> None:
    assert period.nearest(on) == nearest
    assert period.holds(nearest)


@pytest.mark.parametrize(
    ("whole", "others", "gap"),
    [
        (Period(day(1), None), [], Period(day(1), None)),
        (Period(day(1), day(12)), [], Period(day(1), day(12))),
        (Period(day(1), None), [Period(day(1), day(4))], Period(day(4), None)),
        (Period(day(1), day(12)), [Period(day(8), day(12))], Period(day(1), day(8))),
        (
            Period(day(1), None),
            [Period(day(8), None), Period(day(2), day(4)), Period(day(1), day(2))],
            Period(day(4), day(8)),
        ),
    ],
)
def test_a_first_outline_fills_the_time_without_one(whole: Period, others: list[Period], gap: Period) -> None:
    assert gap_around(day(6), whole, others) == gap


@given(cuts=st.lists(DAYS, unique=True, max_size=9), on=DAYS, skip=st.sets(st.integers(0, 9)))
def test_a_gap_holds_its_day_and_no_day_of_the_others(cuts: list[date], on: date, skip: set[int]) -> None:
    whole = Period(date(2022, 1, 1), None)
    cuts.sort()
    others = [
        other for n, other in enumerate(map(Period, cuts, [*cuts[1:], None])) if n not in skip and not other.holds(on)
    ]
    gap = gap_around(on, whole, others)
    assert gap.holds(on)
    for other in others:
        assert not gap.holds(other.begin)
        assert not other.holds(gap.begin)


@pytest.mark.parametrize(
    ("bounds", "axes"),
    [
        ((105.70, 21.50, 105.92, 21.67), Axes.LONGITUDE_LATITUDE),
        ((111.2, 7.9, 117.8, 17.1), Axes.LONGITUDE_LATITUDE),
        ((21.50, 105.70, 21.67, 105.92), Axes.SWAPPED),
        ((428_000.0, 2_379_000.0, 431_000.0, 2_382_000.0), Axes.PROJECTED),
        ((-428_000.0, 21.0, 105.0, 21.5), Axes.PROJECTED),
        ((2.2, 48.8, 2.4, 48.9), Axes.ELSEWHERE),
        ((105.0, 21.0, 119.0, 21.5), Axes.ELSEWHERE),
        ((101.0, 21.0, 105.0, 21.5), Axes.ELSEWHERE),
        ((105.0, 5.0, 106.0, 21.5), Axes.ELSEWHERE),
    ],
)
def test_axes_are_judged_by_where_viet_nam_lies(bounds: tuple[float, float, float, float], axes: Axes) -> None:
    assert axes_of(*bounds) is axes


@given(west=st.floats(102, 118), south=st.floats(6, 24))
def test_no_place_of_viet_nam_is_taken_for_a_swapped_one(west: float, south: float) -> None:
    assert axes_of(west, south, west, south) is Axes.LONGITUDE_LATITUDE
    assert axes_of(south, west, south, west) is Axes.SWAPPED


@pytest.mark.parametrize(
    ("area", "smaller", "fault"),
    [(0.01, 0, False), (0.0101, 0, True), (0.03, 50.0, False), (0.051, 50.0, True), (0.0, 0.0, False)],
)
def test_what_the_drawing_explains_is_no_fault(area: float, smaller: float, fault: bool) -> None:
    assert is_fault(area, smaller) is fault
