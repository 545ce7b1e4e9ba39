"""The agencies at work: they begin, report how far it is, contribute, and call it done; with evidence."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.files.receiving import Held
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives import rules
from songcau.systems.directives.actions import deadlines
from songcau.systems.directives.actions.evidence import attach
from songcau.systems.directives.actions.record import change, finish, locked, note, step
from songcau.systems.directives.events import DirectiveContributed, DirectiveDone, DirectiveReported
from songcau.systems.directives.models import Directive
from songcau.systems.directives.permissions import REPORT, require_work, supporting_of
from songcau.systems.directives.rules import SHORTEST_REPORT, WHOLE, EvidenceState, State


@transaction.atomic
def start_work(*, by: Actor, directive_id: UUID, version: int | None = None) -> Directive:
    """The leading agency is at it. Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused."""
    directive = locked(directive_id, version)
    require_work(by, directive)
    before = step(directive, "start", started_at=clock.now())
    note(directive, "start", by=by, agency=directive.lead)
    finish(by, directive, "start", before, DirectiveReported(directive.pk, directive.percent))
    return directive


@transaction.atomic
def report_progress(
    *,
    by: Actor,
    directive_id: UUID,
    percent: int,
    text: str,
    files: Sequence[Held] = (),
    version: int | None = None,
) -> Directive:
    """How far it is, in percent and in words; files were held before (`files.receiving.hold_bytes`).

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, PercentUnfit, DirectiveWordsUnfit,
    TooManyFiles.
    """
    directive = locked(directive_id, version)
    require_work(by, directive)
    rules.require_percent(percent)
    said = rules.require_words(text, SHORTEST_REPORT)
    now = clock.now()
    before = step(directive, "report", percent=percent, reported_at=now, started_at=directive.started_at or now)
    entry = note(directive, "report", by=by, text=said, percent=percent, agency=directive.lead)
    attach(by, directive, entry, files)
    finish(by, directive, "report", before, DirectiveReported(directive.pk, percent), percent=percent)
    return directive


@transaction.atomic
def contribute(*, by: Actor, directive_id: UUID, agency_id: UUID, text: str, files: Sequence[Held] = ()) -> Directive:
    """What a supporting agency has done; beside the leading agency's own form, so that neither waits for the other.

    Raises NotYours, DirectiveUnknown, DirectiveNotAtWork, DirectiveWordsUnfit, TooManyFiles.
    """
    directive = locked(directive_id)
    agency = _supporting(by, directive, agency_id)
    rules.require_working(State(directive.state))
    said = rules.require_words(text, SHORTEST_REPORT)
    directive.supporting.filter(agency=agency).update(contributed_at=clock.now())
    entry = note(directive, "contribute", by=by, text=said, agency=agency)
    attach(by, directive, entry, files)
    change(by, directive, "contribute", DirectiveContributed(directive.pk, agency.pk), agency=agency.code)
    return directive


def _supporting(by: Actor, directive: Directive, agency_id: UUID) -> Agency:
    """Raises NotYours."""
    for agency in supporting_of(by, directive):
        if agency.pk == agency_id:
            return agency
    raise NotYours(permission=REPORT)


@transaction.atomic
def finish_work(
    *, by: Actor, directive_id: UUID, text: str, files: Sequence[Held] = (), version: int | None = None
) -> Directive:
    """The leading agency calls it done and shows it; who gave it looks at it.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, DirectiveWordsUnfit, EvidenceMissing,
    TooManyFiles.
    """
    directive = locked(directive_id, version)
    require_work(by, directive)
    said = rules.require_words(text, SHORTEST_REPORT)
    shown = directive.evidence.exclude(state=EvidenceState.REFUSED).count()
    rules.require_evidence(shown + len(files))
    now = clock.now()
    before = step(
        directive,
        "finish",
        percent=WHOLE,
        done_at=now,
        reported_at=now,
        started_at=directive.started_at or now,
    )
    deadlines.settle(by, directive)
    deadlines.overtake_extensions(directive)
    entry = note(directive, "finish", by=by, text=said, percent=WHOLE, agency=directive.lead)
    attach(by, directive, entry, files)
    late = directive.due_at is not None and now > directive.due_at
    finish(by, directive, "finish", before, DirectiveDone(directive.pk), late=late)
    return directive
