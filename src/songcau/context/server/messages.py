"""A request and an answer as handlers see them."""

from asyncio import Future
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote_to_bytes

from songcau.context.problems import BadRequestData, InvalidRequest
from songcau.context.remembering import short_kept

if TYPE_CHECKING:
    from songcau.context.rights.caller import Caller

Headers = tuple[tuple[bytes, bytes], ...]


class Request:
    """One request whose head and body have arrived whole.

    path, query: as they were sent, percent-encoded. headers: names in lower case; what came twice is joined by `, `.
    caller: who asks, once it is known. peer: address of the client; on a Unix socket empty for
    the user who runs the broker and for root.
    """

    __slots__ = ("_params", "body", "caller", "headers", "method", "path", "peer", "query")

    def __init__(
        self,
        method: str,
        path: str,
        query: str = "",
        headers: dict[bytes, bytes] | None = None,
        body: bytes = b"",
        peer: str = "",
    ) -> None:
        self.method = method
        self.path = path
        self.query = query
        self.headers = {} if headers is None else headers
        self.body = body
        self.peer = peer
        self.caller: Caller | None = None
        self._params: Mapping[str, str] | None = None

    @property
    def params(self) -> Mapping[str, str]:
        """The query's parameters, decoded; not to be changed. Raises InvalidRequest, BadRequestData."""
        if self._params is None:
            query = self.query
            self._params = _kept_params(query)
        return self._params

    def header(self, name: bytes) -> str | None:
        """A header as text, or None. Raises BadRequestData when it is not UTF-8."""
        value = self.headers.get(name)
        if value is None:
            return None
        try:
            return value.decode()
        except UnicodeDecodeError:
            raise BadRequestData(f"The header {name.decode('latin-1')} is not valid UTF-8.") from None


class Sink(Protocol):
    """Where a stream writes to: one client's connection."""

    def send(self, data: bytes) -> bool:
        """Hand over some bytes. False: the client is too slow, its buffer is full, nothing was taken."""

    def end(self) -> None:
        """The stream is complete."""


class Stream(Protocol):
    """A body that goes on: the server calls these, always on the event loop."""

    def start(self, sink: Sink) -> None:
        """The head is on its way; from now on `sink.send` may be called."""

    def drained(self) -> None:
        """The client has taken what it was sent: there is room again after a refused `send`."""

    def closed(self) -> None:
        """The client is gone or the server stops; `sink` must not be used any more."""


class Response:
    """An answer: status, body, headers. Content-Length, Date and Connection are the server's."""

    __slots__ = ("body", "headers", "status")

    def __init__(self, status: int, body: "bytes | Stream" = b"", headers: Headers = ()) -> None:
        self.status = status
        self.body = body
        self.headers = headers


class After:
    """An answer that waits for `future` (the journal's): given when it is done; its exception is answered instead.

    `answer` is the answer itself, or makes it from the future's result. Cheaper than a coroutine: no task is made.
    """

    __slots__ = ("answer", "future")

    def __init__(self, future: "Future[Any]", answer: "Response | Callable[[Any], Response]") -> None:
        self.future = future
        self.answer = answer


Answer = Response | After | Awaitable[Response]
Handler = Callable[..., Answer]


def params_of(query: str) -> Mapping[str, str]:
    """Parameters of a raw query string. Raises InvalidRequest for one given twice, BadRequestData for bad UTF-8."""
    params: dict[str, str] = {}
    for part in query.split("&"):
        if not part:
            continue
        name, _, value = part.partition("=")
        name = decoded(name)
        if name in params:
            raise InvalidRequest(f"The parameter {name} is given twice.")
        params[name] = decoded(value)
    return params


_kept_params = short_kept(4096)(params_of)


def decoded(text: str) -> str:
    """A name or value of a query without its percent-encoding; `+` is a space. Raises BadRequestData."""
    if "+" in text:
        text = text.replace("+", " ")
    return percent_decoded(text)


def percent_decoded(text: str) -> str:
    """Text without its percent-encoding. Raises BadRequestData when that is not UTF-8."""
    if "%" not in text:
        return text
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError:
        raise BadRequestData("The address holds an escape that is not valid UTF-8.") from None
