"""When a term ends, and why. Pure: local wall time in, local wall time out; the door adds the zone.

Two computations are in real use and both are offered: **by days** a term ends at the end of working day *n* after the
day of receipt; **by hours** it ends once *n* x 8 working hours have been worked since the minute of receipt. Calendar
days and months follow the Civil Code 2015, articles 147 and 148: the first day is not counted, and a term whose last
day is a day of rest ends at the end of the next working day.

A pause stops the clock. By hours its working time is left out; by days a working day counts when the clock runs as it
ends; a term of calendar days or months is longer by the midnights of the pause. A term is over at its end: a pause that
begins at that very instant, or later, changes nothing, since there is no time left that could stand still.
"""

import calendar as month_lengths
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise

from songcau.foundation.calendar.rules import MINUTES_OF_A_DAY, Calendar, Day, Why
from songcau.kernel.errors import Refused

# Longer than any term of a procedure; the law's longest are counted in months.
MOST_DAYS = 1000
MOST_MONTHS = 120
# Vietnam's lunar holidays are known to the library so far.
FIRST_YEAR, LAST_YEAR = 1946, 2100


class Method(StrEnum):
    """How a term is counted. The amount is days (DAYS, CALENDAR_DAYS), working hours (HOURS) or months (MONTHS)."""

    DAYS = "DAYS"
    HOURS = "HOURS"
    CALENDAR_DAYS = "CALENDAR_DAYS"
    MONTHS = "MONTHS"
    SAME_DAY = "SAME_DAY"


# A pause that has ended.
Stop = tuple[datetime, datetime]


class TermNotPositive(Refused):
    """A term is longer than nothing."""

    code = "TERM_NOT_POSITIVE"


class TermNotWhole(Refused):
    """Days and months are counted whole; half a day is four working hours."""

    code = "TERM_NOT_WHOLE"


class TermTooLong(Refused):
    """Longer than `most`."""

    code = "TERM_TOO_LONG"


class BeyondCalendar(Refused):
    """Before 1946 or after 2100, where no holidays are known."""

    code = "BEYOND_CALENDAR"

    def __init__(self) -> None:
        super().__init__(first=str(FIRST_YEAR), last=str(LAST_YEAR))  # as text: a year is not grouped


class PausesUnfit(Refused):
    """A pause that ends before it begins, begins before receipt, overlaps another, or follows an open one."""

    code = "PAUSES_UNFIT"


class CutOffUnfit(Refused):
    """A cut-off is a time of the day in whole minutes."""

    code = "CUT_OFF_UNFIT"


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time and how it is counted. HOURS take quarters (0.25 h); raises a refusal for what is no term."""

    method: Method
    amount: float = 0

    def __post_init__(self) -> None:
        if self.method is Method.SAME_DAY:
            return
        if not self.amount > 0:
            raise TermNotPositive()
        most = {Method.HOURS: MOST_DAYS * 8, Method.MONTHS: MOST_MONTHS}.get(self.method, MOST_DAYS)
        if self.amount > most:
            raise TermTooLong(most=most)
        if (self.amount * 4 if self.method is Method.HOURS else self.amount) % 1:
            raise TermNotWhole()


def days_by_hours(days: float) -> Term:
    """Days of eight working hours: 0.5 is four hours. Raises as Term does; TermTooLong counts in days."""
    if days > MOST_DAYS:
        raise TermTooLong(most=MOST_DAYS)
    return Term(Method.HOURS, days * MINUTES_OF_A_DAY / 60)


@dataclass(frozen=True, slots=True)
class Pause:
    """The clock stands from `begin` up to `end`; None: it still stands."""

    begin: datetime
    end: datetime | None = None


@dataclass(frozen=True, slots=True)
class Rest:
    """Days in a row that were not counted, for one reason."""

    first: date
    last: date
    day: Day


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a term ends, and everything the sentence that explains it needs.

    `due_at` is None while the clock stands without an end. `counted_from` differs from the receipt when it came after
    the cut-off; `receipt` is the day of receipt. `rests` are the days passed over after it, `worked` the decreed
    working days counted, `shortened` those worked in part because of a closure (the day of receipt too), `moved_from`
    the day of rest that a term of calendar days or months would have ended on, `pauses` those that began before the
    end. `provisional` when a year it touches may still get decreed changes.
    """

    received_at: datetime
    term: Term
    due_at: datetime | None
    counted_from: datetime
    receipt: Day
    cut_off: int | None = None
    rests: tuple[Rest, ...] = ()
    worked: tuple[Day, ...] = ()
    shortened: tuple[Day, ...] = ()
    moved_from: Day | None = None
    pauses: tuple[Pause, ...] = ()
    provisional: bool = False

    @property
    def due_on(self) -> date | None:
        """The day whose work ends the term: of a window that ends at 24:00 the day before the midnight."""
        return None if self.due_at is None else day_ended(self.due_at)


