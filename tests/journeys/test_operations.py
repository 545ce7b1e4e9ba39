"""The operations centre in a browser: every size, axe, a broken line that heals, the past, tiles moved by keys."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.browser import signed_in, violations, visit
from tools.city import City

pytestmark = pytest.mark.browser
WALL, MAP = "/operations/", "/operations/map/"
SIZES = {"wall": (1920, 1080), "wall at 4K": (3840, 2160), "desk": (1366, 768), "phone": (360, 800)}


@pytest.fixture(scope="module")
def operator(browser: Browser, city: City) -> str:
    return signed_in(browser, city, "truc")


@pytest.fixture
def page(browser: Browser, city: City, operator: str) -> Iterator[Page]:
    context = visit(browser, city, operator, viewport={"width": 1920, "height": 1080})
    made = context.new_page()
    made.set_default_timeout(30_000)
    yield made
    context.close()


def live(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#op-line[data-state=live]")


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    "address", [WALL, MAP, "/operations/units/", "/operations/readings/", "/operations/field/", "/operations/prints/"]
)
def test_every_screen_is_accessible_at_its_size(
    browser: Browser, city: City, operator: str, address: str, size: str
) -> None:
    width, height = SIZES[size]
    context = visit(browser, city, operator, axe=True, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(address)
    if address in (WALL, MAP):
        page.wait_for_selector("#op-line[data-state=live]")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    if address == WALL and width >= 1920:
        assert page.evaluate("document.documentElement.scrollHeight") <= height, "the wall is never scrolled"
        cut = page.evaluate(
            "[...document.querySelectorAll('.ow-inside')].filter(e => e.scrollHeight > e.clientHeight + 2).length"
        )
        assert cut == 0, "a tile holds more than it shows"
    context.close()


def test_letters_of_the_wall_are_large_enough(page: Page) -> None:
    """Figures from 48 px on, labels from 18 px on at 1080 lines."""
    live(page, WALL)
    sizes = page.evaluate(
        "selector => [...document.querySelectorAll(selector)].map(e => parseFloat(getComputedStyle(e).fontSize))",
        ".ow-tile h2, .ow-asof, .ow-trend, .ow-lines, .ow-levels, .ow-flow li",
    )
    assert min(sizes) >= 18
    figures = page.evaluate(
        "[...document.querySelectorAll('.ow-big > a')].map(e => parseFloat(getComputedStyle(e).fontSize))"
    )
    assert min(figures) >= 48


def test_a_broken_line_is_said_and_heals(page: Page) -> None:
    page.route("**/operations/stream/", lambda route: route.abort())
    page.goto(WALL)
    page.wait_for_selector("#op-line[data-state=lost]")
    expect(page.locator("#op-line")).to_contain_text("mất kết nối")
    assert page.evaluate("document.documentElement.classList.contains('is-not-live')")
    page.unroute("**/operations/stream/")
    page.wait_for_selector("#op-line[data-state=live]")
    assert not page.evaluate("document.documentElement.classList.contains('is-not-live')")


def test_a_session_that_is_over_is_said(page: Page) -> None:
    page.route("**/operations/stream/", lambda route: route.fulfill(status=401))
    page.goto(WALL)
    page.wait_for_selector("#op-line[data-state=signed-out]")
    expect(page.locator("#op-line")).to_contain_text("đăng nhập lại")


def test_the_clock_is_the_citys_whatever_the_operators_says(browser: Browser, city: City, operator: str) -> None:
    context = visit(browser, city, operator, viewport={"width": 1920, "height": 1080})
    context.add_init_script("const plain = Date.now; Date.now = () => plain() - 3_600_000;")
    page = context.new_page()
    live(page, WALL)
    shown = page.locator("#ow-clock").inner_text()
    now = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    seconds = sum(part * int(digits) for part, digits in zip((3600, 60, 1), shown.split(":"), strict=True))
    off = abs(seconds - (now.hour * 3600 + now.minute * 60 + now.second))
    assert min(off, 86_400 - off) < 60
    context.close()


def test_tiles_are_moved_by_keys_and_saved(page: Page) -> None:
    live(page, WALL)
    page.click(".ow-tool")
    page.click("#ow-arrange")
    first = page.locator('.ow-tile[data-key="FIGURE:reports_open"]')
    first.focus()
    page.keyboard.press("ArrowRight")
    assert first.get_attribute("data-x") == "3"
    assert page.locator('.ow-tile[data-key="FIGURE:reports_late"]').get_attribute("data-x") == "0"
    assert violations(page) == []
    page.fill("#ow-name", "Ca đêm")
    page.click("#ow-save-form button[value=new]")
    page.wait_for_url(re.compile(r"\?wall="))
    assert page.locator('.ow-tile[data-key="FIGURE:reports_open"]').get_attribute("data-x") == "3"


def test_the_past_is_played_and_never_taken_for_the_present(page: Page) -> None:
    live(page, MAP)
    page.wait_for_selector("#op-map[data-points]")
    page.click("#op-play")
    page.wait_for_selector('#op-map[data-past]:not([data-past=""])')
    expect(page.locator("#op-past-words")).to_contain_text("không phải hiện tại")
    expect(page.locator("#op-map")).to_have_class(re.compile("is-past"))
    page.click("#op-play")
    page.click("#op-present")
    expect(page.locator("#op-past-words")).to_be_hidden()


def test_a_day_of_the_past_is_typed_as_in_lists(page: Page) -> None:
    """A native field of dates would ask in the browser's language, not in the page's."""
    live(page, MAP)
    page.wait_for_selector("#op-map[data-points]")
    day, drawn = page.locator("#op-day"), page.locator("#op-map")
    expect(day).to_have_attribute("placeholder", "nn/tt/nnnn")
    midnight = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh")).replace(hour=0, minute=0, second=0, microsecond=0)
    for wrong in ("31/02/2026", "hôm qua", (midnight + timedelta(days=1)).strftime("%d/%m/%Y")):
        day.fill(wrong)
        day.press("Enter")
        expect(day).to_have_attribute("aria-invalid", "true")
        expect(page.locator("#op-past-words")).to_contain_text("Không có ngày này")
        assert not drawn.get_attribute("data-past")
    for form in ("%d/%m/%Y", "%d-%m-%Y", "%Y-%m-%d"):
        day.fill((midnight - timedelta(days=2)).strftime(form))
        day.press("Enter")
        expect(day).to_have_attribute("aria-invalid", "false")
        expect(drawn).to_have_attribute("data-past", str(int((midnight - timedelta(days=2)).timestamp())))
        page.click("#op-present")
        expect(drawn).to_have_attribute("data-past", "")
    day.fill(midnight.strftime("%d/%m/%Y"))
    day.press("Enter")
    expect(drawn).to_have_attribute("data-past", str(int(midnight.timestamp())))
    assert violations(page) == []


def test_the_wards_are_coloured_by_a_figure_with_its_source(page: Page) -> None:
    live(page, MAP)
    page.select_option("#op-indicator", "reports.open")
    expect(page.locator("#op-wards-asof")).to_contain_text("Nguồn")
    assert page.locator("#op-ward-list li").count() == 32
    assert violations(page) == []
