"""The wall and the map in Chromium, before a whole city: `python -m bench.operations.screens [SECONDS]`.

From a message over MQTT (a real Mosquitto, the real gateway) to the number drawn on the wall; the script of the map
for each frame while 10,000 points move; how the wall's memory grows; how long a day of the past takes to begin.
"""

import json
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from playwright.sync_api import Browser, CDPSession, Page

from songcau.context.public import Context, sign_grant
from songcau.foundation.places.profiles import read_profile
from tests.mosquitto import Mosquitto
from tools.browser import chromium, signed_in, visit
from tools.city import City, temporary_city

MESSAGES, PAUSE = 240, 0.5
# What the other stations say meanwhile, and how many they are.
READINGS_A_SECOND, CROWD = 500, 500
POINTS, MOVES_A_SECOND = 10_000, 2_000
FRAMES_SECONDS = 20.0
MEMORY_SECONDS = 180.0
# The longest that the broker takes.
GRANT_SECONDS = 600
STARTS = 7
MAPPING = """
[server]
address = "mqtt://127.0.0.1:{port}"
client_id = "songcau-bench"

[[readings]]
topic = "bench/{{station}}"
id = "urn:ngsi-ld:TrafficFlowObserved:{{station}}"
type = "TrafficFlowObserved"
scope = "/wards/W05443"
observed_at = {{ from = "time", form = "iso" }}
location = {{ longitude = 105.84, latitude = 21.59 }}

[readings.attributes]
intensity = {{ from = "flow" }}
"""
# Notes when each number was on the screen: in the frame after the tile held it.
WATCH = """() => {
  window.drawn = {};
  new MutationObserver(() => {
    for (const one of document.querySelectorAll('.ow-flow b')) {
      const said = one.textContent.replace(/\\D/g, '');
      if (said in window.drawn) continue;
      window.drawn[said] = 0;
      requestAnimationFrame(() => requestAnimationFrame(() => { window.drawn[said] = Date.now(); }));
    }
  }).observe(document.querySelector('.ow-grid'), { subtree: true, childList: true, characterData: true });
}"""
COUNT_FRAMES = (
    "() => { window.frames_seen = 0; const on = () => { window.frames_seen += 1; requestAnimationFrame(on); }; on(); }"
)


def now_text() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


@contextmanager
def broker_of(city: City) -> Iterator[Context]:
    grant = sign_grant(city.folder / "context" / "grants.key", "bench", wards=None, writes=True, seconds=GRANT_SECONDS)
    with Context(f"unix:{city.folder}/run/context.sock", token=grant, timeout=60) as context:
        yield context


def share(spans: list[float], part: float) -> float:
    ordered = sorted(spans)
    return ordered[min(int(len(ordered) * part), len(ordered) - 1)]


def open_page(browser: Browser, city: City, state: str, address: str) -> Page:
    page = visit(browser, city, state, viewport={"width": 1920, "height": 1080}).new_page()
    page.set_default_timeout(60_000)
    page.goto(address)
    page.wait_for_selector("#op-line[data-state=live]")
    return page


