"""Who is on duty, and how one shift gives over to the next: a note that the next lead reads and signs."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from uuid import UUID

from songcau.kernel.errors import Refused
from songcau.kernel.workflow import Transition, Workflow

CENTRE = "incidents.operate"
MOST_ON_DUTY = 30
LONGEST_ROSTER_DAYS = 92


class Slot(StrEnum):
    MORNING = "MORNING"
    AFTERNOON = "AFTERNOON"
    NIGHT = "NIGHT"


_BEGINS = {Slot.MORNING: time(6), Slot.AFTERNOON: time(14), Slot.NIGHT: time(22)}


class State(StrEnum):
    RUNNING = "RUNNING"
    AWAITING_SIGNATURE = "AWAITING_SIGNATURE"
    HANDED_OVER = "HANDED_OVER"


WORKFLOW = Workflow(
    "incidents.shift",
    start=State.RUNNING,
    transitions=(
        Transition("hand_over", (State.RUNNING,), State.AWAITING_SIGNATURE, CENTRE),
        Transition("take_back", (State.AWAITING_SIGNATURE,), State.RUNNING, CENTRE),
        Transition("sign", (State.AWAITING_SIGNATURE,), State.HANDED_OVER, CENTRE),
    ),
)


class ShiftRuns(Refused):
    """A shift runs already, or waits to be signed: that of `who`."""

    code = "SHIFT_RUNS_ALREADY"
    conflict = True


class NotTheLead(Refused):
    """Only who leads the shift gives it over: `who`."""

    code = "SHIFT_NOT_THE_LEAD"


class SignedByItself(Refused):
    """Who gives over does not sign for having read it."""

    code = "SHIFT_SIGNED_BY_ITSELF"


class NotRead(Refused):
    """It is signed by who has read the note, the alerts and the incidents."""

    code = "SHIFT_NOTE_NOT_READ"


class NoteChanged(Refused):
    """The note was taken back or written anew since it was opened."""

    code = "SHIFT_NOTE_CHANGED"
    conflict = True


class DutyUnfit(Refused):
    """Between one and `most` people, one of them leads; a day within `days` days."""

    code = "DUTY_UNFIT"


def slot_at(at: datetime) -> tuple[date, Slot]:
    """The day and the part of it in which a local instant lies; the night belongs to the day on which it began."""
    if at.time() < _BEGINS[Slot.MORNING]:
        return at.date() - timedelta(days=1), Slot.NIGHT
    found = [slot for slot, begin in _BEGINS.items() if at.time() >= begin]
    return at.date(), found[-1]


def hours_of(slot: str) -> tuple[time, time]:
    """From when until when; the night ends on the next day."""
    order = list(_BEGINS)
    position = order.index(Slot(slot))
    return _BEGINS[order[position]], _BEGINS[order[(position + 1) % len(order)]]


def require_duty(people: Collection[UUID], lead: UUID | None, day: date, today: date) -> None:
    """Raises DutyUnfit."""
    fits = 0 < len(people) <= MOST_ON_DUTY and lead in people
    if not fits or abs((day - today).days) > LONGEST_ROSTER_DAYS:
        raise DutyUnfit(most=MOST_ON_DUTY, days=LONGEST_ROSTER_DAYS)


def require_lead(actor_id: UUID, lead_id: UUID, lead_label: str) -> None:
    """Raises NotTheLead."""
    if actor_id != lead_id:
        raise NotTheLead(who=lead_label)


def require_signature(signer_id: UUID, lead_id: UUID, *, has_read: bool, seen: int, revision: int) -> None:
    """`seen`: the revision of the note that was on the signer's screen.

    Raises SignedByItself, NotRead, NoteChanged.
    """
    if signer_id == lead_id:
        raise SignedByItself()
    if not has_read:
        raise NotRead()
    if seen != revision:
        raise NoteChanged()


def uncovered(days: Sequence[date], manned: Collection[tuple[date, str]]) -> list[tuple[date, Slot]]:
    """Which parts of the days nobody stands for."""
    return [(day, slot) for day in days for slot in Slot if (day, str(slot)) not in manned]
