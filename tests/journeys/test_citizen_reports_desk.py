"""Reports on the desk: the centre takes one in, a unit handles it, leaders look at the figures; axe on each page."""

import re
from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tools.browser import colour_faults_at_night, signed_in, violations, visit
from tools.city import City

pytestmark = pytest.mark.browser

DESK = "/citizen_reports/"
WARD = "05431"
TEXT = "Nắp cống mất ngay đầu ngõ 12, tối không thấy đường."
SECRET = "Hoàng Thị Độc Nhất"
PHONE = "0912345678"
DONE = "Đã lắp nắp cống mới bằng bê tông lúc 9 giờ sáng, đổ vữa quanh miệng cống và dọn sạch đất đá."


def page_of(browser: Browser, city: City, state: str, **options: object) -> Page:
    return visit(browser, city, state, axe=True, **options).new_page()


def accessible(page: Page) -> None:
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]  # type: ignore[index]


@pytest.fixture(scope="module")
def desk(browser: Browser, city: City) -> str:
    return signed_in(browser, city, "truc")


@pytest.fixture(scope="module")
def officer(browser: Browser, city: City) -> str:
    return signed_in(browser, city, "chuyenvien")


@pytest.fixture(scope="module")
def report(browser: Browser, city: City, desk: str) -> Iterator[str]:
    """Somebody calls; the operator writes it down and gives it to the ward in the queue. The address of its page."""
    page = page_of(browser, city, desk)
    page.goto(f"{DESK}write_down/")
    accessible(page)
    page.select_option("#id_channel", "PHONE")
    page.locator("#id_category").select_option(index=1)
    page.fill("#id_text", TEXT)
    page.select_option("#id_ward", WARD)
    page.fill("#id_name", SECRET)
    page.fill("#id_phone", PHONE)
    with page.expect_navigation():
        page.click("main button[type=submit]")
    if page.locator("#id_asked").count() and page.locator("[id^=id_q_]").count():
        for box in page.locator("input[id^=id_q_]").all():
            box.fill("1")
        for choice in page.locator("select[id^=id_q_]").all():
            choice.select_option(index=1)
        page.click("main button[type=submit]")
    expect(page.locator("main")).to_contain_text(re.compile(r"PA-\w{4}-\w{4}"))
    accessible(page)
    address = page.get_attribute("main .card-footer a.btn-primary", "href")
    assert address is not None
    key = address.strip("/").split("/")[-1]
    page.goto(f"{DESK}moderation/?report={key}")
    page.wait_for_selector("#triage")
    accessible(page)
    ward = page.locator("#id_agency option", has_text=f"(UBND-{WARD})").get_attribute("value")
    page.select_option("#id_agency", ward)
    page.check("#id_publish")
    with page.expect_navigation():
        page.locator("#triage button[type=submit]").click()
    page.goto(address)
    assert f"UBND-{WARD}" not in page.inner_text("main")
    accessible(page)
    yield address
    page.context.close()


def test_the_centre_works_its_queue_by_keys(browser: Browser, city: City, desk: str, report: str) -> None:
    page = page_of(browser, city, desk)
    page.goto(f"{DESK}moderation/?state=NEW")
    accessible(page)
    assert colour_faults_at_night(page) == []
    first = page.get_attribute("#listing a[aria-current=true]", "data-report")
    page.keyboard.press("j")
    page.wait_for_url(re.compile("report="))
    second = page.get_attribute("#listing a[aria-current=true]", "data-report")
    assert second != first
    page.keyboard.press("k")
    page.wait_for_selector(f"#listing a[aria-current=true][data-report='{first}']")
    page.keyboard.press("x")
    assert page.locator("input[name=chosen]:checked").count() == 1
    page.keyboard.press("r")
    assert page.locator("#fold-refuse").evaluate("fold => fold.open")
    page.context.close()


def test_an_officer_handles_it_and_never_learns_who_sent_it(
    browser: Browser, city: City, officer: str, report: str
) -> None:
    page = page_of(browser, city, officer)
    page.goto(f"{DESK}?q=nap cong mat ngay dau ngo")
    assert page.locator("#listing tbody tr").count() == 1
    accessible(page)
    page.locator(f"#listing a[href='{report}']").click()
    accessible(page)
    assert SECRET not in page.content()
    assert PHONE not in page.content()
    for name in ("take", "start"):
        page.goto(f"{report}{name}/")
        accessible(page)
        page.locator("main form button[type=submit]").click()
        page.wait_for_url(f"**{report}")
    page.goto(f"{report}resolve/")
    page.fill("#id_text", "Đã chuyển đơn vị chức năng.")
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector(".sc-errors")
    assert page.input_value("#id_text") == "Đã chuyển đơn vị chức năng."
    accessible(page)
    page.fill("#id_text", DONE)
    page.set_input_files("#id_after", {"name": "sau.jpg", "mimeType": "image/jpeg", "buffer": photograph()})
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{report}")
    assert DONE in page.inner_text("main")
    accessible(page)
    assert page.request.get(f"{report}sender/").status == 403
    page.context.close()


