"""What the calendar announces. Ids, codes and instants only."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CalendarChanged:
    """Days from `first_on` to `last_on` (None: no end) may be other ones now; `agency_id` None: everywhere."""

    number: int
    kind: str
    agency_id: UUID | None
    first_on: date
    last_on: date | None


@dataclass(frozen=True, slots=True)
class ImpactsFound:
    """So many promised dates would be other ones after a change; they stand until a person decides."""

    change: int
    count: int


@dataclass(frozen=True, slots=True)
class DatePromised:
    """Somebody was told a date."""

    promise_id: UUID
    subject_kind: str
    subject_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PromisedDateKept:
    """A person decided that the date holds although the calendar changed."""

    promise_id: UUID
    subject_kind: str
    subject_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PromisedDateMoved:
    """A person moved a promised date because the calendar changed."""

    promise_id: UUID
    subject_kind: str
    subject_id: UUID
    old_due_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class PromiseSettled:
    """What was promised was done; `late`: after the date."""

    promise_id: UUID
    subject_kind: str
    subject_id: UUID
    late: bool


@dataclass(frozen=True, slots=True)
class PromiseCancelled:
    """Nobody waits for it any more."""

    promise_id: UUID
    subject_kind: str
    subject_id: UUID
