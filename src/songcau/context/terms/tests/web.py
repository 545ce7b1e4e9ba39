"""A web server on loopback for the tests: it answers what it is told, and counts."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import orjson

Answer = bytes | Callable[[asyncio.StreamWriter], Awaitable[None]]


def document(body: bytes, status: str = "200 OK", extra: str = "") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n{extra}Connection: close\r\n\r\n".encode() + body


def page(context: Any) -> bytes:
    return document(orjson.dumps({"@context": context}))


def on_loop(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    @wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        asyncio.run(test(*arguments, **named))

    return run


@dataclass
class Web:
    """pages: path → the whole answer, or what writes it. asked: how often each path was asked for."""

    base: str
    pages: dict[str, Answer] = field(default_factory=dict)
    asked: Counter[str] = field(default_factory=Counter)


@asynccontextmanager
async def web() -> AsyncIterator[Web]:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        path = head.split(b" ")[1].decode()
        served.asked[path] += 1
        page = served.pages.get(path, document(b"", "404 Not Found"))
        try:
            if isinstance(page, bytes):
                writer.write(page)
                await writer.drain()
            else:
                await page(writer)
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    served = Web(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield served