def day_ended(at: datetime) -> date:
    """The day that an end belongs to; midnight is the end of the day before it."""
    return (at - timedelta.resolution).date()


def deadline(
    calendar: Calendar,
    received_at: datetime,
    term: Term,
    *,
    cut_off: int | None = None,
    pauses: Sequence[Pause] = (),
) -> Deadline:
    """When a term that began with the receipt ends; all datetimes are local and without a zone.

    `cut_off` is a minute of the day: what comes in at it or later counts as received when the next working day begins.
    Raises the refusals of this module, CalendarWithoutWork.
    """
    _check(received_at, cut_off)
    ordered = _checked_pauses(received_at, pauses)
    counted_from = _counted_from(calendar, received_at, cut_off)
    receipt = calendar.day(received_at.date())
    due_at, moved_from = _end(calendar, counted_from, term, ())
    felt: list[Pause] = []
    for pause in ordered:
        if pause.begin >= due_at:
            break
        felt.append(pause)
        if pause.end is None:
            return Deadline(received_at, term, None, counted_from, receipt, cut_off, pauses=tuple(felt))
        due_at, moved_from = _end(calendar, counted_from, term, _stops(felt))
    last = day_ended(due_at)
    if last.year > LAST_YEAR:
        raise BeyondCalendar
    # By days the day that counts as that of receipt is not counted, also when the cut-off made it another.
    uncounted = {counted_from.date()} if term.method is Method.DAYS else set()
    passed = [calendar.day(on) for on in _between(received_at.date(), last)]
    return Deadline(
        received_at,
        term,
        due_at,
        counted_from,
        receipt,
        cut_off,
        rests=_rests(passed),
        worked=tuple(day for day in passed if day.works and day.decreed_work and day.on not in uncounted),
        shortened=tuple(day for day in (receipt, *passed) if day.works and day.why is Why.CLOSURE),
        moved_from=moved_from,
        pauses=tuple(felt),
        provisional=last.year > calendar.decreed_until,
    )


def end(calendar: Calendar, received_at: datetime, term: Term, *, cut_off: int | None = None) -> datetime:
    """As `deadline`, when nothing but the instant is wanted and no clock ever stood."""
    _check(received_at, cut_off)
    found, _moved_from = _end(calendar, _counted_from(calendar, received_at, cut_off), term, ())
    if day_ended(found).year > LAST_YEAR:
        raise BeyondCalendar
    return found


def worked(calendar: Calendar, begin: datetime, until: datetime) -> timedelta:
    """How much is worked between two instants, local and without a zone; nothing where the second is not later."""
    total = timedelta()
    for ahead in range((until.date() - begin.date()).days + 1):
        running = _running(calendar.day(begin.date() + timedelta(days=ahead)), begin, ())
        total += sum((min(end, until) - start for start, end in running if start < until), timedelta())
    return total


def _end(calendar: Calendar, counted_from: datetime, term: Term, stops: Sequence[Stop]) -> tuple[datetime, Day | None]:
    """The instant, and the day of rest it was moved from. Raises BeyondCalendar, CalendarWithoutWork."""
    if term.method is Method.HOURS:
        return _by_hours(calendar, counted_from, timedelta(hours=term.amount), stops), None
    if term.method is Method.DAYS:
        return _by_days(calendar, counted_from, int(term.amount), stops), None
    if term.method is Method.SAME_DAY:
        over = counted_from >= _end_of(calendar.day(counted_from.date()))
        return _by_days(calendar, counted_from if over else counted_from - timedelta(days=1), 1, stops), None
    day = calendar.day(_prolonged(calendar, _last_day(counted_from.date(), term), stops))
    return _end_of(calendar.next_working(day.on)), None if day.works else day


def _stops(pauses: Sequence[Pause]) -> list[Stop]:
    """The pauses that have ended. Raises BeyondCalendar for one that ends where no holidays are known."""
    stops = [(pause.begin, pause.end) for pause in pauses if pause.end is not None]
    if any(end.year > LAST_YEAR for _begin, end in stops):
        raise BeyondCalendar
    return stops


def phases(calendar: Calendar, received_at: datetime, terms: Sequence[Term]) -> list[Deadline]:
    """The ends of terms that follow each other, each beginning where the one before ends."""
    found: list[Deadline] = []
    begin = received_at
    for term in terms:
        found.append(one := deadline(calendar, begin, term))
        begin = one.due_at or begin
    return found


