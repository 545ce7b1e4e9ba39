"""Passkeys with the browser's own virtual authenticator: made, used, refused, removed; never without its holder."""

from dataclasses import replace

import pytest
from playwright.sync_api import Browser, BrowserContext, CDPSession, Page, expect

from tools.browser import violations, visit
from tools.city import City

pytestmark = pytest.mark.browser


@pytest.fixture
def town(city: City) -> City:
    """The city under a name: browsers keep no passkeys for addresses of digits."""
    return replace(city, url=city.url.replace("127.0.0.1", "localhost"))


class Device:
    """A phone or computer that keeps passkeys, as Chromium plays it."""

    def __init__(self, page: Page) -> None:
        self.session: CDPSession = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        self.id = self.session.send("WebAuthn.addVirtualAuthenticator", {"options": options})["authenticatorId"]

    def keys(self) -> int:
        return len(self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"])

    def recognises_holder(self, yes: bool) -> None:
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": yes})


def sign_in(page: Page, city: City, username: str) -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", username)
    page.fill("input[name=password]", city.accounts[username].password)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    page.fill("input[name=code]", city.code(username))
    page.keyboard.press("Enter")
    page.wait_for_url(f"{city.url}/")


def sign_out(context: BrowserContext) -> None:
    """The session goes; the device keeps its keys."""
    kept = [cookie for cookie in context.cookies() if "session" not in str(cookie["name"])]
    context.clear_cookies()
    context.add_cookies(kept)  # type: ignore[arg-type]


def test_a_passkey_is_made_used_renamed_and_removed(browser: Browser, town: City) -> None:
    context = visit(browser, town)
    page = context.new_page()
    device = Device(page)
    sign_in(page, town, "truc")
    page.goto("/accounts/second-factor/")
    page.get_by_role("link", name="Quản lý khóa truy cập").click()
    page.get_by_role("link", name="Khóa truy cập mới").click()
    page.wait_for_url("**/passkeys/new/**")  # a page looked at while it is left has no document
    assert violations(page) == []
    page.fill("input[name=name]", "Điện thoại của Trực")
    page.get_by_role("button", name="Tạo khóa truy cập").click()
    page.wait_for_url("**/accounts/second-factor/**")
    assert device.keys() == 1

    sign_out(context)
    page.goto("/accounts/login/?next=/accounts/passkeys/")
    assert violations(page) == []
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    page.wait_for_url(f"{town.url}/accounts/passkeys/")
    assert violations(page) == []
    row = page.locator("tbody tr")
    expect(row).to_contain_text("Điện thoại của Trực")
    row.get_by_role("link", name="Đổi tên").click()
    page.fill("input[name=name]", "Máy bàn")
    page.keyboard.press("Enter")
    expect(page.locator("tbody")).to_contain_text("Máy bàn")
    page.goto("/")
    assert "/accounts/" not in page.url, "a passkey stands for both factors"

    sign_out(context)
    device.recognises_holder(False)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.locator("[data-words=refused]")).to_be_visible()
    device.recognises_holder(True)

    page.fill("input[name=login]", "truc")
    page.fill("input[name=password]", town.accounts["truc"].password)
    page.keyboard.press("Enter")
    page.wait_for_selector("input[name=code]")
    page.get_by_role("button", name="Dùng khóa truy cập").click()
    page.wait_for_url(f"{town.url}/")

    page.goto("/accounts/passkeys/")
    page.get_by_role("link", name="Gỡ Máy bàn").click()
    page.wait_for_url("**/remove/**")
    assert violations(page) == []
    page.get_by_role("button", name="Gỡ").click()
    expect(page.get_by_text("Ông/bà chưa có khóa nào.")).to_be_visible()

    sign_out(context)
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.get_by_text("Khóa truy cập này không được chấp nhận")).to_be_visible()
    assert "/accounts/login/" in page.url
    context.close()


def test_on_an_address_of_digits_the_page_says_why_it_cannot(browser: Browser, city: City) -> None:
    context = visit(browser, city)
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_role("button", name="Đăng nhập bằng khóa truy cập").click()
    expect(page.locator("[data-words=unable]")).to_be_visible()
    context.close()
