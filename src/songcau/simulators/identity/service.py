"""The simulated providers over HTTP: `/vneid/…` and `/vnconnect/…`, on loopback."""

import asyncio
import json
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qsl

from songcau.simulators.identity import pages
from songcau.simulators.identity.people import STYLES
from songcau.simulators.identity.provider import FAULTS, Provider, Refusal, may_go_back

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

MOST_BYTES = 64 * 1024
HANGING_SECONDS = 60
DRIP_SECONDS = 0.2
_HUGE = 2 * 1024 * 1024
_SAFE = [
    (b"content-security-policy", b"default-src 'self'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
    (b"referrer-policy", b"no-referrer"),
]


class Answer(Exception):  # thrown from wherever the answer is known
    """What goes out: status, body, kind, and where to."""

    def __init__(self, status: int, body: str = "", kind: str = "text/html; charset=utf-8", location: str = "") -> None:
        super().__init__(status)
        self.status, self.body, self.kind, self.location = status, body, kind, location
        # Sent before the body, one after the other.
        self.drops: list[bytes] = []


def as_json(document: object, status: int = 200) -> Answer:
    return Answer(status, json.dumps(document, ensure_ascii=False), "application/json")


def make_providers(base: str, *, client_id: str, client_secret: str) -> dict[str, Provider]:
    """One of each style; their issuers lie under `base`."""
    return {
        style: Provider(f"{base}/{style}", style, client_id=client_id, client_secret=client_secret) for style in STYLES
    }


class Application:
    """An ASGI application over the providers."""

    def __init__(self, providers: dict[str, Provider]) -> None:
        self.providers = providers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, await _form(receive))
        except Answer as thrown:
            answer = thrown
        except Refusal as refusal:
            answer = as_json({"error": str(refusal)}, 400)
        headers = [(b"content-type", answer.kind.encode()), *_SAFE]
        if answer.location:
            headers.append((b"location", answer.location.encode()))
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        for part in answer.drops:
            await send({"type": "http.response.body", "body": part, "more_body": True})
            await asyncio.sleep(DRIP_SECONDS)
        await send({"type": "http.response.body", "body": answer.body.encode()})

    async def _answer(self, scope: Scope, form: dict[str, str]) -> Answer:
        if scope["path"] == "/style.css":
            return Answer(200, pages.STYLE, "text/css")
        if scope["path"] == "/favicon.ico":
            return Answer(204)
        _, style, *rest = scope["path"].split("/")
        if style not in self.providers:
            return Answer(404, pages.problem("Không có trang này."))
        provider, name = self.providers[style], "/".join(rest)
        provider.asked.append(name)
        await _break(provider, name)
        asked = dict(parse_qsl(scope["query_string"].decode()))
        headers = {key.decode(): value.decode("latin-1") for key, value in scope["headers"]}
        return _reply(provider, name, scope["method"], asked, form, headers.get("authorization", ""))


def _reply(
    provider: Provider, name: str, method: str, asked: dict[str, str], form: dict[str, str], authorization: str
) -> Answer:
    if name == ".well-known/openid-configuration":
        return as_json(provider.description())
    if name == "keys":
        return as_json(provider.public_keys())
    if name == "token" and method == "POST":
        return as_json(provider.token(form, authorization))
    if name == "userinfo":
        return as_json(provider.userinfo(authorization))
    if name == "authorize":
        return _authorize(provider, method, asked, form)
    if name == "logout":
        back = asked.get("post_logout_redirect_uri", "")
        if may_go_back(back):
            return Answer(303, location=back)
    return Answer(404, pages.problem("Không có trang này."))


def _authorize(provider: Provider, method: str, asked: dict[str, str], form: dict[str, str]) -> Answer:
    try:
        question = provider.question(form if method == "POST" else asked)
    except Refusal as refusal:
        return Answer(400, pages.problem(f"Mã lỗi: {refusal}"))
    if method != "POST":
        return Answer(200, pages.choosing(provider.style, asked))
    fault = form.get("fault", "")
    return Answer(303, location=provider.answer(question, form.get("who", ""), fault if fault in FAULTS else ""))


async def _break(provider: Provider, name: str) -> None:
    """What a provider that is not well does instead of answering."""
    part = {".well-known/openid-configuration": "discovery", "keys": "keys", "token": "token"}.get(name, "")
    if f"{part}_down" in provider.outages:
        raise Answer(503, "down", "text/plain")
    if f"{part}_html" in provider.outages:
        raise Answer(200, pages.problem("Bảo trì"))
    if f"{part}_huge" in provider.outages:
        raise as_json({**provider.description(), "padding": "x" * _HUGE})
    if f"{part}_drips" in provider.outages:
        answer = as_json(provider.description())
        answer.drops = [b" "] * 100
        raise answer
    if f"{part}_hangs" in provider.outages:
        await asyncio.sleep(HANGING_SECONDS)


async def _form(receive: Receive) -> dict[str, str]:
    body, more = b"", True
    while more and len(body) <= MOST_BYTES:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
