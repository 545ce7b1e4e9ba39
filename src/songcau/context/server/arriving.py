"""A request while it arrives: the parser's pieces put together, within limits."""

from typing import Protocol

import httptools

from songcau.context.problems import BodyTooLarge, UnsupportedMediaType
from songcau.context.server.answers import malformed, plain_problem, problem_answer
from songcau.context.server.messages import Request, Response
from songcau.context.server.shared import Shared

IDLE, HEAD, BODY = range(3)
# How the connection goes on after the answer, as it stands in the answer's head.
KEEP = b""
KEEP_1_0 = b"Connection: keep-alive\r\n"
CLOSE = b"Connection: close\r\n"

_METHODS = {name.encode(): name for name in ("GET", "HEAD", "POST", "PATCH", "PUT", "DELETE", "OPTIONS")}
_MOST_REPEATED_HEADERS = 32
# A body this small is not counted against what all bodies may hold: it arrives in one read.
_SMALL_BODY = 64 * 1024


class Taker(Protocol):
    """Who takes requests once they are whole: the connection."""

    peer: str

    def take(self, request: Request, keep: bytes) -> None:
        """A request; `keep` says how the connection goes on after its answer."""

    def go_ahead(self) -> None:
        """The client waits for a word before it sends the body."""


class _Stop(Exception):
    """Ends the parser's work on what was fed; `Arriving.refusal` says why. Never leaves this room."""


