"""Many values as a few."""

import math
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from songcau.context.entities.aggregating import ALL_TIME, Duration, aggregated, periods, read_duration
from songcau.context.problems import BadRequestData

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR = 3_600_000_000


def at(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("PT1H", Duration(0, HOUR)),
        ("P1DT1H", Duration(0, 25 * HOUR)),
        ("P2W", Duration(0, 14 * 24 * HOUR)),
        ("PT0.5S", Duration(0, 500_000)),
        ("P1Y2M", Duration(14, 0)),
        ("PT0S", ALL_TIME),
    ],
)
def test_a_duration_is_read(text: str, duration: Duration) -> None:
    assert read_duration(text) == duration


@pytest.mark.parametrize("text", ["", "P", "PT", "P1DT", "1H", "PT1", "-PT1H", "P1M1D", "PT1H ", "P" + "9" * 50 + "D"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(BadRequestData, match="duration"):
        read_duration(text)


def test_values_are_laid_into_periods_from_the_origin_on() -> None:
    timed = [(HOUR * 2 + 1, "a"), (HOUR * 3 - 1, "b"), (HOUR * 3, "c"), (HOUR * 9, "d")]
    assert periods(timed, Duration(0, HOUR), 0, 0) == [
        (2 * HOUR, 3 * HOUR, ["a", "b"]),
        (3 * HOUR, 4 * HOUR, ["c"]),
        (9 * HOUR, 10 * HOUR, ["d"]),
    ]


def test_no_duration_is_one_period_of_all() -> None:
    assert periods([(1, "a"), (2, "b")], ALL_TIME, 0, 9) == [(0, 9, ["a", "b"])]
    assert periods([], ALL_TIME, 0, 9) == []


def test_months_are_those_of_the_calendar() -> None:
    origin = at("2026-01-31T12:00:00Z")
    timed = [(at("2026-02-28T11:59:59Z"), 1), (at("2026-02-28T12:00:00Z"), 2), (at("2027-01-31T12:00:00Z"), 3)]
    assert periods(timed, Duration(1, 0), origin, 0) == [
        (origin, at("2026-02-28T12:00:00Z"), [1]),
        (at("2026-02-28T12:00:00Z"), at("2026-03-31T12:00:00Z"), [2]),
        (at("2027-01-31T12:00:00Z"), at("2027-02-28T12:00:00Z"), [3]),
    ]


def test_periods_beyond_the_calendar_are_refused() -> None:
    with pytest.raises(BadRequestData, match="calendar"):
        periods([(at("2026-01-01T00:00:00Z"), 1)], Duration(12 * 9999, 0), at("2026-01-01T00:00:00Z"), 0)


@given(
    some.lists(some.integers(0, 4_000_000_000_000_000), min_size=1, max_size=20),
    some.sampled_from([Duration(0, HOUR), Duration(1, 0), Duration(5, 0), Duration(0, 7)]),
)
def test_every_value_lies_in_its_period_and_periods_do_not_overlap(instants: list[int], duration: Duration) -> None:
    instants.sort()
    laid = periods([(instant, instant) for instant in instants], duration, instants[0], 0)
    assert [value for _, _, values in laid for value in values] == instants
    assert all(begin <= value < end for begin, end, values in laid for value in values)
    bounds = [bound for begin, end, _ in laid for bound in (begin, end)]
    assert bounds == sorted(bounds)


@pytest.mark.parametrize(
    ("method", "values", "made"),
    [
        ("totalCount", [1, "a", None], 3),
        ("distinctCount", [1, 1, "a", {"x": 1, "y": 2}, {"y": 2, "x": 1}], 3),
        ("sum", [1, 2.5, True, "a"], 4.5),
        ("avg", [1, 2, 6], 3.0),
        ("min", [3, 1, 2], 1.0),
        ("max", ["a", "c", "b"], "c"),
        ("max", [[1, 2, 3], [1]], 3.0),
        ("min", ["a", 1], 1.0),
        ("stddev", [2, 4], 1.0),
        ("sumsq", [3, 4], 25.0),
        ("avg", ["a", {"x": 1}], None),
        ("min", [{"x": 1}], None),
        ("sum", [1e308, 1e308], None),
    ],
)
def test_a_method_makes_one_of_many(method: str, values: list[Any], made: Any) -> None:
    assert aggregated(method, values) == made


def test_a_deviation_of_large_numbers_is_exact() -> None:
    assert math.isclose(aggregated("stddev", [1e9 + 1, 1e9 + 2, 1e9 + 3]), math.sqrt(2 / 3))
