"""A file is given to somebody who may read it; reading personal data is written down with its purpose."""

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files import rules
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.refusals import AwaitsScan, FileUnknown, Infected, MayNotReadFile, PurposeMissing
from songcau.foundation.files.rules import Scan
from songcau.foundation.files.uses import FileUse, use_of
from songcau.kernel.actor import Actor
from songcau.kernel.text import normal

LONGEST_PURPOSE = 300


@dataclass(frozen=True, slots=True)
class Readable:
    """A file, the bytes of it that may be read, and whether its use calls them personal."""

    link: FileLink
    blob: Blob
    is_personal: bool


def read_file(*, by: Actor, file_id: UUID, purpose: str = "", original: bool = False, whole: bool = True) -> Readable:
    """What may be given out; `whole` False: its facts only, which needs no purpose and is not written down.

    Raises FileUnknown, MayNotReadFile, AwaitsScan, Infected, PurposeMissing.
    """
    link = FileLink.objects.select_related("blob", "original").filter(pk=file_id).first()
    if link is None:
        raise FileUnknown
    use = use_of(link.use)
    blob = _allowed(by, use, link, original=original)
    if blob.scan == Scan.INFECTED:
        raise Infected(name=blob.threat)
    if not rules.may_be_given_out(blob.scan):
        raise AwaitsScan
    if use.personal_data and whole:
        _record(by, link, normal(purpose)[:LONGEST_PURPOSE], original=original)
    return Readable(link, blob, use.personal_data)


def _allowed(by: Actor, use: FileUse, link: FileLink, *, original: bool) -> Blob:
    if not use.may_read(by, link):
        raise MayNotReadFile
    if not original:
        return link.blob
    if link.original is None:
        raise FileUnknown
    if not use.may_read_original(by, link):
        raise MayNotReadFile
    return link.original


@transaction.atomic
def _record(by: Actor, link: FileLink, purpose: str, *, original: bool) -> None:
    if not purpose:
        raise PurposeMissing
    details = {
        "use": link.use,
        "subject": f"{link.subject_kind}:{link.subject_id}",
        "purpose": purpose,
        "original": original,
    }
    record_entry(by=by, action="files.read", subject=f"files.file:{link.pk}", details=details)
