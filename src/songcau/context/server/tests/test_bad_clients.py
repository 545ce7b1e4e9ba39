"""What a careless or hostile client cannot do: crash the server, hold it up, or fill its memory."""

import asyncio
import socket

import pytest

from songcau.context.server.limits import Limits
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router
from songcau.context.server.tests.talking import Client, Place, echoing, run, serving

HEAD = b"POST /things/a HTTP/1.1\r\nHost: h\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"\xff\xfe\x00",
        b"FLY / HTTP/1.1\r\n\r\n",
        b"GET /\xff HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET / HTTP/1.1\nHost: h\n\n",
        b"GET /things/a HTTP/1.1\r\n\r\n",
        HEAD + b"Name : x\r\n\r\n",
        HEAD + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\na",
        HEAD + b"Content-Length: -1\r\n\r\n",
        HEAD + b"Content-Length: 99999999999999999999999\r\n\r\n",
        HEAD + b"Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        HEAD + b"Transfer-Encoding: gzip\r\n\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"A: b\r\n c\r\n\r\n",
        HEAD + b"\x00: b\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ],
)
def test_what_is_not_http_is_told_so_and_closed(raw: bytes) -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.send(raw)
            answer = await client.hear()
            assert (answer.status, answer.problem) == (400, "InvalidRequest")
            assert answer.headers["connection"] == "close"
            assert await client.is_closed()

    run(case)


