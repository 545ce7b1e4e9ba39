"""Pictures that came with a report are looked into, cleaned and stored, after the answer and by songcau itself."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.files.actions import finish_held
from songcau.foundation.files.parts import Busy
from songcau.foundation.files.rules import UploadState
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused
from songcau.systems.citizen_reports.actions.originals import drop_originals
from songcau.systems.citizen_reports.actions.record import about, locked, note
from songcau.systems.citizen_reports.events import PictureReceived
from songcau.systems.citizen_reports.models import Attachment, Reporter
from songcau.systems.citizen_reports.rules import AttachmentState, Visibility

MOST_AT_ONCE = 200


def take_in_pictures(*, by: Actor, report_id: UUID) -> int:
    """Finish what waits for one report; how many were taken in or refused. Outside of any transaction.

    Safe to repeat, and beside the job of `files` that finishes uploads too: who has the lock does the work, the other
    sees the result. One that somebody is at stays waiting. Raises StoreFull, StoreAway; then it is tried again.
    """
    return sum(_taken_in(by, pk, upload_id) for pk, upload_id in _waiting(report=report_id))


def take_in_waiting(*, by: Actor) -> int:
    """What no event brought in: after a worker was killed, or the store was full. The longest waiting first."""
    return sum(_taken_in(by, pk, upload_id) for pk, upload_id in _waiting())


def _waiting(**where: UUID) -> list[tuple[UUID, UUID]]:
    found = Attachment.objects.filter(state=AttachmentState.WAITING, upload_id__isnull=False, **where)
    rows = found.order_by("at", "pk").values_list("pk", "upload_id")[:MOST_AT_ONCE]
    return [(pk, upload_id) for pk, upload_id in rows if upload_id is not None]


def _taken_in(by: Actor, attachment_id: UUID, upload_id: UUID) -> bool:
    try:
        upload = finish_held(by=by, upload_id=upload_id)
    except Busy:
        return False
    except (Refused, NotAllowed) as refusal:
        return _noted(by, attachment_id, None, refusal.code)
    if upload.state == UploadState.REFUSED:
        return _noted(by, attachment_id, None, upload.refusal)
    return _noted(by, attachment_id, upload.link_id, "")


@transaction.atomic
def _noted(by: Actor, attachment_id: UUID, file_id: UUID | None, refusal: str) -> bool:
    """Whether it was this call that wrote down what came of it."""
    # The report first, as everywhere, so that nobody waits crosswise.
    report = locked(Attachment.objects.values_list("report_id", flat=True).get(pk=attachment_id))
    attachment: Attachment = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment_id)
    if attachment.state != AttachmentState.WAITING:
        return False
    attachment.file_id = file_id
    attachment.state = AttachmentState.READY if file_id else AttachmentState.REFUSED
    attachment.refusal = refusal[:40]
    attachment.save(update_fields=["file_id", "state", "refusal"])
    if file_id:
        if Reporter.objects.filter(report=report, forgotten_at__isnull=False).exists():
            # It was on its way when they asked to be forgotten.
            drop_originals(report.pk)
        announce(PictureReceived(report.pk, attachment.pk), subject=about(report), by=by)
        return True
    visibility = Visibility.REPORTER if attachment.by_reporter else Visibility.STAFF
    note(report, "refuse_picture", by=by, visibility=visibility, reason=refusal)
    report.changed_at = clock.now()
    report.save(update_fields=["changed_at"])
    return True
