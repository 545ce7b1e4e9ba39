"""One demonstration city and one browser for all journeys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tools.browser import chromium, signed_in
from tools.capabilities import chromium as why_no_chromium
from tools.city import City, temporary_city


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if reason := why_no_chromium():
        pytest.skip(reason)
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def city() -> Iterator[City]:
    with temporary_city() as running:
        yield running


@pytest.fixture(scope="session")
def administrator(browser: Browser, city: City) -> str:
    """The session of the system administrator, signed in with both factors."""
    return signed_in(browser, city, "quantri")


@pytest.fixture(scope="session")
def pages(browser: Browser, city: City, administrator: str) -> list[str]:
    """Every page that links lead to, one address for each kind of page."""
    from tests.journeys.crawling import crawl

    found = crawl(browser, city, administrator)
    assert len(found) > 20, found
    return found


@pytest.fixture(autouse=True)
def web_log_is_clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """A journey that leaves a traceback in the web process's log has failed, whatever the page showed."""
    yield
    if "city" in request.fixturenames:
        folder: Path = request.getfixturevalue("city").folder
        log = (folder / "logs" / "web.log").read_text(encoding="utf-8")
        assert "Traceback (most recent call last)" not in log, log[log.index("Traceback") :][:3000]
