"""What happens to a citizens' report is told to the account it was sent from, in words that do not say which report.

Nothing joins the notice to the report: neither its subject, nor its key, nor the trace under which it is written.
"""

from uuid import UUID

from django.utils.crypto import salted_hmac

from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel import trace
from songcau.kernel.actor import SYSTEM
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import notices

OF_STEPS = {
    "resolve": notices.RESOLVED,
    "resolve_with_parent": notices.RESOLVED,
    "refuse": notices.REFUSED,
    "fail_spot_check": notices.REOPENED,
    "reopen_with_parent": notices.REOPENED,
}


def tell_received(event: reports.ReportSubmitted, facts: DeliveryFacts) -> None:
    _tell(notices.RECEIVED, event.report_id, facts)


def tell_step(event: reports.ReportStepTaken, facts: DeliveryFacts) -> None:
    if kind := OF_STEPS.get(event.step):
        _tell(kind, event.report_id, facts)


def tell_asked(event: reports.ReporterAsked, facts: DeliveryFacts) -> None:
    told = reports.step_of(event.entry_id) == "tell_reporter"
    _tell(notices.TOLD if told else notices.ASKED, event.report_id, facts)


def _tell(kind: str, report_id: UUID, facts: DeliveryFacts) -> None:
    person = reports.account_of_reporter(report_id)
    if person is None:
        return
    key = salted_hmac("songcau.flows.own_report", str(facts.event_id), algorithm="sha256").hexdigest()
    with trace.tracing(str(new_id())):
        notify(
            by=SYSTEM,
            people=[person],
            kind=kind,
            params={},
            subject=notices.OWN_REPORTS,
            key=key,
            link="/portal/my-reports/",
        )


RECEIVED = Reaction(reports.ReportSubmitted, tell_received, "flows.received_report_is_told_to_its_reporter")
STEP = Reaction(reports.ReportStepTaken, tell_step, "flows.report_step_is_told_to_its_reporter")
ASKED = Reaction(reports.ReporterAsked, tell_asked, "flows.question_is_told_to_the_reporter")
