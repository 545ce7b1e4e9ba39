"""The link at work: the city's broker hands every change over by subscription, the province gets them as batches.

A notification is answered when it is in the spool, on disk; it leaves the spool when the province has taken it. So a
province that is away, or this link killed at any moment, loses nothing. What is sent again after a kill carries the
same instants of observation and is the same reading: it changes nothing. What the city deletes is deleted there too.
"""

import asyncio
import hmac
import secrets
import sqlite3
from collections.abc import Awaitable, Callable
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson
import structlog

from songcau.context.public import AsyncContext, ContextRefused, ContextUnavailable
from songcau.gateways.province.agreement import Agreement, Feed
from songcau.gateways.province.spool import Spool, SpoolFull, Waiting
from songcau.gateways.province.standing import Standing
from songcau.gateways.report import Report
from songcau.kernel import clock

Document = dict[str, Any]
Receive = Callable[[], Awaitable[Document]]
Send = Callable[[Document], Awaitable[None]]
LARGEST_NOTIFICATION = 32 * 1024 * 1024
STATE_SECONDS = 2.0
FIRST_WAIT_SECONDS, LONGEST_WAIT_SECONDS = 0.5, 10.0
BATCH = 500
TRIGGERS = ("entityCreated", "entityDeleted", "attributeCreated", "attributeUpdated", "attributeDeleted")

log = structlog.get_logger()


