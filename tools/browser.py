"""Debian's Chromium driven by Playwright, for journeys and pictures. Nothing is downloaded."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tools.capabilities import chromium_path
from tools.city import City

ROOT = Path(__file__).resolve().parent.parent
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
# The last three are for a machine without a graphics card: MapLibre can draw, and all else is put together without what
# plays a graphics card, which took most of the processor.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-gpu-compositing",
]
OF_COLOUR = ["color-contrast", "link-in-text-block"]
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def chromium() -> Iterator[Browser]:
    """A headless browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium_path(), args=ARGUMENTS)
        try:
            yield browser
        finally:
            browser.close()


def signed_in(browser: Browser, city: City, username: str) -> str:
    """The person's session as Playwright's storage state; signed in as people do, once.

    A code is good for one sign-in only: who came again and again would wait half a minute for each.
    """
    if username not in city.sessions:
        city.sessions[username] = _sign_in(browser, city, username)
    return city.sessions[username]


def _sign_in(browser: Browser, city: City, username: str) -> str:
    context = browser.new_context(base_url=city.url, locale="vi-VN")
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", city.accounts[username].password)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", city.code(username))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/")
    state = json.dumps(context.storage_state())
    context.close()
    return state


def visit(browser: Browser, city: City, state: str = "", *, axe: bool = False, **options: Any) -> BrowserContext:
    """A context with a session, at a size, language (`vi`/`en`) and theme (`light`/`dark`) of choice.

    With `axe`, each page brings the checker along: quicker than sending it to every page, where every page is checked.
    """
    language, theme = options.pop("language", "vi"), options.pop("theme", "light")
    context = browser.new_context(
        base_url=city.url,
        locale="vi-VN",
        storage_state=json.loads(state) if state else None,
        viewport=options.pop("viewport", {"width": 1366, "height": 768}),
        reduced_motion="reduce",
        **options,
    )
    cookies = {"django_language": language, "theme": theme}
    context.add_cookies([{"name": name, "value": value, "url": city.url} for name, value in cookies.items()])
    if axe:
        context.add_init_script(path=AXE)
    return context


def violations(page: Page, rules: Sequence[str] = ()) -> list[str]:
    """What axe finds wrong on the page, one line each; by these rules only, where they are named."""
    page.wait_for_load_state()  # after a click the page may have just begun: a blank one has no faults
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate(
        "runOnly => axe.run(document, {runOnly, resultTypes: ['violations']}).then(r => r.violations)",
        {"type": "rule", "values": list(rules)} if rules else {"type": "tag", "values": WCAG},
    )
    return [f"{v['id']}: {v['help']} – {v['nodes'][0]['html'][:160]} ({len(v['nodes'])})" for v in found]


def colour_faults_at_night(page: Page) -> list[str]:
    """What axe finds wrong with the colours once the open page is turned dark; nothing else differs by night.

    The theme is an attribute of the document. Chromium takes `light-dark()` anew only when all is laid out again.
    """
    by_day = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.evaluate(_TURN, "dark")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") != by_day
    found = violations(page, OF_COLOUR)
    page.evaluate(_TURN, "light")
    return found


_TURN = """theme => { const root = document.documentElement; root.dataset.bsTheme = theme;
    root.style.display = 'none'; void root.offsetTop; root.style.display = ''; }"""
