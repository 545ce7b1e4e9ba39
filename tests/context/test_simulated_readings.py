"""The simulated device says what its file says, as a device would."""

import json
import math
import threading
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from click.testing import CliRunner
from paho.mqtt.enums import CallbackAPIVersion

from songcau.entry.commands.simulate import simulate_readings
from songcau.simulators.readings import CannotReplay, Device, Replay, rows_of, run
from tools import mosquitto

needs_mosquitto = pytest.mark.skipif(mosquitto.WHY_NOT is not None, reason=mosquitto.WHY_NOT or "")
TEXT = """time,station,t,n,words
2026-01-01 00:00:00,a,1.50,7,mưa
2026-01-01 00:10:00,b,,NaN,
2026-01-01 00:20:00,a,2,8,x
"""


def file(folder: Path, text: str = TEXT) -> Path:
    written = folder / "readings.csv"
    written.write_text(text, encoding="utf-8")
    return written


def replay(folder: Path, server: str = "mqtt://127.0.0.1:1", **more: object) -> Replay:
    return Replay(file(folder), server, station_column="station", **more)  # type: ignore[arg-type]


def test_a_row_becomes_a_message_that_says_it_is_simulated(tmp_path: Path) -> None:
    first, second, _ = rows_of(replay(tmp_path))
    assert first.content == {
        "time": "2026-01-01 00:00:00",
        "station": "a",
        "t": 1.5,
        "n": 7,
        "words": "mưa",
        "simulated": True,
    }
    assert (second.station, second.content["n"], "t" in second.content) == ("b", "NaN", False)
    assert [row.station for row in rows_of(replay(tmp_path, first=1, last=2))] == ["b"]


def test_a_file_that_cannot_be_replayed_is_named(tmp_path: Path) -> None:
    for text in ("time,station\nnow,a\n", "when,station\n2026-01-01,a\n"):
        file(tmp_path, text)
        with pytest.raises(CannotReplay, match="row 1"):
            list(rows_of(Replay(tmp_path / "readings.csv", "mqtt://x")))
    with pytest.raises(CannotReplay, match="none"):
        list(rows_of(Replay(tmp_path / "none.csv", "mqtt://x")))


def test_a_server_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotReplay, match=r"127\.0\.0\.1:1"):
        run(replay(tmp_path))


class Listener:
    """Hears all topics."""

    def __init__(self, server: mosquitto.Mosquitto) -> None:
        self.heard: list[tuple[str, str, bool]] = []
        self._news = threading.Condition()
        is_subscribed = threading.Event()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2)
        self._client.on_message = self._on_message
        self._client.on_subscribe = lambda *_: is_subscribed.set()
        self._client.connect("127.0.0.1", server.port)
        self._client.subscribe("#", 1)
        self._client.loop_start()
        assert is_subscribed.wait(20)

    def _on_message(self, _client: object, _data: object, message: mqtt.MQTTMessage) -> None:
        with self._news:
            self.heard.append((message.topic, message.payload.decode(), bool(message.retain)))
            self._news.notify_all()

    def wait_for(self, count: int) -> list[tuple[str, str, bool]]:
        with self._news:
            assert self._news.wait_for(lambda: len(self.heard) >= count, 20)
            return self.heard

    def close(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()


@needs_mosquitto
def test_each_station_publishes_on_its_topic_and_says_that_it_comes_and_goes(tmp_path: Path) -> None:
    with mosquitto.running(tmp_path / "server") as server:
        listener = Listener(server)
        assert run(replay(tmp_path, server.address, speed=36_000.0)) == 3
        heard = listener.wait_for(7)
        listener.close()
    said = [(topic, json.loads(payload)["t"]) for topic, payload, _ in heard if topic == "readings/a"]
    assert said == [("readings/a", 1.5), ("readings/a", 2)]
    assert [payload for topic, payload, _ in heard if topic == "status/b"] == ["online", "offline"]


@needs_mosquitto
def test_a_device_without_power_leaves_its_last_will(tmp_path: Path) -> None:
    with mosquitto.running(tmp_path / "server") as server:
        listener = Listener(server)
        device = Device(replay(tmp_path, server.address, speed=math.inf), "a")
        device.leave(in_order=False)
        assert [payload for _, payload, _ in listener.wait_for(2)] == ["online", "offline"]
        listener.close()


@needs_mosquitto
def test_the_command_replays_a_part_of_a_file(tmp_path: Path) -> None:
    with mosquitto.running(tmp_path / "server") as server:
        options = ["--server", server.address, "--station-column", "station", "--fast", "--first", "1"]
        told = CliRunner().invoke(simulate_readings, [str(file(tmp_path)), *options])
        assert (told.exit_code, told.stdout) == (0, "2 readings published\n")
    told = CliRunner().invoke(simulate_readings, [str(file(tmp_path)), "--server", "mqtt://127.0.0.1:1"])
    assert (told.exit_code, "127.0.0.1:1" in told.stderr) == (1, True)
