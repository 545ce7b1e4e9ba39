"""Bytes that came with a form are on disk before the form's change, and belong to it only with that change."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import transaction

from songcau.foundation.files import rules
from songcau.foundation.files.actions import finish_upload, register_held
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.files.parts import TooMuch
from songcau.foundation.files.receiving import Held, drop_held, hold_bytes
from songcau.foundation.files.refusals import ActiveContent, FileEmpty, MayNotUpload, OverLimit, UseUnknown
from songcau.foundation.files.rules import UploadState
from songcau.foundation.files.tests.conftest import SUBJECT
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.files.uses import Subject
from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.kernel.ids import new_id


def chunks(content: bytes) -> Iterator[bytes]:
    yield from (content[at : at + 100] for at in range(0, len(content), 100))


def held(content: bytes, name: str = "ảnh.jpg", length: int | None = None) -> Held:
    return hold_bytes(
        use="tests.papers", name=name, chunks=chunks(content), length=len(content) if length is None else length
    )


def parts() -> list[Path]:
    return list((Path(settings.SONGCAU.data) / "uploads").glob("*"))


@pytest.mark.django_db
def test_held_bytes_become_an_upload_and_then_a_file() -> None:
    content = photograph()
    kept = held(content)
    assert (kept.length, kept.media_type, Upload.objects.count()) == (len(content), rules.JPEG, 0)
    with transaction.atomic():
        upload = register_held(by=NOBODY, use="tests.papers", subject=SUBJECT, held=kept)
    assert (upload.state, upload.length, upload.owner_label) == (UploadState.RECEIVING, len(content), NOBODY.label)
    finish_upload(by=SYSTEM, upload_id=kept.upload_id)
    link = FileLink.objects.get(subject_id=SUBJECT.id)
    assert (link.name, link.blob.media_type, link.uploader_id) == ("ảnh.jpg", rules.JPEG, NOBODY.id)
    assert parts() == []


@pytest.mark.django_db
def test_bytes_that_are_refused_leave_nothing_behind() -> None:
    for content, refusal in ((b"<html><script>1</script>", ActiveContent), (b"", FileEmpty)):
        with pytest.raises(refusal):
            held(content)
    with pytest.raises(OverLimit):
        held(b"x", length=21 * rules.MEGABYTE)
    with pytest.raises(FileEmpty):
        held(b"", length=5)
    with pytest.raises(UseUnknown):
        hold_bytes(use="tests.nothing", name="a.jpg", chunks=chunks(b"x"), length=1)
    assert parts() == []


@pytest.mark.django_db
def test_more_bytes_than_were_said_are_not_kept() -> None:
    with pytest.raises(TooMuch):
        held(photograph(), length=10)
    assert parts() == []


@pytest.mark.django_db
def test_only_who_may_upload_there_registers_them() -> None:
    kept = held(photograph())
    with pytest.raises(MayNotUpload):
        register_held(by=NOBODY, use="tests.papers", subject=Subject("tests.dossier", new_id()), held=kept)
    drop_held(kept)
    assert parts() == []
