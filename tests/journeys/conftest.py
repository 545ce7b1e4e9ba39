"""One demonstration city and one browser for all journeys."""

import fcntl
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from songcau.foundation.places.profiles import read_profile
from tools.browser import chromium, signed_in, visit
from tools.capabilities import chromium as why_no_chromium
from tools.city import City, prepare, temporary_city

SURVEYED_WARD = "05914"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    if reason := why_no_chromium():
        pytest.skip(reason)
    with chromium() as opened:
        yield opened


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A prepared folder, to be copied, and the data it was made from: one ward has a surveyed outline and the others
    approximate ones, so that pages show both kinds.

    Of several processes that run journeys the first prepares it.
    """
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    data, prepared = shared / "journeys-data", shared / "journeys-city"
    with (shared / "journeys.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not prepared.exists():
            (data / "geo").mkdir(parents=True, exist_ok=True)
            (data / "geo" / "wards_164.geojson").write_text(json.dumps(one_outline()), encoding="utf-8")
            half = shared / "journeys-city-half"
            prepare(half, data)
            half.rename(prepared)
    return prepared, data


@pytest.fixture(scope="session")
def city(prepared: tuple[Path, Path]) -> Iterator[City]:
    """A city for all journeys of a process."""
    folder, data = prepared
    with temporary_city(data=data, prepared=folder) as running:
        yield running


def one_outline() -> dict[str, object]:
    """About a ward's known centre a square of 1.5 km."""
    unit = next(unit for unit in read_profile("tn-2022").units if unit.code == SURVEYED_WARD)
    assert unit.longitude is not None
    assert unit.latitude is not None
    ring = [
        [unit.longitude + x * 0.0072, unit.latitude + y * 0.0068]
        for x, y in ((-1, -1), (1, -1), (1, 1), (-1, 1), (-1, -1))
    ]
    shape = {"type": "Polygon", "coordinates": [ring]}
    feature = {"type": "Feature", "properties": {"code": SURVEYED_WARD}, "geometry": shape}
    return {"type": "FeatureCollection", "features": [feature]}


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
    return [*found, page_of_surveyed_ward(browser, city, administrator)]


def page_of_surveyed_ward(browser: Browser, city: City, administrator: str) -> str:
    """Its page has what others lack: an outline that was replaced, and one from a file."""
    context = visit(browser, city, administrator)
    page = context.new_page()
    page.goto(f"/administration/units/?q={SURVEYED_WARD}")
    href = page.locator("#units-list a", has_text=SURVEYED_WARD).get_attribute("href")
    context.close()
    assert href is not None
    return href


@pytest.fixture(autouse=True)
def web_log_is_clean(request: pytest.FixtureRequest) -> Iterator[None]:
    """A journey that leaves a traceback in the web process's log has failed, whatever the page showed."""
    yield
    if "city" in request.fixturenames:
        folder: Path = request.getfixturevalue("city").folder
        log = (folder / "logs" / "web.log").read_text(encoding="utf-8")
        assert "Traceback (most recent call last)" not in log, log[log.index("Traceback") :][:3000]
