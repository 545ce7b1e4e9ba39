"""What incidents does by itself: reactions to its own events, and jobs of the schedule."""

from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
from songcau.foundation.outbox.rules import every
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents.actions.alerts.escalating import escalate_alerts
from songcau.systems.incidents.actions.incidents import attachments
from songcau.systems.incidents.actions.incidents.subjects import look_after_subjects
from songcau.systems.incidents.events import IncidentFileAdded


def take_in_file(event: IncidentFileAdded, _facts: DeliveryFacts) -> None:
    attachments.take_in_file(by=SYSTEM, file_row_id=event.file_row_id)


def escalate() -> None:
    escalate_alerts(by=SYSTEM)


def take_in_waiting() -> None:
    attachments.take_in_waiting(by=SYSTEM)


def look_after() -> None:
    look_after_subjects(by=SYSTEM)


REACTIONS = (Reaction(IncidentFileAdded, take_in_file, "incidents.take_in_file", outside=True, lease_seconds=300),)
JOBS = (
    Job("incidents.escalate_alerts", every(minutes=1), escalate, lease_seconds=300),
    Job("incidents.take_in_waiting", every(minutes=5), take_in_waiting, lease_seconds=1800),
    Job("incidents.look_after_subjects", every(minutes=5), look_after, lease_seconds=600),
)
