"""Pictures named by an address: fetched from the open internet, never from inside, once, and looked at as any other."""

import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import IO, Any

import httpx
import pytest

from songcau.foundation.files.models import Upload
from songcau.foundation.files.tests.samples import photograph
from songcau.foundation.outbox.models import Event
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.actions import fetching
from songcau.systems.citizen_reports.actions.fetching import fetch_pictures
from songcau.systems.citizen_reports.adapters import pictures
from songcau.systems.citizen_reports.adapters.pictures import (
    AddressNotPublic,
    PictureElsewhereAway,
    PictureElsewhereGone,
    fetched,
    is_public,
    resolved,
)
from songcau.systems.citizen_reports.models import Attachment, Report
from songcau.systems.citizen_reports.rules import AttachmentState
from songcau.systems.citizen_reports.tests.town import Town, send

MOST = 100_000
Answer = Callable[[httpx.Request], httpx.Response]


def tried(answer: Answer, url: str = "https://pictures.example/a.jpg") -> bytes:
    with fetched(
        url, most_bytes=MOST, resolve=lambda _host, _port: "93.184.215.14", transport=httpx.MockTransport(answer)
    ) as content:
        return content.read()


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.7",
        "192.168.1.1",
        "172.16.0.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",  # noqa: S104  # looked at, not listened on
        "224.0.0.1",
        "::1",
        "::",
        "fe80::1%eth0",
        "fd00::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
        "ff02::1",
    ],
)
def test_nothing_inside_is_public(address: str) -> None:
    assert not is_public(address)


def test_what_is_outside_is_public() -> None:
    assert all(is_public(one) for one in ("93.184.215.14", "2606:4700:4700::1111", "::ffff:93.184.215.14"))


def test_a_name_that_also_stands_for_something_inside_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def info(*addresses: str) -> Any:
        return lambda *_args, **_more: [(0, 0, 0, "", (one, 80)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", info("93.184.215.14", "127.0.0.1"))
    with pytest.raises(AddressNotPublic):
        resolved("pictures.example", 80)
    monkeypatch.setattr(socket, "getaddrinfo", info("93.184.215.14"))
    assert resolved("pictures.example", 80) == "93.184.215.14"

    def fails(*_args: object, **_more: object) -> None:
        raise socket.gaierror

    monkeypatch.setattr(socket, "getaddrinfo", fails)
    with pytest.raises(PictureElsewhereAway):
        resolved("pictures.example", 80)


def test_the_connection_goes_where_was_looked_and_names_the_host() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, content=b"picture")

    assert tried(answer, "https://pictures.example:8443/a.jpg?b=c") == b"picture"
    assert (seen[0].url.host, seen[0].url.port, seen[0].headers["host"]) == (
        "93.184.215.14",
        8443,
        "pictures.example:8443",
    )
    assert seen[0].extensions["sni_hostname"] == "pictures.example"


def test_redirects_are_looked_at_anew() -> None:
    hosts: list[str] = []

    def resolve(host: str, _port: int) -> str:
        hosts.append(host)
        if host == "inside.example":
            raise AddressNotPublic
        return "93.184.215.14"

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"Location": "http://inside.example/secret"})

    with pytest.raises(AddressNotPublic):
        fetched("http://a.example/", most_bytes=MOST, resolve=resolve, transport=httpx.MockTransport(answer))
    assert hosts == ["a.example", "inside.example"]
    with pytest.raises(PictureElsewhereGone):
        tried(lambda _request: httpx.Response(302, headers={"Location": "/again"}))
    with pytest.raises(AddressNotPublic):
        tried(lambda _request: httpx.Response(302, headers={"Location": "file:///etc/passwd"}))


@pytest.mark.parametrize(
    "url",
    ["ftp://a.example/x", "file:///etc/passwd", "http://", "http://user:pw@a.example/", "http://a.example:99999/"],
)
def test_what_is_no_web_address_is_not_tried(url: str) -> None:
    with pytest.raises(AddressNotPublic):
        tried(lambda _request: httpx.Response(200), url)


