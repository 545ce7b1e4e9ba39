"""Which hours an agency works. Pure: days, windows, reasons; no clock, no database.

A day is worked in windows, minutes from midnight on the wall (450 is 07:30), half open. What makes a day of work or of
rest comes in layers, each over the one before: the week of the agency, national holidays, decreed changes, closures.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from itertools import pairwise

from songcau.kernel.errors import Refused
from songcau.kernel.workflow import Transition, Workflow

Window = tuple[int, int]
_WRITTEN = re.compile(r"([0-9]{1,2})(?:[:h]([0-9]{2})?)?-([0-9]{1,2})(?:[:h]([0-9]{2})?)?")
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


class WindowBackwards(WindowsUnfit):
    """A window ends when or before it begins; one over midnight is two windows, on two days."""

    code = "WINDOW_BACKWARDS"


class WindowBeyondDay(WindowsUnfit):
    """A window begins or ends outside 00:00 to 24:00."""

    code = "WINDOW_BEYOND_DAY"


class WindowsOverlap(WindowsUnfit):
    """Two windows of a day share time."""

    code = "WINDOWS_OVERLAP"


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


class ChangeKind(StrEnum):
    """What changed in the calendar."""

    HOURS_SET = "HOURS_SET"
    HOURS_WITHDRAWN = "HOURS_WITHDRAWN"
    DECREE_RECORDED = "DECREE_RECORDED"
    DECREE_WITHDRAWN = "DECREE_WITHDRAWN"
    AGENCY_CLOSED = "AGENCY_CLOSED"
    AGENCY_REOPENED = "AGENCY_REOPENED"
    AGENCY_MOVED = "AGENCY_MOVED"


class PromiseState(StrEnum):
    """OPEN while somebody waits; SETTLED: done; CANCELLED: nobody waits any more."""

    OPEN = "OPEN"
    SETTLED = "SETTLED"
    CANCELLED = "CANCELLED"


class ImpactState(StrEnum):
    """OVERTAKEN: a later change, or the end of the promise, left nothing to decide."""

    OPEN = "OPEN"
    KEPT = "KEPT"
    MOVED = "MOVED"
    OVERTAKEN = "OVERTAKEN"


PROMISE = Workflow(
    "promised date",
    start=PromiseState.OPEN,
    transitions=(
        Transition("move", (PromiseState.OPEN,), PromiseState.OPEN, "calendar.decide_dates"),
        Transition("settle", (PromiseState.OPEN,), PromiseState.SETTLED, "songcau"),
        Transition("cancel", (PromiseState.OPEN,), PromiseState.CANCELLED, "songcau"),
    ),
)
IMPACT = Workflow(
    "impact of a calendar change",
    start=ImpactState.OPEN,
    transitions=(
        Transition("keep", (ImpactState.OPEN,), ImpactState.KEPT, "calendar.decide_dates"),
        Transition("move", (ImpactState.OPEN,), ImpactState.MOVED, "calendar.decide_dates"),
        Transition("overtake", (ImpactState.OPEN,), ImpactState.OVERTAKEN, "songcau"),
    ),
)


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
    """One day: its windows, none on a day of rest, and why it is so.

    `before_closing` is the same day as it would have been, when `why` is a closure.
    """

    on: date
    windows: tuple[Window, ...]
    why: Why = Why.WEEK
    name: Name = NO_NAME
    document: str = ""
    before_closing: "Day | None" = None

    @property
    def works(self) -> bool:
        return bool(self.windows)

    @property
    def end(self) -> int:
        """The minute the last window ends; 0 on a day of rest."""
        return self.windows[-1][1] if self.windows else 0

    @property
    def decreed_work(self) -> "Day | None":
        """The day as a document made it a working day, closed in part since or not; None when none did."""
        day = self.before_closing or self
        return day if day.why is Why.DECREED_WORK else None


def windows_written(text: str) -> tuple[Window, ...]:
    """The windows that a person wrote as `07:30-11:30 13:00-17:00` (also `7h30–11h30; 13h–17h`); empty: none.

    Raises WindowsUnfit.
    """
    typed = re.sub(r"\s*(?:-|\N{EN DASH})\s*", "-", text.strip().lower())
    windows = [_WRITTEN.fullmatch(piece) for piece in re.split(r"[;,\s]+", typed) if piece]
    if not all(windows):
        raise WindowsUnfit()
    numbers = [[int(number or 0) for number in found.groups()] for found in windows if found]
    if any(minute > 59 for _begin, first, _end, second in numbers for minute in (first, second)):
        raise WindowsUnfit()
    return checked_windows([(begin * 60 + first, end * 60 + second) for begin, first, end, second in numbers])


def clock_written(minute: int) -> str:
    """450 → `07:30`, 1440 → `24:00`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def checked_windows(windows: Sequence[Window]) -> tuple[Window, ...]:
    """The windows of a day in order. Raises WindowBeyondDay, WindowBackwards, WindowsOverlap."""
    ordered = tuple(sorted(windows))
    if any(not 0 <= minute <= DAY_MINUTES for window in ordered for minute in window):
        raise WindowBeyondDay()
    if any(begin >= end for begin, end in ordered):
        raise WindowBackwards()
    if any(before[1] > after[0] for before, after in pairwise(ordered)):
        raise WindowsOverlap()
    return ordered


