"""tus 1.0.0 as any client may speak it: every status of the protocol, and what this city adds."""

import base64
import errno
import hashlib
import os
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from django.test import Client

from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.foundation.files import parts, rules
from songcau.foundation.files.models import FileLink, Upload
from songcau.foundation.files.parts import Part
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import StoreFull
from songcau.foundation.files.tests import samples
from songcau.foundation.files.tests.conftest import EVIDENCE, SUBJECT
from songcau.foundation.files.tests.talking import SPEAKS, create, described, head, metadata, patch
from songcau.foundation.outbox.models import Event
from songcau.kernel import clock

pytestmark = pytest.mark.django_db
TEXT = b"Kinh gui Uy ban nhan dan"


def test_the_server_says_what_it_speaks(client_of_lan: Client) -> None:
    answer = client_of_lan.options("/files/uploads/")
    assert answer.status_code == 204
    assert answer["Tus-Version"] == "1.0.0"
    assert answer["Tus-Extension"] == "creation,expiration,checksum,termination"
    assert answer["Tus-Checksum-Algorithm"] == "sha1,sha256,md5"
    assert int(answer["Tus-Max-Size"]) >= 20 * rules.MEGABYTE


def test_a_file_comes_in_two_pieces_and_is_stored_once_whole(client_of_lan: Client) -> None:
    made = create(client_of_lan, len(TEXT), "Đơn đề nghị.txt")
    assert made.status_code == 201
    assert made["Tus-Resumable"] == "1.0.0"
    where = made["Location"]
    assert head(client_of_lan, where)["Upload-Offset"] == "0"
    first = patch(client_of_lan, where, TEXT[:10])
    assert (first.status_code, first["Upload-Offset"]) == (204, "10")
    assert "Upload-Expires" in first
    between = head(client_of_lan, where)
    assert (between["Upload-Offset"], between["Upload-Length"]) == ("10", str(len(TEXT)))
    assert between["Cache-Control"] == "no-store"
    assert client_of_lan.get(where).json() == {"state": "RECEIVING", "length": len(TEXT), "offset": 10}
    assert patch(client_of_lan, where, TEXT[10:], 10)["Upload-Offset"] == str(len(TEXT))
    link = FileLink.objects.select_related("blob").get()
    assert (link.name, link.subject_id, link.uploader_label) == ("Đơn đề nghị.txt", SUBJECT.id, "Trần Thị Lan (lan)")
    assert b"".join(store().read(link.blob.digest)) == TEXT
    assert link.blob.digest == hashlib.sha256(TEXT).hexdigest()
    told = client_of_lan.get(where).json()
    assert (told["state"], told["file"]) == ("STORED", str(link.pk))
    assert head(client_of_lan, where)["Upload-Offset"] == str(len(TEXT))
    assert Event.objects.filter(name="files.FileStored").count() == 1
    entry = Entry.objects.get(action="files.store")
    assert link.blob.digest in entry.details_json
    assert list(parts.folder().iterdir()) == []


