"""All @contexts that the broker knows: the way from what a request names to compiled `Terms`.

A @context is compiled once and kept; what was used longest ago goes first when there are too many, or when they take
too much memory. Nothing here waits
but `resolve`, `reload` and `refresh`: a request whose @context is at hand, as nearly all are, stays in the event loop's
current turn.
"""

import asyncio
import itertools
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import orjson

from songcau.context.problems import BadRequestData, LdContextNotAvailable
from songcau.context.terms.core_context import BUNDLED, CORE_URLS
from songcau.context.terms.folder import listed, opened
from songcau.context.terms.loading import Loader, context_of
from songcau.context.terms.processing import MOST_DOCUMENTS, Documents, NotLoaded, Processing
from songcau.context.terms.references import address
from songcau.context.terms.shelf import Keeper, Kind, Shelf, Stored, stamp
from songcau.context.terms.terms import CORE, Terms
from songcau.kernel import clock as kernel_clock

MOST_COMPILED: Final = 1_000
MOST_COMPILED_TERMS: Final = 200_000
MOST_COMPILED_BYTES: Final = 64_000_000
MOST_FAILURES: Final = 1_000
_TIMES_HELD: Final = 4
LARGE_BYTES: Final = 100_000
"""Documents above this size are compiled beside the event loop, so that other requests go on meanwhile."""
LARGE_TERMS: Final = 5_000
FAILURE_SECONDS: Final = 5.0
"""So long a failure is remembered: a broken address costs one attempt, not one for each request."""
FRESH_FOR: Final = timedelta(days=1)
"""How old a fetched @context may become before `refresh` looks for a newer one."""
LOOK_SECONDS: Final = 3600.0


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
        self.shelf = Shelf()
        self._remote = remote
        self._loader = loader or Loader()
        self._clock = clock
        self._preloaded = listed(folder) if folder else {}
        self._compiled: OrderedDict[str | bytes, tuple[Terms, int]] = OrderedDict()
        self._compiled_terms = 0
        self._compiled_bytes = 0
        self._failed: dict[str, tuple[float, str]] = {}
        self._numbers = itertools.count(1)

    def keep_by(self, keeper: Keeper, documents: Mapping[str, Mapping[str, Any]]) -> None:
        """From now on the keeper puts what is stored on disk; what it put there before is taken over.

        documents: local id → document. What is preloaded goes before it.
        """
        self.shelf.keeper = keeper
        self.shelf.restore({key: one for key, one in documents.items() if one["url"] not in self._preloaded})

    def at_hand(self, reference: object) -> Terms | None:
        """The terms of a @context when nothing must be fetched for it, else None.

        reference: None (the core @context), an address, a list or an object. Raises BadRequestData when malformed.
        """
        if reference is None:
            return CORE
        key = _key(reference)
        compiled = self._compiled.get(key)
        if compiled is not None:
            self._compiled.move_to_end(key)
            return compiled[0]
        try:
            return self._keep(key, self._compile(key, reference, self._document))
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
                    terms = await asyncio.to_thread(self._compile, key, reference, self._peek)
                else:
                    terms = self._compile(key, reference, self._document)
            except NotLoaded as missing:
                fetched_bytes += await self._fetch(missing.url)
            else:
                return self._keep(key, terms)
        raise BadRequestData(f"The @context names more than {MOST_DOCUMENTS} others")

    def check(self, context: object) -> None:
        """Raises BadRequestData when a @context that a client wants to host is malformed; fetches nothing for that."""
        if not isinstance(context, str | list | dict):
            raise BadRequestData("A @context is an address, an object, or a list of these")
        _key(context)  # what cannot be written down cannot be kept
        # What stands elsewhere is looked at when it is used: it need not be there yet.
        Processing(lambda url: {}).table(context, self.base or "http://localhost")

    def forget(self, stored: Stored) -> "asyncio.Future[int] | None":
        """Removes a stored @context; the future is done when it is gone from the disk."""
        self._forget_compiled()
        return self.shelf.remove(stored)

    async def reload(self, stored: Stored) -> None:
        """Fetches a cached @context anew. Raises LdContextNotAvailable, and then the old one stays."""
        url = stored.url
        if url in self._preloaded:
            context, size, changed_at = opened(self._preloaded[url], url)
            self._check_reloaded(context, url)
            self.shelf.lend(url, context, size, stamp(changed_at))
        else:
            body = await self._load(url)
            context = context_of(body, url)
            self._check_reloaded(context, url)
            self.shelf.cache(url, context, len(body))
        self._forget_compiled()

    def _check_reloaded(self, context: object, url: str) -> None:
        try:
            self.check(context)
        except BadRequestData as problem:
            raise LdContextNotAvailable(f"What stands at {url} is malformed: {problem.detail}") from None

    async def refresh(self, older_than: timedelta = FRESH_FOR) -> None:
        """Fetches anew what was fetched long ago; what cannot be had just now stays as it is."""
        limit = kernel_clock.now() - older_than
        for stored in self.shelf:
            if stored.kind is Kind.CACHED and datetime.fromisoformat(stored.created_at) < limit:
                try:
                    await self.reload(stored)
                except LdContextNotAvailable:
                    continue

    async def stay_fresh(self, seconds: float = LOOK_SECONDS) -> None:
        """Refreshes now and then, until it is cancelled."""
        while True:
            await asyncio.sleep(seconds)
            await self.refresh()

    async def close(self) -> None:
        await self._loader.close()

    def _compile(self, key: str | bytes, reference: object, documents: Documents) -> Terms:
        if isinstance(key, str):
            reference = address(key)
        table = Processing(documents).table(reference)
        terms = Terms(table, f"{next(self._numbers):x}", reference, self._link(reference))
        if terms.size > LARGE_TERMS:
            terms.compact("")  # makes the way back now, where time is, not at the first answer
        return terms

    def _keep(self, key: str | bytes, terms: Terms) -> Terms:
        known = self._compiled.get(key)
        if known is not None:  # two requests waited for the same @context
            return known[0]
        # A @context in a body is kept three times: as the key, as what an answer names, and as what was made of it.
        weight = terms.weight + (0 if isinstance(key, str) else _TIMES_HELD * len(key))
        self._compiled[key] = terms, weight
        self._compiled_terms += terms.size
        self._compiled_bytes += weight
        while len(self._compiled) > 1 and (
            len(self._compiled) > MOST_COMPILED
            or self._compiled_terms > MOST_COMPILED_TERMS
            or self._compiled_bytes > MOST_COMPILED_BYTES
        ):
            _, (oldest, freed) = self._compiled.popitem(last=False)
            self._compiled_terms -= oldest.size
            self._compiled_bytes -= freed
        return terms

    def _forget_compiled(self) -> None:
        """What was compiled may rest on what changed; it is compiled again, under new keys, when it is asked for."""
        self._compiled.clear()
        self._compiled_terms = self._compiled_bytes = 0

    def _document(self, url: str) -> object:
        """The "@context" at an address, out of the folder if need be. Raises NotLoaded."""
        if url in self._preloaded and self.shelf.find(url) is None:
            context, size, changed_at = opened(self._preloaded[url], url)
            self.shelf.lend(url, context, size, stamp(changed_at))
        return self._peek(url)

    def _peek(self, url: str) -> object:
        """The same of what is open already, without changing anything: another thread may ask."""
        if url in BUNDLED:
            return BUNDLED[url]
        stored = self.shelf.find(url)
        if stored is None:
            raise NotLoaded(url)
        return stored.context

    async def _fetch(self, url: str) -> int:
        """Fetches a document and stores it; the size of it in bytes."""
        if url in self._preloaded:
            self._document(url)
            return 0
        if not self._remote:
            raise LdContextNotAvailable(f"The @context {url} is not on this broker, and it may not fetch any")
        failure = self._failed.get(url)
        if failure is not None and failure[0] > self._clock():
            raise LdContextNotAvailable(failure[1])
        body = await self._load(url)
        if self.shelf.find(url) is None:
            self.shelf.cache(url, context_of(body, url), len(body))
        return len(body)

    async def _load(self, url: str) -> bytes:
        """The body at an address, if there is a @context in it. Raises LdContextNotAvailable, and remembers it."""
        try:
            body = await self._loader.load(url)
            context_of(body, url)
        except LdContextNotAvailable as problem:
            if len(self._failed) >= MOST_FAILURES:
                self._failed.clear()
            self._failed[url] = (self._clock() + FAILURE_SECONDS, problem.detail)
            raise
        self._failed.pop(url, None)
        return body

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
        return lambda: self.shelf.make(reference).address(self.base)


def _key(reference: object) -> str | bytes:
    """What a @context is kept under: its address, or the text of it."""
    if isinstance(reference, str):
        return reference
    if isinstance(reference, list) and len(reference) == 1 and isinstance(reference[0], str):
        return reference[0]
    try:
        return orjson.dumps(reference)
    except TypeError:
        raise BadRequestData("The @context is nested too deep") from None