@pytest.mark.parametrize("raw", [b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/2.0\r\nHost: h\r\n\r\n"])
def test_another_version_of_http_is_refused(raw: bytes) -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.send(raw)
            assert (await client.hear()).status in {400, 505}
            assert await client.is_closed()

    run(case)


@pytest.mark.parametrize("path", ["/things/%ff", "/things/a?q=%ff", "/things/a?%c3=1", "/things/a?a=1&a=2"])
def test_an_address_that_cannot_be_read_is_refused_and_the_connection_goes_on(path: str) -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            assert (await client.heard("GET", path)).status == 400
            assert (await client.heard("GET", "/things/a")).status == 200

    run(case)


@pytest.mark.parametrize("target", ["*", "things"])
def test_an_address_without_a_slash_is_refused(target: str) -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            assert (await (await place.client()).heard("OPTIONS", target)).status == 400

    run(case)


def test_a_packed_body_is_not_unpacked() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            plain = await client.heard("POST", "/things/a", "Content-Encoding: identity", body=b"x")
            assert plain.status == 200
            packed = await client.heard("POST", "/things/a", "Content-Encoding: gzip", body=b"x" * 50)
            assert (packed.status, packed.problem) == (415, "InvalidRequest")

    run(case)


def small(**limits: float) -> Limits:
    return Limits(**{"head": 2000, "url": 500, "body": 1000, **limits})  # type: ignore[arg-type]


def test_a_body_that_says_it_is_too_large_is_not_read() -> None:
    async def case() -> None:
        async with serving(echoing(), small()) as place:
            client = await place.client()
            client.ask("POST", "/things/a", "Content-Length: 100000000")
            answer = await client.hear()
            assert (answer.status, answer.problem) == (413, "InvalidRequest")
            for _ in range(16):
                client.send(b"x" * 65536)
                await asyncio.sleep(0)
            assert await client.is_closed()
            assert place.service.held_bodies == 0

    run(case)


@pytest.mark.parametrize("is_in_one_go", [True, False])
def test_a_chunked_body_ends_at_the_limit(is_in_one_go: bool) -> None:
    async def case() -> None:
        async with serving(echoing(), small()) as place:
            client = await place.client()
            client.ask("POST", "/things/a", "Transfer-Encoding: chunked")
            for _ in range(11):
                client.send(b"64\r\n" + b"x" * 100 + b"\r\n")
                if not is_in_one_go:
                    await asyncio.sleep(0.001)
            assert (await client.hear()).status == 413
            assert await client.is_closed()

    run(case)


def test_trailers_and_chunk_extensions_without_end_are_cut_off() -> None:
    async def case() -> None:
        for padding in (b"0\r\nTrailer: ", b"1;ext="):
            async with serving(echoing(), small()) as place:
                client = await place.client()
                client.ask("POST", "/things/a", "Transfer-Encoding: chunked")
                client.send(padding)
                for _ in range(60):
                    client.send(b"x" * 100)
                    await asyncio.sleep(0.001)
                assert (await client.hear()).status == 413

    run(case)


@pytest.mark.parametrize(
    "head",
    [
        b"GET /things/" + b"a" * 600 + b" HTTP/1.1\r\nHost: h\r\n\r\n",
        b"GET /things/a HTTP/1.1\r\nHost: h\r\nLong: " + b"a" * 3000 + b"\r\n\r\n",
        b"GET /things/a HTTP/1.1\r\nHost: h\r\n" + b"A: b\r\n" * 40 + b"\r\n",
        b"GET /things/a HTTP/1.1\r\nHost: h\r\nLong: " + b"a" * 6000,
    ],
)
def test_a_head_beyond_the_limits_is_refused_before_it_is_kept(head: bytes) -> None:
    async def case() -> None:
        async with serving(echoing(), small()) as place:
            client = await place.client()
            for at in range(0, len(head), 500):
                client.send(head[at : at + 500])
                await asyncio.sleep(0.002)
            assert (await client.hear()).status in {414, 431}
            assert await client.is_closed()

    run(case)


def test_large_bodies_together_do_not_fill_the_memory() -> None:
    async def case() -> None:
        limits = Limits(body=1_000_000, all_bodies=1_000_000)
        async with serving(echoing(), limits) as place:
            first, second = await place.client(), await place.client()
            for client in (first, second):
                client.ask("POST", "/things/a", "Content-Length: 900000")
                client.send(b"x" * 600_000)
            early = asyncio.create_task(first.hear()), asyncio.create_task(second.hear())
            done, waiting = await asyncio.wait(early, return_when=asyncio.FIRST_COMPLETED)
            assert [task.result().status for task in done] == [503]
            other = first if early[0] in waiting else second
            other.send(b"x" * 300_000)
            assert (await next(iter(waiting))).status == 200
            assert place.service.held_bodies == 0

    run(case)


def test_what_a_body_counted_is_given_back_when_its_client_goes() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.ask("POST", "/things/a", "Content-Length: 900000")
            client.send(b"x" * 600_000)
            while not place.service.held_bodies:
                await asyncio.sleep(0.001)
            client.writer.transport.abort()
            while place.service.connections:
                await asyncio.sleep(0.001)
            assert place.service.held_bodies == 0

    run(case)


async def arrived(place: Place) -> None:
    """Stop the server's own clock, and let what clients sent reach it."""
    if place.service.timer is not None:
        place.service.timer.cancel()
    for _ in range(20):
        await asyncio.sleep(0.001)


@pytest.mark.parametrize(
    "sent", [b"GET /thi", b"GET /things/a HTTP/1.1\r\nHost: h\r\nX: ", HEAD + b"Content-Length: 9\r\n\r\nab"]
)
def test_a_request_that_does_not_go_on_is_told_so_and_closed(sent: bytes) -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            client.send(sent)
            await arrived(place)
            service = place.service
            service.sweep(service.now + 14)
            assert len(service.connections) == 1
            service.sweep(service.now + 30)
            answer = await client.hear()
            assert (answer.status, answer.problem) == (408, "InvalidRequest")
            assert await client.is_closed()

    run(case)


def test_a_head_in_drops_gets_no_more_time_than_one_at_once() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            client = await place.client()
            service = place.service
            client.send(b"GET /things/a HTTP/1.1\r\n")
            refused = asyncio.create_task(client.hear())
            for _ in range(3):
                await arrived(place)
                assert not refused.done()
                client.send(b"X-Drop: x\r\n")
                await arrived(place)
                service.sweep(service.now + 5.1)
            assert (await refused).status == 408

    run(case)


def test_a_body_that_keeps_its_pace_gets_its_time_and_one_in_drops_does_not() -> None:
    async def case() -> None:
        async with serving(echoing(), Limits(body_pace=1000, body_grace=10)) as place:
            steady, dripping = await place.client(), await place.client()
            service = place.service
            for client in (steady, dripping):
                client.ask("POST", "/things/a", "Content-Length: 30000")
            refused = asyncio.create_task(dripping.hear())
            for _ in range(6):
                steady.send(b"x" * 5000)
                if not refused.done():
                    dripping.send(b"x")
                await arrived(place)
                service.sweep(service.now + 4)
            assert (await steady.hear()).status == 200
            assert (await refused).status == 408

    run(case)


def test_an_idle_connection_is_closed_without_a_word() -> None:
    async def case() -> None:
        async with serving(echoing()) as place:
            await arrived(place)
            fresh, used = await place.client(), await place.client()
            await used.heard("GET", "/things/a")
            place.service.sweep(place.service.now + 74)
            assert await fresh.is_closed()
            place.service.sweep(place.service.now + 2)
            assert await used.is_closed()

    run(case)


def test_connections_beyond_the_limit_are_told_so() -> None:
    async def case() -> None:
        async with serving(echoing(), Limits(connections=2)) as place:
            clients = [await place.client() for _ in range(2)]
            for client in clients:
                await client.heard("GET", "/things/a")
            third = await place.client()
            answer = await third.hear()
            assert (answer.status, answer.problem) == (503, "InternalError")
            third.close()
            assert await third.is_closed()
            clients[0].close()
            while len(place.service.connections) > 1:
                await asyncio.sleep(0.001)
            assert (await (await place.client()).heard("GET", "/things/a")).status == 200
            assert place.service.refused_connections == 1

    run(case)


def test_a_client_that_goes_while_its_request_runs_counts_until_that_is_done() -> None:
    async def case() -> None:
        go_on = asyncio.Event()

        async def slow(_request: Request) -> Response:
            await go_on.wait()
            return Response(200)

        router = Router()
        router.add("GET", "/", slow)
        async with serving(router) as place:
            client = await place.client()
            client.ask("GET", "/")
            client.ask("GET", "/")
            await arrived(place)
            client.writer.transport.abort()
            await arrived(place)
            assert len(place.service.connections) == 1
            go_on.set()
            await arrived(place)
            assert not place.service.connections

    run(case)


BIG = b"x" * 4_000_000


def big(_request: Request) -> Response:
    return Response(200, BIG)


def big_router() -> Router:
    router = echoing()
    router.add("GET", "/big", big)
    return router


def slow_reader(place_port: int) -> socket.socket:
    handle = socket.socket()
    handle.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    handle.connect(("127.0.0.1", place_port))
    handle.setblocking(False)
    return handle


def test_answers_to_a_client_that_does_not_read_are_not_piled_up() -> None:
    async def case() -> None:
        async with serving(big_router()) as place:
            reader, writer = await asyncio.open_connection(sock=slow_reader(place.port), limit=4096)
            client = Client(reader, writer)
            for _ in range(50):
                client.ask("GET", "/big")
            await arrived(place)
            assert place.service.bytes_out < 3 * len(BIG)
            for _ in range(50):
                assert (await client.hear()).body == BIG
            client.close()

    run(case)


def test_a_client_that_never_reads_is_dropped_and_one_that_reads_slowly_is_not() -> None:
    async def case() -> None:
        async with serving(big_router()) as place:
            service = place.service
            reader, writer = await asyncio.open_connection(sock=slow_reader(place.port), limit=4096)
            client = Client(reader, writer)
            client.ask("GET", "/big")
            await arrived(place)
            await client.reader.read(500_000)
            while client.reader._buffer:  # type: ignore[attr-defined]
                await client.reader.read(500_000)
            service.sweep(service.now + 31)
            await arrived(place)
            assert len(service.connections) == 1
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            await arrived(place)
            service.sweep(service.now + 31)
            service.sweep(service.now + 31)
            await arrived(place)
            assert not service.connections
            client.close()

    run(case)