def test_a_repeated_last_piece_stores_nothing_twice(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    patch(client_of_lan, where, TEXT)
    again = patch(client_of_lan, where, b"", len(TEXT))
    assert (again.status_code, again["Upload-Offset"]) == (204, str(len(TEXT))), "as if the first answer had arrived"
    assert patch(client_of_lan, where, b"more", len(TEXT)).status_code == 413
    assert patch(client_of_lan, where, TEXT).status_code == 409
    assert FileLink.objects.count() == 1


def test_the_same_bytes_are_kept_once_under_two_names(client_of_lan: Client) -> None:
    for name in ("mot.txt", "hai.txt"):
        patch(client_of_lan, create(client_of_lan, len(TEXT), name)["Location"], TEXT)
    first, second = FileLink.objects.all()
    assert first.blob == second.blob
    assert len(list(store().digests())) == 1


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Upload-Metadata": described()}, 400),
        ({"Upload-Length": "-1", "Upload-Metadata": described()}, 400),
        ({"Upload-Length": "1e3", "Upload-Metadata": described()}, 400),
        ({"Upload-Length": "9" * 19, "Upload-Metadata": described()}, 400),
        ({"Upload-Length": "0", "Upload-Metadata": described()}, 422),
        ({"Upload-Length": "10", "Upload-Metadata": ""}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": "filename not-base64!"}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": described() + "," + metadata(use="x")}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": described("a\0b")}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": described(subject_id="seven")}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": described(subject_kind="k" * 81)}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": "a " + "A" * 9000}, 400),
        ({"Upload-Length": "10", "Upload-Metadata": described(use="no.such.use")}, 422),
        ({"Upload-Length": "10", "Upload-Metadata": described(subject_kind="tests.other")}, 403),
        ({"Upload-Length": "10", "Upload-Metadata": described("don.docm")}, 422),
        ({"Upload-Length": str(21 * rules.MEGABYTE), "Upload-Metadata": described()}, 413),
        ({"Upload-Length": "10", "Upload-Metadata": described(), "Tus-Resumable": "0.2.2"}, 412),
    ],
)
def test_a_creation_that_cannot_be_is_refused(client_of_lan: Client, headers: dict[str, str], status: int) -> None:
    answer = client_of_lan.post("/files/uploads/", headers=SPEAKS | headers)
    assert answer.status_code == status
    assert answer["Tus-Resumable"] == "1.0.0"
    assert not Upload.objects.exists()
    if status == 412:
        assert answer["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    ("content", "offset", "headers", "status"),
    [
        (b"abc", 5, {}, 409),
        (b"abc", 0, {"Upload_Offset": "x"}, 400),
        (b"abc", 0, {"Content_Type": "text/plain"}, 415),
        (b"x" * 100, 0, {}, 413),
        (b"abc", 0, {"Upload_Checksum": "crc32 AAAA"}, 400),
        (b"abc", 0, {"Upload_Checksum": "sha1 !!!"}, 400),
        (b"abc", 0, {"Upload_Checksum": "sha1 " + base64.b64encode(b"wrong").decode()}, 460),
        (b"abc", 0, {"Tus_Resumable": "2.0.0"}, 412),
    ],
)
def test_a_piece_that_does_not_fit_changes_nothing(
    client_of_lan: Client, content: bytes, offset: int, headers: dict[str, str], status: int
) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    assert patch(client_of_lan, where, content, offset, **headers).status_code == status
    assert head(client_of_lan, where)["Upload-Offset"] == "0"


