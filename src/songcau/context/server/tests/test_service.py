"""Listening, stopping, origins, health."""

import asyncio
import json
import logging
import os
import ssl
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from songcau.context.problems import NotSignedIn
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.server import connection
from songcau.context.server.health import Health
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router
from songcau.context.server.service import Service
from songcau.context.server.tests.talking import Client, echoing, run, serving
from songcau.context.server.tests.test_bad_clients import arrived


def test_who_asks_is_found_out_before_the_handler_and_kept_with_the_request() -> None:
    def identify(request: Request) -> Caller:
        if b"authorization" not in request.headers:
            raise NotSignedIn("Who are you?")
        return Caller("lamp 7")

    async def case() -> None:
        router = Router()
        router.add("GET", "/me", lambda request: Response(200, request.caller.label.encode()))
        router.add("GET", "/open", lambda request: Response(200, b"open"), is_open=True)
        async with serving(router, identify=identify) as place:
            client = await place.client()
            answer = await client.heard("GET", "/me")
            assert (answer.status, answer.problem) == (401, "AccessDenied")
            assert answer.headers["www-authenticate"].startswith("Bearer")
            assert (await client.heard("GET", "/me", "Authorization: x")).body == b"lamp 7"
            assert (await client.heard("GET", "/open")).body == b"open"

    run(case)


