"""Files of incidents: what they may be, who may see them, and how they are taken in after the answer."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from songcau.foundation.files import rules
from songcau.foundation.files.actions import finish_upload
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.files.parts import Busy, Part
from songcau.foundation.files.refusals import UploadUnknown
from songcau.foundation.files.rules import Limits, UploadState
from songcau.foundation.files.uses import FileUse, Subject
from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed, Refused
from songcau.systems.incidents.actions.incidents.record import SUBJECT
from songcau.systems.incidents.models import Incident, IncidentFile
from songcau.systems.incidents.permissions import may_view_incident, may_work_on, require_songcau

ATTACHMENTS = "incidents.attachments"
MOST_FILES = 50
LARGEST = 60 * rules.MEGABYTE


def _may_upload(actor: Actor, subject: Subject) -> bool:
    incident = Incident.objects.select_related("lead_agency").filter(pk=subject.id).first()
    return subject.kind == SUBJECT and incident is not None and (actor.is_system or may_work_on(actor, incident))


def _may_read(actor: Actor, link: FileLink) -> bool:
    incident = Incident.objects.filter(pk=link.subject_id).first()
    return incident is not None and (actor.is_system or may_view_incident(actor, incident))


USES = (
    FileUse(
        name=ATTACHMENTS,
        words=_("Attachments of incidents"),
        limits=Limits(accepted=rules.PICTURES | rules.VIDEOS | rules.DOCUMENTS, max_bytes=LARGEST),
        may_upload=_may_upload,
        may_read=_may_read,
    ),
)


def take_in_file(*, by: Actor, file_row_id: UUID) -> bool:
    """Look into one that waits, clean and store it; outside of any transaction, and safe to repeat.

    Raises NotYours, and what the store raises when it is full or away: then it is tried again.
    """
    require_songcau(by)
    row = IncidentFile.objects.filter(pk=file_row_id, file_id=None, refusal="").first()
    if row is None:
        return False
    try:
        upload = _finished(by, row.upload_id)
    except Busy:
        return False
    except (Refused, NotAllowed) as refusal:
        return _noted(row.pk, None, refusal.code)
    if upload.state == UploadState.REFUSED:
        return _noted(row.pk, None, upload.refusal)
    return _noted(row.pk, upload.link_id, "")


def take_in_waiting(*, by: Actor) -> int:
    """What no event brought in, the longest waiting first. Raises as `take_in_file`."""
    require_songcau(by)
    waiting = IncidentFile.objects.filter(file_id=None, refusal="").order_by("at", "pk").values_list("pk", flat=True)
    return sum(take_in_file(by=by, file_row_id=pk) for pk in list(waiting[:200]))


def _finished(by: Actor, upload_id: UUID) -> Upload:
    try:
        with Part(upload_id).locked():
            return finish_upload(by=by, upload_id=upload_id)
    except FileNotFoundError:
        # Its bytes are gone: it was finished or refused already, or nobody knows it any more.
        upload: Upload | None = Upload.objects.filter(pk=upload_id).first()
        if upload is None or upload.state == UploadState.RECEIVING:
            raise UploadUnknown from None
        return upload


@transaction.atomic
def _noted(row_id: UUID, file_id: UUID | None, refusal: str) -> bool:
    """Whether it was this call that wrote down what came of it."""
    row = IncidentFile.objects.select_for_update().get(pk=row_id)
    if row.file_id is not None or row.refusal:
        return False
    row.file_id, row.refusal = file_id, refusal[:60]
    row.save(update_fields=["file_id", "refusal"])
    return True