def test_an_outside_body_works_its_own_list_and_sees_nothing_else(
    browser: Browser, city: City, desk: str, report: str
) -> None:
    """The power company: its own reports, a step taken, answered; another's report does not exist for it."""
    page = page_of(browser, city, signed_in(browser, city, "dienluc"))
    page.goto(DESK)
    accessible(page)
    assert page.locator("#listing tbody tr").count() >= 1
    page.goto(f"{DESK}?state=ASSIGNED")
    page.locator("#listing tbody a").first.click()
    page.wait_for_url(re.compile(r"/citizen_reports/[0-9a-f-]{36}/$"))
    page.wait_for_load_state()
    address = page.url
    accessible(page)
    page.goto(f"{address}start/")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"**{address.split('//', 1)[1].split('/', 1)[1]}")
    page.goto(f"{address}note/")
    accessible(page)
    page.fill("#id_text", "Đã cử tổ sửa chữa đường dây đến hiện trường.")
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(address)
    page.wait_for_load_state()
    assert "tổ sửa chữa" in page.inner_text("main")
    for forbidden in (report, f"{DESK}moderation/"):
        assert page.request.get(forbidden).status in (403, 404)
    assert page.request.get(f"{address}sender/").status == 403
    page.context.close()


def photograph() -> bytes:
    drawn = BytesIO()
    Image.effect_noise((320, 240), 60).convert("RGB").save(drawn, "JPEG")
    return drawn.getvalue()


def test_the_centre_looks_for_a_purpose(browser: Browser, city: City, desk: str, report: str) -> None:
    page = page_of(browser, city, desk)
    page.goto(report)
    assert SECRET not in page.content()
    page.locator(f"a[href='{report}sender/']").click()
    accessible(page)
    page.select_option("#id_purpose", "CASE_WORK")
    page.locator("main form button[type=submit]").click()
    page.wait_for_selector("dl.sc-facts")
    assert SECRET in page.inner_text("main")
    accessible(page)
    page.goto(report)
    assert SECRET not in page.content()
    page.context.close()


def test_a_leader_looks_at_figures_that_open_their_lists(
    browser: Browser, city: City, report: str, leader: str
) -> None:
    page = page_of(browser, city, leader)
    page.goto(f"{DESK}statistics/")
    accessible(page)
    assert colour_faults_at_night(page) == []
    figure = page.locator(".sc-figure .sc-value a").first
    count = figure.inner_text()
    figure.click()
    page.wait_for_selector("#listing")
    assert page.locator("#listing [role=status] strong").first.inner_text() == count
    accessible(page)
    for name in ("three_times/", "late/", "spot_checks/", "prints/"):
        page.goto(DESK + name)
        accessible(page)
        assert colour_faults_at_night(page) == [], name
    page.context.close()


@pytest.fixture(scope="module")
def leader(browser: Browser, city: City) -> str:
    return signed_in(browser, city, "lanhdao")


def test_the_map_shows_clusters_and_goes_nearer(browser: Browser, city: City, desk: str, report: str) -> None:
    page = page_of(browser, city, desk)
    page.goto(f"{DESK}map/")
    page.wait_for_selector("#heat-map[data-ready]", timeout=60_000)
    page.wait_for_selector(".sc-cluster", timeout=30_000)
    accessible(page)
    page.context.close()


def test_somebody_of_another_office_does_not_find_it(browser: Browser, city: City, report: str) -> None:
    other = signed_in(browser, city, "motcua")
    page = page_of(browser, city, other)
    assert page.goto(DESK).status == 200  # type: ignore[union-attr]
    accessible(page)
    assert page.request.get(report).status == 404
    page.context.close()


@pytest.mark.parametrize(
    "path", ["", "reports/", "moderation/", "statistics/", "map/", "write_down/", "write_down/several/", "prints/"]
)
def test_on_the_phone_nothing_runs_off_the_side(
    browser: Browser, city: City, desk: str, report: str, path: str
) -> None:
    page = page_of(browser, city, desk, viewport={"width": 360, "height": 800})
    page.goto(DESK + path)
    accessible(page)
    page.context.close()
