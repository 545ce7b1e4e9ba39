"""Pictures and films that come with a form: held on disk at once, and kept through a second page by a signed note."""

from collections.abc import Iterator
from dataclasses import astuple
from typing import Any
from uuid import UUID

from django.core import signing
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.utils.translation import gettext as _

from songcau.foundation.shell.words import say
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports.public import MOST_PICTURES, Held, drop_held, hold_picture

_SALT = "songcau.portal.held"
# Parts that nothing claims are swept after a day.
_KEPT_SECONDS = 12 * 3600
FIELD = "photos"


def take(request: HttpRequest, submission_id: UUID) -> tuple[list[Held], list[str]]:
    """What was held before and what came now, and why some of it was refused. Raises StoreFull."""
    held = noted(request.POST.get("held", ""), submission_id)
    if request.POST.get("drop_photos") == "on":
        for one in held:
            drop_held(one)
        held = []
    faults = []
    for file in request.FILES.getlist(FIELD):
        if len(held) >= MOST_PICTURES:
            faults.append(
                _("At most %(most)s photos and films can be sent. The others were left out.") % {"most": MOST_PICTURES}
            )
            break
        try:
            held.append(hold_picture(file.name or "anh", _chunks(file), file.size or 0))
        except Refused as refusal:
            faults.append(f"{(file.name or '')[:60]}: {say(refusal)}")
    return held, faults


def note(held: list[Held], submission_id: UUID) -> str:
    """The signed note by which the next page knows them; for this submission only."""
    if not held:
        return ""
    rows = [[str(one.upload_id), *astuple(one)[1:]] for one in held]
    return signing.dumps([str(submission_id), rows], salt=_SALT, compress=True)


def noted(text: str, submission_id: UUID) -> list[Held]:
    """What a note names; nothing where it is not ours, is old, or belongs to another submission."""
    if not text:
        return []
    try:
        owner, rows = signing.loads(text, salt=_SALT, max_age=_KEPT_SECONDS)
    except signing.BadSignature:
        return []
    if owner != str(submission_id):
        return []
    return [Held(UUID(row[0]), row[1], row[2], row[3]) for row in rows]


def _chunks(file: "UploadedFile[Any]") -> Iterator[bytes]:
    yield from file.chunks()
