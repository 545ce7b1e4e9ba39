"""The result is accepted or sent back by who gave the directive; or nobody has to do it any more."""

from uuid import UUID

from django.db import transaction

from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives import rules
from songcau.systems.directives.actions import deadlines
from songcau.systems.directives.actions.record import finish, locked, note, step
from songcau.systems.directives.events import DirectiveClosed, DirectiveSentBack, DirectiveWithdrawn
from songcau.systems.directives.models import Directive
from songcau.systems.directives.permissions import require_change_draft, require_decide
from songcau.systems.directives.rules import SHORTEST_REASON, WHOLE, State

# What is sent back is not wholly done: until the next report it stands just below.
_NEARLY = WHOLE - 1


@transaction.atomic
def accept_result(*, by: Actor, directive_id: UUID, text: str = "", version: int | None = None) -> Directive:
    """Closed. Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, DirectiveWordsUnfit."""
    directive = locked(directive_id, version)
    require_decide(by, directive)
    said = rules.require_words(text, 0)
    before = step(directive, "accept", closed_at=clock.now())
    note(directive, "accept", by=by, text=said, agency=directive.giver_agency)
    finish(by, directive, "accept", before, DirectiveClosed(directive.pk))
    return directive


@transaction.atomic
def send_back(*, by: Actor, directive_id: UUID, reason: str, version: int | None = None) -> Directive:
    """Not done yet. The date stays: what is late by now is late again; who gave it may change the date.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, DirectiveWordsUnfit.
    """
    directive = locked(directive_id, version)
    require_decide(by, directive)
    said = rules.require_words(reason, SHORTEST_REASON)
    before = step(directive, "send_back", done_at=None, percent=_NEARLY, sent_back=directive.sent_back + 1)
    note(directive, "send_back", by=by, text=said, agency=directive.giver_agency)
    finish(by, directive, "send_back", before, DirectiveSentBack(directive.pk))
    return directive


@transaction.atomic
def withdraw_directive(*, by: Actor, directive_id: UUID, reason: str, version: int | None = None) -> Directive:
    """By who gave it; of a draft by who wrote it too.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, DirectiveWordsUnfit.
    """
    directive = locked(directive_id, version)
    was_given = directive.given_at is not None
    if was_given:
        require_decide(by, directive)
    else:
        require_change_draft(by, directive)
    said = rules.require_words(reason, SHORTEST_REASON)
    before = step(directive, "withdraw" if was_given else "withdraw_draft", closed_at=clock.now())
    deadlines.cancel(by, directive)
    deadlines.overtake_extensions(directive)
    note(directive, "withdraw", by=by, text=said, agency=directive.giver_agency if was_given else None)
    event = DirectiveWithdrawn(directive.pk, was_given)
    finish(by, directive, "withdraw", State(before), event)
    return directive
