"""Notifications over HTTP: a lean client with a few kept connections to each host.

A letter is one POST. There is one request at a time on a connection, no task and no object for a request; the answer's
body is not looked at. Redirects are not followed: the endpoint is what the subscriber said it is.
"""

import asyncio
import logging
import ssl
from asyncio import AbstractEventLoop, BaseTransport, Task, TimerHandle, Transport
from collections.abc import Callable
from typing import cast

import httptools

from songcau.context.addresses import addresses_of
from songcau.context.subscriptions.carriers import Done, Failure, Reach, Recipient
from songcau.context.subscriptions.endpoints import Endpoint

_log = logging.getLogger(__name__)

MOST_CONNECTIONS = 64
IDLE_SECONDS = 20.0
CONNECT_SECONDS = 5.0
LONGEST_ANSWER = 65_536  # bytes of an answer that are read before the connection is given up
# Refusals of the letter itself: the same letter would be refused again. 408, 425 and 429 say "later".
_FINAL = frozenset(range(400, 500)) - {401, 403, 404, 408, 410, 425, 429}


class Poster:
    """All connections to one scheme, host and port.

    allow_private: whether loopback, link-local and private addresses may be called. has_room: called when `is_full`
    has ended.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        endpoint: Endpoint,
        *,
        tls: ssl.SSLContext | None,
        allow_private: bool,
        has_room: Callable[[], None],
    ) -> None:
        self._loop = loop
        self._host = endpoint.host
        self._port = endpoint.port
        if endpoint.is_secure and tls is None:
            raise ValueError("an https endpoint needs a TLS context")
        self._tls = tls if endpoint.is_secure else None
        self._allow_private = allow_private
        self._has_room = has_room
        self._idle: list[_Connection] = []
        self._busy: set[_Connection] = set()
        self._dialling: set[Task[None]] = set()
        self._under_way = 0
        self._is_closed = False

    @property
    def is_full(self) -> bool:
        return self._under_way >= MOST_CONNECTIONS

    @property
    def is_idle(self) -> bool:
        return self._under_way == 0

    def send(self, recipient: Recipient, body: bytes, done: Done) -> None:
        self._under_way += 1
        letter = recipient.head + b"%d\r\n\r\n" % len(body) + body
        while self._idle:
            connection = self._idle.pop()
            if connection.is_open:
                self._busy.add(connection)
                connection.post(letter, recipient.endpoint.timeout, done)
                return
        self._dial(letter, recipient.endpoint.timeout, done)

    def sweep(self, now: float) -> None:
        for connection in [c for c in self._idle if now - c.idle_since > IDLE_SECONDS]:
            self._idle.remove(connection)
            connection.abort()

    def close(self) -> None:
        self._is_closed = True
        for connection in (*self._idle, *self._busy):
            connection.done = None
            connection.abort()
        for task in self._dialling:
            task.cancel()

    # --- connections ----------------------------------------------------------------------------------

    def _dial(self, letter: bytes, timeout: float, done: Done) -> None:
        task = self._loop.create_task(self._connect(letter, timeout, done))
        self._dialling.add(task)
        task.add_done_callback(self._dialling.discard)

    async def _connect(self, letter: bytes, timeout: float, done: Done) -> None:
        try:
            async with asyncio.timeout(min(CONNECT_SECONDS, timeout)):
                connection = await self._opened()
        except TimeoutError:
            self._not_connected("no connection in time", done)
        except (OSError, ssl.SSLError, UnicodeError) as error:
            self._not_connected(str(error) or type(error).__name__, done)
        except Exception:
            _log.exception("a connection to %s cannot even be tried", self._host)
            self._not_connected("a fault of ours", done)
        else:
            if self._is_closed:
                connection.abort()
                return
            self._busy.add(connection)
            connection.post(letter, timeout, done)

    async def _opened(self) -> "_Connection":
        """A connection to the first address that takes one. The addresses are checked, so they are what is called."""
        problem = OSError("no address")
        for address in await addresses_of(self._loop, self._host, self._port, allow_private=self._allow_private):
            try:
                _, connection = await self._loop.create_connection(
                    lambda: _Connection(self),
                    address,
                    self._port,
                    ssl=self._tls,
                    server_hostname=self._host if self._tls else None,
                )
            except OSError as error:
                problem = error
            else:
                return connection
        raise problem

    def _not_connected(self, reason: str, done: Done) -> None:
        self._end(done, Failure(f"{self._host}:{self._port}: {reason}", Reach.HOST))

    def _end(self, done: Done, failure: Failure | None) -> None:
        """A letter was answered, or will not be. The only place where one stops being under way."""
        was_full = self.is_full
        self._under_way -= 1
        if not self._is_closed:
            done(failure)
            if was_full:
                self._has_room()

    # --- called by a connection -----------------------------------------------------------------------

    def finished(self, connection: "_Connection", done: Done, failure: Failure | None, *, keep: bool) -> None:
        """A connection's letter was answered, or will not be."""
        self._busy.discard(connection)
        if keep and not self._is_closed:
            connection.idle_since = self._loop.time()
            self._idle.append(connection)
        self._end(done, failure)

    def stale(self, connection: "_Connection", letter: bytes, timeout: float, done: Done) -> None:
        """A kept connection was closed by the other side as we began to use it: not the letter's fault, try anew."""
        self._busy.discard(connection)
        if not self._is_closed:
            self._dial(letter, timeout, done)


