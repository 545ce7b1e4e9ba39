"""What goes wrong about an open wall: a broker that is killed, an operator's clock that is an hour off.

A city of its own, whose devices speak over a Mosquitto that a journey may kill.
"""

import json
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from zoneinfo import ZoneInfo

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from songcau.consoles.operations.live.things import FRESH_SECONDS
from songcau.context.public import Context, sign_grant
from tests.mosquitto import Mosquitto
from tools.browser import signed_in, visit
from tools.city import City, temporary_city

pytestmark = pytest.mark.browser
WALL, MAP, QUEUE = "/operations/", "/operations/map/", "/incidents/alerts/"
FIELD, READINGS = "/operations/field/", "/operations/readings/"
LOOKS = 50
# The gateway asks for its server again after 1, 2, 4 … seconds, at most 30: longer than a page is waited for usually.
HEALED = 60_000
# So long a reading is fresh that is to grow old while a journey looks on: on a busy machine it takes some to be drawn.
STILL_FRESH = 20
CITY_ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
FLOW, WEATHER = "TrafficFlowObserved", "WeatherObserved"
RULE = """
[[readings]]
topic = "{kind}/{{station}}"
id = "urn:ngsi-ld:{kind}:{{station}}"
type = "{kind}"
scope = "/wards/W05443"
observed_at = {{ from = "time", form = "iso" }}
location = {{ longitude = {longitude}, latitude = 21.59 }}

[readings.attributes]
{attribute} = {{ from = "value" }}
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mosquitto]:
    with Mosquitto(tmp_path_factory.mktemp("mosquitto")) as running:
        yield running


@pytest.fixture(scope="module")
def town(server: Mosquitto, prepared: tuple[Path, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[City]:
    """A city that has left a traceback behind has failed, whatever the pages showed."""
    mapping = tmp_path_factory.mktemp("mapping") / "mapping.toml"
    head = f'[server]\naddress = "mqtt://127.0.0.1:{server.port}"\nclient_id = "songcau-journey"\n'
    rules = RULE.format(kind=FLOW, longitude=105.80, attribute="intensity")
    rules += RULE.format(kind=WEATHER, longitude=105.86, attribute="temperature")
    mapping.write_text(head + rules, encoding="utf-8")
    folder, data = prepared
    with temporary_city(data=data, prepared=folder, environment={"SONGCAU_MQTT_MAPPING": str(mapping)}) as running:
        yield running
        for log in (running.folder / "logs").glob("*.log"):
            text = log.read_text(encoding="utf-8")
            assert "Traceback (most recent call last)" not in text, log.name + text[text.index("Traceback") :][:3000]


@contextmanager
def opened(browser: Browser, town: City, address: str, clock: str = "") -> Iterator[Page]:
    """`clock`: a script that puts the browser's clock wrong."""
    context = visit(browser, town, signed_in(browser, town, "truc"), viewport={"width": 1920, "height": 1080})
    if clock:
        context.add_init_script(clock)
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(address)
    if address in (WALL, MAP):
        page.wait_for_selector("#op-line[data-state=live]")
    yield page
    context.close()


def publish(server: Mosquitto, kind: str, value: int, *, age: float = 0.0) -> None:
    """On return the server has accepted it. `age`: seconds since it was observed."""
    device = mqtt.Client(CallbackAPIVersion.VERSION2)
    device.connect("127.0.0.1", server.port)
    device.loop_start()
    at = datetime.now(UTC) - timedelta(seconds=age)
    text = json.dumps({"value": value, "time": at.isoformat().replace("+00:00", "Z")})
    device.publish(f"{kind}/first", text, qos=1).wait_for_publish(20)
    device.disconnect()
    device.loop_stop()


def kept(town: City) -> Counter[int]:
    """How often the city has kept each flow."""
    grant = sign_grant(town.folder / "context" / "grants.key", "journey", wards=None, writes=False, seconds=60)
    with Context(f"unix:{town.folder}/run/context.sock", token=grant, timeout=30) as context:
        found = context.history(f"urn:ngsi-ld:{FLOW}:first", after="2020-01-01T00:00:00Z")
    assert found is not None
    return Counter(one["value"] for one in found["intensity"])


def mark(page: Page) -> None:
    """What a page that was loaded anew would not have."""
    page.evaluate("window.stays = true")


def is_marked(page: Page) -> bool:
    return bool(page.evaluate("window.stays === true"))


# --- brokers that are killed --------------------------------------------------------------------------------


