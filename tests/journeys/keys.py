"""Hands that have no mouse: what is done by keys alone, and that the focus is seen wherever it goes."""

import re
from datetime import date

from playwright.sync_api import FilePayload, Page
from playwright.sync_api import TimeoutError as NothingCame

MOST_STOPS = 150
MOST_CHOICES = 120

# What is wrong with the place of the focus: it is nowhere, it is not shown, or it lies outside or under something.
_FAULT = """() => {
    const e = document.activeElement;
    if (e === null || e === document.body || e === document.documentElement) return 'the focus is nowhere';
    const name = e.outerHTML.slice(0, 120), style = getComputedStyle(e);
    const isOutlined = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    if (!isOutlined && style.boxShadow === 'none') return 'the focus is not seen on ' + name;
    const box = [...e.getClientRects()].find(one => one.width > 0 && one.height > 0);
    if (box === undefined) return 'the focus has no place on the page: ' + name;
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    if (left >= right || top >= bottom) return 'the focus is outside of what is seen: ' + name;
    const hit = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    return e.contains(hit) || hit?.contains(e) ? '' : 'the focus lies under ' + hit?.outerHTML.slice(0, 120);
}"""


class Keys:
    """A page of which somebody uses nothing but the keyboard."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def seen(self) -> None:
        """The focus is somewhere, shown, and not covered."""
        fault = self.page.evaluate(_FAULT)
        assert fault == "", f"{fault} ({self.page.url})"

    def arrived(self) -> None:
        """A page that was just opened puts the focus where the person goes on, by itself."""
        try:
            self.page.wait_for_function("() => document.activeElement !== document.body", timeout=5000)
        finally:
            self.seen()

    def is_on(self, selector: str) -> bool:
        return bool(
            self.page.evaluate("selector => document.activeElement?.matches(selector) ?? false", selector),
        )

    def to(self, selector: str, *, back: bool = False) -> None:
        """Tab on (or back) until the focus is there; where it is must be seen."""
        for _stop in range(MOST_STOPS):
            self.page.keyboard.press("Shift+Tab" if back else "Tab")
            if self.is_on(selector):
                self.seen()
                return
        raise AssertionError(f"no key leads to {selector} ({self.page.url})")

    def opens(self, key: str = "Enter") -> None:
        """The key leads to another page, which says where the focus is."""
        with self.page.expect_navigation():
            self.page.keyboard.press(key)
        self.arrived()

    def follow(self, selector: str) -> None:
        self.to(selector)
        self.opens()

    def write(self, selector: str, text: str) -> None:
        self.to(selector)
        self.page.keyboard.type(text)

    def choose(self, selector: str, words: str) -> None:
        """In a list of choices, down to the one that has the words; the focus stays on the list."""
        self.to(selector)
        self.page.keyboard.press("Home")
        for _choice in range(MOST_CHOICES):
            if words in str(self.page.evaluate("document.activeElement.selectedOptions[0].text")):
                return
            self.page.keyboard.press("ArrowDown")
            assert self.is_on(selector), f"a choice in {selector} took the focus away"
        raise AssertionError(f"{selector} offers no {words}")

    def write_day(self, selector: str, day: date) -> None:
        """Into a field of a day. In which order its parts stand is the browser's: day and month have to be the same."""
        assert day.day == day.month
        self.write(selector, f"{day:%d%m%Y}")
        assert self.page.evaluate("document.activeElement.value") == day.isoformat()

    def attach(self, selector: str, file: FilePayload) -> None:
        """Enter opens the window in which a file is chosen; afterwards the focus is where it was.

        Chromium opens none for a key that it could not look at for five seconds; one presses it again.
        """
        self.to(selector)
        for is_last in (False, False, True):
            try:
                with self.page.expect_file_chooser(timeout=15_000) as asked:
                    self.page.keyboard.press("Enter")
                asked.value.set_files(file)
                break
            except NothingCame:
                if is_last:
                    raise
        self.page.wait_for_function("() => document.activeElement.files.length === 1")
        self.seen()

    def says(self, words: str | re.Pattern[str]) -> None:
        """What has the focus says so."""
        said = str(self.page.evaluate("document.activeElement.textContent"))
        assert re.search(words, said), said
