"""One client's connection: requests in order, answers in order.

Requests of one connection are handled one after the other, as the client sent them. A client that sends several
without waiting gets its answers in that order; while such requests wait, nothing more is read.
"""

import asyncio
import os
import socket
import struct
from collections import deque
from time import perf_counter
from typing import Any

from songcau.context.problems import Problem
from songcau.context.server.answers import BODILESS, head_of, plain_problem, problem_answer
from songcau.context.server.arriving import BODY, CLOSE, HEAD, IDLE, Arriving
from songcau.context.server.messages import After, Answer, Request, Response
from songcau.context.server.shared import Shared
from songcau.context.server.streaming import Outlet

NEVER = float("inf")
# Answers given in one go before other connections get their turn.
_MOST_IN_A_ROW = 32
_LARGE = 64 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
# Root, and the user who runs the broker.
_OPERATORS = {0, os.geteuid()}
_LENGTHS = tuple(b"Content-Length: %d\r\n\r\n" % length for length in range(2048))


class Connection(asyncio.Protocol):
    """Called by the loop with bytes and by `Arriving` with requests.

    deadline: when the service's sweep calls `expired`. is_busy: a request waits for its answer, or a stream goes on.
    is_deaf: nothing more is read; what still comes is dropped.
    """

    __slots__ = (
        "_arriving", "_begun", "_in_a_row", "_is_lost", "_is_parting", "_is_paused", "_keep", "_last_words",
        "_later", "_out", "_outlet", "_request", "_route", "_running", "_stalled_at", "_transport", "_waiting",
        "deadline", "is_busy", "is_deaf", "peer", "service",
    )  # fmt: skip

    def __init__(self, service: Shared, *, is_local: bool) -> None:
        self.service = service
        self.peer = "" if is_local else "?"
        self.deadline = NEVER
        self.is_busy = False
        self.is_deaf = False
        self._arriving = Arriving(service, self)
        self._waiting: deque[tuple[Request, bytes]] = deque()
        self._out: list[bytes] = []
        self._outlet: Outlet | None = None
        self._last_words: Response | None = None
        self._later: Any = None
        self._running: asyncio.Future[Any] | None = None
        self._in_a_row = 0
        self._is_lost = False
        self._is_parting = False
        self._is_paused = False
        self._stalled_at = 0
        self._keep = CLOSE
        self._begun = 0.0
        self._route = service.router.unknown

    # --- the loop's side

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport: Any = transport
        self.peer = _peer_by_socket(transport) if not self.peer else _peer_by_address(transport)
        self.deadline = self.service.now + self.service.limits.head_seconds
        if not self.service.admit(self):
            self._refuse(plain_problem(503, "InternalError", "The broker is busy", "It has too many connections."))

    def data_received(self, data: bytes) -> None:
        service = self.service
        service.bytes_in += len(data)
        if self.is_deaf:
            return
        self._in_a_row = 0
        refusal = self._arriving.feed(data)
        if self._out:
            self._flush()
        if refusal is not None and not self.is_deaf:
            self._refuse(refusal)
        elif self._arriving.state == IDLE and not self.is_busy and not self._waiting:
            self.deadline = service.now + service.limits.idle_seconds
        else:
            self._set_deadline(len(data))
            if self._waiting and not self.is_busy:
                service.loop.call_soon(self._go_on)

    def eof_received(self) -> bool:
        """A client may close its side and wait for the answers to what it has sent."""
        if self._outlet is not None or self._last_words is not None:
            return False
        self.is_deaf = True
        return self.is_busy or bool(self._waiting)

    def connection_lost(self, _error: Exception | None) -> None:
        self._is_lost = True
        self.is_deaf = True
        self._waiting.clear()
        self._arriving.part()
        if self._outlet is not None:
            self._outlet.lose()
            self._outlet = None
            self.is_busy = False
        if not self.is_busy:
            # Else once its request is done: a client cannot have more work going on by coming again and again.
            self.service.forget(self)

    def pause_writing(self) -> None:
        self._is_paused = True
        self._stalled_at = self._transport.get_write_buffer_size()
        self.deadline = self.service.now + self.service.limits.write_seconds
        if self._outlet is not None:
            self._outlet.is_full = True

    def resume_writing(self) -> None:
        self._is_paused = False
        self.deadline = NEVER
        if self._outlet is not None:
            self._outlet.emptied()
        elif not self.is_busy:
            self._go_on()

    def expired(self) -> None:
        """Called when the deadline has passed."""
        if self._is_paused:
            left = self._transport.get_write_buffer_size()
            if left < self._stalled_at:
                self._stalled_at = left
                self.deadline = self.service.now + self.service.limits.write_seconds
            else:
                self._transport.abort()
        elif self._last_words is not None or self._arriving.state == IDLE:
            self._close()
        else:
            self._refuse(plain_problem(408, "InvalidRequest", "The request is too slow", "It did not arrive in time."))

    def stop(self) -> None:
        """The service stops: end a stream, close what is idle; a request that waits for its answer gets it."""
        if self._outlet is not None:
            self._outlet.end()
        elif not self.is_busy and not self._waiting:
            self._close()

    def abort(self) -> None:
        """The service has waited long enough."""
        if self._running is not None:
            self._running.cancel()
        self._transport.abort()

    def _close(self) -> None:
        self.is_deaf = True
        self.deadline = self.service.now + self.service.limits.write_seconds
        self._transport.close()

    def _set_deadline(self, fed: int) -> None:
        """When more of the request must be there: a head at once whole, a body at a pace."""
        limits = self.service.limits
        now = self.service.now
        arriving = self._arriving
        if self.is_busy or self._is_paused or self._waiting:
            if not self._is_paused:
                self.deadline = NEVER
            if self._waiting:
                self._transport.pause_reading()
        elif arriving.state == HEAD:
            if arriving.is_fresh:
                self.deadline = now + limits.head_seconds
        elif arriving.state == BODY:
            begun = now if arriving.is_fresh else self.deadline - limits.body_grace
            self.deadline = min(now, begun + fed / limits.body_pace) + limits.body_grace
        else:
            self.deadline = now + limits.idle_seconds

    # --- requests

    def take(self, request: Request, keep: bytes) -> None:
        if self.is_deaf:
            return
        if keep is CLOSE:
            self.is_deaf = True
        if self.is_busy or self._waiting or self._is_paused or self._in_a_row >= _MOST_IN_A_ROW:
            self._waiting.append((request, keep))
        else:
            self._begin(request, keep)

    def go_ahead(self) -> None:
        if not self.is_busy and not self._waiting:
            self._out.append(_CONTINUE)

    def _begin(self, request: Request, keep: bytes) -> None:
        service = self.service
        self._in_a_row += 1
        self._keep = keep
        self._begun = perf_counter()
        self._route = service.router.unknown
        try:
            route, arguments = service.router.find(request.method, request.path)
            self._route = route
            if not route.is_open:
                request.caller = service.identify(request)
            answer = route.handler(request, *arguments)
        except Problem as problem:
            answer = problem_answer(problem)
        except Exception:  # a bug: logged, and told without its text
            answer = service.fault(request)
        if type(answer) is Response:
            self._answer(request, answer)
        else:
            self._await(request, answer)

    def _await(self, request: Request, answer: Answer) -> None:
        self.is_busy = True
        self._request = request
        future: asyncio.Future[Any]
        if isinstance(answer, After):
            self._later = answer.answer
            future = answer.future
        else:
            self._later = None
            future = asyncio.ensure_future(answer)  # type: ignore[arg-type]  # a Response was told apart before
            self._running = future
        future.add_done_callback(self._done)

    def _done(self, future: "asyncio.Future[Any]") -> None:
        request = self._request
        del self._request
        self.is_busy = False
        self._running = None
        answer = self._outcome(request, future)
        if self._is_lost:
            self.service.forget(self)
            return
        self._answer(request, answer)
        self._in_a_row = 0
        self._go_on()

    def _outcome(self, request: Request, future: "asyncio.Future[Any]") -> Response:
        try:
            result = future.result()
            later = self._later
            if later is not None:
                result = later if type(later) is Response else later(result)
            if not isinstance(result, Response):
                raise TypeError(f"{self._route.template} answered {type(result).__name__}")  # noqa: TRY301
        except Problem as problem:
            return problem_answer(problem)
        except asyncio.CancelledError:
            return plain_problem(503, "InternalError", "The broker stops", "The request was not finished.")
        except Exception:  # a bug: logged, and told without its text
            return self.service.fault(request)
        return result

    def _go_on(self) -> None:
        """Answer what waits, as far as it goes; then listen again."""
        waiting = self._waiting
        while waiting and not self.is_busy and not self._is_paused and self._in_a_row < _MOST_IN_A_ROW:
            self._begin(*waiting.popleft())
        if self._out:
            self._flush()
        if self.is_busy or self._is_paused:
            return
        if waiting:
            self._in_a_row = 0
            self.service.loop.call_soon(self._go_on)
        elif self._last_words is not None:
            self._refuse(self._last_words)
        elif self.is_deaf:
            self._close()
        else:
            self._transport.resume_reading()
            self._set_deadline(0)

    # --- answers

    def _answer(self, request: Request, response: Response) -> None:
        service = self.service
        status = response.status
        span = perf_counter() - self._begun
        self._route.measured(status, span)
        if service.notes is not None:
            service.notes(request, self._route, status, span)
        body = response.body
        if not isinstance(body, bytes):
            self._stream(request, response)
            return
        headers = response.headers
        if service.origins is not None and b"origin" in request.headers:
            headers = service.origins.added(request, headers)
        keep = CLOSE if service.is_stopping else self._keep
        length = len(body)
        if status in BODILESS:
            end = b"\r\n"
        else:
            end = _LENGTHS[length] if length < 2048 else b"Content-Length: %d\r\n\r\n" % length
        if request.method == "HEAD":
            body = b""
        self._out.append(b"".join((head_of(status, headers), service.date, keep, end, body)))
        if keep is CLOSE:
            self._flush()
            self._close()
        elif length > _LARGE:
            # At once, so that the transport says when the client does not read.
            self._flush()

    def _stream(self, request: Request, response: Response) -> None:
        """Send the head of a body that goes on; it ends with the connection."""
        headers = response.headers
        service = self.service
        if service.origins is not None and b"origin" in request.headers:
            headers = service.origins.added(request, headers)
        self._out.append(b"".join((head_of(response.status, headers), service.date, CLOSE, b"\r\n")))
        self._flush()
        self.is_deaf = True
        stream = response.body
        if isinstance(stream, bytes) or request.method == "HEAD" or service.is_stopping:
            self._close()
            return
        self.is_busy = True
        self.deadline = NEVER
        self._waiting.clear()
        self._outlet = Outlet(self._transport, stream, service)
        self._outlet.begin()

    def _refuse(self, answer: Response) -> None:
        """Give a last answer, once those before it are given, and close.

        What the client still sends is dropped for a moment: closing at once would reset the connection, and the
        client might never see why.
        """
        self.is_deaf = True
        self._last_words = answer
        if self.is_busy or self._waiting or self._is_paused or self._is_parting:
            return
        self._is_parting = True
        service = self.service
        service.router.unknown.measured(answer.status, 0.0)
        body = answer.body if isinstance(answer.body, bytes) else b""
        end = b"Content-Length: %d\r\n\r\n" % len(body)
        self._out.append(b"".join((head_of(answer.status, answer.headers), service.date, CLOSE, end, body)))
        self._flush()
        self.deadline = service.now + service.limits.linger_seconds
        if self._transport.can_write_eof():
            self._transport.write_eof()
        else:
            self._close()

    def _flush(self) -> None:
        out = self._out
        data = out[0] if len(out) == 1 else b"".join(out)
        out.clear()
        self.service.bytes_out += len(data)
        self._transport.write(data)


def _peer_by_address(transport: asyncio.BaseTransport) -> str:
    address = transport.get_extra_info("peername")
    return str(address[0]) if address else "?"


def _peer_by_socket(transport: asyncio.BaseTransport) -> str:
    """Nothing for the user who runs the broker, or root; somebody else may have been let at the socket."""
    handle = transport.get_extra_info("socket")
    if handle is None or not hasattr(socket, "SO_PEERCRED"):
        return ""
    _, user, _ = struct.unpack("3i", handle.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i")))
    return "" if user in _OPERATORS else f"user {user}"
