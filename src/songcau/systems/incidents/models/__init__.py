"""What is stored? Tables, constraints and row-level querysets of incidents."""

from songcau.systems.incidents.models.alert_rules import (
    AlertRule,
    AlertRuleVersion,
    EngineCheckpoint,
    EngineState,
    MaintenanceWindow,
    RefusedReadings,
)
from songcau.systems.incidents.models.alerts import Alert, AlertEntry, AlertOccurrence, AlertQuerySet
from songcau.systems.incidents.models.bulletins import Bulletin, BulletinQuerySet, BulletinWard
from songcau.systems.incidents.models.incidents import (
    ChecklistItem,
    EntryIsImmutable,
    Incident,
    IncidentEntry,
    IncidentFile,
    IncidentQuerySet,
    IncidentSubject,
    IncidentWard,
    Review,
)
from songcau.systems.incidents.models.numbers import Counter
from songcau.systems.incidents.models.playbooks import Playbook, PlaybookItem
from songcau.systems.incidents.models.shifts import Duty, Shift, ShiftEntry
from songcau.systems.incidents.models.walls import Wall

__all__ = [
    "Alert",
    "AlertEntry",
    "AlertOccurrence",
    "AlertQuerySet",
    "AlertRule",
    "AlertRuleVersion",
    "Bulletin",
    "BulletinQuerySet",
    "BulletinWard",
    "ChecklistItem",
    "Counter",
    "Duty",
    "EngineCheckpoint",
    "EngineState",
    "EntryIsImmutable",
    "Incident",
    "IncidentEntry",
    "IncidentFile",
    "IncidentQuerySet",
    "IncidentSubject",
    "IncidentWard",
    "MaintenanceWindow",
    "Playbook",
    "PlaybookItem",
    "RefusedReadings",
    "Review",
    "Shift",
    "ShiftEntry",
    "Wall",
]