@dataclass(frozen=True, slots=True)
class Week:
    """The windows of Monday to Sunday, and those of a decreed working day, which is a whole one."""

    days: tuple[tuple[Window, ...], ...]
    decreed: tuple[Window, ...] = (MORNING, AFTERNOON)

    @classmethod
    def of(cls, days: Sequence[Sequence[Window]], decreed: Sequence[Window] = (MORNING, AFTERNOON)) -> "Week":
        """Checked. Raises WindowsUnfit, also when there are not seven days."""
        if len(days) != 7:
            raise WindowsUnfit()
        return cls(tuple(checked_windows(day) for day in days), checked_windows(decreed))

    def windows(self, on: date, *, decreed: bool = False) -> tuple[Window, ...]:
        """Those of a day; of a decreed working day the usual ones only where they are no shorter than a whole day."""
        usual = self.days[on.weekday()]
        return self.decreed if decreed and minutes_of(usual) < minutes_of(self.decreed) else usual


def minutes_of(windows: Sequence[Window]) -> int:
    """How long they are together."""
    return sum(end - begin for begin, end in windows)


OFFICE_WEEK = Week.of([(MORNING, AFTERNOON)] * 5 + [()] * 2)


@dataclass(frozen=True)
class Calendar:
    """The working time of an agency.

    `holidays` gives the national holidays of a year, `override` what is decreed of a day. Dates in years after
    `decreed_until` are provisional: exchanged days of rest are decreed only some months before the year begins.
    `week` is in force until the first of `later_weeks`, which say from which day on each is, in order.
    """

    holidays: Callable[[int], Mapping[date, Name]]
    decreed_until: int
    week: Week = OFFICE_WEEK
    override: Callable[[date], Override | None] = lambda on: None
    closures: Mapping[date, tuple[Closure, ...]] = field(default_factory=dict)
    later_weeks: tuple[tuple[date, Week], ...] = ()
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

    def week_on(self, on: date) -> Week:
        """The week in force on a day."""
        return next((week for begins, week in reversed(self.later_weeks) if begins <= on), self.week)

    def _opened(self, on: date) -> Day:
        week = self.week_on(on)
        if override := self.override(on):
            windows = week.windows(on, decreed=True) if override.works else ()
            why = Why.DECREED_WORK if override.works else Why.DECREED_OFF
            return Day(on, windows, why, override.name, override.document)
        if (name := self.holidays(on.year).get(on)) is not None:
            return Day(on, (), Why.HOLIDAY, name)
        return Day(on, week.windows(on))

    def _closed_in_part(self, day: Day) -> Day:
        left, felt = day.windows, []
        for closure in self.closures.get(day.on, ()):
            if _without(day.windows, closure.window) != day.windows:
                left = _without(left, closure.window)
                felt.append(closure)
        if not felt:
            return day
        return Day(day.on, left, Why.CLOSURE, _names(felt), _listed(one.document for one in felt), day)


def _names(closures: Sequence[Closure]) -> Name:
    """The names of all closures of a day, each once."""
    return Name(_listed(closure.name.vi for closure in closures), _listed(closure.name.en for closure in closures))


def _listed(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


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
