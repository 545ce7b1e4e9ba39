"""Bodies that go on: to quick clients, slow ones and those that leave."""

import asyncio

from songcau.context.server.limits import Limits
from songcau.context.server.messages import Request, Response, Sink
from songcau.context.server.routing import Router
from songcau.context.server.tests.talking import Place, echoing, run, serving
from songcau.context.server.tests.test_bad_clients import arrived, slow_reader

EVENTS = ((b"Content-Type", b"text/event-stream"),)


class Told:
    """A stream that a test drives."""

    def __init__(self) -> None:
        self.sink: Sink | None = None
        self.rooms = 0
        self.is_closed = False

    def start(self, sink: Sink) -> None:
        self.sink = sink

    def drained(self) -> None:
        self.rooms += 1

    def closed(self) -> None:
        self.is_closed = True

    def send(self, data: bytes) -> bool:
        assert self.sink is not None
        return self.sink.send(data)


def streaming(told: Told) -> Router:
    router = echoing()

    def follow(_request: Request) -> Response:
        return Response(200, told, EVENTS)

    router.add("GET", "/events", follow)
    return router


async def until(place: Place, told: Told) -> None:
    while told.sink is None:
        await arrived(place)


def test_a_stream_is_read_as_it_comes_and_ends() -> None:
    async def case() -> None:
        told = Told()
        async with serving(streaming(told), origins=["https://map.example.vn"]) as place:
            client = await place.client()
            client.ask("GET", "/events", "Origin: https://map.example.vn")
            head = await client.hear()
            assert head.headers["content-type"] == "text/event-stream"
            assert head.headers["access-control-allow-origin"] == "https://map.example.vn"
            assert "content-length" not in head.headers
            assert told.send(b"data: 1\n\n")
            assert await client.reader.readuntil(b"\n\n") == b"data: 1\n\n"
            assert told.send(b"data: 2\n\n")
            assert told.sink is not None
            told.sink.end()
            told.sink.end()
            assert await client.rest() == b"data: 2\n\n"
            assert told.is_closed
            assert not told.send(b"data: 3\n\n")

    run(case)


def test_a_stream_learns_that_its_client_has_left() -> None:
    async def case() -> None:
        for leave in ("abort", "write_eof"):
            told = Told()
            async with serving(streaming(told)) as place:
                client = await place.client()
                client.ask("GET", "/events")
                await client.hear()
                getattr(client.writer.transport, leave)()
                while not told.is_closed:
                    await asyncio.sleep(0.001)
                await arrived(place)
                assert not place.service.connections

    run(case)


def test_a_slow_client_fills_its_buffer_and_no_more_and_is_told_of_room() -> None:
    async def case() -> None:
        told = Told()
        async with serving(streaming(told), Limits(stream_bytes=100_000)) as place:
            reader, writer = await asyncio.open_connection(sock=slow_reader(place.port), limit=2048)
            writer.write(b"GET /events HTTP/1.1\r\nHost: h\r\n\r\n")
            await until(place, told)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            taken = 0
            while told.send(b"x" * 1000):
                taken += 1000
                await asyncio.sleep(0)
                assert taken < 2_000_000
            assert told.rooms == 0
            writer.transport.resume_reading()  # type: ignore[attr-defined]
            while not told.rooms:
                await reader.read(100_000)
            assert told.send(b"y")
            writer.close()

    run(case)


def test_a_client_of_a_stream_that_never_reads_is_dropped() -> None:
    async def case() -> None:
        told = Told()
        async with serving(streaming(told), Limits(stream_bytes=10_000)) as place:
            _, writer = await asyncio.open_connection(sock=slow_reader(place.port), limit=2048)
            writer.write(b"GET /events HTTP/1.1\r\nHost: h\r\n\r\n")
            await until(place, told)
            writer.transport.pause_reading()  # type: ignore[attr-defined]
            while told.send(b"x" * 1000):
                await asyncio.sleep(0)
            await arrived(place)
            for _ in range(3):
                place.service.sweep(place.service.now + 31)
            await arrived(place)
            assert told.is_closed
            writer.close()

    run(case)


def test_a_stream_is_not_begun_for_a_head_nor_while_the_server_stops() -> None:
    async def case() -> None:
        told = Told()
        async with serving(streaming(told)) as place:
            client = await place.client()
            assert (await client.heard("HEAD", "/events")).status == 200
            assert await client.is_closed()
            place.service.is_stopping = True
            other = await place.client()
            assert (await other.heard("GET", "/events")).status == 200
            assert await other.is_closed()
            assert told.sink is None

    run(case)


def test_streams_end_when_the_server_stops() -> None:
    async def case() -> None:
        told = Told()
        async with serving(streaming(told)) as place:
            client = await place.client()
            client.ask("GET", "/events")
            await client.hear()
            await place.service.stop(grace=5)
            assert told.is_closed
            assert await client.is_closed()

    run(case)