class Link:
    """One agreement at work: an ASGI application that the broker of the city notifies, and what carries it on."""

    def __init__(self, agreement: Agreement, city: AsyncContext, province: AsyncContext, folder: Path) -> None:
        self._agreement = agreement
        self._feeds = {feed.code: feed for feed in agreement.feeds}
        self._city = city
        self._province = province
        self._secret = secrets.token_urlsafe(24)
        self._report = Report(folder / "refused.jsonl")
        self._spool = Spool(folder / "spool.sqlite")
        self._has_letters = asyncio.Event()
        self.standing = Standing(agreement, folder)

    async def begin(self) -> None:
        """Have a subscription for each feed, then what stands now: what was before has no change to tell of.

        Tries until the broker answers and there is room for it.
        """
        for feed in self._agreement.feeds:
            wait = FIRST_WAIT_SECONDS
            while True:
                try:
                    await self._city.put_subscription(self._subscription(feed))
                    if await self._spool_all(feed):
                        break
                except ContextUnavailable as error:
                    self.standing.failed(feed.code, str(error.params.get("detail", error)))
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def carry(self) -> None:
        """Bring to the province what waits, for ever."""
        wait = FIRST_WAIT_SECONDS
        while True:
            # Before it is asked: what is put in meanwhile must wake this up.
            self._has_letters.clear()
            waiting = await asyncio.to_thread(self._spool.waiting)
            if waiting is None:
                await self._has_letters.wait()
            elif await self._is_taken(waiting):
                await asyncio.to_thread(self._spool.remove, waiting)
                wait = FIRST_WAIT_SECONDS
            else:
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT_SECONDS)

    async def tell_state(self) -> None:
        """Keep the file of states true, for ever."""
        while True:
            self.standing.write(clock.now(), self._spool.count())
            await asyncio.sleep(STATE_SECONDS)

    async def __call__(self, scope: Document, receive: Receive, send: Send) -> None:
        """`POST /notify/FEED` by the city's broker, and nothing else."""
        if scope["type"] != "http":
            return
        feed = self._feeds.get(scope["path"].removeprefix("/notify/"))
        if feed is None or scope["method"] != "POST":
            await _answer(send, 404)
        elif not self._is_ours(scope):
            await _answer(send, 403)
        else:
            await _answer(send, await self._put(feed, await _body(receive)))

    def _is_ours(self, scope: Document) -> bool:
        given = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(given, f"Bearer {self._secret}".encode())

    async def _put(self, feed: Feed, body: bytes | None) -> int:
        """The status to answer with: 200 when it is on disk, 503 when it cannot be, 400 when it is no notification."""
        try:
            entities = orjson.loads(body or b"")["data"]
        except (ValueError, KeyError, TypeError):
            return 400
        return 200 if await self._spooled(feed, entities) else 503

    async def _spooled(self, feed: Feed, entities: list[Document]) -> bool:
        try:
            await asyncio.to_thread(self._spool.put, feed.code, orjson.dumps(entities))
        except (SpoolFull, sqlite3.Error) as error:
            self.standing.failed(feed.code, f"spool: {error or 'full'}")
            return False
        self._has_letters.set()
        return True

    async def _spool_all(self, feed: Feed) -> bool:
        """Whether all of it is on disk."""
        batch: list[Document] = []
        async for entity in self._city.query(simplified=False, **_filters(feed)):
            batch.append(entity)
            if len(batch) == BATCH:
                if not await self._spooled(feed, batch):
                    return False
                batch = []
        return not batch or await self._spooled(feed, batch)

    async def _is_taken(self, waiting: Waiting) -> bool:
        entities = [entity for body in waiting.bodies for entity in orjson.loads(body)]
        try:
            refused = await self._taken_by_the_province(waiting.feed, entities)
        except ContextUnavailable as error:
            self._troubled(waiting.feed, str(error.params.get("detail", error)))
            return False
        if waiting.feed in self._feeds:
            self.standing.succeeded(waiting.feed, len(entities), refused, _newest(entities), clock.now())
        return True

    async def _taken_by_the_province(self, feed: str, entities: list[Document]) -> int:
        """How many it does not want; those are reported. A province that lets nobody in is as one that is away."""
        refused = 0
        for is_gone, some in groupby(entities, key=lambda entity: "deletedAt" in entity):
            part = list(some)
            try:
                await (self._province.delete([one["id"] for one in part]) if is_gone else self._province.upsert(part))
            except ContextRefused as error:
                if error.status != 207:
                    raise ContextUnavailable(detail=str(error)) from None
                at = clock.now().isoformat()
                self._report.write({"at": at, "feed": feed, **problem} for problem in error.failed)
                refused += len(error.failed)
        return refused

    def _troubled(self, feed: str, why: str) -> None:
        log.warning("the province does not take it", feed=feed, why=why)
        if feed in self._feeds:
            self.standing.failed(feed, why)

    def _subscription(self, feed: Feed) -> Document:
        document: Document = {
            "id": f"urn:ngsi-ld:Subscription:province:{feed.code}",
            "type": "Subscription",
            "subscriptionName": feed.name,
            "entities": [{"type": kind} for kind in feed.types],
            "notificationTrigger": list(TRIGGERS),
            "notification": {
                "format": "normalized",
                "endpoint": {
                    "uri": f"http://127.0.0.1:{self._agreement.port}/notify/{feed.code}",
                    "accept": "application/json",
                    "receiverInfo": [{"key": "Authorization", "value": f"Bearer {self._secret}"}],
                },
            },
        }
        if feed.attributes:
            document["watchedAttributes"] = list(feed.attributes)
            document["notification"]["attributes"] = list(feed.attributes)
        if feed.scope is not None:
            document["scopeQ"] = feed.scope
        if feed.query is not None:
            document["q"] = feed.query
        return document


def _filters(feed: Feed) -> dict[str, str]:
    found = {"type": ",".join(feed.types)}
    if feed.attributes:
        found["attrs"] = ",".join(feed.attributes)
    if feed.scope is not None:
        found["scopeQ"] = feed.scope
    if feed.query is not None:
        found["q"] = feed.query
    return found


def _newest(entities: list[Document]) -> str | None:
    """The newest instant of observation among them; instants of one form compare as text."""
    instants = [
        value["observedAt"]
        for entity in entities
        for value in entity.values()
        if isinstance(value, dict) and isinstance(value.get("observedAt"), str)
    ]
    return max(instants, default=None)


async def _body(receive: Receive) -> bytes | None:
    parts, size = [], 0
    while True:
        message = await receive()
        part = message.get("body", b"")
        size += len(part)
        if size > LARGEST_NOTIFICATION:
            return None
        parts.append(part)
        if not message.get("more_body"):
            return b"".join(parts)


async def _answer(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})
