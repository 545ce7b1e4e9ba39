"""A citizen's stories on the portal: report in four taps, without a connection, with an account, and follow it."""

import io
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.journeys.citizen_reports_town import seed
from tests.journeys.test_citizens_signing_in import code_for
from tools.browser import violations, visit
from tools.city import City

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 800}
HERE = {"latitude": 21.5942, "longitude": 105.8425}
FAR = {"latitude": 20.9, "longitude": 106.5}
TEXT = "Đèn đường trước cổng trường không sáng ba hôm nay."
CODE = re.compile(r"PA-[0-9A-Z]{4}-[0-9A-Z]{4}")


@pytest.fixture(scope="module")
def reports(city: City) -> dict[str, str]:
    return seed(city)


@pytest.fixture
def phone(browser: Browser, city: City, reports: dict[str, str]) -> Iterator[BrowserContext]:
    """Somebody's telephone, that gives its place."""
    context = visit(browser, city, viewport=PHONE, geolocation=HERE, permissions=["geolocation"], has_touch=True)
    yield context
    context.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    drawn = io.BytesIO()
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(drawn, "JPEG", quality=92)
    file = tmp_path / "ảnh hiện trường.jpg"
    file.write_bytes(drawn.getvalue())
    return file


def look(page: Page, where: str) -> None:
    """Nothing for axe to find, nothing off the side."""
    assert violations(page) == [], where
    assert not page.evaluate("document.documentElement.scrollWidth > window.innerWidth"), f"{where} runs off the side"


def worker_ready(page: Page) -> None:
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function("caches.match('/portal/waiting/').then(found => found !== undefined)")


def filled(page: Page, photo: Path | None, text: str = TEXT) -> int:
    """As a person with one thumb does it; how many taps it took until everything but sending is done."""
    taps = 0
    if photo is not None:
        page.set_input_files("#photos", photo)
        taps += 1
    else:
        page.click("[data-next=step-place]")
    page.click("#here")
    page.wait_for_selector("#step-what:not(.is-later)")
    page.fill("#text", text)
    page.click("#suggested button >> nth=0")
    page.wait_for_selector("#step-send:not(.is-later)")
    return taps + 2


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_report_in_four_taps_without_an_account(
    browser: Browser, city: City, reports: dict[str, str], photo: Path, language: str
) -> None:
    context = visit(browser, city, viewport=PHONE, geolocation=HERE, permissions=["geolocation"], language=language)
    page = context.new_page()
    page.goto("/portal/")
    look(page, "the first page")
    page.click("a.button.is-large")
    look(page, "the form at its beginning")
    taps = filled(page, photo)
    look(page, "the form filled in")
    expect(page.locator("#review")).to_contain_text(TEXT)
    page.click("#send")
    assert taps + 1 <= 4
    page.wait_for_url("**/portal/report/sent/")
    look(page, "the answer")
    assert CODE.fullmatch(page.inner_text("#code"))
    secret = page.inner_text("#secret")
    page.click("a[href='/portal/track/report/']")
    expect(page.locator("main")).to_contain_text(TEXT)
    look(page, "the report")
    assert secret.replace("-", "") not in page.url
    page.locator("form[action='/portal/track/leave/'] button").click()
    page.wait_for_url("**/portal/track/")
    context.close()


def test_without_a_connection_it_waits_and_is_sent_once_when_it_is_back(
    phone: BrowserContext, photo: Path, city: City
) -> None:
    page = phone.new_page()
    page.goto("/portal/report/")
    worker_ready(page)
    phone.set_offline(True)
    page.goto("/portal/report/")
    expect(page.locator(".sc-offline")).to_be_visible()
    page.set_input_files("#photos", photo)
    page.click("#here")
    page.wait_for_selector("#step-what:not(.is-later)")
    text = "Nắp cống trước số nhà hai lăm bị vỡ."
    page.fill("#text", text)
    page.click("[data-next=step-send]")
    page.select_option("#category", index=1)
    page.click("#send")
    page.wait_for_url("**/portal/waiting/")
    expect(page.locator("#drafts")).to_contain_text(text)
    expect(page.locator("#cp-waits")).to_be_visible()
    look(page, "what waits, without a connection")
    page.goto("/portal/track/")
    expect(page.locator("#drafts")).to_contain_text(text)
    phone.set_offline(False)
    page.goto("/portal/waiting/")
    page.wait_for_selector("#drafts .cp-codes", timeout=20_000)
    look(page, "what was sent")
    codes = page.locator("#drafts .cp-codes dd").all_inner_texts()
    assert CODE.fullmatch(codes[0])
    expect(page.locator("#cp-waits")).to_be_hidden()
    # Sent again by hand, it stays the one that it is.
    page.click("#send-now")
    page.click("#drafts a[href*='#']")
    page.wait_for_url("**/portal/track/report/")
    assert "#" not in page.url
    expect(page.locator("main")).to_contain_text(text)
    page.goto("/portal/waiting/")
    page.click("#drafts button")
    expect(page.locator("#none")).to_be_visible()