def test_a_unix_socket_is_for_its_owner_and_replaces_one_left_over(tmp_path: Path) -> None:
    async def case() -> None:
        path = tmp_path / "context.sock"
        path.touch()
        service = Service(echoing(), lambda request: Caller(request.peer or "here"))
        await service.listen_at(path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        client = Client(*await asyncio.open_unix_connection(str(path)))
        assert (await client.heard("GET", "/things/a")).status == 200
        client.close()
        await service.stop(grace=1)
        assert not path.exists()

    run(case)


def test_another_user_at_the_unix_socket_is_not_the_operator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def case() -> None:
        path = tmp_path / "context.sock"
        service = Service(echoing("GET"), lambda request: Caller(request.peer or "operator"), has_access_log=True)
        service.router.add("GET", "/me", lambda request: Response(200, request.caller.label.encode()))
        await service.listen_at(path)
        for user, label in ((os.getuid(), b"operator"), (12345, b"user %d" % os.getuid())):
            # Root is the operator everywhere, so the broker is made to look as if it ran under another user.
            monkeypatch.setattr(connection, "_OPERATORS", {user})
            client = Client(*await asyncio.open_unix_connection(str(path)))
            assert (await client.heard("GET", "/me")).body == label
            client.close()
        await service.stop(grace=1)

    run(case)


def certificate(folder: Path) -> Path:
    """A key and a certificate for localhost, signed by itself, in one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = folder / "both.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return file


def test_tls_is_spoken_with_a_certificate(tmp_path: Path) -> None:
    async def case() -> None:
        file = certificate(tmp_path)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(file)
        service = Service(echoing(), lambda _request: EVERYTHING)
        port = await service.listen("127.0.0.1", 0, context)
        trusting = ssl.create_default_context(cafile=file)
        client = Client(*await asyncio.open_connection("localhost", port, ssl=trusting))
        assert (await client.heard("POST", "/things/a", body=b"x" * 100_000)).status == 200
        client.ask("POST", "/things/a", "Content-Length: 100000000")
        assert (await client.hear()).status == 413
        client.close()
        await service.stop(grace=1)

    run(case)


def test_stopping_lets_a_running_request_finish_and_closes_the_rest() -> None:
    async def case() -> None:
        go_on = asyncio.Event()

        async def slow(_request: Request) -> Response:
            await go_on.wait()
            return Response(200, b"done")

        router = echoing()
        router.add("GET", "/slow", slow)
        async with serving(router) as place:
            busy, idle = await place.client(), await place.client()
            busy.ask("GET", "/slow")
            await idle.heard("GET", "/things/a")
            await arrived(place)
            stopping = asyncio.create_task(place.service.stop(grace=5))
            assert await idle.is_closed()
            with pytest.raises(ConnectionRefusedError):
                await asyncio.open_connection("127.0.0.1", place.port)
            go_on.set()
            answer = await busy.hear()
            assert (answer.body, answer.headers["connection"]) == (b"done", "close")
            assert await busy.is_closed()
            await stopping

    run(case)


def test_stopping_does_not_wait_forever() -> None:
    async def case() -> None:
        cancelled = asyncio.Event()

        async def stuck(_request: Request) -> Response:
            try:
                await asyncio.Event().wait()
            finally:
                cancelled.set()
            return Response(200)

        router = Router()
        router.add("GET", "/", stuck)
        async with serving(router) as place:
            client = await place.client()
            client.ask("GET", "/")
            await arrived(place)
            await place.service.stop(grace=0.01)
            assert await client.is_closed()
            assert cancelled.is_set()

    run(case)


def test_a_handler_that_is_cancelled_answers_that_the_broker_stops() -> None:
    async def case() -> None:
        async def cancelled(_request: Request) -> Response:
            raise asyncio.CancelledError

        router = Router()
        router.add("GET", "/", cancelled)
        async with serving(router) as place:
            assert (await (await place.client()).heard("GET", "/")).status == 503

    run(case)


def test_pages_of_allowed_origins_may_read_and_ask() -> None:
    async def case() -> None:
        async with serving(echoing(), origins=["https://map.example.vn"]) as place:
            client = await place.client()
            answer = await client.heard("GET", "/things/a", "Origin: https://map.example.vn")
            assert answer.headers["access-control-allow-origin"] == "https://map.example.vn"
            assert "NGSILD-Results-Count" in answer.headers["access-control-expose-headers"]
            asked = await client.heard(
                "OPTIONS",
                "/things/a",
                "Origin: https://map.example.vn",
                "Access-Control-Request-Method: PATCH",
            )
            assert asked.status == 204
            assert "PATCH" in asked.headers["access-control-allow-methods"]
            assert "Authorization" in asked.headers["access-control-allow-headers"]
            other = await client.heard("GET", "/things/a", "Origin: https://evil.example")
            assert "access-control-allow-origin" not in other.headers
            assert other.headers["vary"] == "Origin"

    run(case)


def healthy(place_service: Service, missing: list[str]) -> Health:
    return Health(place_service, lambda: "".join(missing))


def test_health_is_told_to_everybody_and_measurements_to_this_machine() -> None:
    def identify(_request: Request) -> Caller:
        return Caller("x")

    async def case() -> None:
        missing: list[str] = []
        async with serving(echoing(), identify=identify) as place:
            health = healthy(place.service, missing)
            health.add("entities", "gauge", "Entities in memory.", lambda: 42)
            client = await place.client()
            assert (await client.heard("GET", "/healthz")).body == b'{"status":"ok"}'
            assert (await client.heard("GET", "/readyz")).status == 200
            missing.append("the journal is being read")
            answer = await client.heard("GET", "/readyz")
            assert (answer.status, json.loads(answer.body)["status"]) == (503, "the journal is being read")
            place.service.is_stopping = True
            assert (await client.heard("GET", "/readyz")).status == 503
            place.service.is_stopping = False
            client = await place.client()
            await client.heard("GET", "/things/a")
            await client.heard("GET", "/nowhere")
            text = (await client.heard("GET", "/metrics")).body.decode()
            assert "songcau_broker_entities 42" in text
            assert 'requests_total{method="GET",resource="/things/{id}",status="200"} 1' in text
            assert 'requests_total{method="",resource="unknown",status="404"} 1' in text
            assert 'request_seconds_count{method="GET",resource="/things/{id}"} 1' in text
            assert 'le="+Inf"} 1' in text
            by_proxy = await client.heard("GET", "/metrics", "X-Forwarded-For: 203.0.113.9")
            assert by_proxy.status == 403

    run(case)


def test_an_access_log_is_written_when_asked_for_without_query_and_names(caplog: pytest.LogCaptureFixture) -> None:
    async def case() -> None:
        person = Caller("person:Hoa")
        async with serving(echoing(), has_access_log=True, identify=lambda _request: person) as place:
            with caplog.at_level(logging.INFO, "songcau.context"):
                await (await place.client()).heard("GET", "/things/a?q=private")
            assert "GET /things/{id} 200" in caplog.text
            assert "person" in caplog.text
            assert "Hoa" not in caplog.text
            assert "private" not in caplog.text

    run(case)
