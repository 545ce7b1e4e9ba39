"""Somebody who opens every address there is, and all that the pages lead to, and keeps what they were answered."""

import asyncio
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

from asgiref.sync import async_to_sync
from django.core.cache import cache
from django.test import Client

from songcau.kernel.actor import Actor
from songcau.kernel.text import folded
from tests.journeys.crawling import kind_of
from tests.reports.addresses import LEFT_OUT, Asked
from tests.reports.searching import Traces, unpacked

_HOST = "http://testserver"
_STATIC = re.compile(r"^/static/|^/?django-admin/jsi18n")
_LINKS = ("href", "src", "action")
# A list that is sorted or filtered otherwise is the same list; another format of it is another file.
_FORMAT = ("format", "original", "small")
# Of pages that differ only in which row they show, found by links and not among the seeded ones.
_MOST_OF_A_KIND = 2
_MOST = 900
_SILENCE_SECONDS = 1.0


@dataclass(frozen=True)
class Seen:
    """An answer: everything of it that a browser gets, headers and cookies too."""

    address: str
    status: int
    content: bytes
    headers: bytes = b""

    def told(self, marks: Traces) -> tuple[str, ...]:
        """What it tells. What was asked for is no news: a page may say its own address again."""
        found = {*marks.found_in(self.content), *marks.found_in(unpacked(self.headers))}
        if not found:
            return ()
        asked = re.sub(r"[\W_]+", "", folded(self.address))
        return tuple(sorted(mark for mark in found if mark not in asked))


class _Found(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if value and (name in _LINKS or _is_address(name, value))]


def _is_address(name: str, value: str) -> bool:
    """What a script asks for stands in attributes of its own."""
    return name.startswith(("data-", "hx-get")) and value.startswith(("/", "?", _HOST))


def _begun(response: Any) -> list[bytes]:
    """All of a download; of a stream without an end what it says before it falls silent."""
    if not response.is_async:
        return list(response)

    async def said() -> list[bytes]:
        pieces: list[bytes] = []
        with suppress(TimeoutError):
            async with asyncio.timeout(_SILENCE_SECONDS):
                async for piece in response:
                    pieces.append(piece)
        return pieces

    return async_to_sync(said)()


@dataclass
class Visitor:
    """`actor` None: somebody without an account."""

    client: Client
    actor: Actor | None = None
    seen: dict[str, Seen] = field(default_factory=dict)
    kinds: Counter[str] = field(default_factory=Counter)

    def walk(self, asked: Sequence[Asked]) -> list[Seen]:
        waiting = list(dict.fromkeys(one.path for one in self._worth_asking(asked)))
        while waiting:
            assert len(self.seen) < _MOST, f"the walk does not end: {self.kinds.most_common(9)}"
            address = waiting.pop()
            if address not in self.seen:
                waiting += [link for link in self.visit(address) if link not in self.seen and self._is_new(link)]
        return list(self.seen.values())

    def visit(self, address: str) -> list[str]:
        """Where the answer leads."""
        # Nobody walks so fast by hand: the limits on pace are not what is looked at here.
        cache.clear()
        response: Any = self.client.get(address)
        body = b"".join(_begun(response)) if response.streaming else response.content
        assert response.status_code < 500, (address, response.status_code, body[-3000:])
        told = "\n".join([*(f"{name}: {value}" for name, value in response.items()), str(response.cookies)])
        self.seen[address] = Seen(address, response.status_code, body, told.encode())
        links = [response.headers.get("Location", "")]
        if "text/html" in response.headers.get("Content-Type", "") and response.status_code == 200:
            links += _Found(body.decode()).links
        return [link for one in links if one for link in self._ours(address, one)]

    def _worth_asking(self, asked: Sequence[Asked]) -> Iterator[Asked]:
        """Where the declared permission is not held at all, all answer alike (before the view): one is asked for."""
        refused: set[str] = set()
        for one in asked:
            if one.access is not None and not self._may_enter(one):
                if one.access.permission in refused:
                    continue
                refused.add(one.access.permission)
            yield one

    def _may_enter(self, one: Asked) -> bool:
        if one.access is None or not (one.access.signed_in or one.access.permission):
            return True
        return self.actor is not None and (not one.access.permission or bool(self.actor.scopes(one.access.permission)))

    @staticmethod
    def _ours(base: str, link: str) -> Iterator[str]:
        try:
            parts = urlsplit(urljoin(_HOST + base, link))
        except ValueError:
            return
        if f"{parts.scheme}://{parts.netloc}" != _HOST or LEFT_OUT.search(parts.path) or _STATIC.search(parts.path):
            return
        asked = parse_qs(parts.query)
        kept = "&".join(f"{name}={asked[name][0]}" for name in _FORMAT if name in asked)
        yield parts.path + (f"?{kept}" if kept else "")

    def _is_new(self, link: str) -> bool:
        kind = kind_of(link) + "".join(re.findall(r"format=\w+", link))
        self.kinds[kind] += 1
        return self.kinds[kind] <= _MOST_OF_A_KIND
