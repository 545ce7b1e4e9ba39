"""Finds every page of the city by following links, as a person could."""

import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser

from tools.browser import visit
from tools.city import City

UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
NUMBER = re.compile(r"/\d+(?=/|$)")
# Downloads, the way out, the library's own tables, and machine addresses are no pages.
NO_PAGE = re.compile(
    r"format=|/logout|/django-admin/.+|/healthz|/readyz|/metrics|/static/|\.geojson|\.txt|/file/|geojson"
)
STRANGERS_PAGES = (
    *("/accounts/login/", "/accounts/inactive/", "/accounts/sign-in/", "/accounts/sign-in/phone/"),
    *("/portal/", "/portal/report/", "/portal/track/", "/portal/reports/", "/portal/reports/map/", "/portal/waiting/"),
)
MOST_PAGES = 200


def kind_of(address: str) -> str:
    """Pages that differ only in which person or row they show are one kind; so are lists sorted otherwise."""
    parts = urlsplit(address)
    path = NUMBER.sub("/1", UUID.sub("id", parts.path))
    return path + ("?" + "&".join(sorted(re.findall(r"(?<![\w])(\w+)=", parts.query))) if parts.query else "")


class Links(HTMLParser):
    """Where the links of a page lead, in their order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a" and (href := dict(attrs).get("href")) is not None:
            self.found.append(href)


def crawl(browser: Browser, city: City, state: str) -> list[str]:
    """Paths of pages, the first found of each kind, those with a query left out.

    Links stand in what the server sends: the pages are read, not drawn.
    """
    context = visit(browser, city, state)
    waiting, found = ["/", "/administration/"], dict[str, str]()
    while waiting and len(found) < MOST_PAGES:
        path = waiting.pop(0)
        if kind_of(path) in found or NO_PAGE.search(path):
            continue
        answer = context.request.get(path)
        if "text/html" not in answer.headers.get("content-type", ""):
            continue
        assert answer.status == 200, f"{path} answers {answer.status}"
        found[kind_of(path)] = path
        waiting += [path_of(answer.url, link) for link in Links(answer.text()).found if belongs(city, answer.url, link)]
    context.close()
    assert not waiting, f"more than {MOST_PAGES} kinds of pages: some would not be looked at"
    return list(found.values())


def path_of(base: str, link: str) -> str:
    return urlsplit(urljoin(base, link)).path


def belongs(city: City, base: str, link: str) -> bool:
    return urljoin(base, link).startswith(city.url + "/")
