"""The unit at work: it starts, waits for others, plans, tells the reporter, shows what was done, and resolves it."""

from datetime import date
from uuid import UUID

from django.db import transaction

from songcau.foundation.calendar.queries import local
from songcau.foundation.files.actions import register_held
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.uses import Subject
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE, SUBJECT, neutral
from songcau.systems.citizen_reports.actions.merging import resolve_children
from songcau.systems.citizen_reports.actions.pictures import take_in_pictures
from songcau.systems.citizen_reports.actions.promising import promised, settle
from songcau.systems.citizen_reports.actions.record import (
    change,
    finish,
    locked,
    note,
    require_alone,
    require_words,
    step,
)
from songcau.systems.citizen_reports.actions.reporting import tell_if_named
from songcau.systems.citizen_reports.events import ReportChanged, ReporterAsked
from songcau.systems.citizen_reports.models import Attachment, Report
from songcau.systems.citizen_reports.permissions import require_handle
from songcau.systems.citizen_reports.rules import AttachmentKind, AttachmentState, State, Visibility

MOST_EVIDENCE = 20
WAITING_LIMIT = 500
_BEFORE = (AttachmentKind.PROBLEM, AttachmentKind.MORE, AttachmentKind.BEFORE)


class EvidenceUnfit(Refused):
    """Officials add pictures of before and of after, at most `most` to a report."""

    code = "EVIDENCE_UNFIT"


@transaction.atomic
def start_work(*, by: Actor, report_id: UUID, version: int | None = None) -> Report:
    """The unit is at it. Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused, ReportFollowsAnother."""
    report = locked(report_id, version)
    require_handle(by, report)
    require_alone(report)
    # One that was opened again goes on where it was, with a date of its own.
    again = promised(by, report, report.agency, report.clock_from) if report.agency else {}
    before = step(by, report, "start", started_at=clock.now(), **again)
    note(report, "start", by=by, visibility=Visibility.PUBLIC)
    finish(by, report, "start", before)
    return report


@transaction.atomic
def wait_outside(*, by: Actor, report_id: UUID, waiting_for: str, version: int | None = None) -> Report:
    """Somebody else must act first. The clock runs on. Raises NotYours, ReportUnknown, ChangedMeanwhile,
    TransitionRefused, ReportWordsMissing, ReportWordsTooLong.
    """
    report = locked(report_id, version)
    require_handle(by, report)
    said = require_words(waiting_for, WAITING_LIMIT)
    before = step(by, report, "wait_outside", waiting_for=said)
    note(report, "wait_outside", by=by, visibility=Visibility.PUBLIC, text=said)
    tell_if_named(report, said)
    finish(by, report, "wait_outside", before)
    return report


@transaction.atomic
def resume_work(*, by: Actor, report_id: UUID, version: int | None = None) -> Report:
    """The waiting is over. Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused."""
    report = locked(report_id, version)
    require_handle(by, report)
    before = step(by, report, "resume", waiting_for="", started_at=report.started_at or clock.now())
    note(report, "resume", by=by, visibility=Visibility.PUBLIC)
    finish(by, report, "resume", before)
    return report


@transaction.atomic
def plan_work(*, by: Actor, report_id: UUID, due_on: date, text: str, version: int | None = None) -> Report:
    """Say when it will be done and why not sooner; the promised date stays beside it.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, and the refusals of `rules.require_plan`.
    """
    report = locked(report_id, version)
    require_handle(by, report)
    said = rules.require_plan(State(report.state), due_on, text, today=local(clock.now()).date())
    if report.take({"plan_due_on": due_on, "plan_text": said}):
        note(report, "plan", by=by, visibility=Visibility.PUBLIC, text=said, on=due_on.isoformat())
        tell_if_named(report, said)
        change(by, report, "plan", ReportChanged(report.pk, "plan"), on=due_on.isoformat())
    return report


@transaction.atomic
def add_note(*, by: Actor, report_id: UUID, text: str) -> Report:
    """A line that officials read. Raises NotYours, ReportUnknown, ReportWordsMissing, ReportWordsTooLong."""
    report = locked(report_id)
    require_handle(by, report)
    note(report, "note", by=by, visibility=Visibility.STAFF, text=require_words(text))
    change(by, report, "note", ReportChanged(report.pk, "note"))
    return report


@transaction.atomic
def tell_reporter(*, by: Actor, report_id: UUID, text: str) -> Report:
    """A line that the reporter reads too; nobody learns by it who that is.

    Raises NotYours, ReportUnknown, ReportWordsMissing, ReportWordsTooLong.
    """
    report = locked(report_id)
    require_handle(by, report)
    entry = note(report, "tell_reporter", by=by, visibility=Visibility.REPORTER, text=require_words(text))
    change(by, report, "tell_reporter", ReporterAsked(report.pk, entry.pk))
    return report


@transaction.atomic
def add_evidence(*, by: Actor, report_id: UUID, kind: AttachmentKind, held: Held) -> Attachment:
    """A picture of before or of after, held before (`files.actions.hold_bytes` with the use `EVIDENCE`).

    Raises NotYours, ReportUnknown, ReportDone, EvidenceUnfit.
    """
    report = locked(report_id)
    require_handle(by, report)
    rules.require_open(State(report.state))
    there = report.attachments.filter(by_reporter=False).exclude(state=AttachmentState.REFUSED).count()
    if kind not in (AttachmentKind.BEFORE, AttachmentKind.AFTER) or there >= MOST_EVIDENCE:
        raise EvidenceUnfit(most=MOST_EVIDENCE)
    register_held(by=by, use=EVIDENCE, subject=Subject(SUBJECT, report.pk), held=neutral(held, there + 1))
    added: Attachment = Attachment.objects.create(
        report=report,
        kind=kind,
        upload_id=held.upload_id,
        is_picture=held.media_type.startswith("image/"),
        by_reporter=False,
        at=clock.now(),
    )
    note(report, "add_evidence", by=by, visibility=Visibility.STAFF, kind=str(kind))
    change(by, report, "add_evidence", ReportChanged(report.pk, "pictures"), kind=str(kind))
    return added


def resolve_report(*, by: Actor, report_id: UUID, closing_text: str, version: int | None = None) -> Report:
    """Say what was done. Pictures that have not been looked into yet are taken in first; those that hang on it follow.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused, ReportFollowsAnother, and the refusals of
    `rules.require_closing`.
    """
    require_handle(by, _seen(report_id))
    take_in_pictures(by=SYSTEM, report_id=report_id)
    with transaction.atomic():
        report = locked(report_id, version)
        require_handle(by, report)
        require_alone(report)
        said = rules.require_closing(
            closing_text,
            report_text=report.text,
            has_before=_has(report, *_BEFORE),
            has_after=_has(report, AttachmentKind.AFTER),
            needs_photo=report.category.needs_photo_after,
        )
        before = step(by, report, "resolve", resolved_at=clock.now(), closing_text=said, waiting_for="")
        settle(by, report)
        note(report, "resolve", by=by, visibility=Visibility.PUBLIC, text=said)
        tell_if_named(report, said)
        late = report.due_at is not None and clock.now() > report.due_at
        finish(by, report, "resolve", before, late=late)
        resolve_children(report)
    return report


def _seen(report_id: UUID) -> Report:
    with transaction.atomic():
        return locked(report_id)


def _has(report: Report, *kinds: AttachmentKind) -> bool:
    """A picture that the worker is at just now counts; one that was refused does not."""
    return report.attachments.filter(kind__in=kinds).exclude(state=AttachmentState.REFUSED).exists()
