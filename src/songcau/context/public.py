"""The door of the context floor: how the rest of songcau says and asks what is so in the city.

Two faces of one thing: `Context` for code that waits (actions, flows, commands), `AsyncContext` for gateways. Both
speak the broker's own NGSI-LD interface over its Unix socket or over HTTP; the broker cannot tell them from others.

Entities are plain dicts in the normalized or, when `simplified`, the simplified form of NGSI-LD, without @context:
names are those of the core @context and of its default vocabulary.
"""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import httpx
import orjson

from songcau.context.calls import (
    PAGE,
    Reading,
    delete_call,
    form_of,
    get_call,
    histories_call,
    history_call,
    query_call,
    subscription_calls,
    upsert_calls,
)
from songcau.context.following import Event as Event
from songcau.context.following import EventReader, Pause, events_in
from songcau.context.refusals import ContextRefused as ContextRefused
from songcau.context.refusals import ContextUnavailable as ContextUnavailable
from songcau.context.refusals import Refusals
from songcau.context.rights.grants import GrantKey
from songcau.context.rights.reach import READ, WRITE, Reach

Document = dict[str, Any]
EVENTS = "/songcau/v1/events"
# The broker sends a heart-beat more often than this.
SILENCE_SECONDS = 60.0


def sign_grant(key: Path, person: str, *, wards: Sequence[str] | None, writes: bool, seconds: int) -> str:
    """A person's short-lived rights in the default tenant, as they stand after `Bearer`.

    key: the file that the broker reads, made when it is not there. wards: scopes such as `/wards/W05512`, or all.
    """
    reach = Reach(wards=None if wards is None else tuple(wards), may=(READ, WRITE) if writes else (READ,))
    return GrantKey.of(key).sign(person, reach, seconds=seconds)


def _settled(response: httpx.Response) -> Any:
    """The content of an answer; None where there is none. Raises ContextUnavailable, ContextRefused."""
    try:
        content = orjson.loads(response.content) if response.content else None
    except orjson.JSONDecodeError:
        raise ContextUnavailable(detail=f"{response.status_code} without JSON: no context broker answers") from None
    if response.status_code >= 500:
        raise ContextUnavailable(detail=str((content or {}).get("detail", response.status_code)))
    if response.status_code == 207 and content and content.get("errors"):
        failed = content["errors"]
        raise ContextRefused(207, failed[0].get("error", {}), failed)
    if response.status_code >= 400:
        raise ContextRefused(response.status_code, content or {})
    return content


def _following(filters: Mapping[str, str], simplified: bool, after: int | None) -> dict[str, Any]:
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    return {
        "params": {**filters, **form_of(simplified)},
        "headers": headers,
        "timeout": httpx.Timeout(10.0, read=SILENCE_SECONDS),
    }


def _require_stream(response: httpx.Response, read: Callable[[], object]) -> None:
    if response.status_code != 200:
        read()
        _settled(response)


def _transport(address: str) -> tuple[str, str | None]:
    """Base URL and Unix socket of an address: `unix:/path/of/socket` or `http://host:port`."""
    if not address.startswith("unix:"):
        return address, None
    path = address.removeprefix("unix:")
    # The system allows about 100 bytes for the path of a socket.
    return "http://context", min(path, os.path.relpath(path), key=len)


