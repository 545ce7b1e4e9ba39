"""Who reported: read by the centre's desk alone, for a purpose that is written down before anything is shown."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.actions import record_look
from songcau.foundation.accounts.personal_data.records import RecordKind
from songcau.foundation.accounts.personal_data.rules import Purpose, usable_note
from songcau.foundation.accounts.personal_data.sealing import sealed
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions.record import ReportUnknown, about
from songcau.systems.citizen_reports.events import ReporterLookedAt
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.permissions import require_view_reporter

REPORTER_RECORD = "citizen_reports.reporter"
RECORDS = (
    RecordKind(
        REPORTER_RECORD,
        title=_("Who sent a citizens' report"),
        to_person=_("That you sent a report, and how to reach you"),
    ),
)


@dataclass(frozen=True, slots=True)
class ReporterFacts:
    """Who sent a report. `text_as_sent` is empty where nothing in the text was masked."""

    name: str
    phone: str
    email: str
    hide_name: bool
    has_account: bool
    text_as_sent: str
    forgotten_at: datetime | None


@transaction.atomic
def look_at_reporter(
    *, by: Actor, report_id: UUID, purpose: Purpose, text: str = "", address: str = ""
) -> ReporterFacts:
    """Open who sent it. The audit log keeps who looked, when and why; the words beside the purpose are sealed, as they
    may name somebody. Who has an account sees the look on the page of their data, which does not name the report.

    Raises NotYours, ReportUnknown, PurposeMissing.
    """
    require_view_reporter(by)
    said = usable_note(purpose, text)
    report = Report.objects.filter(pk=report_id).first()
    reporter = Reporter.objects.filter(report=report_id).first()
    if report is None or reporter is None:
        raise ReportUnknown
    if reporter.person_id is not None:
        record_look(by=by, whose=reporter.person_id, kind=REPORTER_RECORD, purpose=purpose, note=said, address=address)
    details = {"purpose": str(purpose), "sealed": sealed(said)}
    record_entry(by=by, action="citizen_reports.look_at_reporter", subject=about(report), details=details)
    announce(ReporterLookedAt(report.pk, clock.now()), subject=about(report), by=by)
    return ReporterFacts(
        name=reporter.name,
        phone=reporter.phone,
        email=reporter.email,
        hide_name=reporter.hide_name,
        has_account=reporter.person_id is not None,
        text_as_sent=reporter.text_as_sent,
        forgotten_at=reporter.forgotten_at,
    )
