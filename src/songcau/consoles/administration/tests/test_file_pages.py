"""Files on screen: who sees the list, what one file's page says, and legal holds set and lifted."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.conf import settings
from django.test import Client

from songcau.consoles.administration.tests.conftest import City
from songcau.foundation.accounts.queries import actor_of
from songcau.foundation.files import actions, storage, uses
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.parts import Part
from songcau.foundation.files.rules import PreviewState, Scan
from songcau.foundation.files.tests import samples
from songcau.foundation.files.uses import TRY_OUT, Subject
from songcau.kernel.actor import SYSTEM

LIST, TRY = "/administration/files/", "/administration/files/try-out/"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"data": tmp_path}))
    storage.store.cache_clear()
    yield
    storage.store.cache_clear()


@pytest.fixture
def file(city: City) -> FileLink:
    by, content = actor_of(city.quan), samples.photograph()
    upload = actions.start_upload(
        by=by, use=TRY_OUT.name, subject=Subject("files.try_out", by.id), name="Vỉa hè.jpg", length=len(content)
    )
    Part(upload.pk).append(iter([content]), len(content))
    link = actions.finish_upload(by=by, upload_id=upload.pk).link
    assert link is not None
    return link


def text(response: Any) -> str:
    return str(response.content.decode())


def test_the_list_is_for_those_who_look_after_files(admin: Client, ward: Client) -> None:
    assert "There are no files" in text(admin.get(LIST))
    assert ward.get(LIST).status_code == 403
    assert ward.get(TRY).status_code == 403


def test_the_list_filters_and_exports(admin: Client, file: FileLink) -> None:
    assert "Vỉa hè.jpg" in text(admin.get(LIST))
    for query, found in (
        ("?q=vỉa", True),
        ("?use=files.try_out", True),
        ("?kind=image/jpeg", True),
        ("?kind=application/pdf", False),
        ("?state=NOT_SCANNED", True),
        ("?state=INFECTED", False),
        ("?state=HELD", False),
    ):
        assert ("Vỉa hè.jpg" in text(admin.get(LIST + query))) is found, query
    assert "Vỉa hè.jpg" in b"".join(admin.get(LIST + "?format=csv")).decode("utf-8-sig")


def test_one_file_says_what_is_known_of_it(admin: Client, file: FileLink) -> None:
    actions.draw_previews(by=SYSTEM, blob_id=file.blob_id)
    page = text(admin.get(f"{LIST}{file.pk}/"))
    for said in ("Vỉa hè.jpg", "Trying out", "JPEG picture", "Not scanned", "Not kept", file.blob.digest, "Download"):
        assert said in page
    assert f"/files/{file.pk}/previews/1" in page
    assert admin.get(f"{LIST}{uuid4()}/").status_code == 404


def test_what_cannot_be_opened_says_why(admin: Client, file: FileLink) -> None:
    Blob.objects.update(scan=Scan.WAITING, preview=PreviewState.FAILED, preview_fault="TIMEOUT")
    page = text(admin.get(f"{LIST}{file.pk}/"))
    assert "did not answer when the file came in" in page
    assert "it takes too long" in page
    assert "Download" not in page
    Blob.objects.update(scan=Scan.INFECTED, threat="Eicar")
    assert "The virus scanner found Eicar" in text(admin.get(f"{LIST}{file.pk}/"))


def test_a_file_of_a_system_that_is_gone_is_still_listed(
    admin: Client, file: FileLink, monkeypatch: pytest.MonkeyPatch
) -> None:
    FileLink.objects.update(use="gone.papers")
    assert "gone.papers" in text(admin.get(LIST))
    page = text(admin.get(f"{LIST}{file.pk}/"))
    assert "gone.papers" in page
    assert "Download" not in page


def test_a_hold_is_set_and_lifted_with_reasons(admin: Client, file: FileLink) -> None:
    hold, release = f"{LIST}{file.pk}/hold/", f"{LIST}{file.pk}/release/"
    assert "Nobody and no retention date" in text(admin.get(hold))
    assert admin.post(hold, {"reason": " "}).status_code == 422
    assert admin.post(release, {"reason": "x"}).status_code == 409
    assert admin.post(hold, {"reason": "Công văn 12/CQĐT"}).status_code == 302
    assert "Công văn 12/CQĐT" in text(admin.get(f"{LIST}{file.pk}/"))
    assert admin.post(hold, {"reason": "again"}).status_code == 409
    assert "Vỉa hè.jpg" in text(admin.get(LIST + "?state=HELD"))
    assert admin.post(release, {"reason": "Đã kết thúc"}).status_code == 302
    file.refresh_from_db()
    assert not file.is_held


def test_the_same_content_elsewhere_is_named(admin: Client, file: FileLink, city: City) -> None:
    by = actor_of(city.quan)
    other = actions.attach_file(by=by, file_id=file.pk, use=TRY_OUT.name, subject=Subject("files.try_out", by.id))
    assert f"{LIST}{other.pk}/" in text(admin.get(f"{LIST}{file.pk}/"))


def test_the_page_to_try_an_upload_out_names_its_use(admin: Client) -> None:
    page = text(admin.get(TRY))
    assert 'data-use="files.try_out"' in page
    assert uses.TRY_OUT.limits.max_bytes == 4 * 1024**3
    assert "4.0\xa0GB" in page
