"""What does incidents announce? Frozen dataclasses in the past tense, each listed in `flows/table.py`."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AlertRaised:
    """A line of the queue began: an alert alone, or the first of a group. Who stands under it is not announced."""

    alert_id: UUID
    level: str


@dataclass(frozen=True, slots=True)
class AlertCalled:
    """Whose turn it is on the first rung is to be told now: at once, or after the quiet hours."""

    alert_id: UUID


@dataclass(frozen=True, slots=True)
class AlertAcknowledged:
    alert_id: UUID


@dataclass(frozen=True, slots=True)
class AlertEscalated:
    """Nobody took it in time, or who has it passed it up: rung 1 the ward's head, 2 the city, 3 the province."""

    alert_id: UUID
    rung: int


@dataclass(frozen=True, slots=True)
class AlertClosed:
    alert_id: UUID


@dataclass(frozen=True, slots=True)
class IncidentOpened:
    incident_id: UUID


@dataclass(frozen=True, slots=True)
class IncidentChanged:
    """Its state or something else about it; `what` says which."""

    incident_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class IncidentClosed:
    incident_id: UUID


@dataclass(frozen=True, slots=True)
class IncidentFileAdded:
    """A file is on disk and waits to be taken in."""

    incident_id: UUID
    file_row_id: UUID


@dataclass(frozen=True, slots=True)
class BulletinPublished:
    bulletin_id: UUID


@dataclass(frozen=True, slots=True)
class BulletinWithdrawn:
    bulletin_id: UUID


@dataclass(frozen=True, slots=True)
class ShiftStarted:
    shift_id: UUID


@dataclass(frozen=True, slots=True)
class ShiftHandedOver:
    """The next lead has read and signed; `next_shift_id` runs now."""

    shift_id: UUID
    next_shift_id: UUID


@dataclass(frozen=True, slots=True)
class PlaybookChanged:
    playbook_id: UUID


@dataclass(frozen=True, slots=True)
class RosterChanged:
    """The duty of a part of a day was set anew; `day` as 2026-11-28."""

    day: str
    slot: str


@dataclass(frozen=True, slots=True)
class WallChanged:
    wall_id: UUID


@dataclass(frozen=True, slots=True)
class AlertRuleChanged:
    """Made, changed, enabled or disabled: the engine takes it up."""

    rule_id: UUID


@dataclass(frozen=True, slots=True)
class MaintenanceSet:
    """A maintenance window began to be, or was ended early."""

    window_id: UUID
