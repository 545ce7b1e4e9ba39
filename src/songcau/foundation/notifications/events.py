"""What notifications announces. Ids only."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NoticesGiven:
    """Notices stand in inboxes, and their other channels wait to be sent."""

    notice_ids: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class NoticeRetried:
    """Somebody wants a message that was given up to be tried again."""

    notice_id: UUID


@dataclass(frozen=True, slots=True)
class PreferencesChanged:
    """A person chose other channels or other quiet hours."""

    person_id: UUID


@dataclass(frozen=True, slots=True)
class ZaloAuthorised:
    """An administrator entered a new refresh token of the Official Account."""

    generation: int
