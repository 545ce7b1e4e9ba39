"""National holidays by the `holidays` library (Vietnam's own lunar calendar, UTC+7), and decreed changes over them.

The library is a seed: it knows the exchanged days of rest of some years and misses others, such as 2 January 2026. What
is decreed stands in `data/overrides.csv` with the number of the document, and wins.
"""

import csv
import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from pathlib import Path

from songcau.foundation.calendar.rules import (
    OFFICE_WEEK,
    Calendar,
    Closure,
    Name,
    Override,
    Week,
    overrides_by_day,
    windows_written,
)

DATA = Path(__file__).resolve().parent / "data"
OVERRIDES, PROFILES = DATA / "overrides.csv", DATA / "profiles.csv"
# The last year whose exchanged days of rest are decreed, as far as the overrides and the library go.
DECREED_UNTIL = 2026
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
TET = Name("Tết Nguyên Đán", "Lunar New Year")
TET_DAYS = ("Tết", "29 Tết", "Giao thừa", "Mùng")
EXCHANGED = Name("làm bù", "worked in exchange")


@cache
def national_holidays(year: int) -> Mapping[date, Name]:
    """Day → name, of one year, those in lieu and those exchanged included."""
    vietnamese, english = _library("vi", year), _library("en_US", year)
    return {on: _named(name, english.get(on, name)) for on, name in vietnamese.items()}


def _named(vietnamese: str, english: str) -> Name:
    """The library's names, those of the days of Tết as one, and dates in the order they are written here."""
    if vietnamese.startswith(TET_DAYS) and "Dương lịch" not in vietnamese:
        return TET
    if exchanged := re.fullmatch(r".*\(thay cho ngày (.+)\)", vietnamese):
        return Name(f"nghỉ hoán đổi cho ngày {exchanged[1]}", f"day off in exchange for {exchanged[1]}")
    return Name(vietnamese, english)


def _library(language: str, year: int) -> dict[date, str]:
    import holidays  # read when a date is first computed: it costs memory that an idle process keeps

    return {on: str(name) for on, name in holidays.country_holidays("VN", years=year, language=language).items()}


@cache
def _exchanged_workdays(year: int) -> frozenset[date]:
    import holidays

    found = holidays.country_holidays("VN", years=[year - 1, year, year + 1])
    return frozenset(on for on in found.weekend_workdays if on.year == year)


@cache
def decreed_overrides() -> tuple[Override, ...]:
    """What songcau knows of exchanged days of rest, with document numbers."""
    with OVERRIDES.open(encoding="utf-8", newline="") as stream:
        return tuple(
            Override(
                date.fromisoformat(line["on"]), line["works"] == "yes", line["document"], Name(line["vi"], line["en"])
            )
            for line in csv.DictReader(stream)
        )


@cache
def profile_week(profile: str) -> Week:
    """The usual hours of the offices of a city profile: Monday to Sunday, then a decreed working day."""
    with PROFILES.open(encoding="utf-8", newline="") as stream:
        line = next(one for one in csv.DictReader(stream) if one["profile"] == profile)
    *days, decreed = (windows_written(line[day]) for day in (*WEEKDAYS, "decreed"))
    return Week.of(days, decreed)


def national_calendar(
    week: Week = OFFICE_WEEK,
    overrides: Sequence[Override] = (),
    *,
    later_weeks: Sequence[tuple[date, Week]] = (),
    closures: Mapping[date, tuple[Closure, ...]] | None = None,
    decreed_until: int = DECREED_UNTIL,
) -> Calendar:
    """The calendar of an agency; `overrides` win over those that come with songcau, which win over the library.

    Raises OverridesCollide.
    """
    stored = {**overrides_by_day(decreed_overrides()), **overrides_by_day(overrides)}

    def decreed(on: date) -> Override | None:
        if on in stored:
            return stored[on]
        return Override(on, works=True, document="", name=EXCHANGED) if on in _exchanged_workdays(on.year) else None

    return Calendar(national_holidays, decreed_until, week, decreed, closures or {}, tuple(later_weeks))
