"""The calendar is changed: hours, decrees and closures are set and withdrawn. No promised date moves by it."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.events import CalendarChanged
from songcau.foundation.calendar.models import Change, Closure, Dated, Decree, OfficeHours
from songcau.foundation.calendar.numbering import SUBJECT, one_at_a_time
from songcau.foundation.calendar.planning import Plan, plan_closure, plan_decree, plan_hours, plan_withdrawal
from songcau.foundation.calendar.queries import latest_change
from songcau.foundation.calendar.rules import DAY_MINUTES, ChangeKind, Window
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor

ACTIONS = {
    ChangeKind.HOURS_SET: "calendar.set_hours",
    ChangeKind.HOURS_WITHDRAWN: "calendar.withdraw_hours",
    ChangeKind.DECREE_RECORDED: "calendar.record_decree",
    ChangeKind.DECREE_WITHDRAWN: "calendar.withdraw_decree",
    ChangeKind.AGENCY_CLOSED: "calendar.close_agency",
    ChangeKind.AGENCY_REOPENED: "calendar.reopen_agency",
    ChangeKind.AGENCY_MOVED: "calendar.note_moved_agency",
}


@transaction.atomic
def set_hours(
    *,
    by: Actor,
    agency_id: UUID,
    valid_from: date,
    valid_to: date | None,
    days: Sequence[Sequence[Window]],
    decreed: Sequence[Window],
) -> OfficeHours:
    """Hours of an agency from a day on, over those it had. Raises what `planning.plan_hours` raises."""
    one_at_a_time()
    plan = plan_hours(by=by, agency_id=agency_id, valid_from=valid_from, valid_to=valid_to, days=days, decreed=decreed)
    row = _set(by, plan)
    assert isinstance(row, OfficeHours)  # noqa: S101
    return row


def withdraw_hours(*, by: Actor, hours_id: UUID, reason: str) -> None:
    """They hold no longer, and those before them again. Raises what `planning.plan_withdrawal` raises."""
    _withdraw(by, ChangeKind.HOURS_WITHDRAWN, hours_id, reason)


@transaction.atomic
def record_decree(
    *,
    by: Actor,
    agency_id: UUID | None,
    document: str,
    document_on: date,
    reason: str,
    reason_en: str = "",
    off: Sequence[date] = (),
    worked: Sequence[date] = (),
    settles_year: int | None = None,
) -> Decree:
    """Days off or worked by a document, for the country (no agency) or for an agency and all under it.

    Raises what `planning.plan_decree` raises.
    """
    one_at_a_time()
    plan = plan_decree(
        by=by,
        agency_id=agency_id,
        document=document,
        document_on=document_on,
        reason=reason,
        reason_en=reason_en,
        off=off,
        worked=worked,
        settles_year=settles_year,
    )
    row = _set(by, plan)
    assert isinstance(row, Decree)  # noqa: S101
    return row


def withdraw_decree(*, by: Actor, decree_id: UUID, reason: str) -> None:
    """The days are as before it. Raises what `planning.plan_withdrawal` raises."""
    _withdraw(by, ChangeKind.DECREE_WITHDRAWN, decree_id, reason)


@transaction.atomic
def close_agency(
    *,
    by: Actor,
    agency_id: UUID,
    first_on: date,
    last_on: date,
    reason: str,
    document: str = "",
    from_minute: int = 0,
    to_minute: int = DAY_MINUTES,
    below: bool = False,
) -> Closure:
    """Closed for a while, with those under it or alone. Raises what `planning.plan_closure` raises."""
    one_at_a_time()
    plan = plan_closure(
        by=by,
        agency_id=agency_id,
        first_on=first_on,
        last_on=last_on,
        reason=reason,
        document=document,
        from_minute=from_minute,
        to_minute=to_minute,
        below=below,
    )
    row = _set(by, plan)
    assert isinstance(row, Closure)  # noqa: S101
    return row


def reopen_agency(*, by: Actor, closure_id: UUID, reason: str) -> None:
    """The closure does not hold. Raises what `planning.plan_withdrawal` raises."""
    _withdraw(by, ChangeKind.AGENCY_REOPENED, closure_id, reason)


@transaction.atomic
def note_moved_agency(*, by: Actor, agency_id: UUID) -> None:
    """An agency stands under another now, and may have got other hours by it from today on."""
    one_at_a_time()
    agency = Agency.objects.get(pk=agency_id)
    change = _changed(by, ChangeKind.AGENCY_MOVED, agency, clock.today(), None, "", "")
    _tell(by, change)


@transaction.atomic
def _withdraw(by: Actor, kind: ChangeKind, row_id: UUID, reason: str) -> None:
    one_at_a_time()
    plan = plan_withdrawal(by=by, kind=kind, row_id=row_id, reason=reason)
    plan.row.until = _recorded(by, plan)
    plan.row.save(update_fields=["until"])
    _tell(by, plan.row.until, row=str(row_id))


def _set(by: Actor, plan: Plan) -> Dated:
    plan.row.since = _recorded(by, plan)
    plan.row.save(force_insert=True)
    _tell(by, plan.row.since, row=str(plan.row.pk))
    return plan.row


def _recorded(by: Actor, plan: Plan) -> Change:
    return _changed(by, plan.kind, plan.agency, plan.first_on, plan.last_on, plan.document, plan.reason)


def _changed(
    by: Actor, kind: ChangeKind, agency: Agency | None, first_on: date, last_on: date | None, document: str, reason: str
) -> Change:
    change: Change = Change.objects.create(
        number=latest_change() + 1,
        kind=kind,
        agency=agency,
        first_on=first_on,
        last_on=last_on,
        document=document,
        reason=reason,
        by_id=by.id,
        by_label=by.label[:200],
        at=clock.now(),
    )
    return change


def _tell(by: Actor, change: Change, **more: object) -> None:
    details = {
        "change": change.number,
        "agency": change.agency.code if change.agency else "",
        "first_on": change.first_on.isoformat(),
        "last_on": change.last_on.isoformat() if change.last_on else "",
        "document": change.document,
        "reason": change.reason,
        **more,
    }
    about = f"calendar.change:{change.number}"
    record_entry(by=by, action=ACTIONS[ChangeKind(change.kind)], subject=about, details=details)
    event = CalendarChanged(change.number, change.kind, change.agency_id, change.first_on, change.last_on)
    announce(event, subject=SUBJECT, by=by)
