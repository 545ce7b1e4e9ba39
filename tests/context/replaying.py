"""A gateway as a process of its own between a real Mosquitto and a real broker, killed while a device publishes."""

import asyncio
import csv
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from songcau.context.journal.history import Wanted
from songcau.context.journal.journal import Journal
from songcau.context.public import Context
from tests.context.running import ENVIRONMENT

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
STATION = "urn:ngsi-ld:WeatherObserved:thai-nguyen"
NAMES = "https://uri.etsi.org/ngsi-ld/default-context/"
MAPPING = """
[server]
address = "{address}"
client_id = "replay"
version = "{version}"

[[status]]
topic = "weather/{{station}}/status"
id = "urn:ngsi-ld:Device:{{station}}"

[[readings]]
topic = "weather/{{station}}/reading"
id = "urn:ngsi-ld:WeatherObserved:{{station}}"
type = "WeatherObserved"
device = "urn:ngsi-ld:Device:{{station}}"
observed_at = {{ from = "time", form = "local", zone = "Asia/Ho_Chi_Minh" }}
location = {{ longitude = 105.84, latitude = 21.59 }}

[readings.attributes]
temperature = {{ unit = "CEL" }}
relativeHumidity = {{ from = "humidity", factor = 0.01 }}
windSpeed = {{ from = "wind_speed", unit = "MTS" }}
atmosphericPressure = {{ from = "pressure", unit = "A97" }}
weatherType = {{ from = "weather_description", kind = "text" }}
simulated = {{ kind = "flag" }}
"""


class Gateway:
    """`songcau gateway mqtt` on a folder; each `start` is a new process."""

    def __init__(self, folder: Path, mapping: Path, socket: Path) -> None:
        self._command = [
            *(sys.executable, "-m", "songcau", "gateway", "mqtt", "--mapping", str(mapping)),
            *("--data", str(folder), "--context", f"unix:{socket}"),
        ]
        self.room = folder / "gateways" / "mqtt"
        self._process: subprocess.Popen[str] | None = None

    def start(self, *, until_connected: bool = False) -> None:
        (self.room / "state.json").unlink(missing_ok=True)
        self._process = subprocess.Popen(self._command, text=True, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
        if until_connected:
            wait_until((self.room / "subscribed.json").exists)

    def kill(self) -> None:
        assert self._process is not None
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait(timeout=20)

    def stop(self) -> int:
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(timeout=20)


def wait_until(holds: Callable[[], object], seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def present_time(socket: Path) -> str | None:
    """When the station's newest temperature was observed, as the broker has it now."""
    with Context(f"unix:{socket}") as context:
        found = context.get(STATION)
    return found["temperature"]["observedAt"] if found else None


def rows_of(file: Path) -> list[tuple[str, dict[str, str]]]:
    """(instant in UTC, cells) of each row of the file."""
    with file.open(encoding="utf-8", newline="") as stream:
        return [(in_utc(cells["time"]), cells) for cells in csv.DictReader(stream)]


def in_utc(local: str) -> str:
    moment = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(ZoneInfo("UTC"))
    return moment.isoformat().replace("+00:00", "Z")


def history(data: Path) -> tuple[dict[str, list[tuple[str, Any]]], int]:
    """What the log of a broker at rest tells of the station: each attribute's (observedAt, value), and how many times
    its temperature was written."""

    async def read() -> tuple[dict[str, list[tuple[str, Any]]], int]:
        journal = Journal(data)
        await journal.open()
        try:
            [found] = await journal.history("", [STATION], Wanted())
            [every] = await journal.history("", [STATION], Wanted(time="modifiedAt"))
        finally:
            await journal.close()
        seen = {
            name.removeprefix(NAMES): [(each["observedAt"], each["value"]) for each in instances]
            for name, instances in found.attributes.items()
        }
        return seen, len(every.attributes[NAMES + "temperature"])

    return asyncio.run(read())
