"""Terms counted the slow, obvious way: one quarter of an hour, one midnight, or one day after the other.

What is worked is worked out here anew, from the plain facts a random calendar is made of (`World`), so that it shares
nothing with the rules but the holidays of the library. Receipts, windows and pauses lie on quarters of an hour.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

import holidays

from songcau.foundation.calendar.deadlines import Method, Pause, Term
from songcau.foundation.calendar.national import decreed_overrides, national_calendar, national_holidays
from songcau.foundation.calendar.rules import Calendar, Closure, Override, Week

QUARTER = timedelta(minutes=15)
Hours = tuple[tuple[int, int], ...]
WHOLE: Hours = ((450, 690), (780, 1020))
MORNING: Hours = ((450, 690),)
# Night work that ends at 24:00, and one that begins at midnight.
NIGHT: Hours = ((0, 120), (1320, 1440))
LATE: Hours = ((780, 1440),)
WEEKS: tuple[tuple[Hours, ...], ...] = (
    (WHOLE,) * 5 + ((), ()),
    (WHOLE,) * 5 + (MORNING, ()),
    (WHOLE,) * 4 + (MORNING, (), ()),
    (LATE,) * 5 + (MORNING, ()),
    (NIGHT,) * 7,
)
FIRST = date(2022, 1, 1)


def _exchanged() -> frozenset[date]:
    return frozenset(holidays.country_holidays("VN", years=range(2021, 2030)).weekend_workdays)


EXCHANGED = _exchanged()


@dataclass
class World:
    """The plain facts: hours of each weekday (from a day on, others), decreed days, closed quarters."""

    week: tuple[Hours, ...]
    changed_on: date
    later: tuple[Hours, ...]
    decreed: dict[date, bool]
    closed: dict[date, tuple[int, int]]
    known: dict[date, frozenset[int]] = field(default_factory=dict)

    def quarters(self, on: date) -> frozenset[int]:
        """The quarters of a day (0 to 95) that are worked."""
        if on not in self.known:
            self.known[on] = self._open(on) - self._shut(on)
        return self.known[on]

    def _open(self, on: date) -> frozenset[int]:
        week = self.later if on >= self.changed_on else self.week
        usual, whole = _quarters(week[on.weekday()]), _quarters(WHOLE)
        works = self.decreed.get(on, True if on in EXCHANGED else None)
        if works is None:
            return frozenset() if on in national_holidays(on.year) else usual
        if not works:
            return frozenset()
        return usual if len(usual) >= len(whole) else whole

    def _shut(self, on: date) -> frozenset[int]:
        return _quarters((self.closed[on],)) if on in self.closed else frozenset()


def _quarters(hours: Hours) -> frozenset[int]:
    return frozenset(minute // 15 for begin, end in hours for minute in range(begin, end, 15))


def is_worked(world: World, at: datetime) -> bool:
    """Whether the quarter that begins at this instant is worked."""
    return at.hour * 4 + at.minute // 15 in world.quarters(at.date())


def stands(pauses: Sequence[Pause], at: datetime) -> bool:
    return any(pause.begin <= at < (pause.end or datetime.fromisoformat("9999-01-01")) for pause in pauses)


def by_hours(world: World, at: datetime, hours: float, pauses: Sequence[Pause]) -> datetime | None:
    left = round(hours * 4)
    while left:
        if any(pause.end is None and pause.begin <= at for pause in pauses):
            return None
        if is_worked(world, at) and not stands(pauses, at):
            left -= 1
        at += QUARTER
    return at


def end_of(world: World, on: date) -> datetime | None:
    """The end of the day's last worked quarter."""
    worked = world.quarters(on)
    return datetime.combine(on, time()) + QUARTER * (max(worked) + 1) if worked else None


def by_days(world: World, at: datetime, days: int, pauses: Sequence[Pause]) -> datetime | None:
    on = at.date()
    while True:
        on += timedelta(days=1)
        if (end := end_of(world, on)) is None:
            continue
        if any(pause.end is None and pause.begin < end for pause in pauses):
            return None
        # It counts unless the clock was stopped before the end and is taken up after it.
        if not any(pause.begin < end and pause.end is not None and end < pause.end for pause in pauses):
            days -= 1
        if days == 0:
            return end


