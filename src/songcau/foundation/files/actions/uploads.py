"""An upload is started, finished or cancelled. What arrives in between is `parts`' business alone.

Starting writes no audit entry: nothing is in the city yet. What came in, or was refused, does.
"""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files import intake, rules
from songcau.foundation.files.actions.keeping import keep, release_connection
from songcau.foundation.files.events import FileSetAside, FileStored
from songcau.foundation.files.intake import Intake
from songcau.foundation.files.models import Blob, FileLink, Upload
from songcau.foundation.files.parts import Part, require_room
from songcau.foundation.files.refusals import (
    MayNotUpload,
    TooManyUploads,
    UploadIncomplete,
    UploadUnknown,
)
from songcau.foundation.files.rules import Scan, UploadState
from songcau.foundation.files.uses import FileUse, Subject, use_of
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Anticipated, Refused
from songcau.kernel.ids import new_id


def start_upload(*, by: Actor, use: str, subject: Subject, name: str, length: int) -> Upload:
    """Open an upload of `length` bytes, to be filled by its owner alone.

    Raises UseUnknown, MayNotUpload, FileEmpty, OverLimit, HasMacros (by the name), TooManyUploads, StoreFull.
    """
    wanted = use_of(use)
    _require_may_upload(by, wanted, subject)
    rules.require_size(wanted.limits, length)
    rules.require_plain_name(name)
    unfinished = Upload.objects.filter(owner_id=by.id, state=UploadState.RECEIVING).count()
    if unfinished >= rules.MOST_UNFINISHED:
        raise TooManyUploads(most=rules.MOST_UNFINISHED)
    now, upload_id = clock.now(), new_id()
    require_room(length)
    Part(upload_id).create()
    upload: Upload = Upload.objects.create(
        id=upload_id,
        use=wanted.name,
        subject_kind=subject.kind,
        subject_id=subject.id,
        owner_id=by.id,
        owner_label=by.label[:200],
        name=rules.clean_name(name),
        length=length,
        created_at=now,
        expires_at=now + rules.UNFINISHED_FOR,
    )
    return upload


def _require_may_upload(by: Actor, use: FileUse, subject: Subject) -> None:
    if not use.may_upload(by, subject):
        raise MayNotUpload


def own_upload(by: Actor, upload_id: UUID) -> Upload:
    """The upload, for its owner and for the city itself. Raises UploadUnknown."""
    upload: Upload | None = Upload.objects.filter(pk=upload_id).select_related("link").first()
    if upload is None or not (by.is_system or upload.owner_id == by.id):
        raise UploadUnknown
    return upload


def finish_upload(*, by: Actor, upload_id: UUID) -> Upload:
    """Look into the bytes, keep them and link them to their subject. The caller holds `Part.locked`.

    Repeating it gives the same upload again. A refusal ends the upload, and the bytes are removed; when the store is
    away or full they stay, and it is tried again. Raises UploadUnknown, UploadIncomplete, MayNotUpload, the refusals of
    `intake.take_in`, StoreFull, StoreAway.
    """
    upload = own_upload(by, upload_id)
    if upload.state != UploadState.RECEIVING:
        return upload
    use, part = use_of(upload.use), Part(upload.id)
    if (received := part.offset()) < upload.length:
        raise UploadIncomplete(received=received, length=upload.length)
    try:
        if not by.is_system:
            _require_may_upload(by, use, Subject(upload.subject_kind, upload.subject_id))
        release_connection()
        taken = intake.take_in(part.path, upload.name, use)
        try:
            upload = _kept(by, upload, use, taken)
        finally:
            taken.remove()
    except (Refused, MayNotUpload) as refusal:
        # Also whoever lost the right meanwhile: the job that finishes late uploads asks for none.
        _refuse(by, upload, refusal)
        part.remove()
        raise
    part.remove()
    return upload


def _kept(by: Actor, upload: Upload, use: FileUse, taken: Intake) -> Upload:
    blob = keep(taken.kept, taken.verdict)
    original = keep(taken.original, taken.verdict) if taken.original else None
    with transaction.atomic():
        upload = Upload.objects.select_for_update().get(pk=upload.pk)
        if upload.state == UploadState.RECEIVING:
            upload.link = _linked(upload, use, blob, original)
            upload.state = UploadState.STORED
            upload.save(update_fields=["link", "state"])
            _tell(by, upload.link, taken)
    return upload


def _linked(upload: Upload, use: FileUse, blob: Blob, original: Blob | None) -> FileLink:
    now = clock.now()
    link: FileLink = FileLink.objects.create(
        use=use.name,
        subject_kind=upload.subject_kind,
        subject_id=upload.subject_id,
        blob=blob,
        original=original,
        name=rules.clean_name(upload.name, rules.type_under(upload.name, blob.media_type)),
        uploader_id=upload.owner_id,
        uploader_label=upload.owner_label,
        created_at=now,
        retain_until=rules.retained_until(now, use.retention_days),
    )
    return link


def _tell(by: Actor, link: FileLink, taken: Intake) -> None:
    subject = f"files.file:{link.pk}"
    details = {
        "use": link.use,
        "subject": f"{link.subject_kind}:{link.subject_id}",
        "digest": taken.kept.digest,
        "size": taken.kept.size,
        "media_type": taken.kept.media_type,
        "scan": str(taken.verdict.scan),
    }
    record_entry(by=by, action="files.store", subject=subject, details=details)
    stored = FileStored(
        file=link.pk,
        blob=link.blob_id,
        use=link.use,
        subject_kind=link.subject_kind,
        subject_id=link.subject_id,
        media_type=taken.kept.media_type,
        size=taken.kept.size,
    )
    announce(stored, subject=subject, by=by)
    if taken.verdict.scan is Scan.WAITING:
        for blob in filter(None, (link.blob, link.original)):
            announce(FileSetAside(blob=blob.pk), subject=f"files.blob:{blob.pk}", by=by)


@transaction.atomic
def _refuse(by: Actor, upload: Upload, refusal: Anticipated) -> None:
    upload.state, upload.refusal = UploadState.REFUSED, refusal.code
    upload.refusal_params = {name: str(value)[:200] for name, value in refusal.params.items()}
    # Its owner may still ask for the reason.
    upload.expires_at = clock.now() + timedelta(days=1)
    upload.save(update_fields=["state", "refusal", "refusal_params", "expires_at"])
    details = {"use": upload.use, "code": refusal.code, "params": upload.refusal_params}
    record_entry(by=by, action="files.refuse", subject=f"files.upload:{upload.pk}", details=details)


def cancel_upload(*, by: Actor, upload_id: UUID) -> None:
    """Forget an unfinished upload and its bytes. The caller holds `Part.locked`. Raises UploadUnknown."""
    upload = own_upload(by, upload_id)
    if upload.state == UploadState.RECEIVING:
        Part(upload.id).remove()
    upload.delete()
