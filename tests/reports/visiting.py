"""Somebody who opens every address they can: all routes with all ids there are, and all that pages lead to."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import product
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.core.cache import cache
from django.test import Client

from tests.architecture.test_registry import every_route
from tests.journeys.crawling import kind_of

_HOST = "http://testserver"
_PART = re.compile(r"<(?:(\w+):)?(\w+)>")
# The way out; the library's own tables, which none of these people may open, and what changes a session.
_LEFT_OUT = re.compile(r"/logout|^/?django-admin/|/static/|\\|\^")
_LINKS = ("href", "src", "action", "data-src", "data-url", "data-href", "hx-get", "content")
_FORMATS = ("csv", "xlsx", "jsonl")
_MOST = 6000


@dataclass(frozen=True)
class Seen:
    """An answer: everything of it that a browser gets, headers and cookies too."""

    address: str
    status: int
    content: bytes


class _Found(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if value and (name in _LINKS or name.startswith("data-"))]


Known = Mapping[str, Sequence[object]]


def addresses(known: Known) -> Iterator[str]:
    """Every route of the process; where it takes an id, with every known value of that name or of that sort."""
    for route, _access in every_route():
        if _LEFT_OUT.search(route.path):
            continue
        parts = _PART.findall(route.path)
        values = [known.get(name, known.get(sort or "str", ())) for sort, name in parts]
        for chosen in product(*values):
            filled = iter(chosen)
            yield "/" + _PART.sub(lambda _found: str(next(filled)), route.path)  # noqa: B023


@dataclass
class Visitor:
    client: Client
    seen: dict[str, Seen] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    def walk(self, known: Known) -> list[Seen]:
        waiting = list(dict.fromkeys(addresses(known)))
        asked = set(waiting)
        while waiting:
            assert len(self.seen) < _MOST, "the walk does not end"
            address = waiting.pop()
            one = self.visit(address)
            for link in self._leads_on(one):
                if link not in asked and self._is_new(link):
                    asked.add(link)
                    waiting.append(link)
        return list(self.seen.values())

    def visit(self, address: str) -> Seen:
        # Nobody walks so fast by hand: the limits on pace are not what is looked at here.
        cache.clear()
        response: Any = self.client.get(address)
        body = b"".join(response) if response.streaming else response.content
        assert response.status_code < 500, address
        told = "\n".join([*(f"{name}: {value}" for name, value in response.items()), str(response.cookies)])
        one = self.seen[address] = Seen(address, response.status_code, body)
        self.seen[f"{address} (headers)"] = Seen(f"{address} (headers)", response.status_code, told.encode())
        self._location = response.headers.get("Location", "")
        self._is_page = "text/html" in response.headers.get("Content-Type", "")
        return one

    def _leads_on(self, one: Seen) -> Iterator[str]:
        if self._location:
            yield from self._ours(one.address, self._location)
        if self._is_page and one.status == 200:
            for link in _Found(one.content.decode()).links:
                yield from self._ours(one.address, link)
            path = urlsplit(one.address).path
            yield from (f"{path}?format={form}" for form in _FORMATS)

    def _ours(self, base: str, link: str) -> Iterator[str]:
        try:
            parts = urlsplit(urljoin(_HOST + base, link))
        except ValueError:
            return
        if f"{parts.scheme}://{parts.netloc}" == _HOST and not _LEFT_OUT.search(parts.path):
            yield parts.path + (f"?{parts.query}" if parts.query else "")

    def _is_new(self, link: str) -> bool:
        """Lists that are only sorted or filtered otherwise are opened once for each sort of question."""
        if "?" not in link:
            return True
        kind = urlsplit(link).path + "?" + kind_of(link).partition("?")[2] + str(re.findall(r"format=\w+", link))
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        return self.kinds[kind] <= 1
