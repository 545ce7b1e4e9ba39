"""A server on loopback, and clients that speak to it in plain bytes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvloop

from songcau.context.rights.caller import EVERYTHING
from songcau.context.server.limits import Limits
from songcau.context.server.messages import Request, Response
from songcau.context.server.routing import Router
from songcau.context.server.service import Service

PATIENCE = 10.0


@dataclass
class Heard:
    """One answer as a client reads it."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def problem(self) -> str:
        """The kind of the standard's error body, and proof that it is one."""
        body = json.loads(self.body)
        assert body["status"] == self.status
        assert body["title"]
        assert body["detail"]
        assert self.headers["content-type"] == "application/json"
        return str(body["type"]).removeprefix("https://uri.etsi.org/ngsi-ld/errors/")


class Client:
    """One connection."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    def ask(self, method: str, path: str, *headers: str, body: bytes = b"") -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: localhost", *headers]
        if body:
            lines.append(f"Content-Length: {len(body)}")
        self.send("\r\n".join([*lines, "", ""]).encode() + body)

    async def hear(self, *, is_head: bool = False) -> Heard:
        """Read one answer whole; with `is_head` the answer to a HEAD, which has no body."""
        async with asyncio.timeout(PATIENCE):
            head = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in head[1:-2])}
            length = 0 if is_head else int(headers.get("content-length", 0))
            return Heard(int(head[0].split()[1]), headers, await self.reader.readexactly(length))

    async def heard(self, method: str, path: str, *headers: str, body: bytes = b"") -> Heard:
        self.ask(method, path, *headers, body=body)
        return await self.hear(is_head=method == "HEAD")

    async def rest(self) -> bytes:
        """Everything until the server closes."""
        async with asyncio.timeout(PATIENCE):
            return await self.reader.read()

    async def is_closed(self) -> bool:
        return await self.rest() == b""

    def close(self) -> None:
        self.writer.close()


class Place:
    """A running server and the way to it."""

    def __init__(self, service: Service, port: int) -> None:
        self.service = service
        self.port = port
        self._clients: list[Client] = []

    async def client(self) -> Client:
        client = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self._clients.append(client)
        return client

    def leave(self) -> None:
        for client in self._clients:
            client.close()


@asynccontextmanager
async def serving(router: Router, limits: Limits | None = None, **options: Any) -> AsyncIterator[Place]:
    service = Service(router, options.pop("identify", lambda _request: EVERYTHING), limits=limits, **options)
    place = Place(service, await service.listen("127.0.0.1", 0))
    try:
        yield place
    finally:
        place.leave()
        await service.stop(grace=1.0)


def run(case: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a case on the loop that the broker uses."""
    uvloop.run(case())


def echo(request: Request, *arguments: str) -> Response:
    """Answers with what it was asked."""
    heard = {
        "method": request.method,
        "arguments": arguments,
        "params": dict(request.params),
        "body": request.body.decode("latin-1"),
        "headers": {name.decode(): value.decode("latin-1") for name, value in request.headers.items()},
    }
    return Response(200, json.dumps(heard).encode(), ((b"Content-Type", b"application/json"),))


def echoing(*methods: str) -> Router:
    """A router with one address, `/things/{id}`, that echoes."""
    router = Router()
    for method in methods or ("GET", "POST"):
        router.add(method, "/things/{id}", echo)
    return router
