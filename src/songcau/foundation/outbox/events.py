"""What the outbox announces to itself."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class JobDue:
    """A job's time has come; `due_at` is the instant of its schedule."""

    job: str
    due_at: datetime


@dataclass(frozen=True, slots=True)
class DeliveryDied:
    """A delivery was given up and became a dead letter."""

    delivery_id: int
    reaction: str
    event_name: str
