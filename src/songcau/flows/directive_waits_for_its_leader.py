"""What waits for a decision is told to the leader who gave the directive; a contribution to who does the work."""

from songcau.flows.directive_is_told_to_its_agencies import tell
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.systems.directives import public as directives
from songcau.systems.directives.public import notices


def tell_drafted(event: directives.DirectiveDrafted, facts: DeliveryFacts) -> None:
    tell(notices.DRAFTED, event.directive_id, directives.leaders_of(event.directive_id), facts)


def tell_refused(event: directives.DraftRefused, facts: DeliveryFacts) -> None:
    tell(notices.DRAFT_REFUSED, event.directive_id, directives.drafter_of(event.directive_id), facts)


def tell_asked(event: directives.ExtensionAsked, facts: DeliveryFacts) -> None:
    tell(notices.EXTENSION_ASKED, event.directive_id, directives.leaders_of(event.directive_id), facts)


def tell_done(event: directives.DirectiveDone, facts: DeliveryFacts) -> None:
    tell(notices.DONE, event.directive_id, directives.leaders_of(event.directive_id), facts)


def tell_contributed(event: directives.DirectiveContributed, facts: DeliveryFacts) -> None:
    tell(notices.CONTRIBUTED, event.directive_id, directives.workers_of(event.directive_id), facts)


DRAFTED = Reaction(directives.DirectiveDrafted, tell_drafted, "flows.directive_draft_waits")
REFUSED = Reaction(directives.DraftRefused, tell_refused, "flows.directive_draft_refused_is_told")
ASKED = Reaction(directives.ExtensionAsked, tell_asked, "flows.extension_waits")
DONE = Reaction(directives.DirectiveDone, tell_done, "flows.directive_result_waits")
CONTRIBUTED = Reaction(directives.DirectiveContributed, tell_contributed, "flows.contribution_is_told")
