"""A task is given: at once by who leads, or as a draft that a leader gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.queries import row_of
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.queries import local
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.errors import Refused
from songcau.systems.directives import rules
from songcau.systems.directives.actions import deadlines
from songcau.systems.directives.actions.record import about, change, finish, label_of, locked, note, step
from songcau.systems.directives.events import (
    DirectiveChanged,
    DirectiveDrafted,
    DirectiveGiven,
    DraftRefused,
)
from songcau.systems.directives.models import Directive, Numbering, Supporting
from songcau.systems.directives.permissions import (
    GIVE,
    require_change_draft,
    require_decide,
    require_draft_for,
    require_give_as,
)
from songcau.systems.directives.rules import BY_HAND, SHORTEST_REASON, Due, Source, State


class DirectiveAgencyNotOpen(Refused):
    """An agency that is closed, or none: `names` of those that do its work."""

    code = "DIRECTIVE_AGENCY_NOT_OPEN"


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be done, by whom, by when.

    `submission_id` is made by the sender. `giver_agency_id`: in whose name; None: where the actor leads.
    """

    submission_id: UUID
    title: str
    content: str
    lead_id: UUID
    due: Due
    supporting_ids: Sequence[UUID] = ()
    giver_agency_id: UUID | None = None
    source: Source = BY_HAND
    is_urgent: bool = False
    is_demo: bool = False


@dataclass(frozen=True, slots=True)
class _Agencies:
    lead: Agency
    supporting: tuple[Agency, ...]

    @property
    def all(self) -> tuple[Agency, ...]:
        return (self.lead, *self.supporting)


def give_directive(*, by: Actor, task: Task) -> Directive:
    """In force at once. The same `submission_id` again gives the same directive.

    Raises NotYours, DirectiveAgencyNotOpen, the refusals of `rules` and of `calendar.deadlines`.
    """
    return _once(by, task, given=True)


def draft_directive(*, by: Actor, task: Task) -> Directive:
    """For those who lead `giver_agency_id` to look at. Raises as `give_directive`."""
    return _once(by, task, given=False)


def _once(by: Actor, task: Task, *, given: bool) -> Directive:
    """Sent twice at the same moment the second finds what the first has made."""
    if known := _sent_before(task):
        return known
    try:
        with transaction.atomic():
            return _made(by, task, given=given)
    except IntegrityError:
        if known := _sent_before(task):
            return known
        raise


def _sent_before(task: Task) -> Directive | None:
    found: Directive | None = Directive.objects.filter(submission_id=task.submission_id).first()
    return found


def _made(by: Actor, task: Task, *, given: bool) -> Directive:
    agencies = _agencies(task)
    giver = _giver(by, task, agencies)
    if given:
        require_give_as(by, giver)
    else:
        require_draft_for(by, giver)
    rules.require_due(task.due, clock.now())
    directive = Directive(
        code=_next_code(clock.now()),
        submission_id=task.submission_id,
        giver_agency=giver,
        drafter_id=row_of(by),
        drafter_label=label_of(by),
        drafted_at=clock.now(),
        changed_at=clock.now(),
        is_demo=task.is_demo,
        **_values(task, agencies, giver),
    )
    directive.save()
    _support(directive, agencies.supporting)
    if given:
        _put_in_force(by, directive)
    else:
        note(directive, "draft", by=by, giver=giver.name)
        record_entry(by=by, action="directives.draft", subject=about(directive), details=_told(directive))
        announce(DirectiveDrafted(directive.pk), subject=about(directive), by=by)
    return directive


def _agencies(task: Task) -> _Agencies:
    """Raises DirectiveAgencyNotOpen, LeadAlsoSupports, TooManySupporting."""
    wanted = rules.require_supporting(task.lead_id, task.supporting_ids)
    found = Agency.objects.in_bulk([task.lead_id, *wanted])
    for one in (task.lead_id, *wanted):
        require_open(found.get(one))
    return _Agencies(found[task.lead_id], tuple(found[one] for one in wanted))


def require_open(agency: Agency | None) -> Agency:
    """Raises DirectiveAgencyNotOpen."""
    if agency is None or agency.closed_on is not None:
        names = ", ".join(agency.successors.values_list("name", flat=True)) if agency else ""
        raise DirectiveAgencyNotOpen(names=names or "–")
    return agency