def _authorized(token: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"} if token else {}


class Context:
    """The broker, for code that waits. One object serves many threads. Close it, or use it as a context manager.

    address: `unix:/path` or `http://host:port`. token: who asks. timeout: seconds for each call.
    """

    def __init__(self, address: str, *, token: str | None = None, timeout: float = 10.0) -> None:
        base, socket = _transport(address)
        self._client = httpx.Client(
            base_url=base,
            headers=_authorized(token),
            timeout=timeout,
            transport=httpx.HTTPTransport(uds=socket, retries=1),
        )

    def upsert(self, entities: Sequence[Mapping[str, Any]], *, replace: bool = False) -> None:
        """Say what is so. Attributes not named stay, unless `replace`. On return it is on the broker's disk.

        Raises ContextRefused (with every refused entity; the others are kept), ContextUnavailable.
        """
        refusals = Refusals()
        for call in upsert_calls(entities, replace=replace):
            try:
                self._call(call)
            except ContextRefused as refused:
                refusals.add(refused)
        refusals.end()

    def get(self, entity_id: str, *, simplified: bool = False) -> Document | None:
        """What is so of one entity, or None when there is none of that id."""
        try:
            found: Document = self._call(get_call(entity_id, simplified=simplified))
        except ContextRefused as refused:
            if refused.status == 404:
                return None
            raise
        return found

    def query(self, *, simplified: bool = False, **filters: str) -> Iterator[Document]:
        """All entities that match, page by page. filters: the query parameters of the standard (type, q, georel …)."""
        offset = 0
        while True:
            page: list[Document] = self._call(query_call(filters, simplified=simplified, offset=offset))
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE

    def delete(self, ids: Sequence[str]) -> None:
        """Remove entities; one that is not there is no error."""
        try:
            self._call(delete_call(ids))
        except ContextRefused as refused:
            _require_only_missing(refused)

    def history(
        self,
        entity_id: str,
        *,
        after: str,
        before: str | None = None,
        attributes: Sequence[str] = (),
        last: int | None = None,
    ) -> Document | None:
        """What was so: the temporal representation of an entity between two instants (ISO 8601 with zone).

        Of a history longer than the broker gives in one answer it is the oldest part, or with `last` the newest.
        """
        call = history_call(entity_id, attributes=attributes, after=after, before=before, last=last)
        try:
            found: Document = self._call(call)
        except ContextRefused as refused:
            if refused.status == 404:
                return None
            raise
        return found

    def histories(
        self, *, after: str, before: str, last: int | None = None, simplified: bool = False, **filters: str
    ) -> Iterator[Document]:
        """What was so of all entities that match, between two instants, page by page.

        Of instances there are at most as many as the broker gives in one answer: the oldest, or with `last` the newest.
        """
        offset = 0
        while True:
            call = histories_call(filters, after=after, before=before, last=last, simplified=simplified, offset=offset)
            page: list[Document] = self._call(call)
            yield from page
            if len(page) < PAGE:
                return
            offset += PAGE

    def put_subscription(self, document: Document) -> None:
        """Have the subscription with this id be so, whether it was there or not. Raises as `upsert` does."""
        there, made = subscription_calls(document)
        try:
            self._call(there)
        except ContextRefused as refused:
            if refused.status != 404:
                raise
            self._call(made)

    def follow(
        self,
        *,
        after: int | None = None,
        simplified: bool = False,
        broken: Callable[[], object] = lambda: None,
        **filters: str,
    ) -> Iterator[Event]:
        """What happens to the entities that match, for ever: a broken connection is made anew and goes on.

        after: the number of the last event that is known; without it begins now. On a `reset` load anew by `query`.
        broken: called at each break; of what changed meanwhile the newest of each is told. Raises ContextRefused.
        """
        pause = Pause()
        while True:
            try:
                with self._client.stream("GET", EVENTS, **_following(filters, simplified, after)) as response:
                    _require_stream(response, response.read)
                    pause.succeeded()
                    for event in events_in(response.iter_lines()):
                        after = event.number
                        yield event
            except (httpx.HTTPError, ContextUnavailable):
                broken()
                time.sleep(pause.next())

    def close(self) -> None:
        self._client.close()

    def __enter__(self) -> "Context":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _call(self, reading: Reading) -> Any:
        try:
            response = self._client.request(
                reading.method,
                reading.path,
                params=reading.params,
                content=reading.content,
                headers=reading.headers(),
            )
        except httpx.HTTPError as error:
            raise ContextUnavailable(detail=str(error)) from error
        return _settled(response)


class AsyncContext:
    """The broker, for code on an event loop: the same calls as `Context`."""

    def __init__(
        self, address: str, *, token: str | None = None, tenant: str | None = None, timeout: float = 10.0
    ) -> None:
        base, socket = _transport(address)
        self._client = httpx.AsyncClient(
            base_url=base,
            headers=_authorized(token) | ({"NGSILD-Tenant": tenant} if tenant else {}),
            timeout=timeout,
            transport=httpx.AsyncHTTPTransport(uds=socket, retries=1),
        )

    async def upsert(self, entities: Sequence[Mapping[str, Any]], *, replace: bool = False) -> None:
        """See `Context.upsert`."""
        refusals = Refusals()
        for call in upsert_calls(entities, replace=replace):
            try:
                await self._call(call)
            except ContextRefused as refused:
                refusals.add(refused)
        refusals.end()

    async def get(self, entity_id: str, *, simplified: bool = False) -> Document | None:
        """See `Context.get`."""
        try:
            found: Document = await self._call(get_call(entity_id, simplified=simplified))
        except ContextRefused as refused:
            if refused.status == 404:
                return None
            raise
        return found

    async def query(self, *, simplified: bool = False, **filters: str) -> AsyncIterator[Document]:
        """See `Context.query`."""
        offset = 0
        while True:
            page: list[Document] = await self._call(query_call(filters, simplified=simplified, offset=offset))
            for entity in page:
                yield entity
            if len(page) < PAGE:
                return
            offset += PAGE

    async def delete(self, ids: Sequence[str]) -> None:
        """See `Context.delete`."""
        try:
            await self._call(delete_call(ids))
        except ContextRefused as refused:
            _require_only_missing(refused)

    async def history(
        self,
        entity_id: str,
        *,
        after: str,
        before: str | None = None,
        attributes: Sequence[str] = (),
        last: int | None = None,
    ) -> Document | None:
        """See `Context.history`."""
        call = history_call(entity_id, attributes=attributes, after=after, before=before, last=last)
        try:
            found: Document = await self._call(call)
        except ContextRefused as refused:
            if refused.status == 404:
                return None
            raise
        return found

    async def histories(
        self, *, after: str, before: str, last: int | None = None, simplified: bool = False, **filters: str
    ) -> AsyncIterator[Document]:
        """See `Context.histories`."""
        offset = 0
        while True:
            call = histories_call(filters, after=after, before=before, last=last, simplified=simplified, offset=offset)
            page: list[Document] = await self._call(call)
            for entity in page:
                yield entity
            if len(page) < PAGE:
                return
            offset += PAGE

    async def put_subscription(self, document: Document) -> None:
        """See `Context.put_subscription`."""
        there, made = subscription_calls(document)
        try:
            await self._call(there)
        except ContextRefused as refused:
            if refused.status != 404:
                raise
            await self._call(made)

    async def follow(
        self,
        *,
        after: int | None = None,
        simplified: bool = False,
        broken: Callable[[], object] = lambda: None,
        **filters: str,
    ) -> AsyncIterator[Event]:
        """See `Context.follow`."""
        pause = Pause()
        while True:
            try:
                async with self._client.stream("GET", EVENTS, **_following(filters, simplified, after)) as response:
                    if response.status_code != 200:
                        await response.aread()
                    _require_stream(response, lambda: None)
                    pause.succeeded()
                    reader = EventReader()
                    async for line in response.aiter_lines():
                        event = reader.take(line)
                        if event is not None:
                            after = event.number
                            yield event
            except (httpx.HTTPError, ContextUnavailable):
                broken()
                await asyncio.sleep(pause.next())

    async def close(self) -> None:
        await self._client.aclose()

    async def _call(self, reading: Reading) -> Any:
        try:
            response = await self._client.request(
                reading.method,
                reading.path,
                params=reading.params,
                content=reading.content,
                headers=reading.headers(),
            )
        except httpx.HTTPError as error:
            raise ContextUnavailable(detail=str(error)) from error
        return _settled(response)


def _require_only_missing(refused: ContextRefused) -> None:
    """Raises the refusal of a deletion when it is about anything else than entities that are not there."""
    missing = [one for one in refused.failed if one.get("error", {}).get("type", "").endswith("ResourceNotFound")]
    if len(missing) < len(refused.failed) or not refused.failed:
        raise refused
