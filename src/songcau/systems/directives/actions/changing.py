"""What is at work is changed: its words, who supports, its date, the officer who has it."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.directives import rules
from songcau.systems.directives.actions import deadlines
from songcau.systems.directives.actions.giving import require_open
from songcau.systems.directives.actions.record import about, change, locked, note
from songcau.systems.directives.events import DirectiveChanged, SupportersAdded
from songcau.systems.directives.models import Directive, Supporting
from songcau.systems.directives.permissions import REPORT, require_decide, require_work
from songcau.systems.directives.rules import LABEL_LIMIT, SHORTEST_REASON, DeadlineKind, State


class DirectiveOfficerUnfit(Refused):
    """Somebody who does not report for the leading agency."""

    code = "DIRECTIVE_OFFICER_UNFIT"


@transaction.atomic
def change_directive(
    *,
    by: Actor,
    directive_id: UUID,
    title: str,
    content: str,
    supporting_ids: Sequence[UUID],
    is_urgent: bool,
    version: int | None = None,
) -> Directive:
    """By who gave it, while an agency is at it. Who has contributed already stays.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, DirectiveNotAtWork and the refusals of `rules`.
    """
    directive = locked(directive_id, version)
    require_decide(by, directive)
    rules.require_working(State(directive.state))
    values = {
        "title": rules.require_title(title),
        "content": rules.require_content(content),
        "is_urgent": is_urgent,
    }
    wanted = rules.require_supporting(directive.lead_id, supporting_ids)
    changed = list(directive.take(values))
    added = _support_by(directive, wanted)
    if added is not None:
        changed.append("supporting")
    if changed:
        note(directive, "change", by=by, fields=changed)
        change(by, directive, "change", DirectiveChanged(directive.pk, "content"), fields=changed)
    if added:
        announce(SupportersAdded(directive.pk, tuple(added)), subject=about(directive), by=by)
    return directive


def _support_by(directive: Directive, wanted: Sequence[UUID]) -> list[UUID] | None:
    """Those that were added; None when nothing changed. Raises DirectiveAgencyNotOpen, DirectiveBeyondGiver."""
    rows = {row.agency_id: row for row in directive.supporting.all()}
    added = [one for one in wanted if one not in rows]
    gone = [row for key, row in rows.items() if key not in wanted and row.contributed_at is None]
    agencies = [require_open(Agency.objects.filter(pk=one).first()) for one in added]
    rules.require_under(directive.giver_agency.path, [(one.path, one.name) for one in agencies])
    for row in gone:
        row.delete()
    Supporting.objects.bulk_create([Supporting(directive=directive, agency=one) for one in agencies])
    return added if added or gone else None


@transaction.atomic
def change_deadline(
    *, by: Actor, directive_id: UUID, due_at: datetime, reason: str, version: int | None = None
) -> Directive:
    """By who gave it: sooner or later; an extension that waits is overtaken. The first date stays in sight.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, DirectiveNotAtWork and the refusals of `rules`.
    """
    directive = locked(directive_id, version)
    require_decide(by, directive)
    rules.require_working(State(directive.state))
    said = rules.require_words(reason, SHORTEST_REASON)
    rules.require_ahead(due_at, clock.now())
    if due_at == directive.due_at:
        return directive
    deadlines.overtake_extensions(directive)
    directive.take(deadlines.another(by, directive, DeadlineKind.CHANGED, due_at, said))
    note(directive, "change_deadline", by=by, text=said, due=due_at.isoformat())
    change(by, directive, "change_deadline", DirectiveChanged(directive.pk, "deadline"), due_at=due_at.isoformat())
    return directive


@transaction.atomic
def note_moved_date(*, by: Actor, directive_id: UUID, due_at: datetime) -> None:
    """A person moved the promised date because the calendar changed: it is due then. Safe to repeat.

    Raises DirectiveUnknown.
    """
    directive = locked(directive_id)
    promise = deadlines.open_promise(directive)
    if promise is None or directive.due_at == due_at:
        return
    directive.take(deadlines.moved(by, directive, due_at, promise.explained))
    note(directive, "move_date", by=by, due=due_at.isoformat())
    change(by, directive, "move_date", DirectiveChanged(directive.pk, "deadline"), due_at=due_at.isoformat())


@transaction.atomic
def assign_officer(*, by: Actor, directive_id: UUID, officer_id: UUID, version: int | None = None) -> Directive:
    """Somebody of the leading agency has it: oneself, or a colleague.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, DirectiveNotAtWork, DirectiveOfficerUnfit.
    """
    directive = locked(directive_id, version)
    require_work(by, directive)
    rules.require_working(State(directive.state))
    if officer_id not in holders_of(REPORT, directive.lead.path):
        raise DirectiveOfficerUnfit
    officer = Person.objects.get(pk=officer_id)
    if directive.take({"officer_id": officer_id, "officer_label": officer.label[:LABEL_LIMIT]}):
        note(directive, "assign_officer", by=by, officer=officer.label[:LABEL_LIMIT])
        change(by, directive, "assign_officer", DirectiveChanged(directive.pk, "officer"))
    return directive
