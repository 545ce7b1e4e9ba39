"""What a leader does with a directive is told to the agencies that lead and support it."""

from collections.abc import Iterable
from uuid import UUID

from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.directives import public as directives
from songcau.systems.directives.public import SUBJECT, notices


def tell_given(event: directives.DirectiveGiven, facts: DeliveryFacts) -> None:
    found = directives.facts_of(event.directive_id)
    kind = notices.GIVEN_URGENT if found and found.is_urgent else notices.GIVEN
    tell(kind, event.directive_id, directives.workers_of(event.directive_id), facts)
    tell(notices.SUPPORT, event.directive_id, directives.supporters_of(event.directive_id), facts)


def tell_supporters(event: directives.SupportersAdded, facts: DeliveryFacts) -> None:
    people = directives.supporters_of(event.directive_id, event.agency_ids)
    tell(notices.SUPPORT, event.directive_id, people, facts)


def tell_changed(event: directives.DirectiveChanged, facts: DeliveryFacts) -> None:
    if event.what in {"content", "deadline"}:
        everyone(notices.CHANGED, event.directive_id, facts)


def tell_sent_back(event: directives.DirectiveSentBack, facts: DeliveryFacts) -> None:
    tell(notices.SENT_BACK, event.directive_id, directives.workers_of(event.directive_id), facts)


def tell_closed(event: directives.DirectiveClosed, facts: DeliveryFacts) -> None:
    everyone(notices.CLOSED, event.directive_id, facts)


def tell_withdrawn(event: directives.DirectiveWithdrawn, facts: DeliveryFacts) -> None:
    if event.was_given:
        everyone(notices.WITHDRAWN, event.directive_id, facts)


def everyone(kind: str, directive_id: UUID, facts: DeliveryFacts) -> None:
    tell(kind, directive_id, [*directives.workers_of(directive_id), *directives.supporters_of(directive_id)], facts)


def tell(kind: str, directive_id: UUID, people: Iterable[UUID], facts: DeliveryFacts) -> None:
    if one := directives.facts_of(directive_id):
        due = one.due_at.isoformat() if one.due_at else ""
        params = {"code": one.code, "title": one.title, "lead": one.lead, "due": due}
        about, key = f"{SUBJECT}:{directive_id}", str(facts.event_id)
        notify(by=SYSTEM, people=people, kind=kind, params=params, subject=about, key=key, link=one.address)


GIVEN = Reaction(directives.DirectiveGiven, tell_given, "flows.directive_given_is_told")
ADDED = Reaction(directives.SupportersAdded, tell_supporters, "flows.directive_support_is_asked")
CHANGED = Reaction(directives.DirectiveChanged, tell_changed, "flows.directive_change_is_told")
SENT_BACK = Reaction(directives.DirectiveSentBack, tell_sent_back, "flows.directive_sent_back_is_told")
CLOSED = Reaction(directives.DirectiveClosed, tell_closed, "flows.directive_closed_is_told")
WITHDRAWN = Reaction(directives.DirectiveWithdrawn, tell_withdrawn, "flows.directive_withdrawn_is_told")
