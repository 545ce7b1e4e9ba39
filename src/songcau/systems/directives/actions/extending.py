"""More time is asked for by the leading agency, and answered by who gave the directive."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.queries import row_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.directives import rules
from songcau.systems.directives.actions import deadlines
from songcau.systems.directives.actions.record import change, label_of, locked, note
from songcau.systems.directives.events import ExtensionAsked, ExtensionDecided
from songcau.systems.directives.models import Directive, Extension
from songcau.systems.directives.permissions import require_decide, require_work
from songcau.systems.directives.queries.waiting import waiting_extension
from songcau.systems.directives.rules import EXTENSION, SHORTEST_REASON, DeadlineKind, ExtensionState, State


class NoExtensionWaits(Refused):
    """Nothing waits to be decided: it was answered, or overtaken."""

    code = "NO_EXTENSION_WAITS"
    conflict = True


@transaction.atomic
def ask_extension(
    *, by: Actor, directive_id: UUID, due_at: datetime, reason: str, version: int | None = None
) -> Extension:
    """The date that holds stays until the answer.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, DirectiveNotAtWork, DirectiveWordsUnfit, ExtensionWaits,
    ExtensionNotLater, DirectiveDatePast, DirectiveDateTooFar.
    """
    directive = locked(directive_id, version)
    require_work(by, directive)
    rules.require_working(State(directive.state))
    said = rules.require_words(reason, SHORTEST_REASON)
    now, held = clock.now(), _due_at(directive)
    waits = waiting_extension(directive) is not None
    rules.require_extension(held, due_at, now, waits=waits)
    asked: Extension = Extension.objects.create(
        directive=directive,
        due_before=held,
        wanted_due_at=due_at,
        reason=said,
        asked_at=now,
        by_id=row_of(by),
        by_label=label_of(by),
    )
    directive.version += 1
    note(directive, "ask_extension", by=by, text=said, agency=directive.lead, due=due_at.isoformat())
    change(by, directive, "ask_extension", ExtensionAsked(directive.pk, asked.pk), due_at=due_at.isoformat())
    return asked


@transaction.atomic
def decide_extension(
    *,
    by: Actor,
    directive_id: UUID,
    approved: bool,
    due_at: datetime | None = None,
    answer: str = "",
    version: int | None = None,
) -> Extension:
    """Approved: for the date that was asked, or another one later than what holds. A refusal says why.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, NoExtensionWaits, DirectiveWordsUnfit, ExtensionNotLater,
    DirectiveDatePast, DirectiveDateTooFar.
    """
    directive = locked(directive_id, version)
    require_decide(by, directive)
    extension = waiting_extension(directive)
    if extension is None:
        raise NoExtensionWaits
    said = rules.require_words(answer, 0 if approved else SHORTEST_REASON)
    extension.state = EXTENSION.step(ExtensionState(extension.state), "approve" if approved else "refuse")
    extension.decided_at, extension.decided_by, extension.answer = clock.now(), label_of(by), said
    if approved:
        held = due_at or extension.wanted_due_at
        rules.require_later(_due_at(directive), held, clock.now())
        extension.decided_due_at = held
        directive.take(deadlines.another(by, directive, DeadlineKind.EXTENSION, held, extension.reason))
    else:
        directive.version += 1
    extension.save()
    _told(by, directive, extension, approved=approved)
    return extension


def _told(by: Actor, directive: Directive, extension: Extension, *, approved: bool) -> None:
    what = "approve_extension" if approved else "refuse_extension"
    date = extension.decided_due_at or extension.wanted_due_at
    note(directive, what, by=by, text=extension.answer, agency=directive.giver_agency, due=date.isoformat())
    event = ExtensionDecided(directive.pk, extension.pk, approved)
    change(by, directive, what, event, due_at=date.isoformat())


def _due_at(directive: Directive) -> datetime:
    assert directive.due_at is not None  # noqa: S101  # what is at work was given, and a constraint keeps its date
    return directive.due_at
