"""By when a report is to be handled: promised once through the calendar, kept whoever has the report since."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.deadlines import Method
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.public import (
    PromisedFor,
    cancel_promise,
    promise_date,
    promises_of,
    settle_promise,
)
from songcau.foundation.calendar.rules import PromiseState
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.evidence import SUBJECT
from songcau.systems.citizen_reports.actions.record import change, locked, note
from songcau.systems.citizen_reports.events import ReportChanged
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.rules import Visibility


def promised(by: Actor, report: Report, agency: Agency, since: datetime) -> dict[str, object]:
    """What changes on the report when an agency gets it: a date counted from `since`, if none is promised yet.

    One that is open is kept: another agency gets no new one. Raises the refusals of `calendar.deadlines`.
    """
    if _open_promise(report) is not None:
        return {}
    made = promise_date(
        by=by,
        subject=PromisedFor(SUBJECT, report.pk, rules.shown_code(report.code)),
        agency_id=agency.pk,
        received_at=since,
        term=rules.term_of(Method(report.category.term_method), report.category.term_amount),
    )
    return {
        "promise_id": made.pk,
        "due_at": made.due_at,
        "first_due_at": report.first_due_at or made.due_at,
        "thrice_due_at": rules.thrice_due_at(since, made.due_at),
        "due_explained": made.explained,
    }


def settle(by: Actor, report: Report) -> None:
    """What was promised is done."""
    if promise := _open_promise(report):
        settle_promise(by=by, promise_id=promise.pk)


def cancel(by: Actor, report: Report) -> None:
    """Nobody waits for it any more."""
    if promise := _open_promise(report):
        cancel_promise(by=by, promise_id=promise.pk)


@transaction.atomic
def note_moved_date(*, by: Actor, report_id: UUID, due_at: datetime) -> None:
    """A person moved the promised date because the calendar changed: the report is due then. Safe to repeat.

    The date first promised stays in sight. Raises ReportUnknown.
    """
    report = locked(report_id)
    promise = _open_promise(report)
    if promise is None or report.due_at == due_at:
        return
    moved = {
        "due_at": due_at,
        "thrice_due_at": rules.thrice_due_at(report.clock_from, due_at),
        "due_explained": promise.explained,
    }
    report.take(moved)
    note(report, "move_date", by=by, visibility=Visibility.PUBLIC, due=due_at.isoformat())
    change(by, report, "move_date", ReportChanged(report.pk, "due"), due_at=due_at.isoformat())


def _open_promise(report: Report) -> Promise | None:
    found: Promise | None = promises_of(SUBJECT, report.pk).filter(state=PromiseState.OPEN).first()
    return found