def test_a_piece_with_the_right_checksum_is_kept(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    proof = "sha256 " + base64.b64encode(hashlib.sha256(TEXT[:5]).digest()).decode()
    assert patch(client_of_lan, where, TEXT[:5], Upload_Checksum=proof)["Upload-Offset"] == "5"
    assert [file.suffix for file in parts.folder().iterdir()] == [".part"]


def test_while_somebody_writes_another_piece_is_refused(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    with Part(Upload.objects.get().pk).locked():
        assert patch(client_of_lan, where, TEXT).status_code == 423
        assert client_of_lan.delete(where, headers=SPEAKS).status_code == 423
        assert head(client_of_lan, where)["Upload-Offset"] == "0"
    assert patch(client_of_lan, where, TEXT).status_code == 204


def test_a_client_behind_a_narrow_proxy_may_say_patch_in_a_header(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    headers = SPEAKS | {"Upload-Offset": "0", "X-HTTP-Method-Override": "PATCH"}
    answer = client_of_lan.post(where, TEXT, content_type="application/offset+octet-stream", headers=headers)
    assert answer.status_code == 204
    assert FileLink.objects.exists()


def test_an_upload_belongs_to_its_creator(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    minh = Client()
    sign_in(minh, make_person("minh"))
    assert head(minh, where).status_code == 404
    assert patch(minh, where, TEXT).status_code == 404
    assert minh.delete(where, headers=SPEAKS).status_code == 404
    assert minh.get(where).status_code == 404
    assert head(client_of_lan, where)["Upload-Offset"] == "0"


def test_nobody_uploads_without_signing_in_or_from_another_site(client_of_lan: Client, lan: object) -> None:
    assert create(Client(), 10).status_code in (302, 401, 403)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client_of_lan.cookies
    assert create(strict, 10).status_code == 403
    assert not Upload.objects.exists()


def test_a_cancelled_upload_is_gone_with_its_bytes(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    patch(client_of_lan, where, TEXT[:5])
    assert client_of_lan.delete(where, headers=SPEAKS).status_code == 204
    assert head(client_of_lan, where).status_code == 404
    assert list(parts.folder().iterdir()) == []


def test_cancelling_what_lost_its_bytes_or_is_stored_takes_only_the_upload(client_of_lan: Client) -> None:
    lost = create(client_of_lan, len(TEXT))["Location"]
    Part(Upload.objects.get().pk).remove()
    assert head(client_of_lan, lost).status_code == 410
    assert patch(client_of_lan, lost, TEXT).status_code == 410
    assert client_of_lan.delete(lost, headers=SPEAKS).status_code == 204
    kept = create(client_of_lan, len(TEXT))["Location"]
    patch(client_of_lan, kept, TEXT)
    assert client_of_lan.delete(kept, headers=SPEAKS).status_code == 204
    assert FileLink.objects.count() == 1


def test_an_expired_upload_is_gone(client_of_lan: Client) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    Upload.objects.update(expires_at=clock.now() - timedelta(seconds=1))
    assert head(client_of_lan, where).status_code == 410
    assert patch(client_of_lan, where, TEXT).status_code == 410


def test_a_refused_file_says_why_and_leaves_nothing(client_of_lan: Client) -> None:
    page = b"<html><script>alert(1)</script></html>"
    where = create(client_of_lan, len(page), "anh.png")["Location"]
    answer = patch(client_of_lan, where, page)
    assert answer.status_code == 422
    assert answer.json()["code"] == "FILE_ACTIVE_CONTENT"
    assert answer.json()["message"].startswith("Không tiếp nhận trang web")
    assert head(client_of_lan, where).status_code == 410
    told = client_of_lan.get(where).json()
    assert (told["state"], told["code"]) == ("REFUSED", "FILE_ACTIVE_CONTENT")
    assert list(parts.folder().iterdir()) == []
    assert list(store().digests()) == []
    assert Entry.objects.filter(action="files.refuse").count() == 1


def test_a_photograph_is_kept_without_its_place_and_with_its_original_where_the_use_says_so(
    client_of_lan: Client,
) -> None:
    photograph = samples.photograph()
    for use in ("tests.papers", EVIDENCE.name):
        patch(client_of_lan, create(client_of_lan, len(photograph), "anh.jpg", use=use)["Location"], photograph)
    plain, evidence = FileLink.objects.order_by("created_at").select_related("blob", "original")
    assert plain.original is None
    assert evidence.blob == plain.blob
    assert b"SecretMaker" not in b"".join(store().read(plain.blob.digest))
    assert b"".join(store().read(evidence.original.digest)) == photograph


def test_a_full_disk_keeps_the_offset_true(client_of_lan: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]

    def full(handle: int, content: bytes) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "write", full)
        assert patch(client_of_lan, where, TEXT).status_code == 507
    assert head(client_of_lan, where)["Upload-Offset"] == "0"
    assert patch(client_of_lan, where, TEXT).status_code == 204


def test_without_room_an_upload_does_not_begin(client_of_lan: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "LEAST_FREE_BYTES", 1 << 60)
    assert create(client_of_lan, 10).status_code == 507
    assert not Upload.objects.exists()


def test_what_the_database_needs_is_not_filled_by_uploads_begun_while_there_was_room(
    client_of_lan: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]
    patch(client_of_lan, where, TEXT[:5])
    with monkeypatch.context() as patched:
        patched.setattr(parts, "LEAST_FREE_BYTES", 1 << 60)
        refused = patch(client_of_lan, where, TEXT[5:], 5)
        assert (refused.status_code, refused.json()["code"]) == (507, "FILES_STORE_FULL")
    assert head(client_of_lan, where)["Upload-Offset"] == "5"
    assert patch(client_of_lan, where, TEXT[5:], 5).status_code == 204


def test_a_full_store_keeps_what_came_and_the_next_attempt_finishes_it(
    client_of_lan: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = create(client_of_lan, len(TEXT))["Location"]

    def full(source: Path, digest: str) -> bool:
        raise StoreFull

    with monkeypatch.context() as patched:
        patched.setattr(store(), "put", full)
        assert patch(client_of_lan, where, TEXT).status_code == 507
    assert head(client_of_lan, where)["Upload-Offset"] == str(len(TEXT))
    assert not FileLink.objects.exists()
    assert patch(client_of_lan, where, b"", len(TEXT)).status_code == 204
    assert FileLink.objects.count() == 1


def test_other_methods_and_unknown_uploads(client_of_lan: Client) -> None:
    assert client_of_lan.get("/files/uploads/").status_code == 405
    where = create(client_of_lan, len(TEXT))["Location"]
    assert client_of_lan.put(where, headers=SPEAKS).status_code == 405
    assert client_of_lan.options(where).status_code == 204
    assert head(client_of_lan, f"/files/uploads/{uuid4()}").status_code == 404


def test_one_person_has_only_so_many_unfinished_uploads(client_of_lan: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "MOST_UNFINISHED", 1)
    create(client_of_lan, 10)
    assert create(client_of_lan, 10).json()["code"] == "TOO_MANY_UPLOADS"
