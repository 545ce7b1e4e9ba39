"""What happens to a citizens' report is told to the officials whose turn it is."""

from collections.abc import Iterable
from uuid import UUID

from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import SUBJECT, notices

OF_STEPS = {
    "assign": notices.ASSIGNED,
    "reroute": notices.ASSIGNED,
    "return_to_centre": notices.RETURNED,
    "answer_first": notices.ANSWER_CAME,
    "reporter_answered": notices.ANSWER_CAME,
    "reopen": notices.OPENED_AGAIN,
    "fail_spot_check": notices.OPENED_AGAIN,
}
_WITH_DATE = {notices.ASSIGNED, notices.LATE}


def tell_submitted(event: reports.ReportSubmitted, facts: DeliveryFacts) -> None:
    report = reports.facts_of(event.report_id)
    # What goes along with another report, or was looked at meanwhile, calls nobody.
    if report and report.is_urgent and report.state is reports.State.NEW:
        params = {"code": report.code, "due": report.due_at.isoformat()}
        _notify(notices.URGENT_CAME, report.id, reports.desk(), params, facts)


def tell_step(event: reports.ReportStepTaken, facts: DeliveryFacts) -> None:
    if kind := OF_STEPS.get(event.step):
        tell(kind, event.report_id, reports.handlers_of(event.report_id), facts)


def tell(kind: str, report_id: UUID, people: Iterable[UUID], facts: DeliveryFacts) -> None:
    if report := reports.facts_of(report_id):
        params = {"code": report.code}
        if kind in _WITH_DATE:
            params |= {"agency": report.agency, "due": report.due_at.isoformat()}
        _notify(kind, report_id, people, params, facts)


def _notify(kind: str, report_id: UUID, people: Iterable[UUID], params: dict[str, str], facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=people,
        kind=kind,
        params=params,
        subject=f"{SUBJECT}:{report_id}",
        key=str(facts.event_id),
        link=f"/citizen_reports/{report_id}/",
    )


SUBMITTED = Reaction(reports.ReportSubmitted, tell_submitted, "flows.urgent_report_is_told")
STEP = Reaction(reports.ReportStepTaken, tell_step, "flows.report_step_is_told")
