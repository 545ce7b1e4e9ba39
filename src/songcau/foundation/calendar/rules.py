"""Which hours an agency works. Pure: days, windows, reasons; no clock, no database.

A day is worked in windows, minutes from midnight on the wall (450 is 07:30), half open. What makes a day of work or of
rest comes in layers, each over the one before: the week of the agency, national holidays, decreed changes, closures.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from songcau.kernel.errors import Refused

Window = tuple[int, int]
DAY_MINUTES = 24 * 60
MORNING: Window = (7 * 60 + 30, 11 * 60 + 30)
AFTERNOON: Window = (13 * 60, 17 * 60)
# A day's work in law and in software that counts hours (0.5 day is half of it).
MINUTES_OF_A_DAY = 8 * 60
# After so many days without one window nobody works here.
LONGEST_REST_DAYS = 400


class CalendarWithoutWork(Refused):
    """No hour is worked for more than a year: a term would never end."""

    code = "CALENDAR_WITHOUT_WORK"


class WindowsUnfit(Refused):
    """Windows that overlap, run backwards or leave the day."""

    code = "WINDOWS_UNFIT"


class OverridesCollide(Refused):
    """Two decreed changes say different things of one day."""

    code = "OVERRIDES_COLLIDE"


class Why(StrEnum):
    """Why a day is as it is."""

    WEEK = "WEEK"
    HOLIDAY = "HOLIDAY"
    DECREED_OFF = "DECREED_OFF"
    DECREED_WORK = "DECREED_WORK"
    CLOSURE = "CLOSURE"


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a day in both languages."""

    vi: str
    en: str


NO_NAME = Name("", "")


@dataclass(frozen=True, slots=True)
class Override:
    """A day decreed off, or decreed a day of work, with the number of the document that says so."""

    on: date
    works: bool
    document: str
    name: Name = NO_NAME


@dataclass(frozen=True, slots=True)
class Closure:
    """An agency is closed on a day: wholly, or in a window, as in a storm."""

    on: date
    window: Window = (0, DAY_MINUTES)
    name: Name = NO_NAME
    document: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its windows, none on a day of rest, and why it is so."""

    on: date
    windows: tuple[Window, ...]
    why: Why = Why.WEEK
    name: Name = NO_NAME
    document: str = ""

    @property
    def works(self) -> bool:
        return bool(self.windows)

    @property
    def end(self) -> int:
        """The minute the last window ends; 0 on a day of rest."""
        return self.windows[-1][1] if self.windows else 0


def checked_windows(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows of a day in order. Raises WindowsUnfit."""
    ordered = tuple(sorted(windows))
    bounds = [minute for window in ordered for minute in window]
    if any(not 0 <= minute <= DAY_MINUTES for minute in bounds) or any(begin >= end for begin, end in ordered):
        raise WindowsUnfit()
    if any(before[1] > after[0] for before, after in pairwise(ordered)):
        raise WindowsUnfit()
    return ordered


@dataclass(frozen=True, slots=True)
class Week:
    """The windows of Monday to Sunday, and those of a decreed working day that falls on a day of rest."""

    days: tuple[tuple[Window, ...], ...]
    decreed: tuple[Window, ...] = (MORNING, AFTERNOON)

    @classmethod
    def of(cls, days: Sequence[Sequence[Window]], decreed: Sequence[Window] = (MORNING, AFTERNOON)) -> "Week":
        """Checked. Raises WindowsUnfit, also when there are not seven days."""
        if len(days) != 7:
            raise WindowsUnfit()
        return cls(tuple(checked_windows(day) for day in days), checked_windows(decreed))


OFFICE_WEEK = Week.of([(MORNING, AFTERNOON)] * 5 + [()] * 2)


@dataclass(frozen=True)
class Calendar:
    """The working time of an agency.

    `holidays` gives the national holidays of a year, `override` what is decreed of a day. Dates in years after
    `decreed_until` are provisional: exchanged days of rest are decreed only some months before the year begins.
    """

    holidays: Callable[[int], Mapping[date, Name]]
    decreed_until: int
    week: Week = OFFICE_WEEK
    override: Callable[[date], Override | None] = lambda on: None
    closures: Mapping[date, tuple[Closure, ...]] = field(default_factory=dict)
    _days: dict[date, Day] = field(default_factory=dict, init=False, repr=False, compare=False)

    def day(self, on: date) -> Day:
        """What kind of day it is."""
        if (known := self._days.get(on)) is None:
            known = self._days[on] = self._closed_in_part(self._opened(on))
        return known

    def next_working(self, on: date) -> Day:
        """The day itself if it is worked, else the next that is. Raises CalendarWithoutWork."""
        for ahead in range(LONGEST_REST_DAYS):
            if (day := self.day(on + timedelta(days=ahead))).works:
                return day
        raise CalendarWithoutWork()

    def _opened(self, on: date) -> Day:
        usual = self.week.days[on.weekday()]
        if override := self.override(on):
            windows = (usual or self.week.decreed) if override.works else ()
            why = Why.DECREED_WORK if override.works else Why.DECREED_OFF
            return Day(on, windows, why, override.name, override.document)
        if (name := self.holidays(on.year).get(on)) is not None:
            return Day(on, (), Why.HOLIDAY, name)
        return Day(on, usual)

    def _closed_in_part(self, day: Day) -> Day:
        for closure in self.closures.get(day.on, ()):
            if (left := _without(day.windows, closure.window)) != day.windows:
                day = Day(day.on, left, Why.CLOSURE, closure.name, closure.document)
        return day


def _without(windows: Sequence[Window], closed: Window) -> tuple[Window, ...]:
    """The windows with a part of the day taken out."""
    return tuple(piece for window in windows for piece in _around(window, closed))


def _around(window: Window, closed: Window) -> list[Window]:
    (begin, end), (shut, open_again) = window, closed
    parts = [(begin, min(end, shut)), (max(begin, open_again), end)]
    return [part for part in parts if part[0] < part[1]] if shut < end and open_again > begin else [window]


def overrides_by_day(overrides: Sequence[Override]) -> dict[date, Override]:
    """The overrides by their day. Raises OverridesCollide."""
    found: dict[date, Override] = {}
    for override in overrides:
        if (other := found.get(override.on)) is not None and other != override:
            raise OverridesCollide(on=override.on, first=other.document, second=override.document)
        found[override.on] = override
    return found
