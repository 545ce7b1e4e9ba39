"""Files given out: to whom, in which part, and under which headers."""

import asyncio
from dataclasses import replace
from uuid import uuid4

import pytest
from django.test import AsyncClient, Client

from songcau.foundation.accounts.tests.people import make_person, sign_in
from songcau.foundation.audit.models import Entry
from songcau.foundation.files import actions, uses
from songcau.foundation.files.models import Blob, FileLink
from songcau.foundation.files.rules import Scan
from songcau.foundation.files.storage import store
from songcau.foundation.files.tests import samples
from songcau.foundation.files.tests.conftest import EVIDENCE, PERSONAL
from songcau.foundation.files.tests.talking import stored
from songcau.kernel.actor import SYSTEM, Actor

pytestmark = pytest.mark.django_db
TEXT = "Ủy ban nhân dân thành phố Thái Nguyên".encode()


def address(link: FileLink) -> str:
    return f"/files/{link.pk}"


def test_the_whole_file_with_headers_that_let_nothing_act(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, TEXT, "Đơn đề nghị.txt")
    answer = client_of_lan.get(address(link))
    assert answer.status_code == 200
    assert answer.getvalue() == TEXT
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    assert answer["Content-Length"] == str(len(TEXT))
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "script" not in answer["Content-Security-Policy"]
    assert answer["ETag"] == f'"{link.blob.digest}"'
    assert answer["Content-Disposition"] == (
        "inline; filename*=utf-8''%C4%90%C6%A1n%20%C4%91%E1%BB%81%20ngh%E1%BB%8B.txt"
    )
    assert client_of_lan.get(address(link) + "?save=1")["Content-Disposition"].startswith("attachment")


def test_a_text_is_given_out_as_what_its_own_name_says(by: Actor, client_of_lan: Client) -> None:
    table, note = stored(by, b"a,b\n1,2\n", "so.csv"), stored(by, b"a,b\n1,2\n", "ghi chu.txt")
    for link, kind, how in ((table, "text/csv", "attachment"), (note, "text/plain", "inline")):
        answer = client_of_lan.get(address(link))
        assert answer["Content-Type"] == f"{kind}; charset=utf-8"
        assert answer["Content-Disposition"] == f'{how}; filename="{link.name}"'


@pytest.mark.parametrize(("name", "content"), [("don.pdf", samples.pdf()), ("don.docx", samples.docx())])
def test_a_document_is_handed_over_to_be_saved(by: Actor, client_of_lan: Client, name: str, content: bytes) -> None:
    assert client_of_lan.get(address(stored(by, content, name)))["Content-Disposition"].startswith("attachment")


def test_a_part_and_the_conditions_on_it(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, TEXT)
    part = client_of_lan.get(address(link), headers={"Range": "bytes=4-9"})
    assert (part.status_code, part.getvalue()) == (206, TEXT[4:10])
    assert part["Content-Range"] == f"bytes 4-9/{len(TEXT)}"
    assert part["Content-Length"] == "6"
    etag = part["ETag"]
    for condition, status in ((etag, 206), ('"other"', 200), (part["Last-Modified"], 206)):
        answer = client_of_lan.get(address(link), headers={"Range": "bytes=0-1", "If-Range": condition})
        assert answer.status_code == status, condition
    beyond = client_of_lan.get(address(link), headers={"Range": "bytes=5000-"})
    assert (beyond.status_code, beyond["Content-Range"]) == (416, f"bytes */{len(TEXT)}")
    assert client_of_lan.get(address(link), headers={"If-None-Match": etag}).status_code == 304
    assert client_of_lan.get(address(link), headers={"If-None-Match": "*"}).status_code == 304


def test_head_tells_and_gives_nothing(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, TEXT)
    answer = client_of_lan.head(address(link), headers={"Range": "bytes=0-1"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer["Content-Length"] == str(len(TEXT))


def test_only_whom_the_use_lets_may_read(by: Actor) -> None:
    link = stored(by, TEXT)
    assert Client().get(address(link)).status_code == 302
    minh = Client()
    sign_in(minh, make_person("minh"))
    assert minh.get(address(link)).status_code == 403
    assert minh.get(f"/files/{uuid4()}").status_code == 404


def test_reading_personal_data_needs_a_purpose_and_is_written_down(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, TEXT, use=PERSONAL.name)
    assert client_of_lan.get(address(link)).status_code == 422
    assert client_of_lan.head(address(link)).status_code == 200
    assert not Entry.objects.filter(action="files.read").exists()
    answer = client_of_lan.get(address(link) + "?purpose=Giải quyết hồ sơ 12/2026")
    assert answer.status_code == 200
    assert answer["Cache-Control"] == "private, no-store"
    entry = Entry.objects.get(action="files.read")
    assert "Giải quyết hồ sơ 12/2026" in entry.details_json
    assert entry.actor_id == by.id


def test_what_waits_for_the_scanner_or_is_infected_is_not_given_out(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, TEXT)
    for scan, status in ((Scan.WAITING, 409), (Scan.INFECTED, 422)):
        Blob.objects.update(scan=scan)
        assert client_of_lan.get(address(link)).status_code == status


def test_content_that_is_missing_is_our_fault_and_said_so(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, TEXT)
    store().delete(link.blob.digest)
    assert client_of_lan.get(address(link)).status_code == 503


def test_the_original_is_for_those_whom_the_use_lets(by: Actor, client_of_lan: Client) -> None:
    photograph = samples.photograph()
    plain, evidence = stored(by, photograph, "a.jpg"), stored(by, photograph, "a.jpg", EVIDENCE.name)
    assert client_of_lan.get(address(evidence) + "?original=1").getvalue() == photograph
    assert client_of_lan.get(address(evidence)).getvalue() != photograph
    assert client_of_lan.get(address(plain) + "?original=1").status_code == 404


def test_an_original_is_not_for_everybody_who_may_read(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, samples.photograph(), "a.jpg", EVIDENCE.name)
    uses.register(replace(EVIDENCE, may_read_original=uses.nobody))
    assert client_of_lan.get(address(link) + "?original=1").status_code == 403
    assert client_of_lan.get(address(link)).status_code == 200


def test_a_preview_is_shown_to_whoever_may_read(by: Actor, client_of_lan: Client) -> None:
    link = stored(by, samples.photograph(), "anh.jpg")
    assert client_of_lan.get(address(link) + "/previews/1").status_code == 404
    actions.draw_previews(by=SYSTEM, blob_id=link.blob_id)
    answer = client_of_lan.get(address(link) + "/previews/1")
    assert (answer.status_code, answer["Content-Type"]) == (200, "image/jpeg")
    assert answer["Cache-Control"] == "private, no-cache", "whoever lost the right gets it from no cache either"
    assert client_of_lan.get(address(link) + "/previews/2").status_code == 404
    assert client_of_lan.get(f"/files/{uuid4()}/previews/1").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_the_asynchronous_server_gets_it_a_chunk_at_a_time(
    by: Actor, client_of_lan: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = stored(by, TEXT)
    taken: list[int] = []

    def read(digest: str, start: int, length: int) -> object:
        for number in range(3):
            taken.append(number)
            yield b"x"

    monkeypatch.setattr(store(), "read", read)
    client = AsyncClient()
    client.cookies = client_of_lan.cookies

    async def first_chunk() -> bytes:
        answer = await client.get(address(link))
        return await anext(aiter(answer.streaming_content))

    assert asyncio.run(first_chunk()) == b"x"
    assert taken == [0]
