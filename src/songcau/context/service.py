"""The context process: an ASGI application that says how it is.

The broker itself (NGSI-LD entities, history, subscriptions) is not built yet: every address of its API answers
501 with an error body of the standard, so that a client learns the truth instead of an empty city.
"""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

NOT_BUILT = {
    "type": "https://uri.etsi.org/ngsi-ld/errors/OperationNotSupported",
    "title": "The context broker is not built yet",
    "status": 501,
}
NOT_FOUND = {
    "type": "https://uri.etsi.org/ngsi-ld/errors/ResourceNotFound",
    "title": "There is nothing at this address",
    "status": 404,
}


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer one HTTP call."""
    if scope["type"] != "http":
        return
    path = scope["path"]
    if path in {"/healthz", "/readyz"}:
        await _answer(send, 200, {"status": "ok"}, b"application/json")
    elif path.startswith("/ngsi-ld/"):
        await _answer(send, 501, NOT_BUILT, b"application/problem+json")
    else:
        await _answer(send, 404, NOT_FOUND, b"application/problem+json")


async def _answer(send: Send, status: int, body: dict[str, Any], media_type: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-type", media_type)]})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})
