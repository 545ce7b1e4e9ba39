"""What files does by itself: uploads that arrived are taken in, abandoned ones go."""

from datetime import timedelta

import structlog

from songcau.foundation.files import actions, rules
from songcau.foundation.files.models import Upload
from songcau.foundation.files.parts import Busy, Part, folder
from songcau.foundation.files.rules import UploadState
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import FolderStore
from songcau.foundation.outbox.reactions import Job
from songcau.foundation.outbox.rules import daily, every
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM
from songcau.kernel.errors import Anticipated, Unavailable

log = structlog.get_logger(__name__)
LEFTOVERS_AFTER = timedelta(days=2)


def finish_received_uploads() -> None:
    """Take in what arrived whole while the process died, the store was full, or the client was gone.

    Raises Unavailable when the store still cannot serve.
    """
    unfinished = Upload.objects.filter(state=UploadState.RECEIVING, created_at__lt=clock.now() - timedelta(minutes=1))
    for upload_id, length in unfinished.order_by("created_at").values_list("id", "length"):
        part = Part(upload_id)
        try:
            if part.offset() == length:
                with part.locked():
                    actions.finish_upload(by=SYSTEM, upload_id=upload_id)
        except (Busy, FileNotFoundError):
            continue
        except Unavailable:
            raise
        except Anticipated as refusal:
            log.info("files.upload_refused", upload=str(upload_id), code=refusal.code)


def remove_abandoned_uploads() -> None:
    """Expired uploads and their bytes, part files no upload knows, and half-written files of killed processes."""
    now = clock.now()
    for upload_id in Upload.objects.filter(expires_at__lte=now).values_list("id", flat=True):
        try:
            with Part(upload_id).locked():
                actions.cancel_upload(by=SYSTEM, upload_id=upload_id)
        except Busy:
            continue
        except FileNotFoundError:
            actions.cancel_upload(by=SYSTEM, upload_id=upload_id)
    old = (now - LEFTOVERS_AFTER).timestamp()
    known = {str(pk) for pk in Upload.objects.filter(state=UploadState.RECEIVING).values_list("id", flat=True)}
    for file in folder().glob("*.*"):
        if file.stem not in known and file.stat().st_mtime < old:
            file.unlink(missing_ok=True)
    if isinstance(kept := store(), FolderStore):
        kept.remove_leftovers(old)


JOBS = (
    Job("files.finish_received_uploads", every(minutes=5), finish_received_uploads, lease_seconds=1800),
    Job("files.remove_abandoned_uploads", daily(at="03:10"), remove_abandoned_uploads, lease_seconds=1800),
)
