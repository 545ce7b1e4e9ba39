"""Connections are taken as they come, and those that come to nothing do no harm."""

import asyncio
import errno
import socket
import ssl
import time
from pathlib import Path

import pytest

from songcau.context.rights.caller import EVERYTHING
from songcau.context.server import listening
from songcau.context.server.listening import Listener, at_address, at_path
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router
from songcau.context.server.service import Service
from songcau.context.server.tests.talking import Client, echoing, run, serving
from songcau.context.server.tests.test_bad_clients import arrived
from songcau.context.server.tests.test_service import certificate


def test_newcomers_do_not_wait_a_round_for_each_other() -> None:
    async def case() -> None:
        rounds = 0

        def work(_request: Request) -> Response:
            nonlocal rounds
            rounds += 1
            time.sleep(0.001)
            return Response(200)

        router = Router()
        router.add("GET", "/", work)
        async with serving(router) as place:
            lines = [socket.create_connection(("127.0.0.1", place.port)) for _ in range(50)]
            for line in lines:
                line.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
            # No busy round has to pass for each of them: a few rounds take them all.
            for _ in range(6):
                await asyncio.sleep(0)
                await asyncio.sleep(0.001)
            assert len(place.service.connections) == 50
            for line in lines:
                line.close()

    run(case)


class FullSystem(socket.socket):
    """A listening socket of a process that has no file left, for a while."""

    refusals = 1
    code = errno.EMFILE

    def accept(self) -> tuple[socket.socket, object]:
        if FullSystem.refusals:
            FullSystem.refusals -= 1
            raise OSError(FullSystem.code, "no file left")
        return super().accept()


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ECONNABORTED])
def test_without_files_the_queue_waits_and_is_served_later(
    code: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(listening, "_REST_SECONDS", 0.01)
    monkeypatch.setattr(FullSystem, "refusals", 1)
    monkeypatch.setattr(FullSystem, "code", code)

    async def case() -> None:
        async with serving(echoing()) as place:
            handle = FullSystem(socket.AF_INET, socket.SOCK_STREAM)
            handle.bind(("127.0.0.1", 0))
            handle.listen()
            made: list[asyncio.Protocol] = []

            class Taken(asyncio.Protocol):
                def connection_made(self, transport: asyncio.BaseTransport) -> None:
                    made.append(self)
                    transport.close()

            listener = Listener(place.service.loop, handle, Taken)
            _, writer = await asyncio.open_connection(*handle.getsockname())
            async with asyncio.timeout(5):
                while not made:
                    await asyncio.sleep(0.005)
            assert ("no connection can be taken" in caplog.text) is (code == errno.EMFILE)
            writer.close()
            listener.close()
            listener.close()
            listener._again()

    run(case)


def test_who_does_not_speak_tls_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def case() -> None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate(tmp_path))
        service = Service(echoing(), lambda _request: EVERYTHING)
        port = await service.listen("127.0.0.1", 0, context)
        plain = Client(*await asyncio.open_connection("127.0.0.1", port))
        plain.send(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert b"HTTP" not in await plain.rest()
        monkeypatch.setattr(listening, "_MOST_HANDSHAKES", 1)
        silent = Client(*await asyncio.open_connection("127.0.0.1", port))
        await asyncio.sleep(0.01)
        second = Client(*await asyncio.open_connection("127.0.0.1", port))
        assert await second.is_closed()
        for client in (plain, silent, second):
            client.close()
        await service.stop(grace=1)
        assert not service.connections

    run(case)


def test_a_name_may_have_several_addresses_and_they_share_a_free_port() -> None:
    async def case() -> None:
        sockets = await at_address(asyncio.get_running_loop(), "localhost", 0)
        assert len({one.getsockname()[1] for one in sockets}) == 1
        taken = sockets[0].getsockname()[1]
        with pytest.raises(OSError, match="in use"):
            await at_address(asyncio.get_running_loop(), "127.0.0.1", taken)
        for one in sockets:
            one.close()

    run(case)


def test_a_path_that_is_too_long_leaves_nothing_open(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="too long"):
        at_path(tmp_path / ("x" * 200))


def test_a_client_that_is_gone_before_it_is_taken_is_nothing() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            line = socket.create_connection(("127.0.0.1", place.port))
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
            line.close()
            await arrived(place)
            assert not place.service.connections
            assert (await (await place.client()).heard("GET", "/things/a")).status == 200

    run(case)
