"""Boxes are drawn, moved and taken away in a real browser, by pointer and by keys alone."""

import json
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route

from songcau.systems.citizen_reports.tests.test_reviewing import FACE, PAGES, browser_of, suggested
from songcau.systems.citizen_reports.tests.town import Town
from tools.browser import AXE, chromium
from tools.capabilities import chromium as why_no_chromium

pytestmark = pytest.mark.browser
PORTRAIT = Path(__file__).parent / "blurring" / "astronaut.jpg"
STATIC = Path(__file__).resolve().parents[3] / "static"
TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


def serve(page: Page, markup: str) -> None:
    """The page as the server wrote it, its styles and scripts as they were built, and a picture."""

    def answer(route: Route) -> None:
        path = re.sub(r"^https?://[^/]+", "", route.request.url).split("?")[0]
        if path.startswith(PAGES):
            route.fulfill(body=markup, content_type="text/html; charset=utf-8")
        elif path.startswith("/files/"):
            route.fulfill(body=PORTRAIT.read_bytes(), content_type="image/jpeg")
        elif (file := STATIC / path.removeprefix("/static/")).is_file():
            route.fulfill(body=file.read_bytes(), content_type=TYPES.get(file.suffix, "application/octet-stream"))
        else:
            route.fulfill(status=404)

    page.route("**/*", answer)


def boxes(page: Page) -> list[dict[str, float]]:
    """What the form would send."""
    values = page.eval_on_selector_all("#boxes-list input:checked", "ticks => ticks.map(tick => tick.value)")
    return [json.loads(value) for value in values]


def test_boxes_are_drawn_moved_and_taken_away(town: Town) -> None:
    if reason := why_no_chromium():
        pytest.skip(reason)
    picture = suggested()
    markup = browser_of(town.desk).get(f"{PAGES}{picture.pk}/").content.decode()
    with chromium() as browser:
        page = browser.new_page(viewport={"width": 1366, "height": 900})
        faults: list[str] = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        serve(page, markup)
        page.goto(f"http://reviewing.test{PAGES}{picture.pk}/")
        page.wait_for_selector("#boxes-tools:not([hidden])")
        area = page.locator("#boxes-drawn").bounding_box()
        assert area is not None

        def at(x: float, y: float) -> tuple[float, float]:
            return area["x"] + x * area["width"], area["y"] + y * area["height"]

        page.mouse.move(*at(0.1, 0.5))
        page.mouse.down()
        page.mouse.move(*at(0.15, 0.6), steps=4)
        page.mouse.move(*at(0.2, 0.7), steps=4)
        page.mouse.up()
        drawn = boxes(page)
        assert drawn[0] == FACE.as_json()
        assert [round(drawn[1][side], 1) for side in ("x", "y", "width", "height")] == [0.1, 0.5, 0.1, 0.2]

        page.mouse.click(*at(0.5, 0.2))
        assert len(boxes(page)) == 1, "a click on the suggested face took its tick away"
        page.mouse.click(*at(0.5, 0.2))
        assert len(boxes(page)) == 2
        page.mouse.click(*at(0.9, 0.9))
        assert len(boxes(page)) == 2, "a click beside all boxes changes nothing"

        page.focus("#boxes-add")
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("Shift+ArrowDown")
        moved = boxes(page)[2]
        assert [round(moved[side], 2) for side in ("x", "y", "width", "height")] == [0.41, 0.4, 0.2, 0.21]
        page.keyboard.press("Space")
        assert len(boxes(page)) == 2

        page.add_script_tag(path=str(AXE))
        violations = page.evaluate("axe.run().then(found => found.violations.map(one => one.id))")
        assert (violations, faults) == ([], [])
