"""A leave and a request about one's own data, from both sides, as people do it in a browser."""

from datetime import timedelta

import pytest
from playwright.sync_api import Browser, Page

from songcau.kernel import clock
from tools.browser import signed_in, violations, visit
from tools.city import City

pytestmark = pytest.mark.browser
SIZES = ({"width": 1366, "height": 768}, {"width": 360, "height": 800})


def sound(page: Page, path: str) -> list[str]:
    """What is wrong with a page at either size."""
    faults = []
    for size in SIZES:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto(path)
        faults += [f"{path} at {size['width']}: {fault}" for fault in violations(page)]
        if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
            faults.append(f"{path} runs off the side at {size['width']}")
    page.set_viewport_size(SIZES[0])  # type: ignore[arg-type]
    page.goto(path)
    return faults


def send(page: Page) -> None:
    with page.expect_navigation():
        page.locator("main form button[type=submit]").last.click()


def test_a_request_is_asked_worked_on_and_answered(browser: Browser, city: City) -> None:
    asker = visit(browser, city, signed_in(browser, city, "motcua")).new_page()
    officer = visit(browser, city, signed_in(browser, city, "baovedulieu")).new_page()
    faults = sound(asker, "/me/data/") + sound(asker, "/me/data/ask/?kind=CORRECTION")
    asker.fill("textarea[name=text]", "Họ tên của tôi viết sai dấu.")
    send(asker)
    assert "Họ tên của tôi viết sai dấu." in asker.inner_text("main")

    faults += sound(officer, "/administration/data_requests/")
    link = officer.locator("main a", has_text="Phạm Thu Mẫu").first.get_attribute("href")
    assert link is not None
    faults += sound(officer, link)
    officer.goto(f"{link}take/")
    send(officer)
    for step in ("correct/", "answer/", "answer/?template=CHECKED_RIGHT"):
        faults += sound(officer, link + step)
    send(officer)
    faults += sound(officer, "/administration/looks/")
    assert "Phạm Thu Mẫu" in officer.inner_text("main")

    faults += sound(asker, "/me/data/")
    said = asker.inner_text("main")
    assert "Dữ liệu đã được kiểm tra và đúng" in said
    assert "Giải quyết yêu cầu về dữ liệu cá nhân" in said, "who looked, and why"
    with asker.expect_download() as download:
        asker.get_by_role("button", name="Tải bản sao").click()
    assert download.value.suggested_filename.startswith("du-lieu-motcua-")
    asker.context.close()
    officer.context.close()
    assert faults == []


def test_a_role_is_lent_for_a_leave_and_taken_back(browser: Browser, city: City) -> None:
    page = visit(browser, city, signed_in(browser, city, "chutich")).new_page()
    faults = sound(page, "/me/delegations/")
    link = page.locator("main a[href*='add/?grant=']").first.get_attribute("href")
    assert link is not None
    faults += sound(page, link)
    page.locator("select[name=delegate]").select_option(index=1)
    page.fill("input[name=last]", (clock.today() + timedelta(days=5)).isoformat())
    page.fill("textarea[name=reason]", "Nghỉ phép")
    send(page)
    assert "Đang có hiệu lực" in page.inner_text("main")
    faults += sound(page, "/me/delegations/")
    page.get_by_role("link", name="Thu hồi").first.click()
    page.fill("textarea[name=reason]", "Về sớm")
    send(page)
    assert "Đã thu hồi" in page.inner_text("main")
    page.context.close()
    assert faults == []
