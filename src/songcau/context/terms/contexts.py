"""All @contexts that the broker knows: the way from what a request names to compiled `Terms`.

A @context is compiled once and kept; what was used longest ago goes first when there are too many. Nothing here waits
but `resolve`: a request whose @context is at hand, as nearly all are, never leaves the event loop's current turn.
"""

import asyncio
import hashlib
import itertools
import time
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Final

import orjson

from ..problems import BadRequestData, LdContextNotAvailable
from .core_context import BUNDLED, CORE_URLS
from .folder import context_in, listed
from .loading import Loader, context_of
from .processing import MOST_DOCUMENTS, NotLoaded, Processing
from .references import address
from .terms import CORE, Terms

MOST_COMPILED: Final = 1_000
MOST_COMPILED_TERMS: Final = 400_000
MOST_FETCHED_BYTES: Final = 32_000_000
MOST_HOSTED: Final = 1_000
LARGE_BYTES: Final = 100_000
"""Documents above this size are compiled beside the event loop, so that other requests go on meanwhile."""
FAILURE_SECONDS: Final = 5.0
"""So long a failure is remembered: a broken address costs one attempt, not one for each request."""


class Contexts:
    """The @contexts of one broker.

    folder: preloaded @contexts (see `folder`). base: the address under which clients reach this broker, for the
    @contexts it hosts. remote: whether others may be fetched at all.
    """

    def __init__(
        self,
        folder: Path | None = None,
        *,
        base: str = "",
        remote: bool = True,
        loader: Loader | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.base = base
        self._remote = remote
        self._loader = loader or Loader()
        self._clock = clock
        self._preloaded = listed(folder) if folder else {}
        self._opened: dict[str, object] = {}
        self._fetched: OrderedDict[str, tuple[object, int]] = OrderedDict()
        self._fetched_bytes = 0
        self._hosted: OrderedDict[str, object] = OrderedDict()
        self._compiled: OrderedDict[str | bytes, Terms] = OrderedDict()
        self._compiled_terms = 0
        self._failed: dict[str, tuple[float, str]] = {}
        self._numbers = itertools.count(1)

    def at_hand(self, reference: object) -> Terms | None:
        """The terms of a @context when nothing must be fetched for it, else None.

        reference: None (the core @context), an address, a list or an object. Raises BadRequestData when malformed.
        """
        if reference is None:
            return CORE
        key = _key(reference)
        terms = self._compiled.get(key)
        if terms is not None:
            self._compiled.move_to_end(key)
            return terms
        try:
            return self._keep(key, self._compile(key, reference))
        except NotLoaded:
            return None

    async def resolve(self, reference: object) -> Terms:
        """The terms of a @context, fetched where needed. Raises LdContextNotAvailable, BadRequestData."""
        terms = self.at_hand(reference)
        if terms is not None:
            return terms
        key = _key(reference)
        fetched_bytes = 0
        for _ in range(MOST_DOCUMENTS + 1):
            try:
                if fetched_bytes > LARGE_BYTES:
                    terms = await asyncio.to_thread(self._compile, key, reference)
                else:
                    terms = self._compile(key, reference)
            except NotLoaded as missing:
                fetched_bytes += await self._fetch(missing.url)
            else:
                return self._keep(key, terms)
        raise BadRequestData(f"The @context names more than {MOST_DOCUMENTS} others")

    async def close(self) -> None:
        await self._loader.close()

    def hosted(self, local_id: str) -> object:
        """The "@context" that stands under this broker's own address, or None."""
        return self._hosted.get(local_id)

    def _compile(self, key: str | bytes, reference: object) -> Terms:
        if isinstance(key, str) and key in CORE_URLS:
            return Terms(Processing(self._document).table(None), self._new_key(), key, key)
        if isinstance(key, str):
            reference = key
            address(key)
        table = Processing(self._document).table(reference)
        terms = Terms(table, self._new_key(), reference, self._link(reference))
        if terms.size > LARGE_BYTES // 10:
            terms.compact("")  # makes the way back now, where time is, not at the first answer
        return terms

    def _new_key(self) -> str:
        return f"{next(self._numbers):x}"

    def _keep(self, key: str | bytes, terms: Terms) -> Terms:
        known = self._compiled.get(key)
        if known is not None:  # two requests waited for the same @context
            return known
        self._compiled[key] = terms
        self._compiled_terms += terms.size
        while len(self._compiled) > 1 and (
            len(self._compiled) > MOST_COMPILED or self._compiled_terms > MOST_COMPILED_TERMS
        ):
            _, oldest = self._compiled.popitem(last=False)
            self._compiled_terms -= oldest.size
        return terms

    def _document(self, url: str) -> object:
        """The "@context" at an address. Raises NotLoaded."""
        if url in BUNDLED:
            return BUNDLED[url]
        if url in self._preloaded:
            if url not in self._opened:
                self._opened[url] = context_in(self._preloaded[url], url)
            return self._opened[url]
        own = self.base + "/ngsi-ld/v1/jsonldContexts/"
        if self.base and url.startswith(own) and url[len(own) :] in self._hosted:
            return self._hosted[url[len(own) :]]
        entry = self._fetched.get(url)
        if entry is None:
            raise NotLoaded(url)
        return entry[0]

    async def _fetch(self, url: str) -> int:
        """Fetches a document; the size of it in bytes."""
        if not self._remote:
            raise LdContextNotAvailable(f"The @context {url} is not on this broker, and it may not fetch any")
        failure = self._failed.get(url)
        if failure is not None and failure[0] > self._clock():
            raise LdContextNotAvailable(failure[1])
        try:
            body = await self._loader.load(url)
            context = context_of(body, url)
        except LdContextNotAvailable as problem:
            if len(self._failed) >= MOST_COMPILED:
                self._failed.clear()
            self._failed[url] = (self._clock() + FAILURE_SECONDS, problem.detail)
            raise
        self._failed.pop(url, None)
        if url not in self._fetched:
            self._fetched[url] = (context, len(body))
            self._fetched_bytes += len(body)
        while len(self._fetched) > 1 and self._fetched_bytes > MOST_FETCHED_BYTES:
            _, (_, size) = self._fetched.popitem(last=False)
            self._fetched_bytes -= size
        return len(body)

    def _link(self, reference: object) -> str | Callable[[], str]:
        """What the Link header names: the one address that says everything, or one under which we host the rest."""
        if isinstance(reference, str):
            return reference
        if isinstance(reference, list) and all(isinstance(part, str) for part in reference):
            others = [part for part in reference if part not in CORE_URLS]
            if not others:
                return str(reference[-1]) if reference else CORE.link
            if len(others) == 1:
                return str(others[0])
        return lambda: self._host(reference)

    def _host(self, reference: object) -> str:
        digest = hashlib.sha256(orjson.dumps(reference)).hexdigest()
        local_id = f"urn:ngsi-ld:Context:{digest[:32]}"
        self._hosted[local_id] = reference
        if len(self._hosted) > MOST_HOSTED:
            self._hosted.popitem(last=False)
        return f"{self.base}/ngsi-ld/v1/jsonldContexts/{local_id}"


def _key(reference: object) -> str | bytes:
    """What a @context is kept under: its address, or the text of it."""
    if isinstance(reference, str):
        return reference
    if isinstance(reference, list) and len(reference) == 1 and isinstance(reference[0], str):
        return reference[0]
    try:
        return orjson.dumps(reference)
    except TypeError:
        raise BadRequestData("A @context is an address, an object, or a list of these") from None
