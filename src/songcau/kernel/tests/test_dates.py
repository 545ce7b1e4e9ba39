"""Days and longer periods: written and read, in both languages."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.kernel import dates
from songcau.kernel.dates import DateUnreadable, Period, Span, parsed_day, parsed_period


@pytest.mark.parametrize(
    "text",
    [
        *("23/11/2026", "23-11-2026", "23.11.2026", "2026-11-23", " 23/11/2026 ", "ngày 23 tháng 11 năm 2026"),
        *("23 tháng 11 năm 2026", "Ngày 23 tháng 11, 2026", "ngay 23 thang 11 nam 2026", "23 tháng 11/2026"),
        *("23 Nov 2026", "23 November 2026", "November 23, 2026", "NOV 23 2026", "nga\u0300y 23 tháng 11 năm 2026"),
    ],
)
def test_a_day_is_read(text: str) -> None:
    assert parsed_day(text) == date(2026, 11, 23)
    assert parsed_period(text) == dates.day_of(date(2026, 11, 23))


@pytest.mark.parametrize(
    "text",
    [
        *("", "23", "11/2026", "31/02/2026", "29/02/2026", "00/01/2026", "11/23/2026", "23/11/26", "23/11-2026"),
        *("23/11/1899", "23/11/9999", "23 tháng mười một 2026", "hôm nay", "23 Nvember 2026", "２３/11/2026", "\0"),
        *("2026-13-01", "2026-02-30", "x" * 200, "23/11/2026 14:30", "quý IV/2026"),
    ],
)
def test_what_names_no_day_is_refused(text: str) -> None:
    with pytest.raises(DateUnreadable):
        parsed_day(text)


@pytest.mark.parametrize(
    ("text", "span", "first", "last"),
    [
        ("tháng 11/2026", Span.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        ("11/2026", Span.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        ("tháng 2 năm 2028", Span.MONTH, date(2028, 2, 1), date(2028, 2, 29)),
        ("2026-02", Span.MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        ("Nov 2026", Span.MONTH, date(2026, 11, 1), date(2026, 11, 30)),
        ("quý IV/2026", Span.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        ("Quý 2 năm 2026", Span.QUARTER, date(2026, 4, 1), date(2026, 6, 30)),
        ("Q4 2026", Span.QUARTER, date(2026, 10, 1), date(2026, 12, 31)),
        ("2026Q1", Span.QUARTER, date(2026, 1, 1), date(2026, 3, 31)),
        ("quý iii, 2026", Span.QUARTER, date(2026, 7, 1), date(2026, 9, 30)),
        ("năm 2026", Span.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
        ("2026", Span.YEAR, date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_is_read(text: str, span: Span, first: date, last: date) -> None:
    assert parsed_period(text) == Period(span, first, last)


@pytest.mark.parametrize("text", ["", "13/2026", "tháng 0/2026", "quý V/2026", "Q5 2026", "năm 26", "1899", "2026-00"])
def test_what_names_no_period_is_refused(text: str) -> None:
    with pytest.raises(DateUnreadable):
        parsed_period(text)


def test_a_fifth_quarter_cannot_be_asked_for() -> None:
    with pytest.raises(ValueError, match="four quarters"):
        dates.quarter_of(2026, 5)


@pytest.mark.parametrize(
    ("on", "vi", "full", "en"),
    [
        (date(2026, 11, 23), "23/11/2026", "ngày 23 tháng 11 năm 2026", "23 Nov 2026"),
        (date(2026, 1, 5), "05/01/2026", "ngày 05 tháng 01 năm 2026", "5 Jan 2026"),
        (date(2026, 3, 9), "09/03/2026", "ngày 09 tháng 3 năm 2026", "9 Mar 2026"),
        (date(987, 3, 9), "09/03/0987", "ngày 09 tháng 3 năm 987", "9 Mar 987"),
    ],
)
def test_a_day_is_written(on: date, vi: str, full: str, en: str) -> None:
    assert (dates.day(on, "vi"), dates.day_in_full(on, "vi"), dates.day(on, "en")) == (vi, full, en)


def test_a_day_in_full_in_english() -> None:
    assert dates.day_in_full(date(2026, 11, 23), "en") == "23 November 2026"


@pytest.mark.parametrize(
    ("one", "vi", "en"),
    [
        (dates.day_of(date(2026, 11, 23)), "23/11/2026", "23 Nov 2026"),
        (dates.month_of(2026, 2), "tháng 2/2026", "February 2026"),
        (dates.quarter_of(2026, 4), "quý IV/2026", "Q4 2026"),
        (dates.year_of(2026), "năm 2026", "2026"),
    ],
)
def test_a_period_is_written_and_read_back(one: Period, vi: str, en: str) -> None:
    assert (dates.period(one, "vi"), dates.period(one, "en")) == (vi, en)
    assert parsed_period(vi) == parsed_period(en) == one


@given(st.dates(date(1900, 1, 1), date(9998, 12, 31)))
def test_every_day_written_is_read_back(on: date) -> None:
    for language in ("vi", "en"):
        assert parsed_day(dates.day(on, language)) == on
        assert parsed_day(dates.day_in_full(on, language)) == on


@given(st.text(max_size=80))
def test_nothing_typed_is_an_error_of_ours(text: str) -> None:
    with suppress(DateUnreadable):
        parsed_period(text)
