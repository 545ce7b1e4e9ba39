"""Pictures for the public: a machine suggests what to hide, a person decides, and a copy without it is made.

NONE or WAITING → suggested by songcau → SUGGESTED → by a person APPROVED, and the copy follows, or WITHHELD. The
original never becomes public: what others read is a file of a use of its own. Every step may be repeated, and a job
does what was left when a process was killed.
"""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files import rules as file_rules
from songcau.foundation.files.actions import finish_upload, read_file, register_held, remove_file
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.parts import Busy, Part
from songcau.foundation.files.receiving import hold_bytes
from songcau.foundation.files.refusals import AwaitsScan, FileUnknown, Infected
from songcau.foundation.files.rules import Limits
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import file_chunks
from songcau.foundation.files.uses import FileUse, Subject
from songcau.foundation.outbox.actions import announce
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports.actions.record import about, locked
from songcau.systems.citizen_reports.adapters.blurring import BlurringBusy, PictureUnreadable, blurred, detected
from songcau.systems.citizen_reports.events import ReportChanged
from songcau.systems.citizen_reports.models import Attachment
from songcau.systems.citizen_reports.permissions import may_view, require_moderate
from songcau.systems.citizen_reports.rules import AttachmentState, BlurState
from songcau.systems.citizen_reports.rules.boxes import Box, require_boxes

SUBJECT_PICTURE = "citizen_reports.attachment"
PUBLIC_PICTURE = "citizen_reports.public_picture"
# What `ReportChanged.what` says when copies are to be made.
APPROVED_PICTURES = "approved_pictures"
MOST_AT_ONCE = 50
_BLURRED = {file_rules.JPEG: ".jpg", file_rules.PNG: ".png", file_rules.WEBP: ".webp"}
_UNSEEN = (BlurState.NONE, BlurState.WAITING)


class PictureUnknown(Refused):
    """There is no such picture, or it was removed."""

    code = "REPORT_PICTURE_UNKNOWN"


class PictureNotReviewable(Refused):
    """It is still being looked into, was refused, or is a film."""

    code = "REPORT_PICTURE_NOT_REVIEWABLE"
    conflict = True


def _may_read_public(actor: Actor, link: FileLink) -> bool:
    """Everybody, where the report is public and the picture approved; else who may see the report."""
    picture = Attachment.objects.select_related("report__agency").filter(public_file_id=link.pk).first()
    if picture is None:
        return actor.is_system
    report = picture.report
    shown = report.published_at is not None and not report.withheld and picture.blur_state == BlurState.APPROVED
    return shown or actor.is_system or may_view(actor, report)


USES = (
    FileUse(
        name=PUBLIC_PICTURE,
        words=_("Pictures of reports as the public sees them, without faces and plates"),
        limits=Limits(accepted=frozenset(_BLURRED), max_bytes=60 * file_rules.MEGABYTE),
        may_upload=lambda actor, _subject: actor.is_system,
        may_read=_may_read_public,
        may_remove=lambda actor, _link: actor.is_system,
    ),
)


def suggest_boxes(attachment_id: UUID) -> bool:
    """Suggest what to hide; whether this call did. Outside of any transaction: it takes seconds.

    A picture that cannot be opened, is infected or gone is withheld. One that waits for the scanner or for its
    turn is left for later.
    Raises BlurringAway, StoreAway, ContentMissing.
    """
    picture = _picture(attachment_id).filter(blur_state__in=_UNSEEN).first()
    if picture is None or picture.file_id is None:
        return False
    try:
        with _at_hand(picture.file_id) as file:
            if file is None:
                return False
            boxes: list[Box] | None = detected(file)
    except (AwaitsScan, BlurringBusy):
        return False
    except (FileUnknown, Infected, PictureUnreadable):
        boxes = None
    return _suggested(attachment_id, boxes)


