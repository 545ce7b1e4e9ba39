"""Django's ASGI handler, except that an upload's body reaches its view as it comes in.

Django takes in a whole body before it calls the view, so a request broken at 90 % would leave nothing. Here
`request.read` waits for the next bytes from the connection; one that breaks or falls silent raises
`UnreadablePostError` there. Every other body is taken in beforehand, before anybody is asked who he is: it has a limit.
"""

import asyncio
import concurrent.futures
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.core.exceptions import RequestAborted
from django.core.handlers.asgi import ASGIHandler
from django.http import HttpResponse

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]

STREAMED = re.compile(r"/files/uploads/[0-9a-f-]{36}/?")
# As long as the protocol advises both sides to wait; a client that comes back finds the upload free again.
PATIENCE_SECONDS = 30.0
# Twice the largest file any form takes, so that what is somewhat too large is still refused in words.
MOST_OF_A_FORM = 128 << 20
# Said before anybody is asked for a language: a browser that is still sending may show it.
_TOO_LARGE = (
    "<!DOCTYPE html><meta charset=utf-8><title>413</title>"
    "<p lang=vi>Những gì gửi đi quá lớn. Hãy quay lại, bỏ bớt tệp hoặc gửi phim ngắn hơn.</p>"
    "<p lang=en>This is too large. Go back and send fewer files, or a shorter film.</p>"
)


class SilentConnection(OSError):
    """No byte came for `PATIENCE_SECONDS`."""


class StreamedBody:
    """The body as a file to read from, and the `receive` that Django listens to for a disconnection meanwhile."""

    def __init__(self, receive: Receive, loop: asyncio.AbstractEventLoop) -> None:
        self._receive = receive
        self._loop = loop
        self._ahead = b""
        self._ended = False
        self._waiting: concurrent.futures.Future[Message] | None = None

    async def __call__(self) -> Message:
        """Never tells: whoever reads learns of a disconnection by reading, with all that came before it."""
        await asyncio.Event().wait()
        raise AssertionError("an event nobody sets was set")

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes as soon as there are any; all that come until the end when it is negative."""
        if size is None or size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        while not self._ahead and not self._ended:
            self._take_next()
        given, self._ahead = self._ahead[:size], self._ahead[size:]
        return given

    def _take_next(self) -> None:
        self._waiting = asyncio.run_coroutine_threadsafe(self._next(), self._loop)
        try:
            message = self._waiting.result(PATIENCE_SECONDS + 5)
        except TimeoutError as error:
            raise SilentConnection from error
        except concurrent.futures.CancelledError as error:
            raise ConnectionAbortedError from error
        if message["type"] == "http.disconnect":
            self._ended = True
            raise ConnectionResetError
        self._ahead = message.get("body", b"")
        self._ended = not message.get("more_body", False)

    async def _next(self) -> Message:
        return await asyncio.wait_for(self._receive(), PATIENCE_SECONDS)

    def close(self) -> None:
        """A thread that still reads is woken: the server is going down."""
        self._ended = True
        if self._waiting is not None:
            self._waiting.cancel()


class StreamingHandler(ASGIHandler):
    """For addresses that `STREAMED` matches, the body is not taken in beforehand."""

    async def handle(self, scope: dict[str, Any], receive: Receive, send: Callable[[Message], Awaitable[None]]) -> None:
        said = dict(scope["headers"])
        # A form would be unpacked in full before its view is asked.
        if not STREAMED.fullmatch(scope["path"]) or b"form" in said.get(b"content-type", b"").lower():
            if int(said.get(b"content-length") or 0) > MOST_OF_A_FORM:
                refused = HttpResponse(_TOO_LARGE, status=413, headers={"Connection": "close"})
                await self.send_response(refused, send)
                return
            await super().handle(scope, receive, send)
            return
        body = StreamedBody(receive, asyncio.get_running_loop())
        try:
            await super().handle(scope, body, send)
        finally:
            body.close()

    async def read_body(self, receive: Receive) -> Any:
        return receive if isinstance(receive, StreamedBody) else await super().read_body(_measured(receive))


def _measured(receive: Receive) -> Receive:
    """For who does not say how long the body is, and sends without end."""
    left = MOST_OF_A_FORM

    async def measured() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise RequestAborted
        return message

    return measured
