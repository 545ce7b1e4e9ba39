"""How a report ends: closed by its reporter, by time or by the centre, checked again by a leader; and what is late."""

import hmac
import math
from datetime import datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

from django.conf import settings
from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.queries import instant, local
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import plain
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.merging import close_children, reopen_children
from songcau.systems.citizen_reports.actions.promising import promised
from songcau.systems.citizen_reports.actions.record import (
    change,
    finish,
    locked,
    note,
    require_words,
    step,
)
from songcau.systems.citizen_reports.events import ReportChanged, ReportEscalated
from songcau.systems.citizen_reports.models import Report, SpotCheck
from songcau.systems.citizen_reports.permissions import require_moderate, require_spot_check
from songcau.systems.citizen_reports.rules import NOTE_LIMIT, REOPEN_WITHIN, State, Verdict, Visibility

# "Leaders check 5 % of closed reports."
CHECKED_PART = 0.05
AT_ONCE = 500


class SpotCheckMissing(Refused):
    """It was not drawn."""

    code = "SPOT_CHECK_MISSING"


class SpotCheckDone(Refused):
    """Somebody has looked at it already."""

    code = "SPOT_CHECK_DONE"
    conflict = True


@transaction.atomic
def close_report(*, by: Actor, report_id: UUID, version: int | None = None) -> Report:
    """The centre closes what is resolved, before its days are over. Raises NotYours, ReportUnknown, ChangedMeanwhile,
    TransitionRefused.
    """
    require_moderate(by)
    report = locked(report_id, version)
    closed_with_children(by, report, "close")
    return report


def closed_with_children(by: Actor, report: Report, name: str) -> None:
    """Take the closing step of that name; those that hang on the report follow. Inside the caller's transaction."""
    before = step(by, report, name, closed_at=clock.now())
    note(report, name, by=by, visibility=Visibility.PUBLIC)
    finish(by, report, name, before)
    close_children(report)


def reopened(by: Actor, report: Report, name: str, **values: object) -> None:
    """Take the reopening step of that name: a new clock begins now, with the agency that has it."""
    now = clock.now()
    fresh: dict[str, object] = {
        "reopened_at": now,
        "reopenings": report.reopenings + 1,
        "escalation": 0,
        "nudged_at": None,
        "closed_at": None,
        "due_at": None,
        "thrice_due_at": None,
        "promise_id": None,
        "plan_due_on": None,
        "plan_text": "",
        # A report that was opened again stands for itself.
        "parent_id": None,
    }
    if report.agency is not None:
        fresh |= promised(by, report, report.agency, now)
    before = step(by, report, name, **fresh, **values)
    finish(by, report, name, before)
    reopen_children(report)


def close_after_days(*, by: Actor) -> int:
    """What its reporter can no longer have opened again is closed; how many were."""
    now = clock.now()
    waiting = Report.objects.filter(state=State.RESOLVED, parent=None, resolved_at__lt=now - REOPEN_WITHIN)
    return sum(
        _closed_by_time(by, pk, now) for pk in list(waiting.order_by("pk").values_list("pk", flat=True)[:AT_ONCE])
    )


@transaction.atomic
def _closed_by_time(by: Actor, report_id: UUID, now: datetime) -> bool:
    report = locked(report_id)
    at = report.resolved_at
    if report.state != State.RESOLVED or at is None or not rules.closes_by_time(at, now):
        return False
    closed_with_children(by, report, "close_after_days")
    return True


