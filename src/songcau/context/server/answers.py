"""How an answer looks on the wire."""

from http import HTTPStatus

import orjson

from songcau.context.problems import PREFIX, Problem
from songcau.context.server.messages import Headers, Response

JSON: Headers = ((b"Content-Type", b"application/json"),)
_CHALLENGE: Headers = (*JSON, (b"WWW-Authenticate", b'Bearer realm="songcau"'))
_STATUS = {status.value: f"HTTP/1.1 {status.value} {status.phrase}\r\n".encode() for status in HTTPStatus}
# 1xx, 204 and 304 have no body and no Content-Length (RFC 9112, 6.3).
BODILESS = frozenset({100, 101, 204, 304})
_MOST_KEPT = 1024
_LONGEST_KEPT = 1024  # bytes: a head that names what a client sent may be long
_heads: dict[tuple[int, Headers], bytes] = {}


def head_of(status: int, headers: Headers) -> bytes:
    """Status line and the answer's own headers, without the empty line."""
    key = (status, headers)
    head = _heads.get(key)
    if head is None:
        head = _STATUS[status] + b"".join([b"%b: %b\r\n" % (name, _one_line(value)) for name, value in headers])
        if len(head) <= _LONGEST_KEPT:
            if len(_heads) >= _MOST_KEPT:
                _heads.clear()
            _heads[key] = head
    return head


def _one_line(value: bytes) -> bytes:
    """A value that cannot end its header: a line break would begin another one."""
    if b"\r" in value or b"\n" in value or b"\0" in value:
        return value.replace(b"\r", b" ").replace(b"\n", b" ").replace(b"\0", b" ")
    return value


def problem_answer(problem: Problem) -> Response:
    """A refusal as the standard's error body."""
    headers = JSON if problem.status != HTTPStatus.UNAUTHORIZED else _CHALLENGE
    return Response(problem.status, orjson.dumps(problem.body(), default=str), headers)


def plain_problem(status: int, kind: str, title: str, detail: str) -> Response:
    """A refusal of HTTP itself, for which the standard has no exception of its own."""
    body = {"type": PREFIX + kind, "title": title, "detail": detail, "status": status}
    return Response(status, orjson.dumps(body), JSON)


def malformed(detail: str) -> Response:
    return plain_problem(400, "InvalidRequest", "The request is not valid HTTP", detail)


def fault(trace: str) -> Response:
    """What a client learns of a bug: that there was one, and the id under which it stands in the log."""
    body = {
        "type": PREFIX + "InternalError",
        "title": "The broker has a fault",
        "detail": "It was logged; give its trace to who runs the broker.",
        "status": 500,
        "trace": trace,
    }
    return Response(500, orjson.dumps(body), JSON)
