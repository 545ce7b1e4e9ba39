"""Who handles it: an agency, and in it perhaps an officer. The date is promised once and goes along."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.calendar.queries import local
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports.actions.promising import promised
from songcau.systems.citizen_reports.actions.record import (
    change,
    finish,
    locked,
    note,
    require_alone,
    require_words,
    step,
)
from songcau.systems.citizen_reports.events import ReportChanged
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.permissions import HANDLE, require_handle, require_moderate
from songcau.systems.citizen_reports.queries.placing import placed
from songcau.systems.citizen_reports.queries.routing import in_its_place, suggest_agency
from songcau.systems.citizen_reports.rules import WORKFLOW, State, Visibility

__all__ = [
    "AgencyNotOpen",
    "OfficerUnfit",
    "SameAgency",
    "assign_report",
    "follow_closed_agencies",
    "hand_to_officer",
    "reroute_report",
    "return_to_centre",
    "suggest_agency",
    "take_report",
]


class AgencyNotOpen(Refused):
    """It was closed, and more than one came after it; `names` of those."""

    code = "REPORT_AGENCY_NOT_OPEN"


class SameAgency(Refused):
    """It has the report already."""

    code = "REPORT_SAME_AGENCY"
    conflict = True


class OfficerUnfit(Refused):
    """Nobody who handles reports in that agency."""

    code = "REPORT_OFFICER_UNFIT"


@transaction.atomic
def assign_report(
    *, by: Actor, report_id: UUID, agency_id: UUID, officer_id: UUID | None = None, version: int | None = None
) -> Report:
    """Give an accepted report to an agency. The term runs by its calendar, counted from the receipt.

    An agency closed meanwhile stands for the one that came after it. Raises NotYours, ReportUnknown, ChangedMeanwhile,
    TransitionRefused, ReportFollowsAnother, AgencyNotOpen, OfficerUnfit, the refusals of `calendar.deadlines`.
    """
    require_moderate(by)
    report = locked(report_id, version)
    require_alone(report)
    agency = _open(report, agency_id)
    values = {
        "agency": agency,
        "assigned_at": clock.now(),
        **_officer(agency, officer_id),
        **promised(by, report, agency, report.clock_from),
    }
    if report.due_at is None:
        # That the centre was late is told; from here the unit's own term counts.
        values["escalation"] = 0
    before = step(by, report, "assign", **values)
    due = report.due_at.isoformat() if report.due_at else ""
    note(report, "assign", by=by, visibility=Visibility.PUBLIC, to=agency.name, due=due)
    finish(by, report, "assign", before, agency=agency.code, due_at=due)
    return report


@transaction.atomic
def reroute_report(
    *,
    by: Actor,
    report_id: UUID,
    agency_id: UUID,
    reason: str,
    officer_id: UUID | None = None,
    version: int | None = None,
) -> Report:
    """Give it to another agency; the first clock and the first date stay.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused, ReportFollowsAnother, AgencyNotOpen,
    SameAgency, OfficerUnfit, ReportWordsMissing, ReportWordsTooLong.
    """
    require_moderate(by)
    report = locked(report_id, version)
    require_alone(report)
    agency, was = _open(report, agency_id), report.agency
    if was is not None and agency.pk == was.pk:
        raise SameAgency
    said = require_words(reason)
    values = {"agency": agency, "assigned_at": clock.now(), **_officer(agency, officer_id), **_HANDED_ON}
    before = step(by, report, "reroute", **values)
    note(report, "reroute", by=by, visibility=Visibility.PUBLIC, to=agency.name, was=was.name if was else "")
    note(report, "reroute_reason", by=by, visibility=Visibility.STAFF, text=said)
    finish(by, report, "reroute", before, agency=agency.code, was=was.code if was else "")
    return report


@transaction.atomic
def return_to_centre(*, by: Actor, report_id: UUID, reason: str, version: int | None = None) -> Report:
    """It is not this unit's: the centre decides anew. The clock runs on.

    Raises NotYours, ReportUnknown, ChangedMeanwhile, TransitionRefused, ReportWordsMissing, ReportWordsTooLong.
    """
    report = locked(report_id, version)
    require_handle(by, report)
    said, was = require_words(reason), report.agency
    before = step(by, report, "return_to_centre", agency=None, **_NO_OFFICER, **_HANDED_ON)
    name = was.name if was else ""
    note(report, "return_to_centre", by=by, visibility=Visibility.STAFF, text=said, was=name)
    finish(by, report, "return_to_centre", before, was=was.code if was else "")
    return report


@transaction.atomic
def take_report(*, by: Actor, report_id: UUID, version: int | None = None) -> Report:
    """An officer of the unit takes it as theirs. Raises NotYours, ReportUnknown, ChangedMeanwhile."""
    report = locked(report_id, version)
    if report.agency is None or not by.may(HANDLE, within=report.agency.path):
        raise NotYours(permission=HANDLE)
    return _handed(by, report, {"officer_id": by.id, "officer_label": by.label[:200]})


@transaction.atomic
def hand_to_officer(*, by: Actor, report_id: UUID, officer_id: UUID, version: int | None = None) -> Report:
    """Give it to an officer of the unit. Raises NotYours, ReportUnknown, ChangedMeanwhile, OfficerUnfit."""
    report = locked(report_id, version)
    require_handle(by, report)
    if report.agency is None:
        raise OfficerUnfit
    return _handed(by, report, _officer(report.agency, officer_id))


def follow_closed_agencies(*, by: Actor) -> int:
    """Reports of agencies that are closed go to what came after them, or back to the centre; how many went."""
    today = local(clock.now()).date()
    stranded = Report.objects.still_open().filter(agency__closed_on__lte=today).order_by("pk")
    return sum(_followed(by, pk) for pk in list(stranded.values_list("pk", flat=True)))


@transaction.atomic
def _followed(by: Actor, report_id: UUID) -> bool:
    report = locked(report_id)
    was = report.agency
    if was is None or was.closed_on is None:
        return False
    heir = _heir(report, was)
    if heir is not None:
        report.take({"agency": heir, **_NO_OFFICER})
        note(report, "agency_succeeded", by=by, visibility=Visibility.PUBLIC, to=heir.name, was=was.name)
        change(by, report, "agency_succeeded", ReportChanged(report.pk, "agency"), agency=heir.code, was=was.code)
        return True
    if "return_to_centre" not in {transition.name for transition in WORKFLOW.steps_from(State(report.state))}:
        return False
    before = step(by, report, "return_to_centre", agency=None, **_NO_OFFICER, **_HANDED_ON)
    note(report, "return_to_centre", by=by, visibility=Visibility.STAFF, was=was.name)
    finish(by, report, "return_to_centre", before, was=was.code)
    return True


_NO_OFFICER: dict[str, object] = {"officer_id": None, "officer_label": ""}
# What the agency before it had planned or waited for is not the next one's.
_HANDED_ON: dict[str, object] = {"waiting_for": "", "plan_due_on": None, "plan_text": ""}


def _open(report: Report, agency_id: UUID) -> Agency:
    agency = Agency.objects.get(pk=agency_id)
    if (found := _heir(report, agency)) is None:
        raise AgencyNotOpen(names=", ".join(heir.name for heir in agency.successors.all()))
    return found


def _heir(report: Report, agency: Agency) -> Agency | None:
    now = clock.now()
    today = placed(report.longitude, report.latitude, report.ward_code, local(now).date())
    return in_its_place(agency, now, today)


def _handed(by: Actor, report: Report, officer: dict[str, object]) -> Report:
    if report.take(officer):
        note(report, "take", by=by, visibility=Visibility.STAFF, officer=report.officer_label)
        change(by, report, "take", ReportChanged(report.pk, "officer"), officer=str(report.officer_id))
    return report


def _officer(agency: Agency, officer_id: UUID | None) -> dict[str, object]:
    if officer_id is None:
        return _NO_OFFICER
    if officer_id not in holders_of(HANDLE, agency.path):
        raise OfficerUnfit
    person = Person.objects.get(pk=officer_id)
    return {"officer_id": person.pk, "officer_label": person.label[:200]}
