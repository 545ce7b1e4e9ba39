"""The bell in a browser: it counts, renews itself without anybody clicking, and never leads away from the page."""

import pytest
from playwright.sync_api import Browser, expect

from tools.browser import violations, visit
from tools.city import City

pytestmark = pytest.mark.browser
MINUTE_MS = 61_000


def test_the_bell_counts_and_opening_a_notice_takes_one_off(browser: Browser, city: City, administrator: str) -> None:
    context = visit(browser, city, administrator)
    page = context.new_page()
    page.goto("/notices/?read=unread")
    before = int(page.locator("#sc-bell span").inner_text())
    assert before >= 1
    with page.expect_navigation():
        page.locator("#listing tbody a").first.click()
    assert page.locator("#sc-bell span").text_content() == str(before - 1)
    context.close()


def test_the_bell_renews_itself_and_says_so(browser: Browser, city: City, administrator: str) -> None:
    context = visit(browser, city, administrator)
    page = context.new_page()
    page.clock.install()
    page.goto("/me/")
    answer = {"unread": 99, "shown": "99+", "words": "99 thông báo chưa đọc"}
    asked = []

    def respond(route) -> None:
        asked.append(route.request.headers)
        route.fulfill(json=answer)

    page.route("**/notices/count/", respond)
    page.clock.run_for(MINUTE_MS)
    expect(page.locator("#sc-bell span")).to_have_text("99+")
    assert page.locator("#sc-bell").get_attribute("aria-label") == answer["words"]
    expect(page.locator("#sc-live")).to_have_text(answer["words"])
    assert len(asked) == 1, "once a minute, no more"
    assert asked[0]["x-background"] == "1"
    assert violations(page) == []
    context.close()


def test_a_session_that_is_over_does_not_lead_away_from_what_is_being_typed(
    browser: Browser, city: City, administrator: str
) -> None:
    context = visit(browser, city, administrator)
    page = context.new_page()
    page.clock.install()
    page.goto("/notices/preferences/")
    page.fill("input[name=begins]", "22:15")
    page.route("**/notices/count/", lambda route: route.fulfill(status=401))
    page.clock.run_for(3 * MINUTE_MS)
    assert page.url.endswith("/notices/preferences/")
    assert page.input_value("input[name=begins]") == "22:15"
    context.close()
