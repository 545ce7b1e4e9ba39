"""Directives: a leader gives, a ward reports, gets more time, does it, the result is accepted; axe on each page."""

import re
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page

from tools.browser import colour_faults_at_night, signed_in, violations, visit
from tools.city import City

pytestmark = pytest.mark.browser

DESK = "/directives/"
WARD = "UBND-05431"
TITLE = "Khơi thông cống qua đường trước nhà văn hóa"
REASON = "Chờ cấp phép đào đường, dự kiến ba ngày nữa mới có."
DONE = "Đã thay cống D600 dài 12 m, hoàn trả mặt đường, không còn đọng nước."
PHONE = {"width": 360, "height": 800}


def page_of(browser: Browser, city: City, state: str, **options: object) -> Page:
    return visit(browser, city, state, axe=True, **options).new_page()


def accessible(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


@pytest.fixture(scope="module")
def leader(browser: Browser, city: City) -> str:
    return signed_in(browser, city, "lanhdao")


@pytest.fixture(scope="module")
def officer(browser: Browser, city: City) -> str:
    return signed_in(browser, city, "chuyenvien")


@pytest.fixture(scope="module")
def directive(browser: Browser, city: City, leader: str) -> str:
    """Given by the leader to the ward; the address of its page."""
    page = page_of(browser, city, leader)
    page.goto(f"{DESK}give/")
    accessible(page)
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".sc-errors")
    accessible(page)
    page.fill("#id_title", TITLE)
    page.fill("#id_content", "Thay cống, nạo vét hai đầu, hoàn trả mặt đường. Báo cáo kèm ảnh.")
    page.select_option("#id_lead", page.locator("#id_lead option", has_text=f"({WARD})").get_attribute("value"))
    page.check("#id_supporting input >> nth=0")
    page.fill("#id_working_days", "6")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/directives/[0-9a-f-]{36}/$"))
    accessible(page)
    address = page.url
    page.context.close()
    return address.split(city.url, 1)[1]


def submit(page: Page, address: str) -> None:
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{address}")


def photograph() -> dict[str, object]:
    drawn = BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(drawn, "JPEG")
    return {"name": "hien-truong.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def test_from_given_to_accepted(browser: Browser, city: City, leader: str, officer: str, directive: str) -> None:
    phone = page_of(browser, city, officer, viewport=PHONE)
    phone.goto(DESK)
    accessible(phone)
    card = phone.locator(".sc-task", has_text=TITLE)
    card.get_by_role("link", name="Báo cáo tiến độ").click()
    phone.wait_for_url(f"**{directive}report/")
    accessible(phone)
    phone.fill("#id_percent", "40")
    phone.fill("#id_text", "Đã đào hở cống cũ, đặt biển báo và rào chắn hai đầu.")
    phone.set_input_files("#id_photos", photograph())  # type: ignore[arg-type]
    submit(phone, directive)
    assert "40 %" in phone.inner_text("main")
    accessible(phone)
    phone.goto(f"{directive}ask_extension/")
    accessible(phone)
    phone.fill("#id_due_on", "2028-01-15")
    phone.fill("#id_reason", REASON)
    submit(phone, directive)
    desk = page_of(browser, city, leader)
    desk.goto(DESK)
    accessible(desk)
    desk.locator(".sc-task", has_text=TITLE).get_by_role("link", name="Quyết định gia hạn").click()
    desk.wait_for_url(f"**{directive}decide_extension/")
    assert REASON in desk.inner_text("main")
    accessible(desk)
    desk.check("input[name=decision][value=APPROVE]")
    submit(desk, directive)
    accessible(desk)
    assert "23:59 15/01/2028" in desk.inner_text("main")
    assert "Hạn ban đầu" in desk.inner_text("main")
    phone.goto(f"{directive}finish/")
    accessible(phone)
    phone.fill("#id_text", DONE)
    phone.set_input_files("#id_documents", photograph())  # type: ignore[arg-type]
    submit(phone, directive)
    desk.goto(f"{directive}accept/")
    accessible(desk)
    submit(desk, directive)
    assert DONE in desk.inner_text("main")
    assert "Đã kết thúc" in desk.inner_text("main")
    accessible(desk)
    phone.context.close()
    desk.context.close()


@pytest.mark.parametrize("language", ["vi", "en"])
def test_every_page_is_accessible_at_the_desk(
    browser: Browser, city: City, leader: str, directive: str, language: str
) -> None:
    page = page_of(browser, city, leader, language=language)
    for path in (DESK, f"{DESK}all/", f"{DESK}late/", f"{DESK}units/", f"{DESK}give/", f"{DESK}prints/", directive):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        accessible(page)
        assert colour_faults_at_night(page) == [], f"{path} at night"
    page.context.close()


def test_on_the_phone_targets_are_large_and_nothing_runs_off_the_side(
    browser: Browser, city: City, officer: str, directive: str
) -> None:
    page = page_of(browser, city, officer, viewport=PHONE)
    for path in (DESK, f"{DESK}all/", f"{DESK}late/", f"{DESK}units/", f"{DESK}prints/", directive):
        page.goto(path)
        accessible(page)
    page.goto(DESK)
    heights = page.eval_on_selector_all(".sc-task-deeds .btn, .sc-task h3 a", "all => all.map(e => e.offsetHeight)")
    assert heights
    assert min(heights) >= 44
    page.context.close()


def test_a_figure_opens_a_list_of_so_many(browser: Browser, city: City, leader: str, directive: str) -> None:
    page = page_of(browser, city, leader)
    page.goto(f"{DESK}units/")
    figure = page.locator(".sc-figure .sc-value a").first
    count = figure.inner_text()
    figure.click()
    page.wait_for_selector("#listing")
    assert page.locator("#listing [role=status] strong").first.inner_text() == count
    page.context.close()


def test_the_centre_drafts_and_another_ward_does_not_find_it(browser: Browser, city: City, directive: str) -> None:
    page = page_of(browser, city, signed_in(browser, city, "truc"))
    page.goto(f"{DESK}give/")
    accessible(page)
    assert "Trình lãnh đạo" in page.inner_text("main")
    page.context.close()
    other = page_of(browser, city, signed_in(browser, city, "dienluc"))
    assert other.request.get(directive).status == 404
    other.context.close()
