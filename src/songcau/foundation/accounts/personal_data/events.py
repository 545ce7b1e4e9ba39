"""What is announced about personal data. Ids and codes only."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class CuriosityNoticed:
    """One reader opened the data of more different people within an hour than the work explains by itself."""

    alarm_id: UUID
    reader_id: UUID
    people: int


@dataclass(frozen=True, slots=True)
class CuriositySettled:
    alarm_id: UUID
    reader_id: UUID


@dataclass(frozen=True, slots=True)
class DataRequestReceived:
    request_id: UUID
    person_id: UUID
    kind: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DataRequestDateMoved:
    """A person decided that it is answered at another date, because the calendar changed."""

    request_id: UUID
    person_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DataRequestTaken:
    request_id: UUID
    person_id: UUID
    officer_id: UUID


@dataclass(frozen=True, slots=True)
class DataRequestAnswered:
    request_id: UUID
    person_id: UUID
    outcome: str
    late: bool


@dataclass(frozen=True, slots=True)
class DataRequestWithdrawn:
    request_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class OwnDataExported:
    """A person took a copy of what is held about them."""

    person_id: UUID
