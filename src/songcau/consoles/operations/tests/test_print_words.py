"""How long and how much more, in words; and the days of weeks and months."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import translation

from songcau.consoles.operations.prints import words
from songcau.consoles.operations.prints.months import known_of
from songcau.consoles.operations.prints.spans import Days, month_before, month_of, week_of, year_before


@pytest.fixture(autouse=True)
def _in_vietnamese() -> Iterator[None]:
    with translation.override("vi"):
        yield


@pytest.mark.parametrize(
    ("late", "working", "said"),
    [
        (timedelta(seconds=59), True, "ngoài giờ làm việc"),
        (timedelta(seconds=59), False, "0 giờ 0 phút"),
        (timedelta(hours=7, minutes=59), True, "7 giờ 59 phút làm việc"),
        (timedelta(hours=8), True, "1 ngày làm việc"),
        (timedelta(hours=8005), True, "1.000 ngày 5 giờ làm việc"),
        (timedelta(hours=23, minutes=5), False, "23 giờ 5 phút"),
        (timedelta(hours=50), False, "2 ngày 2 giờ"),
        (timedelta(hours=48, minutes=59), False, "2 ngày"),
    ],
)
def test_a_working_day_has_eight_hours(late: timedelta, working: bool, said: str) -> None:
    assert words.how_long(late, working=working) == said


@pytest.mark.parametrize(
    ("now", "before", "more", "said"),
    [
        (5, 3, {}, "tăng 2"),
        (3, 1005, {}, "giảm 1.002"),
        (0, 0, {}, "không đổi"),
        (None, 3, {}, "—"),
        (3, None, {}, "—"),
        (66.66, 66.74, {"decimals": 1}, "không đổi"),
        (66.6, 100.0, {"decimals": 1, "points": True}, "giảm 33,4 điểm %"),
        (100.0, 99.5, {"decimals": 1, "points": True}, "tăng 0,5 điểm %"),
    ],
)
def test_a_change_is_said_as_the_figures_beside_it_are_rounded(
    now: float | None, before: float | None, more: dict[str, int], said: str
) -> None:
    assert words.change(now, before, **more) == said  # type: ignore[arg-type]


def test_weeks_begin_on_monday_and_months_are_whole() -> None:
    assert week_of(date(2026, 11, 29)) == Days(date(2026, 11, 23), date(2026, 11, 29))
    assert week_of(date(2026, 11, 23)) == week_of(date(2026, 11, 29))
    assert month_of(date(2028, 2, 29)) == Days(date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == Days(date(2026, 12, 1), date(2026, 12, 31))
    assert month_before(month_of(date(2026, 1, 15))) == month_of(date(2025, 12, 1))
    assert year_before(month_of(date(2028, 2, 29))) == Days(date(2027, 2, 1), date(2027, 2, 28))


def test_a_span_is_of_the_city_and_goes_no_further_than_now() -> None:
    week = week_of(date(2026, 11, 25))
    begin, until = week.span()
    assert (begin, until) == (datetime(2026, 11, 22, 17, tzinfo=UTC), datetime(2026, 11, 29, 17, tzinfo=UTC))
    now = datetime(2026, 11, 25, 2, tzinfo=UTC)
    assert week.span_until(now) == (begin, now)
    assert week.span_until(until) == (begin, until)
    assert (week.is_over(now), week.is_over(until)) == (False, True)


def test_a_month_is_known_when_something_was_kept_before_its_end() -> None:
    months = [month_of(date(2026, month, 1)) for month in (11, 10, 9)]
    assert known_of(None, months) == (False, False, False)
    assert known_of(datetime(2026, 10, 31, 16, 59, tzinfo=UTC), months) == (True, True, False)
    assert known_of(datetime(2026, 10, 31, 17, tzinfo=UTC), months) == (True, False, False)
