"""Nothing but keys: a citizen reports; the centre and a ward take a report from the queue to closed."""

import re
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, FilePayload, Page, expect

from songcau.kernel import clock
from tests.journeys.keys import Keys
from tools.browser import signed_in, visit
from tools.city import City

pytestmark = pytest.mark.browser
DESK = "/citizen_reports/"
WARD = "05431"
TEXT = "Nắp cống vỡ giữa ngõ, tối đi không thấy."
# Found again among the others by a number that no other has.
NUMBER = str(time.time_ns() // 1000)[-5:]
HOLE = f"Ổ gà trước cổng chùa Phù Liễn, cạnh cột số {NUMBER}, xe chở học sinh vừa sa bánh."
PLACE = "Cổng chùa Phù Liễn"
WHY_NOT_SOONER = "Nhựa nóng chỉ được trộn vào thứ Hai hằng tuần, phường đã đặt trước."
DONE = "Tổ duy tu đã cắt vuông mép, đầm lại nền và trám nhựa nóng hai mét vuông lúc 9 giờ sáng."


def page_of(browser: Browser, city: City, username: str = "") -> Page:
    return visit(browser, city, signed_in(browser, city, username) if username else "").new_page()


def test_a_citizen_reports_by_keys_alone(browser: Browser, city: City) -> None:
    page = page_of(browser, city)
    keys = Keys(page)
    page.goto("/portal/report/")
    page.wait_for_selector("#step-place.is-later", state="attached")
    keys.to("[data-next=step-place]")
    page.keyboard.press("Enter")
    keys.write("#place_words", "Ngõ 12, gần chợ")
    keys.to("[data-next=step-what]")
    page.keyboard.press("Enter")
    keys.write("#text", TEXT)
    keys.to("#category")
    for _subject in range(3):
        page.keyboard.press("ArrowDown")
        # Going through the subjects takes nobody away from them.
        assert keys.is_on("#category")
    page.wait_for_selector("#step-send:not(.is-later)")
    keys.to("#send")
    page.keyboard.press("Enter")
    expect(page.locator("#code")).to_have_text(re.compile(r"PA-\w{4}-\w{4}"), timeout=60_000)
    page.context.close()


def test_from_the_queue_to_closed_by_keys_alone(browser: Browser, city: City) -> None:
    """The centre writes it down and gives it to a ward, the ward plans, works and answers, the centre closes it."""
    centre, ward = Keys(page_of(browser, city, "truc")), Keys(page_of(browser, city, "chuyenvien"))
    write_it_down(centre)
    accept_and_assign(centre)

    find(ward, DESK)
    ward.follow("#listing tbody a")
    ward.says(r"PA-\w{4}-\w{4}")
    plan(ward)
    step(ward, "start")
    step(ward, "evidence", lambda: (ward.attach("#id_before", photograph()), ward.attach("#id_after", photograph())))
    refused_then_resolved(ward)

    find(centre, f"{DESK}reports/")
    centre.follow("#listing tbody a")
    step(centre, "close")
    expect(centre.page.locator("main")).to_contain_text(DONE)
    expect(centre.page.locator(".sc-case-marks")).to_contain_text("Đã đóng")
    expect(centre.page.locator(".sc-gallery li")).to_have_count(2)
    for keys in (centre, ward):
        keys.page.context.close()


def write_it_down(keys: Keys) -> None:
    """Somebody calls. The category asks something more; the questions stand at the end of the same page."""
    keys.page.goto(f"{DESK}moderation/")
    keys.follow(f"main a[href='{DESK}write_down/']")
    keys.choose("#id_category", "Ổ gà")
    keys.write("#id_text", HOLE)
    keys.write("#id_place_words", PLACE)
    keys.choose("#id_ward", ward_name(keys.page))
    for _twice in range(2):
        keys.to("main form button[type=submit]")
        keys.opens()
    expect(keys.page.locator("main")).to_contain_text(re.compile(r"PA-\w{4}-\w{4}"))


def ward_name(page: Page) -> str:
    return page.locator(f"#id_ward option[value='{WARD}']").inner_text()


def accept_and_assign(keys: Keys) -> None:
    """Found in the queue by its words, opened, another unit chosen than the rules name, accepted."""
    find(keys, f"{DESK}moderation/")
    keys.follow("#listing a[data-report]")
    assert keys.is_on("#listing a[data-report][aria-current=true]"), "the focus stays on the line that was opened"
    expect(keys.page.locator("#panel")).to_contain_text(HOLE)
    keys.choose("#id_agency", f"(UBND-{WARD})")
    keys.to("#triage button[type=submit]")
    keys.opens()
    keys.says("Đã tiếp nhận")


def find(keys: Keys, list_page: str) -> None:
    """The key of every list leads to its search; what is found comes by itself and takes nobody away from the field."""
    keys.page.goto(list_page)
    keys.page.wait_for_selector("[data-search]")
    keys.page.keyboard.press("/")
    assert keys.is_on("[data-search]")
    keys.page.keyboard.type(f"cot so {NUMBER}")
    expect(keys.page.locator("#listing tbody tr")).to_have_count(1)
    assert keys.is_on("[data-search]")
    keys.seen()


def step(keys: Keys, name: str, fill: Callable[[], object] = lambda: None) -> None:
    """From the page of the report to that of the step, and back: there the focus is on what is said of it."""
    keys.follow(f"main a[href$='/{name}/']")
    assert keys.is_on("h1"), "the heading of the step, after which its fields come"
    fill()
    keys.to("main form button[type=submit]")
    keys.opens()
    assert keys.is_on("[role=status]"), "what came of it"


def plan(keys: Keys) -> None:
    tomorrow = clock.today() + timedelta(days=1)
    day = next(one for one in (tomorrow + timedelta(days=n) for n in range(70)) if one.day == one.month)
    step(keys, "plan", lambda: (keys.write_day("#id_due_on", day), keys.write("#id_text", WHY_NOT_SOONER)))
    expect(keys.page.locator("main")).to_contain_text(WHY_NOT_SOONER)


def refused_then_resolved(keys: Keys) -> None:
    """“Passed on” is no answer: the summary of what is wrong takes the focus, its link leads to the field."""
    keys.follow("main a[href$='/resolve/']")
    keys.write("#id_text", "Đã chuyển đơn vị chức năng.")
    keys.to("main form button[type=submit]")
    keys.opens()
    assert keys.is_on(".sc-errors")
    keys.to("#id_text")
    keys.page.keyboard.press("Control+a")
    keys.page.keyboard.type(DONE)
    keys.to("main form button[type=submit]")
    keys.opens()
    assert keys.is_on("[role=status]")
    expect(keys.page.locator("main")).to_contain_text(DONE)


def photograph() -> FilePayload:
    drawn = BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(drawn, "JPEG")
    return {"name": "hien-truong.jpg", "mimeType": "image/jpeg", "buffer": drawn.getvalue()}


def test_the_queue_is_gone_through_by_its_own_keys(browser: Browser, city: City) -> None:
    """Those that its page names; after each the focus is where the person goes on."""
    page = page_of(browser, city, "truc")
    keys = Keys(page)
    page.goto(f"{DESK}moderation/?state=NEW")
    lines = page.locator("#listing a[data-report]")
    keys.opens("j")
    assert keys.is_on("#listing a[aria-current=true]")
    expect(lines.nth(1)).to_be_focused()
    keys.opens("k")
    expect(lines.nth(0)).to_be_focused()
    keys.to("#listing input[name=chosen]", back=True)
    page.keyboard.press("Space")
    expect(page.locator("#listing input[name=chosen]:checked")).to_have_count(1)
    # On a box nobody writes: the keys of the queue go on.
    page.keyboard.press("x")
    expect(page.locator("#listing input[name=chosen]:checked")).to_have_count(0)
    for key, fold in (("r", "#fold-refuse"), ("e", "#fold-ask"), ("m", "#fold-merge")):
        page.keyboard.press(key)
        assert keys.is_on(f"{fold} :is(select, textarea, input)"), key
        keys.seen()
        keys.to(f"{fold} summary", back=True)
        page.keyboard.press("Enter")
        keys.seen()
    keys.opens("a")
    # The next one has its turn; what is refused stays where it is.
    keys.says("Đã tiếp nhận")
    page.wait_for_url("**/citizen_reports/moderation/?*report=*")
    keys.opens("o")
    assert keys.is_on("h1")
    page.context.close()


def test_who_filters_and_turns_pages_keeps_the_focus(browser: Browser, city: City) -> None:
    page = page_of(browser, city, "truc")
    keys = Keys(page)
    page.goto(f"{DESK}reports/")
    status = page.locator("#listing .sc-list-bar [role=status]")
    said = status.inner_text()
    keys.to("#listing details.sc-more summary")
    page.keyboard.press("Enter")
    keys.to("#filter-state")
    page.keyboard.press("ArrowDown")
    expect(status).not_to_have_text(said)
    assert keys.is_on("#filter-state")
    keys.seen()
    keys.to("#listing .sc-chips a")
    page.keyboard.press("Enter")
    expect(status).to_have_text(said)
    expect(status).to_be_focused()
    keys.seen()
    page.goto(f"{DESK}reports/")
    for rel in ("next", "prev"):
        said = status.inner_text()
        keys.to(f"#listing a[rel={rel}]")
        page.keyboard.press("Enter")
        # Above the rows that came, and read aloud: not on a link that has become another one.
        expect(status).not_to_have_text(said)
        expect(status).to_be_focused()
        keys.seen()
    keys.to("#listing th a")
    said = page.locator("#listing tbody").inner_text()
    page.keyboard.press("Enter")
    expect(page.locator("#listing tbody")).not_to_have_text(said)
    keys.seen()
    page.context.close()
