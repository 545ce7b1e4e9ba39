"""A citizen at the door: through the simulated provider and back, by telephone, one's own ways, and out again."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tools.browser import violations, visit
from tools.city import City

pytestmark = pytest.mark.browser

PHONE = {"width": 360, "height": 800}
DOOR = "/accounts/sign-in/"


def look(page: Page, where: str) -> None:
    """Nothing for axe to find, nothing off the side."""
    assert violations(page) == [], where
    wide = page.evaluate("document.documentElement.scrollWidth > window.innerWidth")
    assert not wide, f"{where} runs off the side"


def through_provider(page: Page, who: str, *, fault: str = "") -> None:
    """At the provider: choose whom to be."""
    expect(page.get_by_text("MÔ PHỎNG").first).to_be_visible()
    if fault:
        page.locator("summary").click()
        page.select_option("select[name=fault]", fault)
    page.locator(f"button[value={who}]").click()


def code_for(city: City) -> str:
    """The newest code in the window in which the city was started."""
    end = time.monotonic() + 10
    while time.monotonic() < end:
        log = (city.folder / "demo.log").read_text(encoding="utf-8")
        if found := re.findall(r"code for \S+: (\d{6})", log):
            return str(found[-1])
        time.sleep(0.1)
    raise AssertionError("no code was printed")


@pytest.mark.parametrize("language", ["vi", "en"])
def test_a_citizen_comes_in_by_a_provider_adds_a_way_and_goes_out(browser: Browser, city: City, language: str) -> None:
    context = visit(browser, city, viewport=PHONE, language=language)
    page = context.new_page()
    page.goto(f"{DOOR}?next=/accounts/ways/")
    look(page, "the door")
    page.locator("form[action*=vneid] button").press("Enter")
    through_provider(page, "mau" if language == "vi" else "hhen")
    page.wait_for_url("**/accounts/ways/")
    look(page, "the ways")
    page.locator("form[action*=vnconnect] button").click()
    through_provider(page, "mau" if language == "vi" else "hhen")
    page.wait_for_url("**/accounts/ways/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody a").last.click()
    look(page, "removing a way")
    page.locator("button.btn-danger").click()
    page.wait_for_url("**/accounts/ways/")
    expect(page.locator("tbody tr")).to_have_count(1)
    page.locator("summary").last.click()
    page.locator("form[action$='logout/'] button").click()
    page.wait_for_url(f"**{DOOR}")
    page.goto("/accounts/ways/")
    assert "/accounts/login/" in page.url
    context.close()


def test_a_provider_that_answers_wrongly_is_a_page_with_ways_on(browser: Browser, city: City) -> None:
    context = visit(browser, city, viewport=PHONE)
    page = context.new_page()
    page.goto(DOOR)
    page.locator("form[action*=vneid] button").click()
    through_provider(page, "mau", fault="wrong_nonce")
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "the refusal")
    page.get_by_role("button", name="Thử lại").click()
    through_provider(page, "ayun")
    page.wait_for_url(f"{city.url}/")
    context.close()


def test_a_citizen_comes_in_by_telephone_for_the_first_time(browser: Browser, city: City) -> None:
    context = visit(browser, city, viewport=PHONE)
    page = context.new_page()
    page.goto(DOOR)
    page.locator("a[href*='sign-in/phone']").click()
    look(page, "the number")
    page.fill("input[name=phone]", "0378 123 456")
    page.keyboard.press("Enter")
    page.wait_for_url("**/phone/code/")
    look(page, "the code")
    page.fill("input[name=code]", code_for(city))
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/name/")
    look(page, "the name")
    page.fill("input[name=full_name]", "Ayun")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/")
    context.close()