@transaction.atomic
def _suggested(attachment_id: UUID, boxes: list[Box] | None) -> bool:
    picture = _picture(attachment_id).select_for_update(of=("self",)).filter(blur_state__in=_UNSEEN).first()
    if picture is None:
        return False
    picture.blur_state = BlurState.WITHHELD if boxes is None else BlurState.SUGGESTED
    picture.boxes = [box.as_json() for box in boxes or ()]
    picture.save(update_fields=["blur_state", "boxes"])
    details = {"picture": str(picture.pk), "boxes": len(picture.boxes), "state": str(picture.blur_state)}
    record_entry(by=SYSTEM, action="citizen_reports.suggest_boxes", subject=about(picture.report), details=details)
    return True


@transaction.atomic
def approve_picture(*, by: Actor, attachment_id: UUID, boxes: object) -> Attachment:
    """Let the public see it without what the boxes hold; songcau makes the copy right after.

    Approving again, with other boxes, makes another copy; the one before is public no more from now on. Raises
    NotYours, PictureUnknown, PictureNotReviewable, BoxesMalformed, BoxOutside, TooManyBoxes.
    """
    require_moderate(by)
    drawn = [box.as_json() for box in require_boxes(boxes)]
    picture = _reviewed(attachment_id)
    if picture.blur_state == BlurState.APPROVED and picture.boxes == drawn:
        return picture
    _take_away(picture)
    picture.blur_state, picture.boxes = BlurState.APPROVED, drawn
    picture.save(update_fields=["blur_state", "boxes", "public_file_id"])
    details = {"picture": str(picture.pk), "boxes": len(drawn)}
    record_entry(by=by, action="citizen_reports.approve_picture", subject=about(picture.report), details=details)
    announce(ReportChanged(picture.report_id, APPROVED_PICTURES), subject=about(picture.report), by=by)
    return picture


@transaction.atomic
def withhold_picture(*, by: Actor, attachment_id: UUID) -> Attachment:
    """The public does not see it, or sees it no more. Raises NotYours, PictureUnknown, PictureNotReviewable."""
    require_moderate(by)
    picture = _reviewed(attachment_id)
    if picture.blur_state == BlurState.WITHHELD:
        return picture
    _take_away(picture)
    picture.blur_state = BlurState.WITHHELD
    picture.save(update_fields=["blur_state", "public_file_id"])
    details = {"picture": str(picture.pk)}
    record_entry(by=by, action="citizen_reports.withhold_picture", subject=about(picture.report), details=details)
    announce(ReportChanged(picture.report_id, "withheld_picture"), subject=about(picture.report), by=by)
    return picture


def _reviewed(attachment_id: UUID) -> Attachment:
    """The locked row, after its report's, as every action here locks."""
    report_id = Attachment.objects.filter(pk=attachment_id).values_list("report_id", flat=True).first()
    if report_id is None:
        raise PictureUnknown
    locked(report_id)
    picture = _picture(attachment_id).select_for_update(of=("self",)).first()
    if picture is None or picture.file_id is None or picture.blur_state in _UNSEEN:
        raise PictureNotReviewable
    return picture


def _take_away(picture: Attachment) -> None:
    """Its public copy, if there is one. The caller saves."""
    if picture.public_file_id is not None:
        with suppress(FileUnknown):
            remove_file(by=SYSTEM, file_id=picture.public_file_id)
    picture.public_file_id = None


def make_public_copies(report_id: UUID) -> int:
    """Of every approved picture of a report that has no copy yet; how many were made. Outside of any transaction.

    Raises BlurringAway, StoreAway, StoreFull, ContentMissing.
    """
    waiting = Attachment.objects.filter(report=report_id, blur_state=BlurState.APPROVED, public_file_id=None)
    return sum(make_public_copy(pk) for pk in waiting.values_list("pk", flat=True))


