"""A file sent from a page in pieces: paused, gone on with, broken by the network, refused in words."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tools.browser import visit
from tools.city import City

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Browser, city: City, administrator: str):
    context = visit(browser, city, administrator, language="en")
    opened = context.new_page()
    opened.goto("/administration/files/try-out/")
    yield opened
    context.close()


def choose(page: Page, file: Path, content: bytes) -> None:
    file.write_bytes(content)
    page.set_input_files("#upload-file", file)
    page.click("#upload-send")


def test_a_file_survives_a_pause_and_a_broken_connection(page: Page, tmp_path: Path) -> None:
    pieces: list[int] = []

    def break_the_second(route: Route) -> None:
        if route.request.method == "PATCH":
            pieces.append(int(route.request.headers["upload-offset"]))
            if len(pieces) == 2:
                route.abort("connectionreset")
                return
        route.continue_()

    page.route("**/files/uploads/*", break_the_second)
    choose(page, tmp_path / "Báo cáo.txt", b"line of a report\n" * 1_300_000)
    expect(page.locator("#upload-words")).to_have_text("The connection is broken. Trying again …")
    page.click("#upload-pause")
    expect(page.locator("#upload-words")).to_have_text("Paused. Nothing is lost.")
    page.click("#upload-pause")
    expect(page.locator("#upload-words")).to_have_text("The file was taken in.", timeout=20_000)
    assert pieces[0] == 0
    assert pieces[1] == pieces[2] > 0, "it went on where it had broken"
    page.click("#upload-done")
    expect(page.get_by_role("heading", level=1)).to_have_text("Báo cáo.txt")
    expect(page.get_by_text("Plain text")).to_be_visible()


def test_whoever_is_signed_out_meanwhile_is_told_so_and_goes_on_afterwards(page: Page, tmp_path: Path) -> None:
    cookies = page.context.cookies()
    page.context.clear_cookies(name="sessionid")
    choose(page, tmp_path / "a.txt", b"Kinh gui")
    expect(page.locator("#upload-words")).to_contain_text("You are no longer signed in")
    page.context.add_cookies(cookies)
    page.click("#upload-pause")
    expect(page.locator("#upload-words")).to_have_text("The file was taken in.")


def test_a_refused_file_is_refused_in_words(page: Page, tmp_path: Path) -> None:
    choose(page, tmp_path / "anh.png", b"<html><script>alert(1)</script></html>")
    expect(page.locator("#upload-words")).to_contain_text("Web pages, SVG drawings and programs are not accepted")
    expect(page.locator("#upload-send")).to_be_enabled()
