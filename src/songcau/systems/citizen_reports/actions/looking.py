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
from songcau.foundation.files.models import FileLink
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions.publishing import PictureUnknown
from songcau.systems.citizen_reports.actions.record import ReportUnknown, about
from songcau.systems.citizen_reports.events import ReporterLookedAt
from songcau.systems.citizen_reports.models import Attachment, Report, Reporter
from songcau.systems.citizen_reports.permissions import require_view_reporter

REPORTER_RECORD = "citizen_reports.reporter"
RECORDS = (
    RecordKind(
        REPORTER_RECORD,
        title=_("Who sent a citizens' report"),
        to_person=_("That you sent a report, and how to reach you"),
        stands_apart=True,
    ),
)


@dataclass(frozen=True, slots=True)
class _Look:
    by: Actor
    report_id: UUID
    purpose: Purpose
    text: str
    address: str


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
    reporter = _looked(_Look(by, report_id, purpose, text, address), "look_at_reporter")
    return ReporterFacts(
        name=reporter.name,
        phone=reporter.phone,
        email=reporter.email,
        hide_name=reporter.hide_name,
        has_account=reporter.person_id is not None,
        text_as_sent=reporter.text_as_sent,
        forgotten_at=reporter.forgotten_at,
    )


@transaction.atomic
def look_at_original(
    *, by: Actor, report_id: UUID, picture_id: UUID, purpose: Purpose, text: str = "", address: str = ""
) -> UUID:
    """Open a picture as it was sent, with the place, the time and the camera in it; its file. It tells who reported as
    much as a name does, so it is asked and kept alike.

    Raises NotYours, ReportUnknown, PictureUnknown, PurposeMissing.
    """
    require_view_reporter(by)
    file_id: UUID | None = (
        Attachment.objects.filter(pk=picture_id, report=report_id).values_list("file_id", flat=True).first()
    )
    if file_id is None or not FileLink.objects.filter(pk=file_id, original__isnull=False).exists():
        raise PictureUnknown
    _looked(_Look(by, report_id, purpose, text, address), "look_at_original", picture=str(picture_id))
    return file_id


def _looked(look: _Look, what: str, **details: str) -> Reporter:
    """Write down that somebody looks, before anything is shown. Raises what `look_at_reporter` does."""
    by = look.by
    require_view_reporter(by)
    said = usable_note(look.purpose, look.text)
    report = Report.objects.filter(pk=look.report_id).first()
    reporter: Reporter | None = Reporter.objects.filter(report=look.report_id).first()
    if report is None or reporter is None:
        raise ReportUnknown
    if (whose := reporter.person_id) is not None:
        record_look(by=by, whose=whose, kind=REPORTER_RECORD, purpose=look.purpose, note=said, address=look.address)
    told = {"purpose": str(look.purpose), "sealed": sealed(said), **details}
    record_entry(by=by, action=f"citizen_reports.{what}", subject=about(report), details=told)
    announce(ReporterLookedAt(report.pk, clock.now()), subject=about(report), by=by)
    return reporter