@transaction.atomic
def choose_spot_checks(*, by: Actor) -> int:
    """Draw, once a week, 5 % of what was closed in the week before (Monday to Sunday), at least one; how many.

    The draw follows from the city's key and each report's id alone: nobody can steer it, everybody with the key can
    repeat it.
    """
    today = local(clock.now()).date()
    monday = today - timedelta(days=today.weekday())
    begin, end = (instant(datetime.combine(on, time())) for on in (monday - timedelta(days=7), monday))
    if SpotCheck.objects.filter(chosen_at__gte=end).exists():
        return 0
    closed = Report.objects.filter(state=State.CLOSED, parent=None, spot_check=None)
    ids = list(closed.filter(closed_at__gte=begin, closed_at__lt=end).values_list("pk", flat=True))
    drawn = sorted(ids, key=lambda pk: _lot(monday.isoformat(), pk))[: math.ceil(len(ids) * CHECKED_PART)]
    for report_id in drawn:
        SpotCheck.objects.create(report_id=report_id, chosen_at=clock.now())
        report = locked(report_id)
        note(report, "choose_spot_check", by=by, visibility=Visibility.STAFF)
        change(by, report, "choose_spot_check", ReportChanged(report.pk, "drawn"))
    if drawn:
        details = {"week": monday.isoformat(), "closed": len(ids), "drawn": len(drawn)}
        about_them = "citizen_reports.spot_checks"
        record_entry(by=by, action="citizen_reports.choose_spot_checks", subject=about_them, details=details)
    return len(drawn)


@transaction.atomic
def record_spot_check(
    *, by: Actor, report_id: UUID, verdict: Verdict, text: str = "", version: int | None = None
) -> Report:
    """A leader has looked at it again. A bad one is opened again, which does not use up the reporter's own chance.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, SpotCheckMissing, SpotCheckDone, ReportWordsMissing (a bad one
    says why), ReportWordsTooLong, TransitionRefused.
    """
    report = locked(report_id, version)
    require_spot_check(by, report)
    check: SpotCheck | None = SpotCheck.objects.select_for_update().filter(report=report).first()
    if check is None:
        raise SpotCheckMissing
    if check.verdict:
        raise SpotCheckDone
    said = require_words(text) if verdict is Verdict.BAD or plain(text).strip() else ""
    check.verdict, check.note, check.by_label, check.done_at = verdict, said[:NOTE_LIMIT], by.label[:200], clock.now()
    check.save()
    note(report, "spot_check", by=by, visibility=Visibility.STAFF, text=said, verdict=str(verdict))
    change(by, report, "spot_check", ReportChanged(report.pk, "spot_check"), verdict=str(verdict))
    # The reporter may have been faster: then it is open already.
    if verdict is Verdict.BAD and not report.is_open:
        note(report, "fail_spot_check", by=by, visibility=Visibility.PUBLIC)
        reopened(by, report, "fail_spot_check")
    return report


def escalate_late(*, by: Actor) -> int:
    """Tell one level higher of what is late: the unit's head, then the city, then its leaders; how many were raised.

    What the centre has not verified or handed out by its own term is late too: it is told in the unit's place.
    """
    now = clock.now()
    late = Report.objects.late_anywhere(now).filter(escalation__lt=rules.MOST_ESCALATION).order_by("pk")
    facts = late.values_list("pk", "received_at", "reopened_at", "asked_at", "escalation")
    raised = [
        pk
        for pk, received_at, reopened_at, asked_at, level in facts.iterator(AT_ONCE)
        if rules.escalation_due(now, reopened_at or received_at, asked_at, level) is not None
    ]
    return sum(_raised(by, pk, now) for pk in raised)


@transaction.atomic
def _raised(by: Actor, report_id: UUID, now: datetime) -> bool:
    report = locked(report_id)
    # Meanwhile it may be done, or hang on another report.
    is_late = Report.objects.late_anywhere(now).filter(pk=report.pk).exists()
    level = rules.escalation_due(now, report.clock_from, report.asked_at, report.escalation) if is_late else None
    if level is None:
        return False
    report.take({"escalation": level})
    note(report, "escalate", by=by, visibility=Visibility.STAFF, level=level)
    change(by, report, "escalate", ReportEscalated(report.pk, level), level=level)
    return True


def _lot(week: str, report_id: UUID) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), f"{week}:{report_id}".encode(), sha256).hexdigest()
