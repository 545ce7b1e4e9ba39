"""A date that nears, passes, is extended or not, and a leader who asks, are told to those whom it concerns."""

from songcau.flows.directive_is_told_to_its_agencies import everyone, tell
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.systems.directives import public as directives
from songcau.systems.directives.public import Told, notices


def tell_fallen_due(event: directives.DirectiveFellDue, facts: DeliveryFacts) -> None:
    if event.told == Told.SOON:
        everyone(notices.SOON, event.directive_id, facts)
        return
    tell(notices.LATE, event.directive_id, directives.workers_of(event.directive_id), facts)
    tell(notices.LATE_TO_GIVER, event.directive_id, directives.leaders_of(event.directive_id), facts)


def tell_decided(event: directives.ExtensionDecided, facts: DeliveryFacts) -> None:
    kind = notices.EXTENSION_APPROVED if event.approved else notices.EXTENSION_REFUSED
    everyone(kind, event.directive_id, facts)


def tell_nudged(event: directives.DirectiveNudged, facts: DeliveryFacts) -> None:
    everyone(notices.NUDGED, event.directive_id, facts)


FELL_DUE = Reaction(directives.DirectiveFellDue, tell_fallen_due, "flows.directive_fallen_due_is_told")
DECIDED = Reaction(directives.ExtensionDecided, tell_decided, "flows.extension_decision_is_told")
NUDGED = Reaction(directives.DirectiveNudged, tell_nudged, "flows.directive_nudge_is_told")
