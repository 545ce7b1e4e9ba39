"""Which web pages of other addresses may call: cross-origin resource sharing (Fetch standard, CORS protocol)."""

from collections.abc import Iterable

from songcau.context.server.messages import Headers, Request

_EXPOSED = (
    (
        b"Access-Control-Expose-Headers",
        b"Link, Location, NGSILD-Results-Count, NGSILD-Tenant, NGSILD-Warning, Content-Range, ETag",
    ),
)
_PREFLIGHT = (
    (b"Access-Control-Allow-Methods", b"GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"),
    (
        b"Access-Control-Allow-Headers",
        b"Authorization, Content-Type, Accept, Link, NGSILD-Tenant, Last-Event-ID, If-None-Match",
    ),
    (b"Access-Control-Max-Age", b"600"),
)
_VARY = (b"Vary", b"Origin")


class Origins:
    """The origins that may call, as `https://map.example.vn`; `*` lets every page call, without its user's cookies."""

    def __init__(self, allowed: Iterable[str]) -> None:
        self._allowed = frozenset(origin.rstrip("/").encode() for origin in allowed)

    def _is_allowed(self, origin: bytes) -> bool:
        return origin in self._allowed or b"*" in self._allowed

    def added(self, request: Request, headers: Headers) -> Headers:
        """The headers of an answer, with what lets a page of the request's origin read it, or go on to ask."""
        origin = request.headers[b"origin"]
        if not self._is_allowed(origin):
            return (*headers, _VARY)
        further = _PREFLIGHT if request.method == "OPTIONS" else _EXPOSED
        return (*headers, (b"Access-Control-Allow-Origin", origin), *further, _VARY)
