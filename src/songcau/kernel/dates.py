"""Days, months, quarters and years as people write and read them in Vietnamese and English. Day before month."""

import calendar
import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from songcau.kernel.errors import Refused
from songcau.kernel.text import folded, normal

FIRST_YEAR, LAST_YEAR = 1900, 9998
LONGEST = 60
_ROMAN = ("I", "II", "III", "IV")
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


class DateUnreadable(Refused):
    """`text` names no day (or month, quarter, year, where those are asked for) of the years 1900 to 9998."""

    code = "DATE_UNREADABLE"


class Span(StrEnum):
    DAY = "DAY"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    YEAR = "YEAR"


@dataclass(frozen=True, slots=True)
class Period:
    """A day, month, quarter or year: its first and its last day."""

    span: Span
    first: date
    last: date


def month_of(year: int, month: int) -> Period:
    """Raises ValueError for a month that there is not."""
    return Period(Span.MONTH, date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1]))


def quarter_of(year: int, quarter: int) -> Period:
    """`quarter` 1 to 4. Raises ValueError for another."""
    if not 1 <= quarter <= 4:
        raise ValueError("a year has four quarters")
    return Period(Span.QUARTER, date(year, 3 * quarter - 2, 1), month_of(year, 3 * quarter).last)


def year_of(year: int) -> Period:
    return Period(Span.YEAR, date(year, 1, 1), date(year, 12, 31))


def day_of(on: date) -> Period:
    return Period(Span.DAY, on, on)


def day(on: date, language: str) -> str:
    """`23/11/2026` (vi), `23 Nov 2026` (en): a word for the month, so that no reader can take it for the day."""
    return f"{on:%d/%m}/{on.year:04}" if language == "vi" else f"{on.day} {_MONTHS[on.month - 1][:3]} {on.year}"


def day_in_full(on: date, language: str) -> str:
    """`ngày 23 tháng 11 năm 2026`: days below ten and the first two months with a nought (Decree 30/2020/NĐ-CP)."""
    if language != "vi":
        return f"{on.day} {_MONTHS[on.month - 1]} {on.year}"
    month = f"{on.month:02}" if on.month < 3 else str(on.month)
    return f"ngày {on.day:02} tháng {month} năm {on.year}"


def period(one: Period, language: str) -> str:
    """`tháng 11/2026`, `quý IV/2026`, `năm 2026`; `November 2026`, `Q4 2026`, `2026`."""
    year, month = one.first.year, one.first.month
    if one.span is Span.DAY:
        return day(one.first, language)
    if one.span is Span.MONTH:
        return f"tháng {month}/{year}" if language == "vi" else f"{_MONTHS[month - 1]} {year}"
    if one.span is Span.QUARTER:
        number = (month + 2) // 3
        return f"quý {_ROMAN[number - 1]}/{year}" if language == "vi" else f"Q{number} {year}"
    return f"năm {year}" if language == "vi" else str(year)


_NAMED = "|".join(f"{name[:3].lower()}(?:{name[3:].lower()})?" for name in _MONTHS)
_YEAR = r"(?P<year>[0-9]{4})"
_DAYS = (
    r"(?P<year>[0-9]{4})-(?P<month>[0-9]{1,2})-(?P<day>[0-9]{1,2})",
    r"(?P<day>[0-9]{1,2})(?P<sign>[/.-])(?P<month>[0-9]{1,2})(?P=sign)(?P<year>[0-9]{4})",
    rf"(?:ngay )?(?P<day>[0-9]{{1,2}}) thang (?P<month>[0-9]{{1,2}})(?: nam |, ?|/| ){_YEAR}",
    rf"(?P<day>[0-9]{{1,2}}) (?P<named>{_NAMED}),? {_YEAR}",
    rf"(?P<named>{_NAMED}) (?P<day>[0-9]{{1,2}}),? {_YEAR}",
)
_PERIODS = (
    (Span.MONTH, rf"(?:thang )?(?P<month>[0-9]{{1,2}})[/-]{_YEAR}"),
    (Span.MONTH, rf"thang (?P<month>[0-9]{{1,2}})(?: nam |, ?| ){_YEAR}"),
    (Span.MONTH, r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})"),
    (Span.MONTH, rf"(?P<named>{_NAMED}),? {_YEAR}"),
    (Span.QUARTER, rf"(?:quy |q)(?P<quarter>[1-4]|iv|i{{1,3}})(?: nam |/|, ?|-| ){_YEAR}"),
    (Span.QUARTER, r"(?P<year>[0-9]{4})-?q(?P<quarter>[1-4])"),
    (Span.YEAR, rf"(?:nam )?{_YEAR}"),
)


def parsed_day(text: str) -> date:
    """`23/11/2026`, `23-11-2026`, `2026-11-23`, `ngày 23 tháng 11 năm 2026`, `23 Nov 2026`. Raises DateUnreadable."""
    typed = _typed(text)
    for pattern in _DAYS:
        if found := re.fullmatch(pattern, typed):
            return _made(text, Span.DAY, found.groupdict()).first
    raise DateUnreadable(text=normal(text)[:LONGEST])


def parsed_period(text: str) -> Period:
    """A day, or `tháng 11/2026`, `11/2026`, `quý IV/2026`, `Q4 2026`, `năm 2026`. Raises DateUnreadable."""
    typed = _typed(text)
    for span, pattern in (*((Span.DAY, pattern) for pattern in _DAYS), *_PERIODS):
        if found := re.fullmatch(pattern, typed):
            return _made(text, span, found.groupdict())
    raise DateUnreadable(text=normal(text)[:LONGEST])


def _typed(text: str) -> str:
    return folded(text) if len(text) <= LONGEST else ""


def _made(text: str, span: Span, found: dict[str, str | None]) -> Period:
    try:
        year, month = _year(found["year"]), _month(found)
        if span is Span.DAY:
            return day_of(date(year, month, int(found["day"] or 0)))
        if span is Span.MONTH:
            return month_of(year, month)
        return quarter_of(year, _quarter(found["quarter"] or "")) if span is Span.QUARTER else year_of(year)
    except ValueError:
        raise DateUnreadable(text=normal(text)[:LONGEST]) from None


def _year(text: str | None) -> int:
    year = int(text or 0)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError("beyond the years that are read")
    return year


def _month(found: dict[str, str | None]) -> int:
    if named := found.get("named"):
        return next(number for number, name in enumerate(_MONTHS, 1) if name.lower().startswith(named[:3]))
    return int(found.get("month") or 0)


def _quarter(text: str) -> int:
    return int(text) if text.isdigit() else _ROMAN.index(text.upper()) + 1
