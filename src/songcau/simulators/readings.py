"""A weather station, or any device, that publishes readings over MQTT: a CSV replayed as the device would have said it.

Each row becomes one JSON message with QoS 1 on its station's topic. The device says on its status topic that it is
there, and leaves the server a last will. Its client id begins with `simulated`, each payload says `"simulated": true`.
"""

import csv
import json
import math
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

IN_FLIGHT = 20
PATIENCE_SECONDS = 60.0


class CannotReplay(Exception):
    """Why the device says nothing, in words."""


@dataclass(frozen=True, slots=True)
class Replay:
    """What is replayed, and how.

    topic: with `{station}` in it if the rows name one. station_column: where; None for a single station. time_column:
    the local time of a row, without a zone. speed: seconds of the series in one second; infinite: as fast as possible.
    """

    file: Path
    server: str
    topic: str = "readings/{station}"
    status_topic: str = "status/{station}"
    station: str = "simulated"
    station_column: str | None = None
    time_column: str = "time"
    speed: float = math.inf
    first: int = 0
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """One message to be: its station, when it was observed, what the payload says."""

    station: str
    at: datetime
    content: dict[str, Any]


def rows_of(replay: Replay) -> Iterator[Row]:
    """The rows from `first` (counted from 0) up to and without `last`. Raises CannotReplay."""
    try:
        with replay.file.open(encoding="utf-8-sig", newline="") as stream:
            for number, cells in enumerate(csv.DictReader(stream)):
                if replay.last is not None and number >= replay.last:
                    return
                if number >= replay.first:
                    yield _row(replay, number, cells)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise CannotReplay(f"{replay.file}: {error}") from error


def _row(replay: Replay, number: int, cells: dict[str, str]) -> Row:
    try:
        station = cells[replay.station_column] if replay.station_column else replay.station
        at = datetime.fromisoformat(cells[replay.time_column])
    except (KeyError, ValueError) as error:
        raise CannotReplay(f"{replay.file}, row {number + 1}: {error}") from error
    content = {name: _number_or_text(cell) for name, cell in cells.items() if name and cell not in ("", None)}
    return Row(station, at, {**content, "simulated": True})


def _number_or_text(cell: str) -> float | int | str:
    try:
        value = float(cell)
    except ValueError:
        return cell
    return (int(value) if value.is_integer() and "." not in cell else value) if math.isfinite(value) else cell


class Device:
    """A device, connected: it publishes, and waits for the server when it has not acknowledged what is under way."""

    def __init__(self, replay: Replay, station: str) -> None:
        self._replay = replay
        self._status_topic = replay.status_topic.replace("{station}", station)
        self._room = threading.Semaphore(IN_FLIGHT)
        self._is_connected = threading.Event()
        self._client = client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=f"simulated-{station}",
            protocol=MQTTProtocolVersion.MQTTv311,
            clean_session=False,
        )
        client.max_inflight_messages_set(IN_FLIGHT)
        client.will_set(self._status_topic, "offline", qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_publish = lambda *_: self._room.release()
        url = urlsplit(replay.server)
        if url.username:
            client.username_pw_set(url.username, url.password)
        if url.scheme == "mqtts":
            client.tls_set()
        try:
            client.connect(url.hostname or "127.0.0.1", url.port or (8883 if url.scheme == "mqtts" else 1883), 30)
        except OSError as error:
            raise CannotReplay(f"{replay.server}: {error}") from error
        client.loop_start()
        if not self._is_connected.wait(PATIENCE_SECONDS):
            raise CannotReplay(f"{replay.server} lets nobody in")
        self.say(self._status_topic, "online", retain=True)

    def _on_connect(self, _client: object, _data: object, _flags: object, reason: Any, _properties: object) -> None:
        if not reason.is_failure:
            self._is_connected.set()

    def say(self, topic: str, payload: str, *, retain: bool = False) -> None:
        """Publish with QoS 1. Raises CannotReplay when the server acknowledges nothing for a minute."""
        if not self._room.acquire(timeout=PATIENCE_SECONDS):
            raise CannotReplay(f"{self._replay.server} does not acknowledge")
        self._client.publish(topic, payload, qos=1, retain=retain)

    def leave(self, *, in_order: bool) -> None:
        """Wait for what is under way, then say goodbye; or not, so that the server publishes the last will."""
        for _ in range(IN_FLIGHT):
            if not self._room.acquire(timeout=PATIENCE_SECONDS):
                raise CannotReplay(f"{self._replay.server} does not acknowledge")
        if in_order:
            info = self._client.publish(self._status_topic, "offline", qos=1, retain=True)
            info.wait_for_publish(PATIENCE_SECONDS)
            self._client.disconnect()
        else:
            self._client.socket().close()  # type: ignore[union-attr]  # as a device without power
        self._client.loop_stop()


def run(replay: Replay, *, said: Callable[[int], None] = lambda _count: None) -> int:
    """Replay all rows in their order; returns how many. Raises CannotReplay."""
    devices: dict[str, Device] = {}
    begun, first_at, count = time.monotonic(), None, 0
    try:
        for row in rows_of(replay):
            first_at = first_at or row.at
            if math.isfinite(replay.speed):
                ahead = (row.at - first_at).total_seconds() / replay.speed - (time.monotonic() - begun)
                time.sleep(max(0.0, ahead))
            if row.station not in devices:
                devices[row.station] = Device(replay, row.station)
            topic = replay.topic.replace("{station}", row.station)
            devices[row.station].say(topic, json.dumps(row.content, ensure_ascii=False))
            count += 1
            said(count)
    finally:
        for device in devices.values():
            device.leave(in_order=True)
    return count
