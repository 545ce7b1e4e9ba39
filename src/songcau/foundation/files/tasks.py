"""What files does by itself: scans and previews after a file came in, and what is late, left over or expired."""

import shutil
from datetime import timedelta

import structlog

from songcau.foundation.files import actions
from songcau.foundation.files.events import FileScanned, FileSetAside, FileStored
from songcau.foundation.files.models import Upload
from songcau.foundation.files.parts import Busy, Part, folder
from songcau.foundation.files.rules import UploadState
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import FolderStore
from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
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
        if file.stem in known or file.stat().st_mtime >= old:
            continue
        if file.is_dir():  # previews that a killed worker was drawing
            shutil.rmtree(file, ignore_errors=True)
        else:
            file.unlink(missing_ok=True)
    if isinstance(kept := store(), FolderStore):
        kept.remove_leftovers(old)


def draw_stored(event: FileStored, _facts: DeliveryFacts) -> None:
    actions.draw_previews(by=SYSTEM, blob_id=event.blob)


def draw_scanned(event: FileScanned, _facts: DeliveryFacts) -> None:
    actions.draw_previews(by=SYSTEM, blob_id=event.blob)


def scan_set_aside(event: FileSetAside, _facts: DeliveryFacts) -> None:
    actions.scan_blob(by=SYSTEM, blob_id=event.blob)


def remove_expired_files() -> None:
    actions.remove_expired(by=SYSTEM)


def remove_unneeded_content() -> None:
    actions.remove_unneeded(by=SYSTEM)


REACTIONS = (
    Reaction(FileStored, draw_stored, "files.draw_stored", outside=True, lease_seconds=180, is_slow=True),
    Reaction(FileScanned, draw_scanned, "files.draw_scanned", outside=True, lease_seconds=180, is_slow=True),
    Reaction(FileSetAside, scan_set_aside, "files.scan_set_aside", outside=True, lease_seconds=600, is_slow=True),
)
JOBS = (
    Job("files.finish_received_uploads", every(minutes=5), finish_received_uploads, lease_seconds=1800),
    Job("files.remove_abandoned_uploads", daily(at="03:10"), remove_abandoned_uploads, lease_seconds=1800),
    Job("files.remove_expired_files", daily(at="03:30"), remove_expired_files, lease_seconds=1800),
    Job("files.remove_unneeded_content", daily(at="03:50"), remove_unneeded_content, lease_seconds=1800),
)