def make_public_copy(attachment_id: UUID) -> bool:
    """Whether this call made it. What a killed process left half done is removed first, and was public never."""
    picture = _approved(attachment_id).first()
    if picture is None or picture.file_id is None:
        return False
    for left in FileLink.objects.filter(subject_kind=SUBJECT_PICTURE, subject_id=picture.pk, use=PUBLIC_PICTURE):
        with suppress(FileUnknown):
            remove_file(by=SYSTEM, file_id=left.pk)
    try:
        with _at_hand(picture.file_id) as file:
            if file is None:
                return False
            copy = _stored(picture, file)
    except (FileUnknown, Infected, AwaitsScan, PictureUnreadable):
        return _given_up(attachment_id)
    return copy is not None and _linked(picture, copy)


def _stored(picture: Attachment, file: Path) -> UUID | None:
    """The file of the copy; None where the job of `files` is at it: then it is made once more, later."""
    target = file.with_name(f"public{file.suffix}")
    blurred(file, require_boxes(picture.boxes), target)
    size = target.stat().st_size
    held = hold_bytes(use=PUBLIC_PICTURE, name=target.name, chunks=file_chunks(target), length=size)
    register_held(by=SYSTEM, use=PUBLIC_PICTURE, subject=Subject(SUBJECT_PICTURE, picture.pk), held=held)
    try:
        with Part(held.upload_id).locked():
            copy: UUID | None = finish_upload(by=SYSTEM, upload_id=held.upload_id).link_id
    except (Busy, FileNotFoundError):
        return None
    return copy


@transaction.atomic
def _linked(made_of: Attachment, copy: UUID) -> bool:
    """Unless somebody decided otherwise meanwhile: then the copy goes away again."""
    picture = _approved(made_of.pk).select_for_update(of=("self",)).first()
    if picture is None or picture.boxes != made_of.boxes:
        remove_file(by=SYSTEM, file_id=copy)
        return False
    picture.public_file_id = copy
    picture.save(update_fields=["public_file_id"])
    announce(ReportChanged(picture.report_id, "public_picture"), subject=about(picture.report), by=SYSTEM)
    return True


@transaction.atomic
def _given_up(attachment_id: UUID) -> bool:
    picture = _approved(attachment_id).select_for_update(of=("self",)).first()
    if picture is not None:
        picture.blur_state = BlurState.WITHHELD
        picture.save(update_fields=["blur_state"])
        details = {"picture": str(picture.pk)}
        record_entry(by=SYSTEM, action="citizen_reports.picture_lost", subject=about(picture.report), details=details)
    return False


def catch_up_pictures() -> int:
    """What no event brought on: a worker was killed, the scanner was away. The longest waiting first."""
    unseen = Attachment.objects.filter(state=AttachmentState.READY, is_picture=True, blur_state__in=_UNSEEN)
    uncopied = Attachment.objects.filter(blur_state=BlurState.APPROVED, public_file_id=None)
    done = sum(suggest_boxes(pk) for pk in _oldest(unseen.filter(file_id__isnull=False)))
    return done + sum(make_public_copy(pk) for pk in _oldest(uncopied))


def _oldest(rows: models.QuerySet[Attachment]) -> list[UUID]:
    return list(rows.order_by("at", "pk").values_list("pk", flat=True)[:MOST_AT_ONCE])


def _picture(attachment_id: UUID) -> models.QuerySet[Attachment]:
    rows = Attachment.objects.filter(pk=attachment_id, state=AttachmentState.READY, is_picture=True)
    return rows.select_related("report")


def _approved(attachment_id: UUID) -> models.QuerySet[Attachment]:
    return _picture(attachment_id).filter(blur_state=BlurState.APPROVED, public_file_id=None)


@contextmanager
def _at_hand(file_id: UUID) -> Iterator[Path | None]:
    """The file's bytes in a folder of their own, under a neutral name; None for what is no picture that can be blurred.

    Raises FileUnknown, AwaitsScan, Infected, StoreAway, ContentMissing.
    """
    blob: Blob = read_file(by=SYSTEM, file_id=file_id).blob
    suffix = _BLURRED.get(blob.media_type)
    if suffix is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="songcau.picture.") as folder:
        file = Path(folder) / f"picture{suffix}"
        with file.open("wb") as stream:
            for chunk in store().read(blob.digest):
                stream.write(chunk)
        yield file
