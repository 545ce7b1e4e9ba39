"""Periods of the history."""

from datetime import UTC, datetime

import pytest

from songcau.context.language import temporal
from songcau.context.problems import BadRequestData

NOON = "2026-11-28T12:00:00Z"
ONE = "2026-11-28T13:00:00Z"


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 28, hour, minute, tzinfo=UTC)


def test_before_and_after_leave_the_moment_out_and_between_holds_its_start() -> None:
    before, after = temporal.parse("before", NOON), temporal.parse("after", NOON)
    assert [before.holds(at(hour)) for hour in (11, 12, 13)] == [True, False, False]
    assert [after.holds(at(hour)) for hour in (11, 12, 13)] == [False, False, True]
    between = temporal.parse("between", NOON, ONE, "createdAt")
    assert [between.holds(at(*time)) for time in ((11, 59), (12, 0), (12, 59), (13, 0))] == [False, True, True, False]
    assert between.timeproperty == "createdAt"
    assert not between.holds(None)


def test_bounds_are_written_as_stamps_are() -> None:
    period = temporal.parse("between", "2026-11-28T19:00:00+07:00", "2026-11-28T13:00:00.5Z")
    assert (period.start_text, period.end_text) == ("2026-11-28T12:00:00.000000Z", "2026-11-28T13:00:00.500000Z")
    assert temporal.parse("after", NOON).end_text is None
    assert temporal.parse("before", "0001-01-01T00:00:00Z").end_text == "0001-01-01T00:00:00.000000Z"
    assert temporal.parse("before", NOON).start_text is None
    assert temporal.parse("before", NOON).timeproperty == "observedAt"


@pytest.mark.parametrize(
    "asked",
    [
        (None, NOON),
        ("after", None),
        ("during", NOON),
        ("after", "2026-11-28"),
        ("after", "yesterday"),
        ("after", ""),
        ("after", "2026-11-28T12:00:00"),
        ("after", "2026-11-31T12:00:00Z"),
        ("after", "5"),
        ("between", NOON),
        ("between", ONE, NOON),
        ("before", NOON, ONE),
        ("after", NOON, None, "name"),
    ],
)
def test_a_broken_period_is_refused(asked: tuple[str | None, ...]) -> None:
    with pytest.raises(BadRequestData):
        temporal.parse(*asked)


def test_a_period_of_a_body() -> None:
    assert temporal.of_body({"timerel": "after", "timeAt": NOON}) == temporal.parse("after", NOON)
    for wrong in (None, [], {}, {"timerel": 1, "timeAt": NOON}, {"timerel": "after", "timeAt": 5}):
        with pytest.raises(BadRequestData):
            temporal.of_body(wrong)