def by_midnights(world: World, on: date, left: int, pauses: Sequence[Pause]) -> datetime | None:
    """Calendar days: one midnight after the other, those within a pause not counted, then on to a day of work."""
    while True:
        midnight = datetime.combine(on + timedelta(days=1), time())
        if left == 0:
            end = end_of(world, on)
            held = [
                pause for pause in pauses if pause.begin < (end or midnight) and (pause.end or midnight) >= midnight
            ]
            if any(pause.end is None for pause in held):
                return None
            if end is not None and not held:
                return end
            if not held:
                left = _until_work(world, on)
        if any(pause.end is None and pause.begin < midnight for pause in pauses):
            return None
        if not any(pause.begin < midnight and pause.end is not None and midnight <= pause.end for pause in pauses):
            left -= 1
        on += timedelta(days=1)


def _until_work(world: World, on: date) -> int:
    days = 0
    while not world.quarters(on + timedelta(days=days)):
        days += 1
    return days


def days_of_months(on: date, months: int) -> int:
    """How many midnights lie between a day and the same day so many months on, found by walking."""
    ahead, passed = on, 0
    while passed < months or (ahead.day < on.day and (ahead + timedelta(days=1)).day != 1):
        ahead += timedelta(days=1)
        passed += ahead.day == 1
    return (ahead - on).days


def due(world: World, at: datetime, term: Term, pauses: Sequence[Pause]) -> datetime | None:
    """When the term ends; None while the clock stands."""
    whole, on = int(term.amount), at.date()
    ways: dict[Method, Callable[[], datetime | None]] = {
        Method.HOURS: lambda: by_hours(world, at, term.amount, pauses),
        Method.DAYS: lambda: by_days(world, at, whole, pauses),
        Method.CALENDAR_DAYS: lambda: by_midnights(world, on, whole, pauses),
        Method.MONTHS: lambda: by_midnights(world, on, days_of_months(on, whole), pauses),
    }
    return ways[term.method]()


def random_calendar(chance: random.Random) -> tuple[Calendar, World]:
    """Two of five kinds of weeks after each other, the national holidays, decreed days (half of them Saturdays) and
    closures: the same facts for the rules and for the reference.
    """
    days = [FIRST + timedelta(days=chance.randrange(1800)) for _ in range(16)]
    days = [on + timedelta(days=5 - on.weekday()) if chance.random() < 0.5 else on for on in days[:8]] + days[8:]
    decreed = {on: chance.random() < 0.5 for on in days[:8]}
    world = World(
        week=chance.choice(WEEKS),
        changed_on=FIRST + timedelta(days=chance.randrange(1800)),
        later=chance.choice(WEEKS),
        decreed={one.on: one.works for one in decreed_overrides()} | decreed,
        closed={on: _closed(chance) for on in days[6:]},
    )
    calendar = national_calendar(
        Week.of(world.week),
        [Override(on, works, f"VB {on}") for on, works in decreed.items()],
        later_weeks=[(world.changed_on, Week.of(world.later))],
        closures={on: (Closure(on, window),) for on, window in world.closed.items()},
    )
    return calendar, world


def _closed(chance: random.Random) -> tuple[int, int]:
    begin = chance.choice([0, 450, 540, 780, 900])
    return begin, chance.choice([begin + 60, 1440])


def random_case(chance: random.Random) -> tuple[datetime, Term, list[Pause]]:
    """A receipt at any hour of five years, a term, and up to three pauses: within the term, across its end, past it;
    the last may be open.
    """
    at = datetime.combine(FIRST, time()) + QUARTER * chance.randrange(96 * 1750)
    method = chance.choice([Method.HOURS, Method.DAYS, Method.CALENDAR_DAYS, Method.MONTHS])
    amount: float = {
        Method.HOURS: chance.randrange(1, 160) / 4,
        Method.MONTHS: chance.randrange(1, 4),
    }.get(method, chance.randrange(1, 15))
    pauses: list[Pause] = []
    begin = at
    for _ in range(chance.choice([0, 0, 1, 2, 3])):
        begin += QUARTER * chance.randrange(chance.choice([40, 400, 4000]))
        pauses.append(Pause(begin, begin := begin + QUARTER * chance.randrange(1, 700)))
    if pauses and chance.random() < 0.1:
        pauses[-1] = Pause(pauses[-1].begin)
    return at, Term(method, amount), pauses


def pauses_at_the_end(chance: random.Random, end: datetime) -> list[Pause]:
    """A pause that begins a quarter before an end, at it, or after it; open or not."""
    begin = end + QUARTER * chance.randrange(-1, 2)
    return [Pause(begin, None if chance.random() < 0.5 else begin + QUARTER * chance.randrange(1, 700))]
