"""Pictures that another system named by their address are fetched, and then are like any others."""

import os
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import IO
from urllib.parse import unquote, urlsplit
from uuid import UUID

from django.db import transaction

from songcau.foundation.files.actions import register_held
from songcau.foundation.files.receiving import drop_held, hold_bytes
from songcau.foundation.files.rules import EXTENSIONS
from songcau.foundation.files.uses import Subject
from songcau.foundation.outbox.actions import announce
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE, LARGEST, SUBJECT
from songcau.systems.citizen_reports.actions.record import about, locked
from songcau.systems.citizen_reports.adapters.pictures import fetched
from songcau.systems.citizen_reports.events import ReportChanged
from songcau.systems.citizen_reports.models import Attachment
from songcau.systems.citizen_reports.rules import AttachmentState

CHUNK = 64 * 1024
Fetch = Callable[..., IO[bytes]]


def fetch_pictures(*, by: Actor, report_id: UUID, fetch: Fetch = fetched) -> int:
    """Fetch what a report names elsewhere; how many came. Safe to repeat. Outside of any transaction.

    Raises PictureElsewhereAway, StoreFull; then it is tried again.
    """
    waiting = Attachment.objects.filter(
        report=report_id, state=AttachmentState.WAITING, upload_id=None, file_id=None
    ).exclude(source_url="")
    return sum(_fetched(by, one, fetch) for one in waiting)


def _fetched(by: Actor, attachment: Attachment, fetch: Fetch) -> bool:
    try:
        with fetch(attachment.source_url, most_bytes=LARGEST) as content:
            length = os.fstat(content.fileno()).st_size
            chunks = iter(lambda: content.read(CHUNK), b"")
            held = hold_bytes(use=EVIDENCE, name=_name(attachment.source_url), chunks=chunks, length=length)
    except Refused as refusal:
        Attachment.objects.filter(pk=attachment.pk, state=AttachmentState.WAITING).update(
            state=AttachmentState.REFUSED, refusal=refusal.code[:40]
        )
        return False
    with transaction.atomic():
        row = Attachment.objects.select_for_update(of=("self",)).get(pk=attachment.pk)
        if row.upload_id is not None:
            drop_held(held)
            return False
        report = locked(row.report_id)
        register_held(by=by, use=EVIDENCE, subject=Subject(SUBJECT, report.pk), held=held)
        row.upload_id, row.is_picture = held.upload_id, held.media_type.startswith("image/")
        row.save(update_fields=["upload_id", "is_picture"])
        announce(ReportChanged(report.pk, "pictures"), subject=about(report), by=by)
    return True


def _name(url: str) -> str:
    """The end of the address where it is a file's name; else one that says nothing of the type."""
    name = PurePosixPath(unquote(urlsplit(url).path)).name
    return name if PurePosixPath(name).suffix.lower().lstrip(".") in EXTENSIONS else "picture"
