"""A receiver of notifications on loopback, as subscribers have one: it keeps what came and answers as it is told."""

import asyncio
from collections.abc import Callable
from types import TracebackType
from typing import Any

import httptools
import orjson

Answerer = Callable[[str, bytes], bytes | None]
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
UNAVAILABLE = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 4\r\n\r\nbusy"


class Receiver:
    """answer: gives the bytes of an answer for a path and body; None answers nothing and leaves the caller waiting."""

    def __init__(self, answer: Answerer | None = None, port: int = 0) -> None:
        self.answer: Answerer = answer or (lambda _path, _body: OK)
        self.port = port
        self.bodies: list[bytes] = []
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self.connections = 0
        self._came = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._transports: set[Any] = set()

    async def __aenter__(self) -> "Receiver":
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: _Incoming(self), "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
            for transport in tuple(self._transports):
                transport.abort()
            await self._server.wait_closed()
            self._server = None

    def answer_all(self, answer: bytes = OK) -> None:
        """Answer everybody who waits."""
        for transport in self._transports:
            transport.write(answer)

    def url(self, path: str = "/notify") -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    @property
    def notifications(self) -> list[dict[str, Any]]:
        return [orjson.loads(body) for body in self.bodies]

    async def wait_for(self, count: int, seconds: float = 60.0) -> None:
        async with asyncio.timeout(seconds):
            while len(self.bodies) < count:
                self._came.clear()
                await self._came.wait()

    def came(self, path: str, headers: dict[str, str], body: bytes) -> bytes | None:
        self.paths.append(path)
        self.headers.append(headers)
        self.bodies.append(body)
        self._came.set()
        return self.answer(path, body)


class _Incoming(asyncio.Protocol):
    def __init__(self, receiver: Receiver) -> None:
        self._receiver = receiver
        self._begin()

    def _begin(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._path = ""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._receiver.connections += 1
        self._receiver._transports.add(transport)

    def connection_lost(self, error: Exception | None) -> None:
        self._receiver._transports.discard(self._transport)

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_url(self, url: bytes) -> None:
        self._path = url.decode()

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers[name.decode()] = value.decode()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        answer = self._receiver.came(self._path, self._headers, b"".join(self._body))
        self._path, self._headers, self._body = "", {}, []
        if answer is not None:
            self._transport.write(answer)
            if b"close" in answer or answer.startswith(b"HTTP/1.0"):
                self._transport.close()
