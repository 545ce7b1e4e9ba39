"""How people of the storm's journey use the screens: menu, buttons, lists; and what every page is looked at for."""

import os
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from tools.browser import signed_in, violations, visit
from tools.city import City

# Where somebody wants to look at the pages: a folder for pictures.
PICTURES = os.environ.get("PICTURES", "")
DESK, WALL, PHONE = (1366, 768), (1920, 1080), (360, 800)
A4_POINTS = (595, 842)
# The storm goes on while figures are compared: so often is one read anew that changed in between.
TRIES = 8


@dataclass
class Person:
    """Somebody at a screen, signed in."""

    page: Page

    def menu(self, words: str) -> None:
        """To a page by the menu, which a phone opens first."""
        if (opener := self.page.locator("a.sc-tool-menu")).is_visible():
            opener.click()
        with self.page.expect_navigation():
            self.page.locator("#menu li a", has_text=re.compile(rf"^\s*{words}\s*$")).click()

    def finds(self, words: str, role: str = "link") -> Locator:
        """What leads on stands at the head of the page or in what one can do; the menu is not meant."""
        return self.page.get_by_role("main").get_by_role(role, name=words, exact=True).first  # type: ignore[arg-type]

    def press(self, words: str, role: str = "link") -> None:
        """Go on to the page it leads to."""
        with self.page.expect_navigation():
            self.finds(words, role).click()

    def send(self) -> None:
        """The form of the page; what it refuses fails here, in its own words."""
        with self.page.expect_navigation():
            self.page.locator("main form button[type=submit]").first.click()
        expect(self.page.locator(".sc-errors")).to_have_count(0)

    def look(self) -> None:
        """Nothing for axe to find, nothing off the side."""
        if PICTURES:
            self.page.screenshot(path=Path(PICTURES) / f"{time.monotonic_ns()}.png", full_page=True)
        assert violations(self.page) == [], self.page.url
        assert self.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), self.page.url

    def sees(self, *words: str) -> None:
        for one in words:
            expect(self.page.get_by_role("main")).to_contain_text(one)

    def is_told(self, words: str) -> None:
        """A notice says so, which may be a moment on its way."""
        for _try in range(TRIES):
            self.page.goto("/notices/")
            if words in self.page.inner_text("main"):
                return
            self.page.wait_for_timeout(3_000)
        self.sees(words)


@contextmanager
def person(browser: Browser, city: City, username: str, size: tuple[int, int] = DESK) -> Iterator[Person]:
    """Signed in with both factors, at a screen of this size."""
    state = signed_in(browser, city, username)
    context = visit(browser, city, state, axe=True, viewport={"width": size[0], "height": size[1]})
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto("/")
    yield Person(page)
    context.close()


def rows_of(page: Page) -> int:
    """How many the list says it has."""
    words = page.locator("#listing [role=status] strong").first.inner_text()
    return int(words.replace(".", ""))


def list_is_as_long_as(link: Locator) -> None:
    """A figure opens a list of so many: in a tab of its own, as one opens it from a wall that goes on."""
    told = found = -1
    for _try in range(TRIES):
        told = int(link.get_attribute("data-count") or "-1")
        with link.page.context.expect_page() as opened:
            link.click(modifiers=["ControlOrMeta"])
        page = opened.value
        page.wait_for_selector("#listing")
        found = rows_of(page)
        page.close()
        if told == found:
            return
        link.page.wait_for_timeout(3_000)
    raise AssertionError(f"{link.get_attribute('href')}: {told} on the wall, {found} in the list")


def photograph() -> dict[str, object]:
    """Noise, so that no two are the same file."""
    drawn = BytesIO()
    Image.effect_noise((640, 480), 60).convert("RGB").save(drawn, "JPEG")
    return {"name": "hien-truong.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def printed(somebody: Person, words: str, role: str) -> str:
    """Press what makes a PDF, which the browser shows; the text of its only page, which is A4 upright."""
    page = somebody.page
    somebody.finds(words, role).click()
    page.wait_for_url(re.compile(r"\.pdf"))
    # The browser keeps the bytes to itself: they are asked for once more, in the same session.
    answer = page.context.request.get(page.url)
    assert answer.headers["content-type"] == "application/pdf"
    document = pypdfium2.PdfDocument(answer.body())
    assert len(document) == 1
    size = document[0].get_size()
    assert all(abs(got - wanted) < 2 for got, wanted in zip(size, A4_POINTS, strict=True)), size
    text = " ".join(document[0].get_textpage().get_text_range().split())
    page.go_back()
    return text


def choose_agency(page: Page, field: str, code: str) -> None:
    page.select_option(field, page.locator(f"{field} option", has_text=code).first.get_attribute("value"))


def tick(page: Page, item: str, note: str) -> None:
    line = page.locator(".sc-checklist li", has_text=item)
    line.locator("input[name=text]").fill(note)
    with page.expect_navigation():
        line.get_by_role("button").click()
    expect(page.locator(".sc-checklist li.is-done", has_text=item)).to_contain_text(note)
