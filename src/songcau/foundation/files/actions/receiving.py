"""Bytes that came with a form become the form's own, in its transaction; later they are taken in."""

from uuid import UUID

from songcau.foundation.files import rules
from songcau.foundation.files.actions.uploads import finish_upload
from songcau.foundation.files.models import Upload
from songcau.foundation.files.parts import Part
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.refusals import MayNotUpload, UploadUnknown
from songcau.foundation.files.rules import UploadState
from songcau.foundation.files.uses import Subject, use_of
from songcau.kernel import clock
from songcau.kernel.actor import Actor


def register_held(*, by: Actor, use: str, subject: Subject, held: Held) -> Upload:
    """Make it an upload that has arrived, inside the caller's transaction. Raises UseUnknown, MayNotUpload."""
    wanted, now = use_of(use), clock.now()
    if not wanted.may_upload(by, subject):
        raise MayNotUpload
    upload: Upload = Upload.objects.create(
        id=held.upload_id,
        use=wanted.name,
        subject_kind=subject.kind,
        subject_id=subject.id,
        owner_id=by.id,
        owner_label=by.label[:200],
        name=held.name,
        length=held.length,
        state=UploadState.RECEIVING,
        created_at=now,
        expires_at=now + rules.UNFINISHED_FOR,
    )
    return upload


def finish_held(*, by: Actor, upload_id: UUID) -> Upload:
    """Take the bytes in, beside the job that finishes uploads too: who has the lock does the work, the other sees what
    came of it. Raises Busy while somebody is at it, UploadUnknown, and what `finish_upload` raises.
    """
    try:
        with Part(upload_id).locked():
            return finish_upload(by=by, upload_id=upload_id)
    except FileNotFoundError:
        # Its bytes are gone: it was finished or refused already, or nobody knows it any more.
        upload: Upload | None = Upload.objects.filter(pk=upload_id).first()
        if upload is None or upload.state == UploadState.RECEIVING:
            raise UploadUnknown from None
        return upload
