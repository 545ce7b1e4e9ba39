"""Whom news of a report concerns: those at work in the city, and the account it was sent from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.queries import holders_of
from songcau.systems.citizen_reports.models import Entry, Report, Reporter
from songcau.systems.citizen_reports.queries.terms import centre
from songcau.systems.citizen_reports.rules import MOST_ESCALATION, State, shown_code

HANDLE = "citizen_reports.handle_reports"
MODERATE = "citizen_reports.moderate"
SPOT_CHECK = "citizen_reports.spot_check"


@dataclass(frozen=True, slots=True)
class ReportFacts:
    """What others may be told of a report; nothing of who sent it."""

    id: UUID
    code: str
    state: State
    is_urgent: bool
    agency_id: UUID | None
    agency: str
    due_at: datetime
    escalation: int


def facts_of(report_id: UUID) -> ReportFacts | None:
    """`code` as it is read out; `agency` the centre's name where no unit has it; `due_at` when the centre must have
    looked at it, where nothing is promised yet.
    """
    report = Report.objects.filter(pk=report_id).select_related("agency").first()
    if report is None:
        return None
    agency = report.agency or centre()
    return ReportFacts(
        report.pk,
        shown_code(report.code),
        State(report.state),
        report.urgency == "URGENT",
        report.agency_id,
        agency.name if agency else "",
        report.due_at or report.verify_due_at,
        report.escalation,
    )


def desk() -> list[UUID]:
    """Who works at the centre's desk."""
    there = centre()
    return holders_of(MODERATE, there.path) if there else []


def handlers_of(report_id: UUID) -> list[UUID]:
    """The officer who has it; else all who handle reports in the unit that has it; else the desk."""
    report = Report.objects.filter(pk=report_id).select_related("agency").first()
    if report is None or report.agency is None:
        return desk()
    there = holders_of(HANDLE, report.agency.path)
    return [report.officer_id] if report.officer_id in there else there


def concerned_by_lateness(report_id: UUID, level: int) -> list[UUID]:
    """1: the unit with its head; 2: the city's desk; 3: the leaders of the city."""
    if level >= MOST_ESCALATION:
        return leaders(report_id)
    if level > 1:
        return desk()
    report = Report.objects.filter(pk=report_id).select_related("agency").first()
    return holders_of(HANDLE, report.agency.path) if report and report.agency else desk()


def leaders(report_id: UUID) -> list[UUID]:
    """Who checks what its unit closed: the leaders over it, or those over the centre."""
    report = Report.objects.filter(pk=report_id).select_related("agency").first()
    over: Agency | None = (report.agency if report else None) or centre()
    return holders_of(SPOT_CHECK, over.path) if over else []


def account_of_reporter(report_id: UUID) -> UUID | None:
    """Whose notices tell of it; for `notify` alone. None without an account."""
    found: UUID | None = Reporter.objects.filter(report=report_id).values_list("person_id", flat=True).first()
    return found


def step_of(entry_id: UUID) -> str:
    """Of a line of a timeline; empty when there is no such line."""
    return Entry.objects.filter(pk=entry_id).values_list("step", flat=True).first() or ""
