"""Previews: drawn by a process of their own, after the file is stored, and harmless when they cannot be."""

import subprocess
from pathlib import Path

import pytest

from songcau.foundation.files import actions, parts, rules
from songcau.foundation.files.actions import previews
from songcau.foundation.files.models import Blob, Preview
from songcau.foundation.files.rules import PreviewState, Scan
from songcau.foundation.files.storage import store
from songcau.foundation.files.tests import samples
from songcau.foundation.files.tests.talking import stored
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.clock import now

pytestmark = pytest.mark.django_db


def test_a_photograph_gets_one_and_a_pdf_its_first_pages(by: Actor) -> None:
    photograph = stored(by, samples.photograph(width=1200, height=750, orientation=1), "anh.jpg")
    paper = stored(by, samples.pdf(pages=5), "don.pdf")
    for link in (photograph, paper):
        actions.draw_previews(by=SYSTEM, blob_id=link.blob_id)
        link.blob.refresh_from_db()
        assert link.blob.preview == PreviewState.MADE
    assert [(p.width, p.height) for p in photograph.blob.previews.all()] == [(800, 500)]
    assert [p.page for p in paper.blob.previews.order_by("page")] == [1, 2, 3]
    shown = photograph.blob.previews.get().image
    assert b"".join(store().read(shown.digest)).startswith(b"\xff\xd8\xff")
    assert shown.preview == PreviewState.NONE, "no previews of previews"
    assert list(parts.folder().iterdir()) == []


def test_drawing_again_draws_nothing(by: Actor) -> None:
    link = stored(by, samples.photograph(), "anh.jpg")
    actions.draw_previews(by=SYSTEM, blob_id=link.blob_id)
    actions.draw_previews(by=SYSTEM, blob_id=link.blob_id)
    assert Preview.objects.count() == 1


def test_a_document_without_a_preview_says_so(by: Actor) -> None:
    assert stored(by, samples.docx(), "don.docx").blob.preview == PreviewState.NONE


def broken(media_type: str = rules.PDF) -> Blob:
    """Bytes that passed once and cannot be drawn now."""
    content = b"%PDF-1.7 nothing"
    file = parts.folder() / "x"
    parts.folder().mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    import hashlib

    digest = hashlib.sha256(content).hexdigest()
    store().put(file, digest)
    return Blob.objects.create(
        digest=digest,
        size=len(content),
        media_type=media_type,
        created_at=now(),
        touched_at=now(),
        preview=PreviewState.WAITING,
    )


def test_a_corrupt_file_has_a_failed_preview_with_its_reason() -> None:
    blob = broken()
    actions.draw_previews(by=SYSTEM, blob_id=blob.pk)
    blob.refresh_from_db()
    assert (blob.preview, blob.preview_fault) == (PreviewState.FAILED, "BROKEN")


def test_a_drawing_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    def hang(*_args: object, **named: float) -> None:
        raise subprocess.TimeoutExpired("drawing", named["timeout"])

    monkeypatch.setattr(subprocess, "run", hang)
    blob = broken()
    actions.draw_previews(by=SYSTEM, blob_id=blob.pk)
    blob.refresh_from_db()
    assert blob.preview_fault == "TIMEOUT"


def test_a_drawing_that_wants_all_memory_is_ended_by_the_system(by: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    link = stored(by, samples.photograph("PNG", width=1000, height=1000), "anh.png")
    plain, drawer = subprocess.run, Path(previews.drawing.__file__).read_text(encoding="utf-8")
    starved = drawer.replace("2 << 30", "1 << 22")
    assert starved != drawer

    def run(command: list[str], **named: object) -> object:
        return plain([command[0], "-c", starved, *command[3:]], **named)

    monkeypatch.setattr(subprocess, "run", run)
    actions.draw_previews(by=SYSTEM, blob_id=link.blob_id)
    link.blob.refresh_from_db()
    assert link.blob.preview == PreviewState.FAILED
    assert link.blob.preview_fault in ("MEMORY", "BROKEN", "KILLED")


def test_a_very_large_file_is_not_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(previews, "LARGEST_BYTES", 3)
    blob = broken()
    actions.draw_previews(by=SYSTEM, blob_id=blob.pk)
    blob.refresh_from_db()
    assert blob.preview_fault == "TOO_LARGE"


def test_what_waits_for_the_scanner_is_not_drawn() -> None:
    blob = broken()
    Blob.objects.update(scan=Scan.WAITING)
    actions.draw_previews(by=SYSTEM, blob_id=blob.pk)
    blob.refresh_from_db()
    assert blob.preview == PreviewState.WAITING


def test_bytes_removed_while_they_were_drawn_leave_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    blob = broken()

    def drawn(_blob: Blob, _folder: Path) -> str:
        Blob.objects.all().delete()
        return "BROKEN"

    monkeypatch.setattr(previews, "_drawn", drawn)
    actions.draw_previews(by=SYSTEM, blob_id=blob.pk)
    assert not Blob.objects.exists()