class Arriving:
    """Called by the parser with pieces; calls its taker with requests.

    state: IDLE between requests, HEAD or BODY within one. is_fresh: that one began with the last bytes fed.
    """

    __slots__ = (
        "_counted", "_fed", "_headers", "_parser", "_parts", "_refusal", "_repeated", "_service", "_size", "_taker",
        "_url", "is_fresh", "state",
    )  # fmt: skip

    def __init__(self, service: Shared, taker: Taker) -> None:
        self._service = service
        self._taker = taker
        self._parser = httptools.HttpRequestParser(self)
        self._refusal: Response | None = None
        self._parts: list[bytes] = []
        self._headers: dict[bytes, bytes] = {}
        self._url = b""
        self._size = 0
        self._counted = 0
        self._fed = 0
        self._repeated = 0
        self.is_fresh = False
        self.state = IDLE

    def feed(self, data: bytes) -> Response | None:
        """Parse some bytes. An answer means that nothing more can be read from this connection."""
        refusal = self._parsed(data)
        if refusal is not None:
            self.forget()
        return refusal

    def _parsed(self, data: bytes) -> Response | None:
        self.is_fresh = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # Only HTTP/1.1 is spoken here: the request was taken as an ordinary one, its answer closes.
            return None
        except httptools.HttpParserCallbackError:
            return self._refusal or self._service.fault(None)
        except httptools.HttpParserError as error:
            return malformed(f"{error}.")
        if self.state != IDLE:
            return self._unfinished(len(data))
        return None

    def forget(self) -> None:
        """Let go of a body that is not wanted any more, and of what it counted."""
        self._service.held_bodies -= self._counted
        self._counted = 0
        self._parts = []

    def part(self) -> None:
        """The connection is gone. Parser, pieces and connection hold one another in a circle, which is opened here:
        left to the collector of cycles, it would keep all that hangs on it until that stops everybody to look."""
        self.forget()
        del self._parser, self._taker

    def _unfinished(self, fed: int) -> Response | None:
        """What is kept of an unfinished request stays within the limits, also what the parser holds itself."""
        limits = self._service.limits
        if self.is_fresh:
            self._fed = 0
        else:
            self._fed += fed
        if self.state == HEAD:
            return _head_too_large(limits.head) if self._fed > limits.head else None
        # Chunk headers and trailers count too; honest ones are smaller than what they carry.
        if self._fed > 2 * limits.body + limits.head:
            return _body_too_large(limits.body)
        more = self._size - self._counted
        if more > _SMALL_BODY:
            if self._service.held_bodies + more > limits.all_bodies:
                return plain_problem(503, "InternalError", "The broker is busy", "Too many large bodies arrive now.")
            self._service.held_bodies += more
            self._counted = self._size
        return None

    def _refuse(self, answer: Response) -> None:
        self._refusal = answer
        raise _Stop

    # --- the parser's side

    def on_message_begin(self) -> None:
        self.state = HEAD
        self.is_fresh = True
        self._url = b""
        self._headers = {}
        self._parts = []
        self._size = 0
        self._repeated = 0

    def on_url(self, piece: bytes) -> None:
        self._url = self._url + piece if self._url else piece
        if len(self._url) > self._service.limits.url:
            self._refuse(plain_problem(414, "InvalidRequest", "The address is too long", "The broker reads no such."))

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        headers = self._headers
        if name in headers:
            self._repeated += 1
            if self._repeated > _MOST_REPEATED_HEADERS:
                self._refuse(_head_too_large(self._service.limits.head))
            value = headers[name] + b", " + value
        if self.state == HEAD:  # else a trailer: nothing here needs one
            headers[name] = value

    def on_headers_complete(self) -> None:
        self.state = BODY
        headers = self._headers
        if self._fed and sum(map(len, headers.values())) + sum(map(len, headers)) > self._service.limits.head:
            self._refuse(_head_too_large(self._service.limits.head))
        length = headers.get(b"content-length")
        if length is not None and int(length) > self._service.limits.body:
            self._refuse(_body_too_large(self._service.limits.body))
        if b"host" not in headers and self._parser.get_http_version() == "1.1":
            self._refuse(malformed("A request by HTTP/1.1 names its host."))
        if b"content-encoding" in headers and headers[b"content-encoding"].lower() != b"identity":
            self._refuse(problem_answer(UnsupportedMediaType("Bodies are read as they are, without an encoding.")))
        if b"expect" in headers:
            self._expected(headers[b"expect"])

    def _expected(self, what: bytes) -> None:
        if what.lower() != b"100-continue":
            self._refuse(plain_problem(417, "InvalidRequest", "Unknown expectation", "Only 100-continue is known."))
        self._taker.go_ahead()

    def on_body(self, piece: bytes) -> None:
        self._parts.append(piece)
        self._size += len(piece)
        if self._size > self._service.limits.body:
            self._refuse(_body_too_large(self._service.limits.body))

    def on_message_complete(self) -> None:
        self.state = IDLE
        if self._counted:
            self._service.held_bodies -= self._counted
            self._counted = 0
        parts = self._parts
        body = b"" if not parts else parts[0] if len(parts) == 1 else b"".join(parts)
        self._parts = []
        path, _, query = self._target().partition("?")
        method = self._parser.get_method()
        request = Request(
            _METHODS.get(method) or method.decode("ascii"), path, query, self._headers, body, self._taker.peer
        )
        self._taker.take(request, self._keep())

    def _target(self) -> str:
        """The address of the request: path and query, still percent-encoded."""
        try:
            target = self._url.decode()
        except UnicodeDecodeError:
            self._refuse(malformed("The address is not valid UTF-8."))
        if target.startswith(("http://", "https://")):  # as a proxy is asked; the host is not looked at
            target = "/" + target.partition("://")[2].partition("/")[2]
        return target.partition("#")[0] if "#" in target else target

    def _keep(self) -> bytes:
        parser = self._parser
        if not parser.should_keep_alive() or parser.should_upgrade():
            if parser.get_http_version() not in {"1.1", "1.0"}:
                self._refuse(plain_problem(505, "InvalidRequest", "Unknown version of HTTP", "HTTP/1.1 is spoken."))
            return CLOSE
        if b"connection" in self._headers and parser.get_http_version() == "1.0":
            return KEEP_1_0
        return KEEP


def _head_too_large(limit: int) -> Response:
    return plain_problem(431, "InvalidRequest", "The head is too large", f"The broker reads {limit} bytes of headers.")


def _body_too_large(limit: int) -> Response:
    return problem_answer(BodyTooLarge(f"The broker reads bodies of up to {limit} bytes."))
