"""The simulated city: its devices say believable things, by MQTT, and its citizens report by Open311."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, timezone
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import parse_qs

import aiomqtt
import pytest

from songcau.entry.demo_devices import mapping_text
from songcau.gateways.mqtt.mapping import read_mapping
from songcau.simulators.city.citizens import report_all
from songcau.simulators.city.devices import Plan, run_device
from songcau.simulators.city.scenes import CALM, STORM, Citizen, Scene, value_at
from songcau.simulators.city.series import Series, read_series
from songcau.simulators.city.server import mqtt_server
from songcau.simulators.city.sites import Kind, sites
from songcau.simulators.city.world import Moment, measured
from tools.city import free_port

LOCAL = timezone(timedelta(hours=7))
NOON = datetime(2026, 11, 27, 12, tzinfo=LOCAL)


def _at(minute: float, scene: Scene = STORM, series: Series | None = None) -> Moment:
    return Moment(NOON + timedelta(minutes=minute), minute, scene, series or Series())


def test_a_course_runs_straight_between_its_points_and_stays_outside_them() -> None:
    course = ((1.0, 10.0), (3.0, 30.0))
    assert [value_at(course, minute) for minute in (0, 1, 2, 3, 9)] == [10, 10, 20, 30, 30]


def test_every_device_says_the_same_of_the_same_moment() -> None:
    for site in sites():
        assert measured(site, _at(2.0)) == measured(site, _at(2.0))


def test_the_storm_raises_the_river_past_the_third_warning_level_and_lets_it_fall_again() -> None:
    gauge = next(site for site in sites() if site.code == "GIA-BAY")
    levels = [float(measured(gauge, _at(minute))["level"]) for minute in (-60, 5, 20)]
    assert levels[0] < 22 < 27.2 < levels[1]
    assert levels[2] < 22


def test_only_flooded_roads_slow_down() -> None:
    speeds = {
        site.code: [float(measured(site, _at(minute))["speed"]) for minute in (-30, 4)]
        for site in sites()
        if site.kind is Kind.TRAFFIC
    }
    slowed = {code for code, (before, later) in speeds.items() if later < before / 2}
    assert slowed == STORM.flooded


def test_a_calm_day_stays_below_every_warning() -> None:
    for hour in range(24):
        moment = Moment(NOON.replace(hour=hour), 60.0 * hour, CALM, Series())
        for site in sites():
            values = measured(site, moment)
            assert values.get("rain", 0) == 0
            assert all(float(value) >= 0 for value in values.values() if not isinstance(value, str))


def test_real_series_are_said_at_their_time_of_day_and_gaps_are_made_up(tmp_path: Path) -> None:
    (tmp_path / "series").mkdir()
    (tmp_path / "series" / "weather_thai_nguyen_2025_10min.csv").write_text(
        "time,temperature,humidity,precipitation,wind_speed,pressure\n"
        "2025-06-29 00:00:00,20.0,90,0,1,1000\n2025-06-30 12:00:00,33.5,50,0,1,1000\n"
        "2025-07-01 12:00:00,33.5,50,0,1,\n",
        encoding="utf-8",
    )
    (tmp_path / "series" / "traffic_volume_hourly_i94.csv").write_text(
        "datetime,traffic_volume\n2016-10-07 12:00:00,200\n2016-10-07 13:00:00,400\n2016-10-07 14:00:00,\n",
        encoding="utf-8",
    )
    series = read_series(tmp_path)
    station = next(site for site in sites() if site.kind is Kind.WEATHER)
    assert measured(station, _at(0, CALM, series))["origin"] == "real series"
    assert 32 < float(measured(station, _at(0, CALM, series))["temperature"]) < 35
    assert measured(station, _at(120, CALM, series))["origin"] == "made up"
    assert series.traffic_at(NOON) == pytest.approx(0.5)
    assert series.traffic_at(NOON + timedelta(minutes=30)) == pytest.approx(0.75)
    assert read_series(tmp_path / "nothing") == read_series(None) == Series()


def test_the_gateway_can_read_the_mapping_of_every_device(tmp_path: Path) -> None:
    file = tmp_path / "devices.toml"
    file.write_text(mapping_text(1883), encoding="utf-8")
    assert len(read_mapping(file).rules) == len(sites()) + 1


def test_a_device_comes_in_remembers_measures_and_falls_silent_without_a_word() -> None:
    site = next(site for site in sites() if site.kind is Kind.RIVER)
    scene = Scene("test", silent=((0.02, site.code),))
    port = free_port()

    async def listen() -> list[tuple[str, str]]:
        heard = []
        async with mqtt_server(port) as followed, aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("demo/#", qos=1)
            await followed.wait()
            begun = datetime.now(LOCAL)
            plan = Plan(lambda: datetime.now(LOCAL), begun, scene, Series(), timedelta(seconds=0.2))
            device = asyncio.create_task(run_device(site, plan, port))
            async for message in client.messages:
                heard.append((str(message.topic), bytes(message.payload).decode()))
                if heard[-1][1] == "offline":
                    break
            await device
        return heard

    heard = asyncio.run(asyncio.wait_for(listen(), 60))
    assert heard[0] == (f"demo/status/{site.code}", "online")
    assert heard[-1] == (f"demo/status/{site.code}", "offline")
    readings = [json.loads(said) for topic, said in heard if topic == site.topic]
    times = [datetime.fromisoformat(reading["time"]) for reading in readings]
    assert times == sorted(times)
    assert times[-1] - times[0] > timedelta(hours=23)
    assert len(readings) > 145
    assert all(reading["simulated"] is True for reading in readings)


def test_a_device_that_was_silent_before_tells_its_past_and_no_more() -> None:
    """So that a rule which waits for half an hour of silence speaks within minutes."""
    silent_at, code = STORM.silent[0]
    site = next(site for site in sites() if site.code == code)
    port = free_port()

    async def listen() -> list[float]:
        heard: list[float] = []
        async with mqtt_server(port) as followed, aiomqtt.Client("127.0.0.1", port) as client:
            await client.subscribe("demo/#", qos=1)
            await followed.wait()
            begun = datetime.now(LOCAL)
            plan = Plan(lambda: datetime.now(LOCAL), begun, STORM, Series(), timedelta(seconds=0.2))
            device = asyncio.create_task(run_device(site, plan, port))
            async for message in client.messages:
                said = bytes(message.payload).decode()
                if said == "offline":
                    break
                if str(message.topic) == site.topic:
                    heard.append((datetime.fromisoformat(json.loads(said)["time"]) - begun).total_seconds() / 60)
            await device
        return heard

    heard = asyncio.run(asyncio.wait_for(listen(), 60))
    assert silent_at - 10 <= max(heard) < silent_at
    assert len(heard) > 100


@contextmanager
def _city(answers: list[int], taken: list[dict[str, list[str]]]) -> Iterator[int]:
    class Endpoint(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            form = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(status := answers.pop(0) if answers else 200)
            self.end_headers()
            if status == 200:
                taken.append(form)

        def log_message(self, *_: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_citizens_report_in_their_order_try_again_and_give_up_what_is_refused() -> None:
    seen = tuple(Citizen(0.0, service, 105.84, 21.57, "Ngập") for service in ("FLOODING", "NOBODY", "POWER"))
    taken: list[dict[str, list[str]]] = []
    with _city([503, 200, 400], taken) as port:
        plan = Plan(lambda: datetime.now(UTC), datetime.now(UTC), Scene("test", citizens=seen), Series())
        asyncio.run(report_all(plan, f"http://127.0.0.1:{port}", "key"))
    assert [form["service_code"] for form in taken] == [["FLOODING"], ["POWER"]]
    assert taken[0]["description"] == ["Ngập (mô phỏng)"]