def _check(received_at: datetime, cut_off: int | None) -> None:
    if not FIRST_YEAR <= received_at.year <= LAST_YEAR:
        raise BeyondCalendar
    if cut_off is not None and not 0 < cut_off < 24 * 60:
        raise CutOffUnfit()


def _checked_pauses(received_at: datetime, pauses: Sequence[Pause]) -> tuple[Pause, ...]:
    ordered = tuple(sorted(pauses, key=lambda pause: pause.begin))
    wrong = any(pause.begin < received_at or (pause.end and pause.end <= pause.begin) for pause in ordered)
    if wrong or any(one.end is None or one.end > other.begin for one, other in pairwise(ordered)):
        raise PausesUnfit()
    return ordered


def _counted_from(calendar: Calendar, received_at: datetime, cut_off: int | None) -> datetime:
    """The receipt; with a cut-off, after it or on a day of rest, the beginning of the next working day."""
    if cut_off is None or (calendar.day(received_at.date()).works and _minute(received_at) < cut_off):
        return received_at
    next_day = calendar.next_working(received_at.date() + timedelta(days=1))
    return _at(next_day.on, next_day.windows[0][0])


def _by_days(calendar: Calendar, begin: datetime, left: int, stops: Sequence[Stop]) -> datetime:
    """The end of the last counted day. A day counts when it is worked and the clock runs at its end."""
    on = begin.date()
    while True:
        day = _known(calendar, on + timedelta(days=1))
        on = day.on
        if not any(begins < _end_of(day) < ends for begins, ends in stops):
            left -= 1
        if left == 0:
            return _end_of(day)


def _by_hours(calendar: Calendar, begin: datetime, left: timedelta, stops: Sequence[Stop]) -> datetime:
    """The instant so much has been worked since `begin`, the time of pauses left out.

    At the end of a window it is that end, not the beginning of the next.
    """
    on = begin.date()
    while True:
        day = _known(calendar, on)
        on = day.on + timedelta(days=1)
        for start, end in _running(day, begin, stops):
            if left <= end - start:
                return start + left
            left -= end - start


def _running(day: Day, begin: datetime, stops: Sequence[Stop]) -> Iterator[tuple[datetime, datetime]]:
    """The parts of a day that are worked, after `begin`, outside the pauses."""
    for window in day.windows:
        start, end = max(_at(day.on, window[0]), begin), _at(day.on, window[1])
        for begins, ends in stops:
            if start < begins < end:
                yield start, begins
            if begins < end and ends > start:
                start = ends
        if start < end:
            yield start, end


def _last_day(received_on: date, term: Term) -> date:
    """The last day of a term of calendar days or months; in a shorter month its last day."""
    if term.method is Method.CALENDAR_DAYS:
        return received_on + timedelta(days=int(term.amount))
    months = received_on.month - 1 + int(term.amount)
    year, month = received_on.year + months // 12, months % 12 + 1
    return date(year, month, min(received_on.day, month_lengths.monthrange(year, month)[1]))


def _prolonged(calendar: Calendar, last: date, stops: Sequence[Stop]) -> date:
    """The last day moved on by the midnights of each pause; all of them began before the term had ended.

    A pause that begins when the last day of rest is over, and the term goes on to the next working day, moves that one.
    """
    for begins, ends in stops:
        if begins.date() > last:
            last = calendar.next_working(last).on
        last += ends.date() - begins.date()
    return last


def _known(calendar: Calendar, on: date) -> Day:
    """The next day of work, in a year whose holidays are known."""
    if on.year > LAST_YEAR:
        raise BeyondCalendar
    return calendar.next_working(on)


def _between(first: date, last: date) -> Iterator[date]:
    """The days after the first, up to the last."""
    return (first + timedelta(days=ahead) for ahead in range(1, (last - first).days + 1))


def _rests(days: Sequence[Day]) -> tuple[Rest, ...]:
    """The days of rest among these; those in a row for one reason as one."""
    found: list[Rest] = []
    for day in days:
        if day.works:
            continue
        before = found[-1] if found else None
        if before and _same_reason(before.day, day) and day.on - before.last == timedelta(days=1):
            found[-1] = Rest(before.first, day.on, before.day)
        else:
            found.append(Rest(day.on, day.on, day))
    return tuple(found)


def _same_reason(one: Day, other: Day) -> bool:
    return (one.why, one.name, one.document) == (other.why, other.name, other.document)


def _end_of(day: Day) -> datetime:
    return _at(day.on, day.end)


def _minute(at: datetime) -> int:
    return at.hour * 60 + at.minute


def _at(on: date, minute: int) -> datetime:
    """The instant of a day; minute 1440 is the next midnight."""
    return datetime.combine(on, time()) + timedelta(minutes=minute)