def test_the_mqtt_server_is_killed_under_the_wall(browser: Browser, town: City, server: Mosquitto) -> None:
    """While it is away the figure passes its limit of freshness and turns grey, with its time; then it lives again."""
    with opened(browser, town, WALL) as page:
        mark(page)
        tile = page.locator(".ow-flow li", has_text="first")
        publish(server, FLOW, 1001, age=FRESH_SECONDS[FLOW] - STILL_FRESH)
        expect(tile.locator("b")).to_have_text("1.001", timeout=HEALED)
        expect(tile).not_to_have_class(re.compile("is-stale"), timeout=HEALED)
        server.kill()
        expect(tile).to_have_class(re.compile("is-stale"), timeout=HEALED)
        expect(tile.locator("b")).to_have_text("1.001", timeout=HEALED)
        observed = datetime.now(CITY_ZONE) - timedelta(seconds=FRESH_SECONDS[FLOW])
        times = {(observed + timedelta(minutes=minutes)).strftime("%H:%M") for minutes in (-1, 0, 1)}
        assert page.locator(".ow-tile.is-flow .ow-asof").inner_text()[:5] in times
        server.start()
        publish(server, FLOW, 1002)
        expect(tile.locator("b")).to_have_text("1.002", timeout=HEALED)
        expect(tile).not_to_have_class(re.compile("is-stale"), timeout=HEALED)
        assert is_marked(page)
    once = kept(town)
    assert (once[1001], once[1002]) == (1, 1)


def test_the_context_broker_is_killed_under_the_wall(browser: Browser, town: City, server: Mosquitto) -> None:
    """It stays away while the supervisor is held: the wall says so in words and grey; nothing accepted is lost."""
    with opened(browser, town, WALL) as page:
        mark(page)
        tile = page.locator(".ow-flow li", has_text="first")
        publish(server, FLOW, 2001)
        expect(tile.locator("b")).to_have_text("2.001", timeout=HEALED)
        os.kill(town.handle.pid, signal.SIGSTOP)
        try:
            os.kill(int((town.folder / "run" / "context.ready").read_text()), signal.SIGKILL)
            publish(server, FLOW, 2002)
            page.wait_for_selector("#op-line[data-state=cut]")
            expect(page.locator("#op-line")).to_contain_text("không nhận được số liệu thiết bị")
            expect(tile).to_have_class(re.compile("is-stale"), timeout=HEALED)
            expect(page.locator(".ow-weather")).to_have_class(re.compile("is-stale"), timeout=HEALED)
        finally:
            os.kill(town.handle.pid, signal.SIGCONT)
        page.wait_for_selector("#op-line[data-state=live]")
        expect(tile.locator("b")).to_have_text("2.002", timeout=HEALED)
        expect(tile).not_to_have_class(re.compile("is-stale"), timeout=HEALED)
        publish(server, FLOW, 2003)
        expect(tile.locator("b")).to_have_text("2.003", timeout=HEALED)
        assert is_marked(page)
    once = kept(town)
    assert (once[2001], once[2002], once[2003]) == (1, 1, 1)


# --- clocks that are wrong ----------------------------------------------------------------------------------

# What a script can ask of the machine's clock. What counts from the start (performance, timers) goes on rightly.
SHIFT = """(() => {
  const Right = Date;
  window.Date = class extends Right {
    constructor(...given) { if (given.length === 0) super(Right.now() + BY); else super(...given); }
    static now() { return Right.now() + BY; }
  };
})();"""
CLOCKS = {"an hour ahead": 3_600_000, "an hour behind": -3_600_000}


@pytest.fixture(params=CLOCKS)
def wrong(request: pytest.FixtureRequest) -> str:
    return SHIFT.replace("BY", str(CLOCKS[request.param]))


def seconds_off(shown: str) -> int:
    """How far `14:03:22` is from now in the city."""
    now = datetime.now(CITY_ZONE)
    seconds = sum(part * int(digits) for part, digits in zip((3600, 60, 1), shown.split(":"), strict=True))
    off = abs(seconds - (now.hour * 3600 + now.minute * 60 + now.second))
    return min(off, 86_400 - off)


def drawn(page: Page) -> Counter[tuple[int, int, int]]:
    """How many pixels of each colour the map shows."""
    with Image.open(BytesIO(page.locator("#op-map").screenshot())) as picture:
        return Counter(picture.convert("RGB").get_flattened_data())


def hue(page: Page, kind: str) -> tuple[int, int, int]:
    found = page.locator(f'.op-mark[data-kind="{kind}"]').evaluate(
        "e => getComputedStyle(e).getPropertyValue('--op-hue')"
    )
    return tuple(bytes.fromhex(found.strip().lstrip("#")))  # type: ignore[return-value]


def test_a_wrong_clock_ages_nothing_on_the_wall(browser: Browser, town: City, server: Mosquitto, wrong: str) -> None:
    publish(server, FLOW, 3001)
    publish(server, WEATHER, 31, age=FRESH_SECONDS[WEATHER] + 60)
    with opened(browser, town, WALL, wrong) as page:
        assert abs(page.evaluate("Date.now()") / 1000 - datetime.now(UTC).timestamp()) > 3_000, "the clock is right"
        flow, weather = page.locator(".ow-flow li", has_text="first"), page.locator(".ow-measure").first
        for _look in range(2):
            expect(flow.locator("b")).to_have_text("3.001")
            expect(flow).not_to_have_class(re.compile("is-stale"))
            expect(weather).to_have_class(re.compile("is-stale"))
            assert seconds_off(page.locator("#ow-clock").inner_text()) < 30
            assert seconds_off(page.locator(".ow-tile.is-flow .ow-asof").inner_text()[:5] + ":30") < 90
            drawn_at = page.locator("#ow").get_attribute("data-drawn") or ""
            page.wait_for_function(
                "before => (document.querySelector('#ow').dataset.drawn ?? '') !== before", arg=drawn_at
            )


