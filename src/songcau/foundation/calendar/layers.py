"""The layers an agency's calendar is built from, and what may be set in them. Pure: rows in, calendar out.

Under everything lie the weekly hours and the days of rest of the law. Over them come, in this order: what is decreed
for the whole country, what is decreed by the agencies above, by the agency itself, and closures. Hours, too, come from
the nearest agency that has set any for the day; where none has, from the profile of the city.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from songcau.foundation.calendar.deadlines import FIRST_YEAR, LAST_YEAR, BeyondCalendar
from songcau.foundation.calendar.national import DECREED_UNTIL, national_calendar
from songcau.foundation.calendar.rules import (
    DAY_MINUTES,
    LONGEST_REST_DAYS,
    Calendar,
    Closure,
    Name,
    Override,
    Week,
    WindowBeyondDay,
)
from songcau.kernel.errors import Refused

ONE_DAY = timedelta(days=1)
# Longer than any holiday of the law; what is longer is a mistake in typing.
MOST_DECREED_DAYS = 60
LONGEST_CLOSURE_DAYS = 366
LONGEST_DOCUMENT, LONGEST_REASON = 100, 300


class PeriodBackwards(Refused):
    """It would end before it begins."""

    code = "CALENDAR_PERIOD_BACKWARDS"


class DocumentMissing(Refused):
    """No document number, or a longer one than `limit`."""

    code = "CALENDAR_DOCUMENT_MISSING"


class ReasonMissing(Refused):
    """No reason, or a longer one than `limit`."""

    code = "CALENDAR_REASON_MISSING"


class WeekWithoutWork(Refused):
    """Hours in which nobody works."""

    code = "WEEK_WITHOUT_WORK"


class DecreedDayWithoutWork(Refused):
    """A day made a working day would have no hours."""

    code = "DECREED_DAY_WITHOUT_WORK"


class HoursFromAlready(Refused):
    """The agency has hours that begin on the same day, `on`."""

    code = "HOURS_FROM_ALREADY"


class DecreeEmpty(Refused):
    """A decree that changes no day."""

    code = "DECREE_EMPTY"


class DecreeTooLong(Refused):
    """More than `most` days."""

    code = "DECREE_TOO_LONG"


class DayBothWays(Refused):
    """`on` would be off and worked."""

    code = "DAY_BOTH_WAYS"


class DayDecreedAlready(Refused):
    """`on` is decreed by `document` already."""

    code = "DAY_DECREED_ALREADY"
    conflict = True


class DayOffAlready(Refused):
    """`on` is a day of rest without the decree."""

    code = "DAY_OFF_ALREADY"


class DayWorkedAlready(Refused):
    """`on` is a working day without the decree."""

    code = "DAY_WORKED_ALREADY"


class ClosureOverlaps(Refused):
    """The agency is closed from `first` to `last` already."""

    code = "CLOSURE_OVERLAPS"
    conflict = True


class ClosureTooLong(Refused):
    """Longer than `most` days."""

    code = "CLOSURE_TOO_LONG"


@dataclass(frozen=True, slots=True)
class Hours:
    """A week in force from a day to a day, the last one in it; None: until other hours begin."""

    first: date
    last: date | None
    week: Week

    def covers(self, on: date) -> bool:
        return self.first <= on and (self.last is None or on <= self.last)


@dataclass(frozen=True, slots=True)
class Shut:
    """An agency is closed from a minute of a day to a minute of a day; `below`: with all agencies under it."""

    first: date
    from_minute: int
    last: date
    to_minute: int
    name: Name
    document: str = ""
    below: bool = False

    def closures(self) -> Iterable[Closure]:
        """Day by day."""
        for ahead in range((self.last - self.first).days + 1):
            on = self.first + timedelta(days=ahead)
            begin = self.from_minute if on == self.first else 0
            end = self.to_minute if on == self.last else DAY_MINUTES
            yield Closure(on, (begin, end), self.name, self.document)

    def overlaps(self, other: "Shut") -> bool:
        mine = (self.first, self.from_minute), (self.last, self.to_minute)
        theirs = (other.first, other.from_minute), (other.last, other.to_minute)
        return mine[0] < theirs[1] and theirs[0] < mine[1]


@dataclass(frozen=True, slots=True)
class Layer:
    """What is set at one place: for the whole country, or for an agency."""

    hours: tuple[Hours, ...] = ()
    overrides: tuple[Override, ...] = ()
    shut: tuple[Shut, ...] = ()


NOTHING = Layer()


@dataclass(frozen=True)
class Layers:
    """Everything that is set, by the agency it is set for (its key; None: the whole country)."""

    default: Week
    at: Mapping[object, Layer]
    decreed_until: int = DECREED_UNTIL
    _built: dict[tuple[object, ...], Calendar] = field(default_factory=dict, init=False, repr=False, compare=False)

    def calendar(self, chain: Sequence[object]) -> Calendar:
        """Of the first of the chain; the agencies above it follow, each under the next."""
        key = tuple(chain)
        if (known := self._built.get(key)) is None:
            known = self._built[key] = self._of([self.at.get(one, NOTHING) for one in key])
        return known

    def _of(self, layers: Sequence[Layer]) -> Calendar:
        decreed: dict[date, Override] = {}
        for layer in (self.at.get(None, NOTHING), *reversed(layers)):
            decreed |= {override.on: override for override in layer.overrides}
        week, later = weeks([layer.hours for layer in layers], self.default)
        closures: dict[date, tuple[Closure, ...]] = {}
        for steps, layer in enumerate(layers):
            for closure in (one for shut in layer.shut if shut.below or not steps for one in shut.closures()):
                closures[closure.on] = (*closures.get(closure.on, ()), closure)
        return national_calendar(
            week,
            tuple(decreed.values()),
            later_weeks=later,
            closures=closures,
            decreed_until=self.decreed_until,
        )


def weeks(chain: Sequence[Sequence[Hours]], default: Week) -> tuple[Week, tuple[tuple[date, Week], ...]]:
    """The week before any hours begin, and from which day on each other is in force.

    On a day the nearest agency that has hours for it decides; of several of one agency those that began last.
    """
    known = [hours for own in chain for hours in own]
    turns = {hours.first for hours in known} | {hours.last + ONE_DAY for hours in known if hours.last is not None}
    later: list[tuple[date, Week]] = []
    before = default
    for on in sorted(turns):
        if (week := _in_force(chain, on, default)) != before:
            later.append((on, week))
        before = week
    return default, tuple(later)


def _in_force(chain: Sequence[Sequence[Hours]], on: date, default: Week) -> Week:
    for own in chain:
        if covering := [hours for hours in own if hours.covers(on)]:
            return max(covering, key=lambda hours: hours.first).week
    return default


def settled_until(years: Iterable[int]) -> int:
    """The last year of those decreed without a gap, after what comes with songcau."""
    until, settled = DECREED_UNTIL, set(years)
    while until + 1 in settled:
        until += 1
    return until


def require_known(*days: date | None) -> None:
    """Raises BeyondCalendar."""
    if any(day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR for day in days):
        raise BeyondCalendar


def require_document(number: str, *, may_lack: bool = False) -> None:
    """Raises DocumentMissing."""
    if not (number or may_lack) or len(number) > LONGEST_DOCUMENT:
        raise DocumentMissing(limit=LONGEST_DOCUMENT)


def require_reason(reason: str) -> None:
    """Raises ReasonMissing."""
    if not reason or len(reason) > LONGEST_REASON:
        raise ReasonMissing(limit=LONGEST_REASON)


def require_hours(new: Hours, own: Iterable[Hours]) -> None:
    """Whether an agency with hours of its own may get these. Raises what of this module speaks of hours."""
    require_known(new.first, new.last)
    if new.last is not None and new.last < new.first:
        raise PeriodBackwards()
    if not any(new.week.days):
        raise WeekWithoutWork()
    if not new.week.decreed:
        raise DecreedDayWithoutWork()
    if any(hours.first == new.first for hours in own):
        raise HoursFromAlready(on=new.first)


def require_decree(off: Sequence[date], worked: Sequence[date], own: Iterable[Override], beneath: Calendar) -> None:
    """Whether these days may be decreed at a place with decrees of its own; `beneath` is the calendar without those.

    Raises BeyondCalendar, DecreeEmpty, DecreeTooLong, DayBothWays, DayDecreedAlready, DayOffAlready, DayWorkedAlready.
    """
    days = (*off, *worked)
    require_known(*days)
    if not days:
        raise DecreeEmpty()
    if len(days) > MOST_DECREED_DAYS:
        raise DecreeTooLong(most=MOST_DECREED_DAYS)
    if both := set(off) & set(worked):
        raise DayBothWays(on=min(both))
    decreed = {override.on: override.document for override in own}
    if again := set(days) & decreed.keys():
        raise DayDecreedAlready(on=min(again), document=decreed[min(again)])
    if idle := [on for on in off if not beneath.day(on).works]:
        raise DayOffAlready(on=min(idle))
    if busy := [on for on in worked if beneath.day(on).works]:
        raise DayWorkedAlready(on=min(busy))


def require_closure(new: Shut, own: Iterable[Shut]) -> None:
    """Raises BeyondCalendar, WindowBeyondDay, PeriodBackwards, ClosureTooLong, ClosureOverlaps."""
    require_known(new.first, new.last)
    if not 0 <= new.from_minute < DAY_MINUTES or not 0 <= new.to_minute <= DAY_MINUTES:
        raise WindowBeyondDay()
    if (new.first, new.from_minute) >= (new.last, new.to_minute):
        raise PeriodBackwards()
    if (new.last - new.first).days >= LONGEST_CLOSURE_DAYS:
        raise ClosureTooLong(most=LONGEST_CLOSURE_DAYS)
    for other in own:
        if new.overlaps(other):
            raise ClosureOverlaps(first=other.first, last=other.last)


def require_work(calendar: Calendar, around: date) -> None:
    """That the days of rest about a day have an end. Raises CalendarWithoutWork."""
    on = around
    while not calendar.day(on).works and around - on < timedelta(days=LONGEST_REST_DAYS):
        on -= ONE_DAY
    calendar.next_working(on + ONE_DAY)
