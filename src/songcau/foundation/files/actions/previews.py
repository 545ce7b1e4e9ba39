"""Previews, made by the worker after a file is stored. What cannot be drawn is noted and harms nobody."""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from uuid import UUID

from django.db import transaction
from PIL import Image

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.files import drawing, parts, rules
from songcau.foundation.files.actions.keeping import keep, release_connection
from songcau.foundation.files.intake import Content
from songcau.foundation.files.models import Blob, Preview
from songcau.foundation.files.rules import PreviewState, Scan
from songcau.foundation.files.scanners import Verdict
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import digest_of, file_chunks
from songcau.kernel.actor import Actor

SECONDS = 60
LARGEST_BYTES = 300 * rules.MEGABYTE
_EXITS = {11: "BROKEN", 12: "MEMORY"}


def draw_previews(*, by: Actor, blob_id: UUID) -> None:
    """Nothing happens to bytes that wait for no preview, wait for the scanner, or are gone.

    Raises StoreAway, StoreFull, ContentMissing.
    """
    blob = Blob.objects.filter(pk=blob_id, preview=PreviewState.WAITING).first()
    if blob is None or not rules.may_be_given_out(blob.scan):
        return
    release_connection()
    parts.folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    folder = Path(tempfile.mkdtemp(prefix="previews.", dir=parts.folder()))
    try:
        fault = _drawn(blob, folder) if blob.size <= LARGEST_BYTES else "TOO_LARGE"
        images = [] if fault else [_kept(file) for file in sorted(folder.glob("*.jpg"))]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    with transaction.atomic():
        _note(by, blob_id, images, fault)


def _drawn(blob: Blob, folder: Path) -> str:
    """Empty when it worked, else why not."""
    source = folder / "source"
    with source.open("wb") as stream:
        for chunk in store().read(blob.digest):
            stream.write(chunk)
    command = [sys.executable, "-m", drawing.__name__, str(source), blob.media_type, str(folder)]
    try:
        code = subprocess.run(command, capture_output=True, timeout=SECONDS).returncode
    except subprocess.TimeoutExpired:
        return "TIMEOUT"
    return "" if code == 0 else _EXITS.get(code, "KILLED")


def _kept(file: Path) -> tuple[Blob, int, int]:
    digest, size = digest_of(file_chunks(file))
    with Image.open(file) as picture:
        width, height = picture.size
    content = Content(file, digest, size, rules.JPEG)
    return keep(content, Verdict(Scan.CLEAN, "songcau"), shown=False), width, height


def _note(by: Actor, blob_id: UUID, images: list[tuple[Blob, int, int]], fault: str) -> None:
    blob = Blob.objects.select_for_update().filter(pk=blob_id, preview=PreviewState.WAITING).first()
    if blob is None:
        return
    Preview.objects.bulk_create(
        Preview(blob=blob, page=page, image=image, width=width, height=height)
        for page, (image, width, height) in enumerate(images, 1)
    )
    blob.preview, blob.preview_fault = (PreviewState.FAILED, fault) if fault else (PreviewState.MADE, "")
    blob.save(update_fields=["preview", "preview_fault"])
    if fault:
        record_entry(by=by, action="files.preview_failed", subject=f"files.blob:{blob.pk}", details={"why": fault})
