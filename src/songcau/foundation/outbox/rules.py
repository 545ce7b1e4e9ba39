"""What may happen to a delivery, how long to wait after a failure, and when a job is due."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Protocol
from zoneinfo import ZoneInfo

from songcau.kernel.workflow import Transition, Workflow


class State(StrEnum):
    """Where a delivery stands."""

    WAITING = "WAITING"
    CLAIMED = "CLAIMED"
    DELIVERED = "DELIVERED"
    DEAD = "DEAD"
    SKIPPED = "SKIPPED"


# A later delivery of the same reaction and subject waits for these.
UNFINISHED = (State.WAITING, State.CLAIMED, State.DEAD)
FINISHED = (State.DELIVERED, State.SKIPPED)

DELIVERY = Workflow(
    "delivery",
    start=State.WAITING,
    transitions=[
        Transition("claim", (State.WAITING,), State.CLAIMED, "songcau"),
        Transition("deliver", (State.CLAIMED,), State.DELIVERED, "songcau"),
        Transition("fail", (State.CLAIMED,), State.WAITING, "songcau"),
        Transition("give_up", (State.CLAIMED,), State.DEAD, "songcau"),
        Transition("replay", (State.DEAD,), State.WAITING, "outbox.replay"),
        Transition("skip", (State.DEAD,), State.SKIPPED, "outbox.replay"),
    ],
)


@dataclass(frozen=True, slots=True)
class Patience:
    """How often what fails is tried, and the delays between: doubling from `first` up to `longest`."""

    attempts: int
    first: timedelta
    longest: timedelta

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """How long to wait after failed attempt number `attempt` (from 1); `jitter` in [0, 1) spreads it."""
        doublings = min(attempt - 1, 30)
        return min(self.longest, self.first * (1 << doublings)) * (0.75 + 0.25 * jitter)


# A bug does not mend itself: about ten minutes cover a deployment in progress. An outside system that is away from
# Friday evening to Monday morning, 63 hours, is waited for also with the shortest delays: 64 to 86 hours.
WITH_BUGS = Patience(attempts=8, first=timedelta(seconds=2), longest=timedelta(minutes=5))
WITH_OUTAGES = Patience(attempts=350, first=timedelta(seconds=2), longest=timedelta(minutes=15))


@dataclass(frozen=True, slots=True)
class Failures:
    """How a delivery has fared: all its `attempts`, and those of them that were not an outage's fault."""

    attempts: int
    faults: int


def after_failure(failures: Failures, *, is_outage: bool, now: datetime, jitter: float) -> tuple[State, datetime]:
    """The state after a failure, the last one counted in, and when the delivery may be tried again."""
    patience = WITH_OUTAGES if is_outage else WITH_BUGS
    count = failures.attempts if is_outage else failures.faults
    if count >= patience.attempts:
        return State.DEAD, now
    return State.WAITING, now + patience.delay(count, jitter)


def after_lost_lease(failures: Failures) -> State:
    """The state of a delivery whose worker died or hung: tried again at once, unless it seems to be what kills."""
    return State.DEAD if failures.faults >= WITH_BUGS.attempts else State.WAITING


class Schedule(Protocol):
    """When a job is due."""

    def latest(self, after: datetime, until: datetime, zone: str) -> datetime | None:
        """The last due instant in (after, until], or None: however many were missed, one makes up for them."""


@dataclass(frozen=True, slots=True)
class Every:
    """Due each `period`, counted from 1970 in UTC, so that all workers agree on the instants."""

    period: timedelta

    def latest(self, after: datetime, until: datetime, zone: str) -> datetime | None:
        epoch = datetime(1970, 1, 1, tzinfo=UTC)
        due = epoch + (until - epoch) // self.period * self.period
        return due if due > after else None

    def __str__(self) -> str:
        return f"every {self.period}"


@dataclass(frozen=True, slots=True)
class Daily:
    """Due once on each calendar day of the city at `at` on its wall clocks.

    A time that a change of clocks leaves out falls an hour later on that day; one that comes twice counts the
    first time only (PEP 495, fold=0).
    """

    at: time

    def latest(self, after: datetime, until: datetime, zone: str) -> datetime | None:
        day = until.astimezone(ZoneInfo(zone)).date()
        due = self._on(day, zone)
        if due > until:
            due = self._on(day - timedelta(days=1), zone)
        return due if due > after else None

    def _on(self, day: date, zone: str) -> datetime:
        return datetime.combine(day, self.at, ZoneInfo(zone)).astimezone(UTC)

    def __str__(self) -> str:
        return f"daily at {self.at:%H:%M}"


def every(*, hours: int = 0, minutes: int = 0, seconds: int = 0) -> Every:
    """Due in equal steps. Raises ValueError under one second."""
    period = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if period < timedelta(seconds=1):
        raise ValueError("a schedule has a period of at least one second")
    return Every(period)


def daily(*, at: str) -> Daily:
    """Due once a day at a wall-clock time of the city, such as "02:30". Raises ValueError for anything else."""
    return Daily(time.fromisoformat(at).replace(tzinfo=None))
