"""What a reporter can still do: answer, add, rate, have it opened again, take it back, be forgotten, remind.

Everywhere `by` is the pseudonymous actor of `reporting.reporter_of_code` or `reporter_of_account`, never the person.
"""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from songcau.foundation.files.actions import register_held
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.uses import Subject
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.closing import closed_with_children, reopened
from songcau.systems.citizen_reports.actions.evidence import (
    EVIDENCE,
    EVIDENCE_WITH_ORIGINAL,
    MOST_PICTURES,
    SUBJECT,
    neutral,
)
from songcau.systems.citizen_reports.actions.merging import loosen_children
from songcau.systems.citizen_reports.actions.originals import drop_originals
from songcau.systems.citizen_reports.actions.promising import cancel
from songcau.systems.citizen_reports.actions.record import about, change, finish, locked, note, require_words, step
from songcau.systems.citizen_reports.actions.reporting import masked, own_reporter
from songcau.systems.citizen_reports.actions.showing import take_back
from songcau.systems.citizen_reports.actions.submitting import TooManyPictures
from songcau.systems.citizen_reports.events import ReportChanged, ReportNudged, ReportRated
from songcau.systems.citizen_reports.models import Attachment, Report, Reporter
from songcau.systems.citizen_reports.permissions import may_moderate
from songcau.systems.citizen_reports.rules import AttachmentKind, AttachmentState, State, Visibility

# Of all that a reporter sends to one report, over time.
MOST_OF_ALL = 3 * MOST_PICTURES


@transaction.atomic
def answer_question(*, by: Actor, report_id: UUID, text: str, pictures: Sequence[Held] = ()) -> Report:
    """Answer what was asked, with words and perhaps pictures that were held before.

    Raises ReportUnknown, NotYours, TransitionRefused, TooManyPictures, ReportWordsMissing, ReportWordsTooLong.
    """
    report = locked(report_id)
    reporter = own_reporter(by, report)
    said = masked(reporter, require_words(text))
    name = "answer_first" if report.state == State.WAITING_REPORTER_FIRST else "reporter_answered"
    before = step(by, report, name)
    _add_pictures(by, report, reporter, pictures)
    note(report, name, by=by, visibility=Visibility.REPORTER, text=said, pictures=len(pictures))
    finish(by, report, name, before, pictures=len(pictures))
    return report


@transaction.atomic
def add_more(*, by: Actor, report_id: UUID, text: str = "", pictures: Sequence[Held] = ()) -> Report:
    """Add words or pictures to what is still being handled.

    Raises ReportUnknown, NotYours, ReportDone, TooManyPictures, ReportWordsMissing, ReportWordsTooLong.
    """
    report = locked(report_id)
    reporter = own_reporter(by, report)
    rules.require_open(State(report.state))
    said = masked(reporter, require_words(text)) if text.strip() or not pictures else ""
    _add_pictures(by, report, reporter, pictures)
    note(report, "add_more", by=by, visibility=Visibility.REPORTER, text=said, pictures=len(pictures))
    change(by, report, "add_more", ReportChanged(report.pk, "more"), pictures=len(pictures))
    return report


@transaction.atomic
def rate_report(*, by: Actor, report_id: UUID, rating: int, text: str = "") -> Report:
    """Say once how it went, 1 to 5; whoever is content closes it by that.

    Raises ReportUnknown, NotYours, and the refusals of `rules.require_rating`.
    """
    report = locked(report_id)
    reporter = own_reporter(by, report)
    said = rules.require_rating(State(report.state), rating, text, rated=report.rating is not None)
    shown = masked(reporter, said) if said else ""
    before = step(by, report, "rate", rating=rating, rating_text=shown, rated_at=clock.now())
    note(report, "rate", by=by, visibility=Visibility.REPORTER, text=shown, rating=rating)
    finish(by, report, "rate", before, rating=rating)
    announce(ReportRated(report.pk, rating), subject=about(report), by=by)
    if rules.closes_by_rating(rating) and report.state == State.RESOLVED:
        closed_with_children(by, report, "close_content")
    return report


