"""From the first address to 32 wards on a map, with both factors; and what stands in the way of a stranger."""

import pytest
from playwright.sync_api import Browser, expect

from tools.browser import visit
from tools.city import City

pytestmark = pytest.mark.browser


def test_an_administrator_signs_in_by_keyboard_and_sees_thirty_two_wards(
    browser: Browser, city: City, administrator: str
) -> None:
    context = visit(browser, city, administrator)
    page = context.new_page()
    page.goto("/administration/units/")
    page.wait_for_load_state("networkidle")
    expect(page.get_by_text("Phường Quán Triều").first).to_be_visible()
    expect(page.get_by_text("Xã Đồng Liên").first).to_be_attached()
    expect(page.locator("canvas.maplibregl-canvas")).to_be_visible()
    context.close()


def test_a_wrong_password_is_refused_in_words_and_the_page_stays(browser: Browser, city: City) -> None:
    context = visit(browser, city)
    page = context.new_page()
    page.goto("/me/")
    assert "/accounts/login/" in page.url
    page.fill("input[name=login]", "truc")
    page.fill("input[name=password]", "not the password")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_visible()
    assert "/accounts/login/" in page.url
    context.close()


def test_the_password_alone_opens_nothing(browser: Browser, city: City) -> None:
    context = visit(browser, city)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.fill("input[name=login]", "kiemtoan")
    page.fill("input[name=password]", city.accounts["kiemtoan"].password)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    for path in ("/me/", "/administration/", "/administration/people/", "/django-admin/"):
        page.goto(path)
        assert "/accounts/" in page.url, f"{path} opened with the password alone"
    context.close()


def test_a_clerk_is_told_that_the_audit_is_not_hers(browser: Browser, city: City) -> None:
    from tools.browser import signed_in

    context = visit(browser, city, signed_in(browser, city, "motcua"))
    page = context.new_page()
    answer = page.goto("/administration/audit/")
    assert answer is not None
    assert answer.status == 403
    assert page.locator("h1").inner_text().strip()
    context.close()