def test_a_draft_that_waits_can_be_deleted(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/portal/report/")
    worker_ready(page)
    phone.set_offline(True)
    filled_offline(page)
    page.wait_for_url("**/portal/waiting/")
    page.click("#drafts button")
    expect(page.locator("#none")).to_be_visible()
    phone.set_offline(False)
    page.goto("/portal/waiting/")
    expect(page.locator("#none")).to_be_visible()


def filled_offline(page: Page) -> None:
    page.goto("/portal/report/")
    page.click("[data-next=step-place]")
    page.click("[data-next=step-what]")
    page.fill("#text", "Biển báo bị cây che khuất.")
    page.click("[data-next=step-send]")
    page.select_option("#category", index=1)
    page.click("#send")


def test_bad_uploads_and_bad_words_are_said_and_nothing_typed_is_lost(phone: BrowserContext, tmp_path: Path) -> None:
    page = phone.new_page()
    page.goto("/portal/report/")
    film = tmp_path / "ba giờ.mp4"
    with film.open("wb") as made:
        made.truncate(70 << 20)
    page.set_input_files("#photos", film)
    expect(page.locator("#summary")).to_contain_text("60 MB")
    expect(page.locator("#shots li")).to_have_count(0)
    look(page, "a film that is too large")
    page.click("[data-next=step-place]")
    broken = tmp_path / "hỏng.jpg"
    broken.write_bytes(b"%PDF-1.7 none of it a picture")
    page.set_input_files("#photos", broken)
    page.click("[data-next=step-what]")
    page.fill("#text", "<b>Hố ga</b> " + "🙂" * 4100)
    page.click("[data-next=step-send]")
    page.click("#send")
    expect(page.locator("#summary")).to_contain_text("lĩnh vực")
    page.select_option("#category", index=1)
    page.click("#send")
    expect(page.locator("#summary a[href='#text']")).to_be_visible(timeout=15_000)
    expect(page.locator("#summary a[href='#photos']")).to_be_visible()
    look(page, "the faults")
    assert page.input_value("#text").startswith("<b>Hố ga</b>")
    page.fill("#text", "<b>Hố ga</b> mất nắp")
    page.click("#shots button")
    page.click("#send")
    page.wait_for_url("**/portal/report/sent/")


def test_a_place_outside_the_city_gets_guidance(browser: Browser, city: City, reports: dict[str, str]) -> None:
    context = visit(browser, city, viewport=PHONE, geolocation=FAR, permissions=["geolocation"])
    page = context.new_page()
    page.goto("/portal/report/")
    page.click("[data-next=step-place]")
    page.click("#here")
    expect(page.locator("#place-said")).to_contain_text("ngoài thành phố")
    look(page, "outside the city")
    context.close()


def test_the_place_is_pointed_at_on_the_map(phone: BrowserContext) -> None:
    page = phone.new_page()
    page.goto("/portal/report/")
    page.click("[data-next=step-place]")
    assert not page.evaluate("performance.getEntriesByType('resource').some(one => one.name.includes('/chunks/map.'))")
    page.click("#on-map")
    page.wait_for_selector("#place-map canvas")
    page.wait_for_timeout(500)
    page.locator("#place-map").click(position={"x": 150, "y": 160})
    expect(page.locator("#place-said")).to_contain_text(re.compile("Phường|Xã"))
    look(page, "the map to point at")


def test_the_form_works_without_script(browser: Browser, city: City, reports: dict[str, str], photo: Path) -> None:
    context = visit(browser, city, viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto("/portal/report/")
    page.set_input_files("#photos", photo)
    page.fill("#place_words", "Đối diện chợ Thái")
    page.select_option("#ward_code", index=3)
    page.fill("#text", TEXT)
    page.click("button[value=check]")
    expect(page.locator(".sc-errors:visible")).to_have_count(1)
    page.select_option("#category", index=1)
    page.click("button[value=check]")
    expect(page.locator("main")).to_contain_text("Đối diện chợ Thái")
    page.click("button[value=edit]")
    assert page.input_value("#text") == TEXT
    page.click("button[value=check]")
    page.click("button[value=send]")
    page.wait_for_url("**/portal/report/sent/")
    assert CODE.fullmatch(page.inner_text("#code"))
    context.close()


def test_a_report_is_followed_by_code_and_secret(phone: BrowserContext, reports: dict[str, str]) -> None:
    page = phone.new_page()
    page.goto("/portal/track/")
    look(page, "the two fields")
    page.fill("#code", reports["asked"])
    page.fill("#secret", "0000000000")
    page.keyboard.press("Enter")
    expect(page.locator(".sc-errors")).to_be_focused()
    look(page, "a wrong pair")
    page.fill("#code", reports["asked"].lower())
    page.fill("#secret", reports["asked_secret"])
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/track/report/")
    look(page, "a question")
    page.fill("#text-answer", "Cột số 14, ngay trước hiệu thuốc.")
    page.click("#deed-answer button")
    expect(page.locator(".cp-timeline")).to_contain_text("Cột số 14")
    look(page, "answered")


def test_who_is_not_content_says_so(phone: BrowserContext, reports: dict[str, str]) -> None:
    page = phone.new_page()
    page.goto(f"/portal/track/#{reports['resolved']}.{reports['resolved_secret']}")
    page.wait_for_url("**/portal/track/report/")
    look(page, "handled")
    page.check("#rating-2")
    page.click("#deed-rate button")
    expect(page.locator(".cp-note")).to_be_visible()
    page.click("#deed-reopen summary")
    page.fill("#text-reopen", "Hai bóng đã sáng, bóng thứ ba vẫn tối như cũ.")
    page.click("#deed-reopen button")
    expect(page.locator(".cp-big")).to_contain_text("Mở lại")


def test_with_an_account_reports_stand_in_a_list_and_areas_are_watched(
    browser: Browser, city: City, reports: dict[str, str]
) -> None:
    context = visit(browser, city, viewport=PHONE, geolocation=HERE, permissions=["geolocation"])
    page = context.new_page()
    page.goto("/portal/my-reports/")
    page.locator("a[href*='sign-in/phone']").click()
    page.fill("input[name=phone]", "0378 777 222")
    page.keyboard.press("Enter")
    page.wait_for_url("**/phone/code/**")
    page.fill("input[name=code]", code_for(city))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/name/**")
    page.fill("input[name=full_name]", "H'Hen Niê")
    page.keyboard.press("Enter")
    page.wait_for_url("**/portal/my-reports/")
    look(page, "no reports yet")
    page.click("main a.button")
    filled(page, None)
    page.click("#send")
    page.wait_for_url("**/portal/report/sent/")
    page.goto("/portal/my-reports/")
    expect(page.locator(".cp-list li")).to_have_count(1)
    look(page, "my reports")
    page.click(".cp-list button")
    page.wait_for_url("**/portal/track/report/")
    page.goto("/portal/alerts/")
    page.select_option("#ward", index=5)
    page.click("main form:has(#ward) button")
    expect(page.locator(".cp-list li")).to_have_count(1)
    look(page, "areas")
    context.close()


def test_everybody_looks_at_the_list_the_map_and_one_report(phone: BrowserContext, reports: dict[str, str]) -> None:
    page = phone.new_page()
    page.goto("/portal/reports/?q=bong+den")
    expect(page.locator(".cp-list li").first).to_contain_text("bóng đèn")
    look(page, "the list")
    page.goto("/portal/reports/map/")
    page.wait_for_selector("#reports-map[data-drawn]")
    expect(page.locator(".cp-pin").first).to_be_visible()
    look(page, "the map")
    while page.locator("a.cp-pin").count() == 0:
        before = page.get_attribute("#reports-map", "data-drawn")
        page.locator(".cp-pin.is-many").first.click()
        page.wait_for_function("before => document.querySelector('#reports-map').dataset.drawn !== before", arg=before)
    page.goto(f"/portal/reports/{reports['published']}/")
    look(page, "one report")
