"""A stored file is given to a further subject, or removed from its own; a legal hold stands in the way of removal."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files import rules
from songcau.foundation.files.events import FileHeld, FileReleased, FileRemoved, FileStored
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.permissions import require_hold
from songcau.foundation.files.refusals import (
    FileUnknown,
    Held,
    HeldAlready,
    HoldReasonMissing,
    MayNotReadFile,
    MayNotRemoveFile,
    MayNotUpload,
    NotHeld,
)
from songcau.foundation.files.uses import Subject, use_of
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.text import normal

LONGEST_REASON = 500


@transaction.atomic
def attach_file(*, by: Actor, file_id: UUID, use: str, subject: Subject) -> FileLink:
    """The same bytes under the same name for a further subject, without sending them again; the original with them
    only for whom it was already.

    Raises FileUnknown, UseUnknown, MayNotReadFile, MayNotUpload, and what `rules.require_size`, `require_type` raise.
    """
    link, wanted = _locked(file_id), use_of(use)
    source = use_of(link.use)
    if not source.may_read(by, link):
        raise MayNotReadFile
    if not wanted.may_upload(by, subject):
        raise MayNotUpload
    # Held until the commit: `retention` cannot take the bytes away in between.
    blob = Blob.objects.select_for_update().get(pk=link.blob_id)
    rules.require_size(wanted.limits, blob.size)
    media_type = rules.require_type(wanted.limits, link.name, rules.type_under(link.name, blob.media_type))
    now = clock.now()
    further: FileLink = FileLink.objects.create(
        use=wanted.name,
        subject_kind=subject.kind,
        subject_id=subject.id,
        blob=blob,
        original=link.original if wanted.keep_original and source.may_read_original(by, link) else None,
        name=link.name,
        uploader_id=by.id,
        uploader_label=by.label[:200],
        created_at=now,
        retain_until=rules.retained_until(now, wanted.retention_days),
    )
    about = f"files.file:{further.pk}"
    record_entry(by=by, action="files.attach", subject=about, details={"from": str(link.pk), "use": wanted.name})
    stored = FileStored(
        file=further.pk,
        blob=blob.pk,
        use=further.use,
        subject_kind=further.subject_kind,
        subject_id=further.subject_id,
        media_type=media_type,
        size=blob.size,
    )
    announce(stored, subject=about, by=by)
    return further


@transaction.atomic
def remove_file(*, by: Actor, file_id: UUID) -> None:
    """Take a file from its subject; its bytes go when nothing else needs them.

    Raises FileUnknown, MayNotRemoveFile, Held.
    """
    link = _locked(file_id)
    if not use_of(link.use).may_remove(by, link):
        raise MayNotRemoveFile
    if link.is_held:
        raise Held(reason=link.hold_reason)
    delete_link(by, link, expired=False)


def delete_link(by: Actor, link: FileLink, *, expired: bool) -> None:
    """For a locked link, inside the caller's transaction."""
    about = f"files.file:{link.pk}"
    details = {
        "use": link.use,
        "subject": f"{link.subject_kind}:{link.subject_id}",
        "digest": link.blob.digest,
        "expired": expired,
    }
    record_entry(by=by, action="files.remove", subject=about, details=details)
    removed = FileRemoved(
        file=link.pk, use=link.use, subject_kind=link.subject_kind, subject_id=link.subject_id, expired=expired
    )
    announce(removed, subject=about, by=by)
    link.delete()


@transaction.atomic
def forget_original(*, by: Actor, file_id: UUID) -> bool:
    """Keep of a file the cleaned bytes alone; whether this call took the others away. Under legal hold they stay.

    The city does it by itself, at the wish of who sent them. Raises MayNotRemoveFile, FileUnknown.
    """
    if not by.is_system:
        raise MayNotRemoveFile
    link = _locked(file_id)
    if link.original is None or link.is_held:
        return False
    details = {"use": link.use, "subject": f"{link.subject_kind}:{link.subject_id}"}
    record_entry(by=by, action="files.forget_original", subject=f"files.file:{link.pk}", details=details)
    link.original = None
    link.save(update_fields=["original"])
    return True


@transaction.atomic
def hold_file(*, by: Actor, file_id: UUID, reason: str) -> None:
    """Nobody and no date removes it from now on. Raises MayNotHoldFile, HoldReasonMissing, FileUnknown, HeldAlready."""
    require_hold(by)
    reason = normal(reason)[:LONGEST_REASON]
    if not reason:
        raise HoldReasonMissing
    link = _locked(file_id)
    if link.is_held:
        raise HeldAlready
    link.held_at, link.held_by, link.hold_reason = clock.now(), by.label[:200], reason
    link.save(update_fields=["held_at", "held_by", "hold_reason"])
    about = f"files.file:{link.pk}"
    record_entry(by=by, action="files.hold", subject=about, details={"reason": reason})
    announce(FileHeld(file=link.pk), subject=about, by=by)


@transaction.atomic
def release_file(*, by: Actor, file_id: UUID, reason: str) -> None:
    """End a legal hold, for a reason. Raises MayNotHoldFile, HoldReasonMissing, FileUnknown, NotHeld."""
    require_hold(by)
    reason = normal(reason)[:LONGEST_REASON]
    if not reason:
        raise HoldReasonMissing
    link = _locked(file_id)
    if not link.is_held:
        raise NotHeld
    link.held_at, link.held_by, link.hold_reason = None, "", ""
    link.save(update_fields=["held_at", "held_by", "hold_reason"])
    about = f"files.file:{link.pk}"
    record_entry(by=by, action="files.release", subject=about, details={"reason": reason})
    announce(FileReleased(file=link.pk), subject=about, by=by)


def _locked(file_id: UUID) -> FileLink:
    link: FileLink | None = FileLink.objects.select_for_update().filter(pk=file_id).first()
    if link is None:
        raise FileUnknown
    return link