class Readings(threading.Thread):
    """Stations that speak in turn, so many messages a second altogether, over MQTT."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.device = device_of("bench-crowd", port)
        self.ended = threading.Event()
        self.sent, self.seconds = 0, 0.0

    def run(self) -> None:
        begun = time.monotonic()
        while not self.ended.is_set():
            for _one in range(READINGS_A_SECOND // 50):
                text = json.dumps({"flow": self.sent % 2_000, "time": now_text()})
                self.device.publish(f"bench/crowd{self.sent % CROWD}", text, qos=1)
                self.sent += 1
            time.sleep(max(0.0, begun + self.sent / READINGS_A_SECOND - time.monotonic()))
        self.seconds = time.monotonic() - begun
        self.device.loop_stop()

    def end(self) -> float:
        """How many a second it has been."""
        self.ended.set()
        self.join(20)
        return self.sent / self.seconds


def device_of(name: str, port: int) -> mqtt.Client:
    device = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=name)
    device.max_inflight_messages_set(1_000)
    device.connect("127.0.0.1", port)
    device.loop_start()
    return device


def from_mqtt_to_the_wall(browser: Browser, city: City, state: str, port: int) -> None:
    """Sent at fixed times, among so many others; what is late counts."""
    page = open_page(browser, city, state, "/operations/")
    page.evaluate(WATCH)
    device, crowd = device_of("bench-device", port), Readings(port)
    crowd.start()
    page.wait_for_timeout(5_000)
    sent: dict[str, float] = {}
    for number in range(MESSAGES + 5):
        value = 1_000_000 + number
        sent[str(value)] = time.time() * 1000
        device.publish("bench/first", json.dumps({"flow": value, "time": now_text()}), qos=1)
        page.wait_for_timeout(PAUSE * 1000)
    page.wait_for_timeout(3_000)
    drawn = page.evaluate("window.drawn")
    device.loop_stop()
    rate = crowd.end()
    page.context.close()
    counted = list(sent.items())[5:]
    # A tile shows the newest: what a newer number came before is as good as drawn when that one was.
    seen = sorted((int(value), at) for value, at in drawn.items() if value in sent and at)
    spans = []
    for value, at in counted:
        later = [drawn_at for number, drawn_at in seen if number >= int(value)]
        if later:
            spans.append(min(later) - at)
    lost = len(counted) - len(spans)
    told = f"{len(spans)} of {len(counted)} messages, one each {PAUSE} s, {lost} not seen; {rate:.0f} others a second"
    print(f"MQTT → drawn on the wall: {told}")
    print(f"  p50 {share(spans, 0.5):.0f} ms, p99 {share(spans, 0.99):.0f} ms, longest {max(spans):.0f} ms")


class Moving(threading.Thread):
    """Vehicles that go about the city, so many moves a second, in batches."""

    def __init__(self, city: City) -> None:
        super().__init__(daemon=True)
        self.city = city
        self.ended = threading.Event()
        self.moves = 0
        wards = [unit for unit in read_profile("tn-2022").units if unit.longitude and unit.latitude]
        dice = random.Random(6)
        self.homes = [dice.choice(wards) for _ in range(POINTS)]
        self.places = [
            (
                float(home.longitude or 0) + dice.uniform(-0.02, 0.02),
                float(home.latitude or 0) + dice.uniform(-0.02, 0.02),
            )
            for home in self.homes
        ]
        self.dice = dice

    def vehicle(self, number: int) -> dict[str, Any]:
        longitude, latitude = self.places[number]
        moved = (longitude + self.dice.uniform(-0.0005, 0.0005), latitude + self.dice.uniform(-0.0005, 0.0005))
        self.places[number] = moved
        at = now_text()
        return {
            "id": f"urn:ngsi-ld:Vehicle:{number}",
            "type": "Vehicle",
            "scope": f"/wards/W{self.homes[number].code}",
            "location": {
                "type": "GeoProperty",
                "value": {"type": "Point", "coordinates": list(moved)},
                "observedAt": at,
            },
            "speed": {"type": "Property", "value": self.dice.randrange(60), "unitCode": "KMH", "observedAt": at},
        }

    def run(self) -> None:
        size = MOVES_A_SECOND // 4
        place, begun = 0, time.monotonic()
        while not self.ended.is_set():
            renewed = time.monotonic()
            with broker_of(self.city) as context:
                while not self.ended.is_set() and time.monotonic() - renewed < GRANT_SECONDS / 2:
                    context.upsert([self.vehicle((place + one) % POINTS) for one in range(size)])
                    place, self.moves = (place + size) % POINTS, self.moves + size
                    time.sleep(max(0.0, begun + self.moves / MOVES_A_SECOND - time.monotonic()))


def metrics(session: CDPSession) -> dict[str, float]:
    return {one["name"]: one["value"] for one in session.send("Performance.getMetrics")["metrics"]}


def script_of_a_frame(browser: Browser, city: City, state: str) -> None:
    """All script of the page (streams read, JSON parsed, points placed, MapLibre's own) shared out over the frames."""
    page = open_page(browser, city, state, "/operations/map/")
    page.click("#op-gather")
    while int(page.get_attribute("#op-map", "data-points") or 0) < POINTS:
        page.wait_for_timeout(200)
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.evaluate(COUNT_FRAMES)
    page.wait_for_timeout(3_000)
    before, frames = metrics(session), page.evaluate("window.frames_seen")
    page.wait_for_timeout(FRAMES_SECONDS * 1000)
    after, seen = metrics(session), page.evaluate("window.frames_seen") - frames
    script, tasks = ((after[name] - before[name]) * 1000 for name in ("ScriptDuration", "TaskDuration"))
    shown = page.evaluate("document.querySelector('#op-map').dataset.points")
    print(f"{shown} points on the map, {MOVES_A_SECOND} moves a second: {seen} frames in {FRAMES_SECONDS:.0f} s")
    print(
        f"  script {script / max(seen, 1):.2f} ms a frame, {script / FRAMES_SECONDS:.1f} ms a second; "
        f"all tasks {tasks / max(seen, 1):.1f} ms a frame"
    )
    page.context.close()


def memory_of_the_wall(browser: Browser, city: City, state: str, port: int, seconds: float) -> None:
    """What is in use after a collection, and the slope through it, while so many readings a second come in."""
    crowd = Readings(port)
    crowd.start()
    page = open_page(browser, city, state, "/operations/")
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.wait_for_timeout(20_000)
    samples: list[tuple[float, float]] = []
    begun = time.monotonic()
    while time.monotonic() - begun < seconds:
        session.send("HeapProfiler.collectGarbage")
        used = metrics(session)
        samples.append((time.monotonic() - begun, used["JSHeapUsedSize"] / 1e6))
        page.wait_for_timeout(5_000)
    slope = statistics.linear_regression([at for at, _ in samples], [mb for _, mb in samples]).slope * 60
    first, last = statistics.fmean(mb for _, mb in samples[:5]), statistics.fmean(mb for _, mb in samples[-5:])
    nodes, rate = metrics(session)["Nodes"], crowd.end()
    print(
        f"memory of the wall over {seconds:.0f} s, {rate:.0f} readings a second: {first:.1f} → {last:.1f} MB, "
        f"{slope:+.3f} MB a minute; {nodes:.0f} nodes"
    )
    page.context.close()


def start_of_the_past(browser: Browser, city: City, state: str) -> None:
    """From the click until the first picture of a day of the past."""
    spans = []
    for _ in range(STARTS):
        page = open_page(browser, city, state, "/operations/map/")
        page.wait_for_selector("#op-map[data-points]")
        page.click("#op-play")
        page.wait_for_selector("#op-map[data-replay-start]")
        spans.append(float(page.get_attribute("#op-map", "data-replay-start") or 0))
        page.context.close()
    print(
        f"a day of the past begins after {statistics.median(spans):.0f} ms (median of {STARTS}), "
        f"longest {max(spans):.0f} ms"
    )


def a_day_of_the_past(city: City) -> None:
    """60 stations that spoke each ten minutes."""
    begun = datetime.now(UTC) - timedelta(hours=24)
    wards = [unit for unit in read_profile("tn-2022").units if unit.longitude]
    with broker_of(city) as context:
        for minutes in range(0, 24 * 60, 10):
            at = (begun + timedelta(minutes=minutes)).isoformat().replace("+00:00", "Z")
            context.upsert([_station(number, wards[number % len(wards)], at) for number in range(60)])


def _station(number: int, ward: Any, at: str) -> dict[str, Any]:
    place = {"type": "Point", "coordinates": [ward.longitude + number / 5000, ward.latitude]}
    return {
        "id": f"urn:ngsi-ld:WeatherObserved:bench{number}",
        "type": "WeatherObserved",
        "scope": f"/wards/W{ward.code}",
        "location": {"type": "GeoProperty", "value": place},
        "temperature": {"type": "Property", "value": 20 + number % 9, "unitCode": "CEL", "observedAt": at},
    }


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdecimal() else MEMORY_SECONDS
    with tempfile.TemporaryDirectory() as folder, Mosquitto(Path(folder) / "mosquitto") as server:
        mapping = Path(folder) / "mapping.toml"
        mapping.write_text(MAPPING.format(port=server.port), encoding="utf-8")
        environment = {"SONGCAU_MQTT_MAPPING": str(mapping)}
        with temporary_city(environment=environment, scene="calm") as city, chromium() as browser:
            state = signed_in(browser, city, "truc")
            from_mqtt_to_the_wall(browser, city, state, server.port)
            a_day_of_the_past(city)
            start_of_the_past(browser, city, state)
            moving = Moving(city)
            moving.start()
            time.sleep(POINTS / MOVES_A_SECOND + 3)
            script_of_a_frame(browser, city, state)
            moving.ended.set()
            moving.join(20)
            memory_of_the_wall(browser, city, state, server.port, seconds)


if __name__ == "__main__":
    main()