@transaction.atomic
def reopen_report(*, by: Actor, report_id: UUID, text: str, pictures: Sequence[Held] = ()) -> Report:
    """It is not solved: once, within seven days. A new term begins with the same agency.

    Raises ReportUnknown, NotYours, TooManyPictures, the refusals of `rules.require_reopen`, `require_reopen_reason`.
    """
    report = locked(report_id)
    reporter = own_reporter(by, report)
    state, resolved_at, now = State(report.state), report.resolved_at, clock.now()
    rules.require_reopen(state, resolved_at, now, reopened_by_reporter=report.reopened_by_reporter)
    said = masked(reporter, rules.require_reopen_reason(text))
    _add_pictures(by, report, reporter, pictures)
    note(report, "reopen", by=by, visibility=Visibility.PUBLIC)
    note(report, "reopen_reason", by=by, visibility=Visibility.REPORTER, text=said, pictures=len(pictures))
    reopened(by, report, "reopen", reopened_by_reporter=True)
    return report


@transaction.atomic
def withdraw_report(*, by: Actor, report_id: UUID, forget: bool = False) -> Report:
    """Take it back as long as nobody is at it; the public sees it no more. `forget`: and the contacts with it.

    Raises ReportUnknown, NotYours, WithdrawTooLate.
    """
    report = locked(report_id)
    reporter = own_reporter(by, report)
    rules.require_withdraw(State(report.state))
    before = step(by, report, "withdraw", closed_at=clock.now(), **take_back(by, report))
    cancel(by, report)
    loosen_children(by, report)
    note(report, "withdraw", by=by, visibility=Visibility.REPORTER)
    finish(by, report, "withdraw", before)
    if forget:
        _forget(by, report, reporter)
    return report


@transaction.atomic
def forget_reporter(*, by: Actor, report_id: UUID) -> Report:
    """Empty who reported: name, telephone, e-mail, account, the text and the pictures as they were sent. The report
    goes on, with the cleaned pictures.

    What the sender is known by for limits on abuse stays: a keyed hash that tells nobody. Code and secret still open
    it. Raises ReportUnknown, NotYours.
    """
    report = locked(report_id)
    _forget(by, report, own_reporter(by, report))
    return report


@transaction.atomic
def nudge_report(*, by: Actor, report_id: UUID) -> Report:
    """Remind who has it: the reporter once a day when it is late, the centre whenever it likes.

    Raises ReportUnknown, NotYours, ReportDone, and the refusals of `rules.require_nudge`.
    """
    report = locked(report_id)
    by_centre = may_moderate(by)
    if not by_centre:
        own_reporter(by, report)
    rules.require_open(State(report.state))
    now, due_at = clock.now(), report.due_at or report.verify_due_at
    rules.require_nudge(now, due_at, report.nudged_at, by_centre=by_centre)
    report.nudged_at, report.nudges = now, report.nudges + 1
    note(report, "nudge", by=by, visibility=Visibility.REPORTER)
    change(by, report, "nudge", ReportNudged(report.pk, not by_centre), by_centre=by_centre)
    return report


def _add_pictures(by: Actor, report: Report, reporter: Reporter, pictures: Sequence[Held]) -> None:
    if not pictures:
        return
    own = report.attachments.filter(by_reporter=True).exclude(state=AttachmentState.REFUSED).count()
    if len(pictures) > MOST_PICTURES or own + len(pictures) > MOST_OF_ALL:
        raise TooManyPictures(most=MOST_PICTURES)
    use = EVIDENCE_WITH_ORIGINAL if reporter.keeps_original else EVIDENCE
    for number, held in enumerate(pictures, start=own + 1):
        register_held(by=by, use=use, subject=Subject(SUBJECT, report.pk), held=neutral(held, number))
        Attachment.objects.create(
            report=report,
            kind=AttachmentKind.MORE,
            upload_id=held.upload_id,
            is_picture=held.media_type.startswith("image/"),
            at=clock.now(),
        )
    announce(ReportChanged(report.pk, "pictures"), subject=about(report), by=by)


def _forget(by: Actor, report: Report, reporter: Reporter) -> None:
    reporter.person_id = None
    reporter.name = reporter.phone = reporter.email = reporter.text_as_sent = ""
    reporter.hide_name, reporter.keeps_original = True, False
    reporter.forgotten_at = reporter.forgotten_at or clock.now()
    reporter.save()
    drop_originals(report.pk)
    note(report, "forget_reporter", by=by, visibility=Visibility.CENTRE)
    change(by, report, "forget_reporter", ReportChanged(report.pk, "reporter"))
