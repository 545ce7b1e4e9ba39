"""@contexts are fetched only from where the broker may call, wherever a client or a server tries to lead it."""

import asyncio
import datetime
import ssl
from collections.abc import Awaitable, Callable
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from songcau.context import addresses
from songcau.context.addresses import PrivateAddress, addresses_of
from songcau.context.problems import LdContextNotAvailable
from songcau.context.terms import Contexts
from songcau.context.terms.calling import CheckedTransport
from songcau.context.terms.loading import Loader
from songcau.context.terms.tests.web import document, on_loop, page, web

X = "https://x.org/#"


def leads(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """From now on names lead to these addresses, one look-up after the other; the names that were looked up."""
    asked: list[str] = []

    async def look(host: str, port: int, **_: Any) -> list[tuple[Any, ...]]:
        asked.append(host)
        return [(2, 1, 6, "", (answers[min(len(asked), len(answers)) - 1], port))]

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", look)
    return asked


def of_the_world(monkeypatch: pytest.MonkeyPatch, *public: str) -> None:
    """Take these addresses for public ones."""

    def is_public(ip: IPv4Address | IPv6Address) -> bool:
        return str(ip) in public

    monkeypatch.setattr(addresses, "_is_public", is_public)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "127.1"])
@on_loop
async def test_private_addresses_are_not_called_when_a_setting_says_so(host: str) -> None:
    async with web() as served:
        served.pages["/"] = page({"a": X})
        url = served.base.replace("127.0.0.1", host) + "/"
        found = Contexts(loader=Loader(allow_private=False))
        with pytest.raises(LdContextNotAvailable, match="private address"):
            await found.resolve(url)
        await found.close()
        assert not served.asked


@on_loop
async def test_link_local_addresses_are_never_called() -> None:
    found = Contexts()
    with pytest.raises(LdContextNotAvailable):
        await found.resolve("http://169.254.169.254/latest/meta-data")
    await found.close()


def test_a_redirect_does_not_lead_to_a_private_address(monkeypatch: pytest.MonkeyPatch) -> None:
    async def case() -> None:
        async with web() as served, web() as within:
            inner = within.base.replace("127.0.0.1", "localhost")
            monkeypatch.setattr(addresses, "_is_public", lambda ip: not served.asked)
            served.pages["/"] = document(b"", "302 Found", f"Location: {inner}/secret\r\n")
            within.pages["/secret"] = page({"a": X})
            found = Contexts(loader=Loader(allow_private=False))
            with pytest.raises(LdContextNotAvailable, match="private address"):
                await found.resolve(served.base + "/")
            await found.close()
            assert (served.asked["/"], within.asked) == (1, {})

    asyncio.run(case())


def test_what_was_looked_up_is_what_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    async def case() -> None:
        async with web() as served:
            served.pages["/"] = page({"a": X + "a"})
            of_the_world(monkeypatch, "127.0.0.1")
            asked = leads(monkeypatch, "127.0.0.1", "10.0.0.1")
            port = served.base.rpartition(":")[2]
            found = Contexts(loader=Loader(allow_private=False))
            terms = await found.resolve(f"http://contexts.example:{port}/")
            assert terms.expand("a") == X + "a"
            assert asked == ["contexts.example"]
            await found.close()

    asyncio.run(case())


@pytest.mark.parametrize(
    "address",
    [
        "10.0.0.1",
        "::ffff:10.0.0.1",
        "2002:a00:1::",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "fd00::1",
        "fec0::1",
        "::10.0.0.1",
    ],
)
def test_an_address_within_another_is_taken_for_what_it_is(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    async def case() -> None:
        leads(monkeypatch, address)
        loop = asyncio.get_running_loop()
        assert await addresses_of(loop, "a.example", 80, allow_private=True) == [address]
        with pytest.raises(PrivateAddress):
            await addresses_of(loop, "a.example", 80, allow_private=False)

    asyncio.run(case())


@pytest.mark.parametrize("address", ["203.0.114.1", "2606:4700::1", "64:ff9b::cb00:7201"])
def test_public_addresses_may_be_called(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    async def case() -> None:
        leads(monkeypatch, address)
        assert await addresses_of(asyncio.get_running_loop(), "a.example", 80, allow_private=False) == [address]

    asyncio.run(case())


# --- the name stays the name ----------------------------------------------------------------------------------------


def certificate(folder: Path, name: str) -> Path:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    begin = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(begin)
        .not_valid_after(begin + datetime.timedelta(days=3650))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "certificate.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


@pytest.mark.parametrize(("name", "is_taken"), [("contexts.example", True), ("others.example", False)])
def test_a_certificate_must_be_of_the_name_and_the_host_is_asked_for_by_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, is_taken: bool
) -> None:
    heads: list[bytes] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heads.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(document(b"here"))
        await writer.drain()
        writer.close()

    async def case() -> None:
        file = certificate(tmp_path, "contexts.example")
        tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        tls.load_cert_chain(file)
        server = await asyncio.start_server(answer, "127.0.0.1", 0, ssl=tls)
        port = server.sockets[0].getsockname()[1]
        leads(monkeypatch, "127.0.0.1")
        transport = CheckedTransport(allow_private=True)
        transport._inner = httpx.AsyncHTTPTransport(verify=ssl.create_default_context(cafile=str(file)))
        async with server, httpx.AsyncClient(transport=transport) as client:
            call: Callable[[], Awaitable[httpx.Response]] = lambda: client.get(f"https://{name}:{port}/a")  # noqa: E731
            if is_taken:
                assert (await call()).text == "here"
                assert f"host: {name}:{port}\r\n".encode() in heads[0].lower()
            else:
                with pytest.raises(httpx.ConnectError, match="certificate"):
                    await call()
                assert not heads

    asyncio.run(case())
