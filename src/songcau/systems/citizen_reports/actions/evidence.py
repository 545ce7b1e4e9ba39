"""What pictures and films of a report may be, and who may see them."""

from dataclasses import replace
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songcau.foundation.files import rules
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.rules import Limits
from songcau.foundation.files.uses import FileUse, Subject
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.permissions import may_handle, may_view

SUBJECT = "citizen_reports.report"
EVIDENCE = "citizen_reports.evidence"
EVIDENCE_WITH_ORIGINAL = "citizen_reports.evidence_with_original"
MOST_PICTURES = 8
# Two minutes of a telephone's film; a long one is cut by who sends it.
LARGEST = 60 * rules.MEGABYTE


def neutral(held: Held, number: int) -> Held:
    """With a name that tells nothing: what a telephone or its owner called the file may be somebody's name, and so may
    what stands behind its last dot. Only the ending that goes with the bytes is kept.
    """
    extension = rules.extension_of(held.name)
    fits = held.media_type in rules.EXTENSIONS.get(extension, frozenset())
    return replace(held, name=f"{number}.{extension}" if fits else str(number))


def _is_its_reporter(actor: Actor, report_id: UUID) -> bool:
    return Reporter.objects.filter(pk=actor.id, report=report_id).exists()


def _may_upload(actor: Actor, subject: Subject) -> bool:
    if subject.kind != SUBJECT:
        return False
    # Asked first: it is what every report with a picture asks.
    if _is_its_reporter(actor, subject.id):
        return True
    report = Report.objects.select_related("agency").filter(pk=subject.id).first()
    return report is not None and (actor.is_system or may_handle(actor, report))


def _may_read(actor: Actor, link: FileLink) -> bool:
    report = Report.objects.select_related("agency").filter(pk=link.subject_id).first()
    if report is None:
        return False
    return actor.is_system or may_view(actor, report) or _is_its_reporter(actor, report.pk)


def _may_read_original(actor: Actor, _link: FileLink) -> bool:
    """The bytes as they were sent hold the place, the time and the camera: nobody has them without a purpose, which
    `looking.look_at_original` asks for and writes down.
    """
    return actor.is_system


USES = (
    FileUse(
        name=EVIDENCE,
        words=_("Pictures and films of reports"),
        limits=Limits(accepted=rules.PICTURES | rules.VIDEOS, max_bytes=LARGEST),
        may_upload=_may_upload,
        may_read=_may_read,
    ),
    FileUse(
        name=EVIDENCE_WITH_ORIGINAL,
        words=_("Pictures and films of reports, kept as they were sent with the sender's consent"),
        limits=Limits(accepted=rules.PICTURES | rules.VIDEOS, max_bytes=LARGEST),
        may_upload=_may_upload,
        may_read=_may_read,
        may_read_original=_may_read_original,
        keep_original=True,
    ),
)
