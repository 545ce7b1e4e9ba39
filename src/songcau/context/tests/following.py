"""A whole broker on loopback, and clients that follow it as browsers do."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import orjson

from songcau.context.service import Options, start


@dataclass(frozen=True)
class Event:
    id: int
    kind: str
    data: Any


class Follower:
    """Reads one stream of events, or leaves it unread."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.status = 0
        self.headers: dict[str, str] = {}
        self.last = -1
        self.beats = 0

    @classmethod
    async def at(cls, address: str, query: str, **headers: str) -> "Follower":
        """Connect, ask, read the head and the first number."""
        host, _, port = address.removeprefix("http://").partition(":")
        connection = socket.socket()
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 16 * 1024)  # or the system takes megabytes ahead
        connection.setblocking(False)
        await asyncio.get_running_loop().sock_connect(connection, (host, int(port)))
        reader, writer = await asyncio.open_connection(sock=connection, limit=2**24)
        lines = [f"GET /songcau/v1/events?{query} HTTP/1.1", f"Host: {host}:{port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        writer.write("\r\n".join([*lines, "", ""]).encode())
        follower = cls(reader, writer)
        head = (await asyncio.wait_for(reader.readuntil(b"\r\n\r\n"), 10)).decode()
        follower.status = int(head.split(" ", 2)[1])
        for line in head.split("\r\n")[1:-2]:
            name, _, value = line.partition(": ")
            follower.headers[name.lower()] = value
        if follower.status == 200:
            await follower._block()
        return follower

    async def _block(self, seconds: float = 10) -> dict[str, str]:
        """The fields up to an empty line."""
        fields: dict[str, str] = {}
        text = (await asyncio.wait_for(self._reader.readuntil(b"\n\n"), seconds)).decode()
        for line in text.rstrip("\n").split("\n"):
            name, _, value = line.partition(":")
            fields[name] = value.removeprefix(" ")
        if "id" in fields:
            self.last = int(fields["id"])
        self.beats += "" in fields
        return fields

    async def event(self, seconds: float = 10) -> Event:
        while "data" not in (fields := await self._block(seconds)):
            pass
        return Event(int(fields["id"]), fields["event"], orjson.loads(fields["data"]))

    async def events(self, count: int) -> list[Event]:
        return [await self.event() for _ in range(count)]

    async def has_nothing(self, seconds: float = 0.15) -> bool:
        try:
            async with asyncio.timeout(seconds):
                await self.event()
        except TimeoutError:
            return True
        return False

    def pause(self) -> None:
        """Read nothing more, so that the broker cannot send."""
        self._writer.transport.pause_reading()  # type: ignore[attr-defined]

    def go_on(self) -> None:
        self._writer.transport.resume_reading()  # type: ignore[attr-defined]

    async def ends(self) -> bool:
        """Whether the broker closes the stream."""
        try:
            while True:
                await self._block(5)
        except asyncio.IncompleteReadError:
            return True

    async def close(self) -> None:
        self._writer.close()
        await self._writer.wait_closed()


class Place:
    """A broker, and a client that writes."""

    def __init__(self, address: str, client: httpx.AsyncClient) -> None:
        self.address = address
        self.client = client

    async def put(self, number: int, **attributes: object) -> None:
        lamp = {"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", **attributes}
        answer = await self.client.post("/ngsi-ld/v1/entityOperations/upsert", json=[lamp])
        assert answer.status_code in {201, 204}, answer.text

    async def delete(self, number: int) -> None:
        assert (await self.client.delete(f"/ngsi-ld/v1/entities/urn:ngsi-ld:Lamp:{number}")).status_code == 204

    async def follow(self, query: str, **headers: str) -> Follower:
        return await Follower.at(self.address, query, **headers)


@asynccontextmanager
async def broker(folder: Path, **options: Any) -> AsyncIterator[Place]:
    async with AsyncExitStack() as stack:
        where = await start(Options(data=folder, port=0, **options), stack)
        async with httpx.AsyncClient(base_url=where, timeout=20) as client:
            yield Place(where, client)


def prop(value: object) -> dict[str, object]:
    return {"type": "Property", "value": value}


def point(longitude: float, latitude: float) -> dict[str, object]:
    return {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [longitude, latitude]}}
