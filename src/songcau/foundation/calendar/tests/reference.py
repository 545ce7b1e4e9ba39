"""Terms counted the slow, obvious way: one quarter of an hour, or one day, after the other.

Written without looking into a calendar's windows but through `is_worked`, so that it shares nothing with the rules but
what day it is. Receipts and pauses lie on quarters of an hour.
"""

import random
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta

from songcau.foundation.calendar.deadlines import Method, Pause, Term
from songcau.foundation.calendar.national import decreed_overrides, national_calendar, national_holidays
from songcau.foundation.calendar.rules import AFTERNOON, MORNING, Calendar, Closure, Override, Week

QUARTER = timedelta(minutes=15)
SATURDAY_MORNING = Week.of([(MORNING, AFTERNOON)] * 5 + [(MORNING,), ()])
SHORT_FRIDAY = Week.of([(MORNING, AFTERNOON)] * 4 + [(MORNING,), (), ()])


def is_worked(calendar: Calendar, at: datetime) -> bool:
    """Whether the quarter that begins at this instant is worked."""
    minute = at.hour * 60 + at.minute
    return any(begin <= minute < end for begin, end in calendar.day(at.date()).windows)


def stands(pauses: Sequence[Pause], at: datetime) -> bool:
    return any(pause.begin <= at < (pause.end or datetime.fromisoformat("9999-01-01")) for pause in pauses)


def by_hours(calendar: Calendar, at: datetime, hours: float, pauses: Sequence[Pause]) -> datetime:
    left = round(hours * 4)
    while left:
        if is_worked(calendar, at) and not stands(pauses, at):
            left -= 1
        at += QUARTER
    return at


def end_of(calendar: Calendar, on: date) -> datetime | None:
    """The end of the day's last worked quarter."""
    at, end = datetime.combine(on, time()), None
    for _ in range(96):
        if is_worked(calendar, at):
            end = at + QUARTER
        at += QUARTER
    return end


def by_days(calendar: Calendar, at: datetime, days: int, pauses: Sequence[Pause]) -> datetime:
    on = at.date()
    while True:
        on += timedelta(days=1)
        if (end := end_of(calendar, on)) is None:
            continue
        # It counts unless the clock was stopped before the end and is taken up after it.
        if not any(pause.begin < end and (pause.end is None or end < pause.end) for pause in pauses):
            days -= 1
        if days == 0:
            return end


def next_end(calendar: Calendar, on: date) -> datetime:
    while (end := end_of(calendar, on)) is None:
        on += timedelta(days=1)
    return end


def due(calendar: Calendar, at: datetime, term: Term, pauses: Sequence[Pause]) -> datetime:
    """When the term ends."""
    ways: dict[Method, Callable[[], datetime]] = {
        Method.HOURS: lambda: by_hours(calendar, at, term.amount, pauses),
        Method.DAYS: lambda: by_days(calendar, at, int(term.amount), pauses),
        Method.CALENDAR_DAYS: lambda: next_end(calendar, at.date() + timedelta(days=int(term.amount))),
    }
    return ways[term.method]()


def random_calendar(chance: random.Random) -> Calendar:
    """A week of three kinds, the national holidays, a few decreed days and closures."""
    week = chance.choice([SATURDAY_MORNING, SHORT_FRIDAY, Week.of([(MORNING, AFTERNOON)] * 5 + [()] * 2)])
    days = [date(2022, 1, 1) + timedelta(days=chance.randrange(1800)) for _ in range(12)]
    overrides = [
        Override(on, chance.random() < 0.5, f"VB {number}") for number, on in enumerate(dict.fromkeys(days[:6]))
    ]
    decreed = {one.on for one in decreed_overrides()}
    plain = national_calendar(week, [one for one in overrides if one.on not in decreed])
    closures = {}
    for on in days[6:]:
        begin = chance.choice([0, 7 * 60 + 30, 9 * 60, 13 * 60, 15 * 60])
        closures[on] = (Closure(on, (begin, chance.choice([begin + 60, 1440]))),)
    return Calendar(national_holidays, 2026, week, plain.override, closures)


def random_case(chance: random.Random) -> tuple[datetime, Term, list[Pause]]:
    """A receipt at any hour of five years, a term, and up to two pauses after the receipt."""
    at = datetime.fromisoformat("2022-01-01") + QUARTER * chance.randrange(96 * 1750)
    method = chance.choice([Method.HOURS, Method.DAYS, Method.CALENDAR_DAYS])
    amount = chance.randrange(1, 80) / 2 if method is Method.HOURS else chance.randrange(1, 12)
    pauses = []
    if method is not Method.CALENDAR_DAYS:
        begin = at
        for _ in range(chance.choice([0, 0, 1, 2])):
            begin = begin + QUARTER * chance.randrange(300)
            pauses.append(Pause(begin, begin := begin + QUARTER * chance.randrange(1, 400)))
    return at, Term(method, amount), pauses