def test_what_comes_back_is_judged() -> None:
    for status, refusal in ((404, PictureElsewhereGone), (500, PictureElsewhereAway), (429, PictureElsewhereAway)):
        with pytest.raises(refusal):
            tried(lambda _request, status=status: httpx.Response(status))  # type: ignore[misc]
    with pytest.raises(PictureElsewhereGone):
        tried(lambda _request: httpx.Response(200, content=b"x" * (MOST + 1)))

    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("silent", request=request)

    with pytest.raises(PictureElsewhereAway):
        tried(silent)
    with pytest.raises(AddressNotPublic):
        tried(lambda _request: httpx.Response(200), "http://a.example/\x01")


@pytest.fixture
def served() -> Iterator[tuple[str, list[str]]]:
    """A server on this machine, and the Host headers it saw."""
    hosts: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hosts.append(self.headers["Host"])
            self.send_response(200)
            self.end_headers()
            self.wfile.write(photograph())

        def log_message(self, *_args: object) -> None:
            """Quiet."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://pictures.example:{server.server_address[1]}/hole.jpg", hosts
    server.shutdown()
    server.server_close()


def test_a_picture_really_comes_over_the_wire(served: tuple[str, list[str]]) -> None:
    url, hosts = served
    with fetched(url, most_bytes=MOST, resolve=lambda _host, _port: "127.0.0.1") as content:
        assert content.read() == photograph()
    assert hosts[0].startswith("pictures.example:")


def named(report: Report, url: str = "https://pictures.example/hole.jpg") -> Attachment:
    return Attachment.objects.create(report=report, kind="PROBLEM", source_url=url, at=report.received_at)


def giving(content: bytes) -> fetching.Fetch:
    def fetch(_url: str, *, most_bytes: int) -> IO[bytes]:
        with fetched(
            "https://pictures.example/",
            most_bytes=most_bytes,
            resolve=lambda _host, _port: "93.184.215.14",
            transport=httpx.MockTransport(lambda _request: httpx.Response(200, content=content)),
        ) as kept:
            return pictures._kept(iter([kept.read()]), most_bytes)

    return fetch


def test_a_fetched_picture_is_one_of_the_reports(town: Town) -> None:
    report = send()
    rows = [named(report), named(report, "https://pictures.example/show?id=7")]
    assert fetch_pictures(by=SYSTEM, report_id=report.pk, fetch=giving(photograph())) == 2
    assert fetch_pictures(by=SYSTEM, report_id=report.pk, fetch=giving(photograph())) == 0
    names = {Upload.objects.get(pk=Attachment.objects.get(pk=row.pk).upload_id).name for row in rows}
    assert names == {"hole.jpg", "picture.jpg"} or names == {"hole.jpg", "picture"}


def test_what_is_no_picture_is_refused_and_stays_so(town: Town) -> None:
    report = send()
    row = named(report)
    assert fetch_pictures(by=SYSTEM, report_id=report.pk, fetch=giving(b"<html><body>no")) == 0
    row.refresh_from_db()
    assert (row.state, row.refusal, row.upload_id) == (AttachmentState.REFUSED, "FILE_ACTIVE_CONTENT", None)


def test_two_workers_fetch_it_once(town: Town) -> None:
    report = send()
    row = named(report)
    first = giving(photograph())

    def both(url: str, *, most_bytes: int) -> IO[bytes]:
        fetch_pictures(by=SYSTEM, report_id=report.pk, fetch=first)
        return first(url, most_bytes=most_bytes)

    assert fetch_pictures(by=SYSTEM, report_id=report.pk, fetch=both) == 0
    row.refresh_from_db()
    assert row.upload_id is not None
    assert Upload.objects.count() == 1


def test_only_what_names_a_picture_elsewhere_is_fetched_for(town: Town) -> None:
    send()
    assert not Event.objects.filter(name__endswith="PicturesElsewhere").exists()
    send(media_url="https://pictures.example/a.jpg")
    assert Event.objects.filter(name__endswith="PicturesElsewhere").count() == 1
