"""A weather station's readings over a real Mosquitto are complete and in order in the history, whatever is killed."""

import csv
import math
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from songcau.simulators.readings import Replay, run
from tests.context import replaying
from tests.context.replaying import MAPPING, Gateway
from tests.context.running import running_broker
from tools import mosquitto

SERIES = Path("series") / "weather_thai_nguyen_2025_10min.csv"
pytestmark = pytest.mark.skipif(mosquitto.WHY_NOT is not None, reason=mosquitto.WHY_NOT or "")


@pytest.fixture
def made_up_weather(tmp_path: Path) -> Path:
    """Three hundred readings with repeated values, gaps, and two of one instant: what a real station does."""
    dice, at = random.Random(20261128), datetime(2026, 1, 1)  # noqa: DTZ001  # as a station without a zone says it
    file = tmp_path / "weather.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["time", "temperature", "humidity", "wind_speed", "pressure", "weather_description"])
        for number in range(300):
            at += timedelta(minutes=0 if number == 150 else dice.choice((10, 10, 10, 20, 90)))
            temperature = 20.0 if number == 150 else dice.choice((26.43, 26.43, 26.03, 30, -0.5))
            writer.writerow([at, temperature, dice.randrange(101), round(dice.random() * 9, 2), 1002.0, "mưa rào"])
    return file


@pytest.fixture
def server(tmp_path: Path) -> Iterator[mosquitto.Mosquitto]:
    with mosquitto.running(tmp_path / "mosquitto") as running:
        yield running


def replayed(folder: Path, server: mosquitto.Mosquitto, file: Path, kills: int, version: str) -> tuple[Path, Gateway]:
    """Replay the file with the gateway killed so many times while the device publishes; returns the broker's folder."""
    rows = replaying.rows_of(file)
    mapping = folder / "mapping.toml"
    mapping.write_text(MAPPING.format(address=server.address, version=version), encoding="utf-8")
    data = folder / "context"
    kill_at = {len(rows) * (number + 1) // (kills + 1) for number in range(kills)}
    with running_broker(data, "--quality"):
        gateway = Gateway(folder / "data", mapping, data / "broker.sock")
        gateway.start(until_connected=True)

        newest = [""]

        def said(count: int) -> None:
            if count in kill_at:  # in the midst of its work: it has written something since its last start
                replaying.wait_until(lambda: (replaying.present_time(data / "broker.sock") or "") > newest[0])
                gateway.kill()
                newest[0] = replaying.present_time(data / "broker.sock") or ""
                gateway.start()

        replay = Replay(
            file,
            server.address,
            topic="weather/{station}/reading",
            status_topic="weather/{station}/status",
            station="thai-nguyen",
            speed=math.inf,
        )
        assert run(replay, said=said) == len(rows)
        replaying.wait_until(lambda: replaying.present_time(data / "broker.sock") == rows[-1][0])
        replaying.wait_until((gateway.room / "state.json").exists)
        assert gateway.stop() == 0
    return data, gateway


def require_all(data: Path, gateway: Gateway, file: Path) -> int:
    """Every row is in the history of every attribute, once, in order; returns how often something was written again."""
    rows = replaying.rows_of(file)
    seen, written = replaying.history(data)

    def told(column: str, read: Callable[[str], object] = float) -> list[tuple[str, object]]:
        # Two rows of one instant that say the same are one observation.
        return list(dict.fromkeys((at, read(cells[column])) for at, cells in rows))

    assert seen["temperature"] == told("temperature")
    assert seen["relativeHumidity"] == told("humidity", lambda cell: round(float(cell) * 0.01, 9))
    assert seen["windSpeed"] == told("wind_speed")
    assert seen["atmosphericPressure"] == told("pressure")
    assert seen["weatherType"] == told("weather_description", str)
    assert seen["simulated"] == told("time", bool)
    assert not (gateway.room / "refused.jsonl").exists()
    return written - len(rows)


@pytest.mark.parametrize("version", ["5", "3.1.1"])
def test_made_up_weather_arrives_complete_and_in_order(
    tmp_path: Path, server: mosquitto.Mosquitto, made_up_weather: Path, version: str
) -> None:
    data, gateway = replayed(tmp_path, server, made_up_weather, kills=1, version=version)
    assert require_all(data, gateway, made_up_weather) >= 0


def test_the_weather_of_thai_nguyen_arrives_complete_and_in_order(
    tmp_path: Path, server: mosquitto.Mosquitto, real_data: Path
) -> None:
    data, gateway = replayed(tmp_path, server, real_data / SERIES, kills=3, version="5")
    repeated = require_all(data, gateway, real_data / SERIES)
    print(f"{len(replaying.rows_of(real_data / SERIES))} rows, {repeated} written again after a kill")
