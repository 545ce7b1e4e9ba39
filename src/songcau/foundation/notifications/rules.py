"""By which channels a notice goes, when it may, and what follows a failure. `now` is handed in."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from songcau.foundation.outbox.rules import Patience
from songcau.kernel.workflow import Transition, Workflow


class Channel(StrEnum):
    """The ways to a person."""

    IN_APP = "IN_APP"
    EMAIL = "EMAIL"
    SMS = "SMS"
    ZALO = "ZALO"


OUTSIDE = (Channel.EMAIL, Channel.SMS, Channel.ZALO)
# Others may read these on a locked screen, and their carriers keep them: no personal content.
SHORT = (Channel.SMS, Channel.ZALO)


class State(StrEnum):
    """Where a notice stands on one channel. SENT: handed over; DELIVERED: known to have arrived."""

    QUEUED = "QUEUED"
    HELD = "HELD"
    SENT = "SENT"
    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    GIVEN_UP = "GIVEN_UP"


# What is still to be sent.
OPEN = (State.QUEUED, State.HELD, State.FAILED)

NOTICE = Workflow(
    "notice on a channel",
    start=State.QUEUED,
    transitions=[
        Transition("hold", (State.QUEUED, State.FAILED), State.HELD, "songcau"),
        Transition("release", (State.HELD,), State.QUEUED, "songcau"),
        Transition("send", (State.QUEUED, State.FAILED), State.SENT, "songcau"),
        Transition("confirm", (State.QUEUED, State.SENT, State.FAILED), State.DELIVERED, "songcau"),
        Transition("fail", (State.QUEUED, State.FAILED), State.FAILED, "songcau"),
        Transition("give_up", (State.QUEUED, State.HELD, State.FAILED), State.GIVEN_UP, "songcau"),
        Transition("retry", (State.GIVEN_UP,), State.QUEUED, "notifications.retry_deliveries"),
    ],
)


class Urgency(StrEnum):
    """URGENT passes quiet hours and is never put together with others."""

    NORMAL = "NORMAL"
    URGENT = "URGENT"


@dataclass(frozen=True, slots=True)
class Quiet:
    """Hours of a person, on the city's wall clocks, in which nothing that can wait is sent; equal times: never."""

    begins: time
    ends: time

    def ends_after(self, local: datetime) -> datetime | None:
        """The end of the quiet hours that `local` (a wall time) lies in, or None outside of them."""
        at = local.time()
        if self.begins < self.ends:
            return _on(local.date(), self.ends) if self.begins <= at < self.ends else None
        if self.begins > self.ends:
            if at >= self.begins:
                return _on(local.date() + timedelta(days=1), self.ends)
            return _on(local.date(), self.ends) if at < self.ends else None
        return None


USUAL_QUIET = Quiet(time(21), time(7))


def _on(day: date, at: time) -> datetime:
    return datetime.combine(day, at)


def held_until(now: datetime, quiet: Quiet, urgency: Urgency, zone: str) -> datetime | None:
    """Until when a message waits for the end of the person's quiet hours; None: it may go."""
    if urgency is Urgency.URGENT:
        return None
    wall = ZoneInfo(zone)
    ends = quiet.ends_after(now.astimezone(wall).replace(tzinfo=None))
    return ends.replace(tzinfo=wall).astimezone(now.tzinfo) if ends else None


# A second message of a kind waits this long after the first, and takes along what comes meanwhile.
TOGETHER_FOR = timedelta(minutes=10)


def together_at(now: datetime, last_at: datetime | None) -> datetime:
    """When a message that can be put together with others goes, if the last of its kind went at `last_at`."""
    return now if last_at is None else max(now, last_at + TOGETHER_FOR)


def channels_for(
    usual: Collection[Channel],
    required: Collection[Channel],
    chosen: Mapping[Channel, bool],
    reachable: Collection[Channel],
) -> tuple[Channel, ...]:
    """Where a notice goes: the kind's usual channels as the person changed them. The inbox always has it.

    `required` cannot be switched off; without an address (`reachable`) there is no channel.
    """
    wanted = [
        channel
        for channel in OUTSIDE
        if channel in reachable and (channel in required or chosen.get(channel, channel in usual))
    ]
    return (Channel.IN_APP, *wanted)


# A server that is away from Friday evening to Monday morning is waited for, 63 hours, also with the shortest delays:
# between the first attempt and the last lie at least 66 hours and at most 89.
PATIENCE = Patience(attempts=96, first=timedelta(seconds=30), longest=timedelta(hours=1))


def after_failure(
    state: State, attempts: int, *, may_help: bool, now: datetime, jitter: float
) -> tuple[State, datetime]:
    """The state after a failed attempt, and when to try again. `may_help`: waiting may; else it is given up at once."""
    if not may_help or attempts >= PATIENCE.attempts:
        return State(NOTICE.step(state, "give_up")), now
    return State(NOTICE.step(state, "fail")), now + PATIENCE.delay(attempts, jitter)


LONGEST_ZALO = 2000


def parts(text: str, longest: int = LONGEST_ZALO) -> tuple[str, ...]:
    """A long text cut where paragraphs end, or else lines, words, and last of all anywhere."""
    found: list[str] = []
    rest = text.strip()
    while len(rest) > longest:
        head = rest[: longest + 1]
        at = max(head.rfind("\n\n"), 0) or max(head.rfind("\n"), 0) or max(head.rfind(" "), 0) or longest
        found.append(rest[:at].rstrip())
        rest = rest[at:].lstrip()
    return (*found, rest) if rest else tuple(found)
