"""Reports of a register that is taken over come with their own history: when they came, were due, and were closed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.record import change, locked, note
from songcau.systems.citizen_reports.events import ReportChanged
from songcau.systems.citizen_reports.rules import State, Visibility


@dataclass(frozen=True, slots=True)
class History:
    """How a report stands in the register it comes from; None where it says nothing."""

    due_at: datetime | None = None
    closed_at: datetime | None = None
    is_closed: bool = False
    notes: str = ""
    is_public: bool = False


@transaction.atomic
def take_over_history(*, by: Actor, report_id: UUID, history: History) -> None:
    """Set what the other register says, once, while nobody here has begun with it. Raises ReportUnknown.

    The workflow is not walked through: its steps were taken elsewhere, and the timeline says so.
    """
    report = locked(report_id)
    if report.state != State.NEW:
        return
    if history.due_at is not None:
        report.due_at = report.first_due_at = history.due_at
        report.thrice_due_at = rules.thrice_due_at(report.received_at, history.due_at)
    if history.is_closed:
        report.state = State.CLOSED
        report.closed_at = report.resolved_at = history.closed_at or report.received_at
        report.closing_text = history.notes
    if history.is_public and not report.is_private:
        report.published_at = report.received_at
    note(report, "take_over", by=by, visibility=Visibility.STAFF, closed=history.is_closed)
    change(by, report, "take_over_history", ReportChanged(report.pk, "history"), closed=history.is_closed)