class _Connection(asyncio.Protocol):
    """One connection: at most one letter under way."""

    def __init__(self, poster: Poster) -> None:
        self._poster = poster
        self._transport: Transport | None = None
        self._parser = httptools.HttpResponseParser(self)
        self._letter = b""
        self._timeout = 0.0
        self._timer: TimerHandle | None = None
        self._is_used = False
        self._has_answer = False
        self._has_head = False
        self._received = 0
        self.done: Done | None = None
        self.idle_since = 0.0

    @property
    def is_open(self) -> bool:
        return self._transport is not None and not self._transport.is_closing()

    def connection_made(self, transport: BaseTransport) -> None:
        self._transport = cast("Transport", transport)

    def post(self, letter: bytes, timeout: float, done: Done) -> None:
        self._letter, self._timeout, self.done = letter, timeout, done
        self._has_answer = self._has_head = False
        self._received = 0
        self._timer = asyncio.get_running_loop().call_later(timeout, self._late)
        if self._transport is not None:
            self._transport.write(letter)

    def abort(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._transport is not None:
            self._transport.abort()

    # --- what the loop and the parser call --------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        if self.done is None:  # an answer that nobody asked for
            self.abort()
            return
        self._has_answer = True
        self._received += len(data)
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end(Failure("the answer is not HTTP", Reach.ENDPOINT), keep=False)
            return
        if self._received > LONGEST_ANSWER and self.done is not None:
            self._give_up_reading()

    def _give_up_reading(self) -> None:
        """Nobody needs so long an answer; its status is what counts."""
        if self._has_head:
            self._judge(keep=False)
        else:
            self._end(Failure("the answer's head is longer than anybody needs", Reach.ENDPOINT), keep=False)

    def on_headers_complete(self) -> None:
        self._has_head = True

    def on_message_complete(self) -> None:
        self._judge(keep=self._parser.should_keep_alive())

    def _judge(self, *, keep: bool) -> None:
        status = self._parser.get_status_code()
        if status < 200 or self.done is None:  # 100 Continue and its like announce the real answer
            return
        failure = None if status < 300 else Failure(f"answered {status}", Reach.LETTER, is_final=status in _FINAL)
        self._end(failure, keep=keep)

    def connection_lost(self, error: Exception | None) -> None:
        self._lose()
        # The parser and this hold one another: opened here, nothing of it waits for the collector of cycles.
        del self._parser
        self._transport = None

    def _lose(self) -> None:
        if self.done is None:
            return
        if self._is_used and not self._has_answer:
            letter, timeout, done = self._letter, self._timeout, self.done
            self.done = None
            self._stop_timer()
            self._poster.stale(self, letter, timeout, done)
            return
        if self._has_answer and self._is_answered_by_end():
            return
        self._end(Failure("the connection was closed before an answer", Reach.ENDPOINT), keep=False)

    def _is_answered_by_end(self) -> bool:
        """An answer without a length ends with its connection (HTTP/1.0)."""
        if self._has_head:
            self.on_message_complete()
        return self.done is None

    def _late(self) -> None:
        self._end(Failure(f"no answer within {self._timeout:g} seconds", Reach.ENDPOINT), keep=False)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _end(self, failure: Failure | None, *, keep: bool) -> None:
        done, self.done = self.done, None
        self._stop_timer()
        self._letter = b""
        self._is_used = True
        keep = keep and self.is_open
        if not keep and self._transport is not None:
            self._transport.abort()
        if done is not None:
            self._poster.finished(self, done, failure, keep=keep)
