"""What directives does by itself: reactions to its own events, and jobs of the schedule."""

from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
from songcau.foundation.outbox.rules import daily, every
from songcau.kernel.actor import SYSTEM
from songcau.systems.directives import actions
from songcau.systems.directives.events import EvidenceAdded


def take_in_added(event: EvidenceAdded, _facts: DeliveryFacts) -> None:
    actions.take_in_evidence(by=SYSTEM, directive_id=event.directive_id)


def take_in_waiting() -> None:
    actions.take_in_waiting(by=SYSTEM)


def tell_fallen_due() -> None:
    actions.tell_fallen_due(by=SYSTEM)


def follow_closed_agencies() -> None:
    actions.follow_closed_agencies(by=SYSTEM)


REACTIONS = (Reaction(EvidenceAdded, take_in_added, "directives.take_in_added", outside=True, lease_seconds=300),)
JOBS = (
    Job("directives.take_in_waiting", every(minutes=5), take_in_waiting, lease_seconds=1800),
    Job("directives.tell_fallen_due", every(minutes=5), tell_fallen_due, lease_seconds=600),
    Job("directives.follow_closed_agencies", daily(at="00:25"), follow_closed_agencies, lease_seconds=600),
)