def _giver(by: Actor, task: Task, agencies: _Agencies) -> Agency:
    """In whose name: the one that was named, or the nearest in which the actor leads and that stands above them all.

    Raises NotYours, DirectiveAgencyNotOpen.
    """
    if task.giver_agency_id is not None:
        return require_open(Agency.objects.filter(pk=task.giver_agency_id).first())
    scopes = by.scopes(GIVE)
    if not scopes:
        raise NotYours(permission=GIVE)
    if EVERYWHERE in scopes:
        rows = Agency.objects.still_open().filter(kind=Agency.Kind.CITY_COMMITTEE)
        return require_open(rows.order_by("path").first())
    led = sorted(scopes, key=len, reverse=True)
    above = [path for path in led if all(one.path.startswith(path) for one in agencies.all)]
    # Where none stands above them all, the highest says which of them are beyond it.
    return require_open(Agency.objects.filter(path=(above or led[-1:])[0]).first())


def _values(task: Task, agencies: _Agencies, giver: Agency) -> dict[str, object]:
    """Raises the refusals of `rules`."""
    rules.require_under(giver.path, [(one.path, one.name) for one in agencies.all])
    source = rules.require_source(task.source)
    return {
        "title": rules.require_title(task.title),
        "content": rules.require_content(task.content),
        "lead": agencies.lead,
        "is_urgent": task.is_urgent,
        "term_days": task.due.working_days,
        "wanted_due_at": task.due.at,
        "source_kind": source.kind,
        "source_id": source.id,
        "source_label": source.label,
        "source_address": source.address,
    }


def _next_code(now: datetime) -> str:
    """`CD-2026-0012`: counted in each year, by one at a time."""
    year = local(now).year
    Numbering.objects.get_or_create(year=year)
    numbering = Numbering.objects.select_for_update().get(year=year)
    numbering.last += 1
    numbering.save(update_fields=["last"])
    return f"CD-{year}-{numbering.last:04}"


def _support(directive: Directive, agencies: Sequence[Agency]) -> None:
    Supporting.objects.bulk_create([Supporting(directive=directive, agency=one) for one in agencies])


def _told(directive: Directive) -> dict[str, object]:
    return {
        "code": directive.code,
        "lead": directive.lead.code,
        "due_at": directive.due_at.isoformat() if directive.due_at else "",
        "source": directive.source_kind,
    }


def _put_in_force(by: Actor, directive: Directive) -> None:
    now = clock.now()
    dates = deadlines.first(by, directive, now)
    before = step(directive, "give", giver_id=row_of(by), giver_label=label_of(by), **dates)
    note(directive, "give", by=by, due=str(dates["due_at"]), agency=directive.giver_agency)
    finish(by, directive, "give", before, DirectiveGiven(directive.pk), **_told(directive))


@transaction.atomic
def change_draft(*, by: Actor, directive_id: UUID, task: Task, version: int | None = None) -> Directive:
    """Another wording, other agencies, another term, while it is a draft. Where it came from stays.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused and the refusals of `rules`.
    """
    directive = locked(directive_id, version)
    require_change_draft(by, directive)
    rules.WORKFLOW.step(State(directive.state), "give")
    agencies = _agencies(task)
    rules.require_due(task.due, clock.now())
    values = _values(task, agencies, directive.giver_agency)
    kept = {name: value for name, value in values.items() if not name.startswith("source_")}
    changed = directive.take(kept)
    before = set(directive.supporting.values_list("agency_id", flat=True))
    if before != {one.pk for one in agencies.supporting}:
        directive.supporting.all().delete()
        _support(directive, agencies.supporting)
        changed = (*changed, "supporting")
    if changed:
        note(directive, "change_draft", by=by, fields=list(changed))
        change(by, directive, "change_draft", DirectiveChanged(directive.pk, "draft"), fields=list(changed))
    return directive


@transaction.atomic
def give_draft(*, by: Actor, directive_id: UUID, version: int | None = None) -> Directive:
    """The leader gives what was drafted. The term is counted from now.

    Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, DirectiveDatePast, DirectiveAgencyNotOpen.
    """
    directive = locked(directive_id, version)
    require_decide(by, directive)
    rules.WORKFLOW.step(State(directive.state), "give")
    for agency in (directive.lead, *(row.agency for row in directive.supporting.select_related("agency"))):
        require_open(agency)
    _put_in_force(by, directive)
    return directive


@transaction.atomic
def refuse_draft(*, by: Actor, directive_id: UUID, reason: str, version: int | None = None) -> Directive:
    """It is not given. Raises NotYours, DirectiveUnknown, ChangedMeanwhile, TransitionRefused, DirectiveWordsUnfit."""
    directive = locked(directive_id, version)
    require_decide(by, directive)
    said = rules.require_words(reason, SHORTEST_REASON)
    before = step(directive, "refuse_draft", closed_at=clock.now())
    note(directive, "refuse_draft", by=by, text=said)
    finish(by, directive, "refuse_draft", before, DraftRefused(directive.pk))
    return directive