def test_a_wrong_clock_ages_nothing_on_the_map(browser: Browser, town: City, server: Mosquitto, wrong: str) -> None:
    publish(server, FLOW, 4001)
    publish(server, WEATHER, 31, age=FRESH_SECONDS[WEATHER] + 60)
    with opened(browser, town, MAP, wrong) as page:
        page.wait_for_selector("#op-map[data-points]")
        page.click("#op-gather")
        for box in page.locator("#op-kinds input").all():
            if box.get_attribute("value") not in (FLOW, WEATHER):
                box.uncheck()
        page.wait_for_selector("#op-map[data-gathers=false]")
        fresh, stale = hue(page, FLOW), hue(page, WEATHER)
        colours = drawn(page)
        for _look in range(LOOKS):
            if colours[fresh] > 10:
                break
            page.wait_for_timeout(200)
            colours = drawn(page)
        assert colours[fresh] > 10, "what is fresh is drawn in its hue"
        assert colours[stale] == 0, "what is old is grey"


def test_a_wrong_clock_moves_nothing_in_the_past(browser: Browser, town: City, wrong: str) -> None:
    with opened(browser, town, MAP, wrong) as page:
        page.wait_for_selector("#op-map[data-points]")
        slider = page.locator("#op-slider")
        for key, back in (("Home", 86_400), ("End", 0)):
            slider.press(key)
            page.wait_for_selector('#op-map[data-past]:not([data-past=""])')
            now = datetime.now(UTC).timestamp()
            page.wait_for_function(
                "([at]) => Math.abs(Number(document.querySelector('#op-map').dataset.past) - at) < 90", arg=[now - back]
            )
            told = datetime.fromtimestamp(now - back, CITY_ZONE)
            expect(page.locator("#op-instant")).to_contain_text(told.strftime("%d/%m/%Y"))
        day = page.locator("#op-day")
        for days, is_wrong in ((1, "true"), (0, "false")):
            day.fill((datetime.now(CITY_ZONE) + timedelta(days=days)).strftime("%d/%m/%Y"))
            day.press("Enter")
            expect(day).to_have_attribute("aria-invalid", is_wrong)


@pytest.mark.parametrize("address", [FIELD, READINGS])
def test_two_wrong_clocks_read_the_same(browser: Browser, town: City, server: Mosquitto, address: str) -> None:
    publish(server, FLOW, 5001)
    publish(server, WEATHER, 31, age=FRESH_SECONDS[WEATHER] + 60)
    read = []
    for milliseconds in CLOCKS.values():
        with opened(browser, town, address, SHIFT.replace("BY", str(milliseconds))) as page:
            page.wait_for_load_state("load")
            read.append(page.locator("main").inner_text())
    assert read[0] == read[1]


def ask_anew(page: Page) -> None:
    """The queue asks by itself, and at once when somebody comes back to the page."""
    with page.expect_response("**" + QUEUE):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def test_a_wrong_clock_does_not_date_the_queue(browser: Browser, town: City, wrong: str) -> None:
    with opened(browser, town, QUEUE, wrong) as page:
        ask_anew(page)
        live = page.locator("#live")
        expect(live).to_have_text(re.compile(r"\d\d:\d\d:\d\d"))
        found = re.search(r"\d\d:\d\d:\d\d", live.inner_text())
        assert found is not None
        assert seconds_off(found[0]) < 30


def test_a_queue_that_waits_for_whoever_is_busy_says_from_when_it_is(browser: Browser, town: City) -> None:
    with opened(browser, town, QUEUE) as page:
        page.locator("#listing form input[type=search]").focus()
        shown = page.locator("#live").get_attribute("data-at") or "?"
        page.wait_for_function("() => performance.now() > 2_000")
        ask_anew(page)
        expect(page.locator("#live")).to_have_text(f"Tự cập nhật. Tính đến {shown}.")
        page.locator("h1").click()
        ask_anew(page)
        expect(page.locator("#live")).not_to_contain_text(shown)


def test_a_clock_that_is_set_back_does_not_silence_the_bell(browser: Browser, town: City) -> None:
    with opened(browser, town, QUEUE) as page:
        page.clock.install()
        page.goto("/")
        page.clock.set_system_time(datetime.now(UTC) - timedelta(hours=1))
        with page.expect_request("**" + (page.locator("#sc-bell").get_attribute("data-count-url") or "?")):
            page.clock.run_for(61_000)
