"""The operations desk: the queue by keys, an incident worked, a shift handed over; axe on each page, four sizes."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.journeys.incidents_town import seed
from tools.browser import colour_faults_at_night, signed_in, violations, visit
from tools.city import City

pytestmark = pytest.mark.browser

# Where somebody wants to look at the pages: a folder for pictures.
PICTURES = os.environ.get("PICTURES", "")
DESK = "/incidents/"
EVERY_MS = 10_500
SIZES = ((1366, 768), (360, 800))


@pytest.fixture(scope="module")
def made(city: City) -> dict[str, str]:
    return seed(city)


@pytest.fixture(scope="module")
def operator(browser: Browser, city: City, made: dict[str, str]) -> str:
    return signed_in(browser, city, "truc")


@pytest.fixture
def page(browser: Browser, city: City, operator: str) -> Iterator[Page]:
    context = visit(browser, city, operator, axe=True, viewport={"width": 1366, "height": 768})
    yield context.new_page()
    context.close()


def look(page: Page, name: str, *, at_night: bool = False) -> None:
    """Nothing for axe to find, nothing off the side; `at_night`, in the dark theme too."""
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)
    assert violations(page) == [], name
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), f"{name} runs off the side"
    if at_night:
        assert colour_faults_at_night(page) == [], f"{name} at night"


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_every_page_at_every_size(
    browser: Browser, city: City, operator: str, made: dict[str, str], width: int, height: int
) -> None:
    context = visit(browser, city, operator, axe=True, viewport={"width": width, "height": height})
    page = context.new_page()
    for name, path in (
        ("alerts", "alerts/"),
        ("alert", f"alerts/{made['alert']}/"),
        ("close", f"alerts/{made['alert']}/close/"),
        ("incidents", ""),
        ("incident", f"{made['incident']}/"),
        ("incident_form", f"open/?alert={made['alert']}"),
        ("review", f"{made['incident']}/entry/"),
        ("playbooks", "playbooks/"),
        ("playbook", f"playbooks/{made['playbook']}/"),
        ("bulletins", "bulletins/"),
        ("bulletin", f"bulletins/{made['bulletin']}/"),
        ("bulletin_form", "bulletins/add/"),
        ("shift", "shift/"),
        ("shifts", "shifts/"),
        ("roster", "roster/"),
        ("duty", "roster/2026-12-01/NIGHT/"),
        ("prints", "prints/daily.pdf?day=x"),
    ):
        page.goto(DESK + path)
        for drawn in page.locator("main .sc-map").all():
            drawn.locator("canvas").wait_for()
        look(page, f"{name}-{width}", at_night=width > 1000)
    context.close()


def test_the_queue_is_worked_by_keys(page: Page) -> None:
    page.goto(f"{DESK}alerts/?standing=UNACKNOWLEDGED")
    lines = page.locator("#listing a[data-alert]")
    count = lines.count()
    names = [str(line.get_attribute("data-alert")) for line in lines.all()]
    page.keyboard.press("j")
    expect(lines.nth(0)).to_have_attribute("aria-current", "true")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(lines.nth(0)).to_be_focused()
    with page.expect_navigation():
        page.keyboard.press("a")
    expect(page.locator("#listing a[data-alert]")).to_have_count(count - 1)
    # The place is kept: the line after the one that is done with is the next.
    expect(line_of(page, names[1])).to_be_focused()
    expect(line_of(page, names[1])).to_have_attribute("aria-current", "true")
    page.keyboard.press("x")
    page.keyboard.press("j")
    page.keyboard.press("x")
    with page.expect_navigation():
        page.keyboard.press("g")
    expect(page.locator("#listing a[data-alert]")).to_have_count(count - 2)
    # The second and the third are one line now; the fourth is the next.
    expect(line_of(page, names[3])).to_be_focused()
    expect(page.locator("textarea[name=text]")).to_be_hidden()
    page.keyboard.press("c")
    expect(page.locator("textarea[name=text]")).to_be_focused()
    page.keyboard.type("Đã kiểm tra tại chỗ.")
    with page.expect_navigation():
        page.locator("#bulk button").click()
    expect(page.locator("#listing a[data-alert]")).to_have_count(count - 3)
    expect(line_of(page, names[4])).to_be_focused()
    expect(line_of(page, names[3])).to_have_count(0)


def line_of(page: Page, alert: str) -> Locator:
    return page.locator(f"#listing a[data-alert='{alert}']")


@pytest.mark.parametrize("key", ["a", "g", "c", "i", "x"])
def test_a_key_without_a_line_says_which_keys_choose_one(page: Page, key: str) -> None:
    page.goto(f"{DESK}alerts/")
    says = page.locator("#keys-say")
    expect(says).to_have_attribute("role", "status")
    expect(says).to_be_empty()
    page.keyboard.press(key)
    expect(says).to_contain_text("phím j")
    expect(page.locator("#listing input[name=chosen]:checked")).to_have_count(0)
    page.keyboard.press("j")
    expect(says).to_be_empty()
    expect(page.locator("#listing a[data-alert]").first).to_be_focused()


def test_a_refused_act_keeps_the_line_the_tick_and_the_act(page: Page) -> None:
    page.goto(f"{DESK}alerts/")
    lines = page.locator("#listing a[data-alert]")
    page.keyboard.press("j")
    page.keyboard.press("j")
    here = str(lines.nth(1).get_attribute("data-alert"))
    page.keyboard.press("c")
    with page.expect_navigation():
        page.locator("#bulk button").click()
    expect(page.locator(".sc-errors a[href='#id_text']")).to_be_visible()
    expect(line_of(page, here)).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#listing input[value='{here}']")).to_be_checked()
    expect(page.locator("textarea[name=text]")).to_be_visible()
    look(page, "alerts-refused")


def test_the_queue_refreshes_by_itself_and_keeps_what_is_ticked(page: Page) -> None:
    page.clock.install()
    page.goto(f"{DESK}alerts/")
    page.locator("#listing input[name=chosen]").first.check()
    page.locator("#listing input[name=chosen]").first.focus()
    chosen = page.locator("#listing input[name=chosen]").first.get_attribute("value")
    before = page.inner_text("#live")
    page.clock.run_for(EVERY_MS)
    expect(page.locator("#live")).not_to_have_text(before)
    expect(page.locator(f"#listing input[value='{chosen}']")).to_be_checked()
    expect(page.locator(f"#listing input[value='{chosen}']")).to_be_focused()
    page.context.set_offline(True)
    page.clock.run_for(EVERY_MS)
    expect(page.locator("#live.is-lost")).to_be_visible()
    page.context.set_offline(False)
    page.clock.run_for(EVERY_MS)
    expect(page.locator("#live.is-lost")).to_have_count(0)


def test_an_incident_is_opened_from_the_queue_and_an_item_ticked(page: Page) -> None:
    page.goto(f"{DESK}alerts/")
    page.keyboard.press("j")
    page.keyboard.press("i")
    page.wait_for_url("**/open/**")
    page.select_option("#id_kind", "FLOOD")
    page.select_option("#id_playbook", index=1)
    page.wait_for_selector("#area-map canvas")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_selector("#checklist-title")
    look(page, "incident-opened")
    with page.expect_navigation():
        page.locator(".sc-checklist form button").first.click()
    expect(page.locator(".sc-checklist .is-done")).to_have_count(1)


def test_a_shift_is_handed_over(page: Page) -> None:
    page.goto(f"{DESK}shift/")
    if page.locator("form[action$='/start/']").count():
        page.locator("form[action$='/start/'] button").click()
    page.fill("#note_text", "Theo dõi cầu Gia Bảy, gọi lại phường lúc 20 giờ.")
    page.locator("form[action$='/hand_over/'] button").click()
    page.wait_for_selector("form[action$='/take_back/']")
    look(page, "shift-awaiting")
