"""Pictures as they were sent go when their sender is forgotten; the cleaned ones stay with the report."""

from uuid import UUID

from songcau.foundation.files.actions import forget_original
from songcau.foundation.files.models import FileLink
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.actions.evidence import SUBJECT
from songcau.systems.citizen_reports.models import Reporter

AT_ONCE = 500


def drop_originals(report_id: UUID) -> int:
    """Of one report; how many went. What is under legal hold stays until it is released."""
    kept = FileLink.objects.filter(subject_kind=SUBJECT, subject_id=report_id, original__isnull=False)
    return sum(forget_original(by=SYSTEM, file_id=pk) for pk in list(kept.values_list("pk", flat=True)))


def drop_forgotten_originals() -> int:
    """Of all whose sender was forgotten: what a legal hold kept at the time, and no longer keeps; how many went."""
    forgotten = Reporter.objects.filter(forgotten_at__isnull=False).values("report")
    kept = FileLink.objects.filter(
        subject_kind=SUBJECT, subject_id__in=forgotten, original__isnull=False, held_at__isnull=True
    )
    return sum(forget_original(by=SYSTEM, file_id=pk) for pk in list(kept.values_list("pk", flat=True)[:AT_ONCE]))
