"""A gateway at work between a real Mosquitto and a real broker, and a device that publishes."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from songcau.gateways.mqtt.gateway import Gateway
from songcau.gateways.mqtt.mapping import read_mapping
from songcau.gateways.tests.broker import Broker, wait_until
from tools.mosquitto import WHY_NOT, Mosquitto

needs_mosquitto = pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")
RULES = """
[[status]]
topic = "KIND/status/{station}"
id = "urn:ngsi-ld:KIND:device-{station}"
type = "KIND"

[[readings]]
topic = "KIND/reading/{station}"
id = "urn:ngsi-ld:KIND:{station}"
type = "KIND"
device = "urn:ngsi-ld:KIND:device-{station}"
device_type = "KIND"
observed_at = { from = "at", optional = true }
attributes = { t = {} }
"""


class Work:
    """One test's gateway. kind: its entities' type and the first level of its topics: of no other test.

    `start` and `stop` may be repeated: the session and the folder stay.
    """

    def __init__(self, folder: Path, server: Mosquitto, broker: Broker, kind: str, *, token: str | None = None) -> None:
        self.folder = folder
        self.server = server
        self.broker = broker
        self.kind = kind
        self.members = {"address": server.address, "client_id": f"city-{kind}"}
        self.rules = RULES.replace("KIND", kind)
        self._token = token
        self._thread: threading.Thread | None = None

    def start(self, *, wait: bool = True) -> Gateway:
        file = self.folder / "mapping.toml"
        members = "".join(f"{name} = {json.dumps(value)}\n" for name, value in self.members.items())
        file.write_text(f"[server]\n{members}{self.rules}", encoding="utf-8")
        mapping, self._stop = read_mapping(file), threading.Event()
        self._context = self.broker.context(self._token)
        self.gateway = Gateway(mapping, self._context, self.folder / "room", self._stop)
        self._thread = threading.Thread(target=self.gateway.run)
        self._thread.start()
        if wait:
            wait_until(lambda: self.gateway.state()["connected"] and self._is_subscribed(), why="not connected")
        return self.gateway

    def _is_subscribed(self) -> bool:
        file = self.folder / "room" / "subscribed.json"
        return file.exists() and bool(self.gateway._session._remembered())

    def stop(self) -> None:
        if self._thread is not None:
            self._stop.set()
            self.gateway.wake()
            self._thread.join(timeout=30)
            assert not self._thread.is_alive()
            self._context.close()
            self._thread = None

    def found(self) -> dict[str, Any]:
        """What the broker holds of this test, by the last part of the id."""
        return {key.rpartition(":")[2]: entity for key, entity in self.broker.found(type=self.kind).items()}

    def refused(self) -> list[dict[str, Any]]:
        file = self.folder / "room" / "refused.jsonl"
        return [json.loads(line) for line in file.read_text("utf-8").splitlines()] if file.exists() else []

    def wait_for(self, count: int) -> None:
        """Until so many messages were acknowledged since the start."""
        wait_until(lambda: self.gateway.counts["messages"] >= count, why=f"only {self.gateway.counts['messages']}")


@contextmanager
def device(server: Mosquitto, **options: Any) -> Iterator[mqtt.Client]:
    """A client that publishes."""
    client = connected(server, **options)
    yield client
    client.disconnect()
    client.loop_stop()


def connected(server: Mosquitto, *, will: tuple[str, str] | None = None) -> mqtt.Client:
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv311)
    if will is not None:
        client.will_set(*will, qos=1, retain=True)
    client.connect("127.0.0.1", server.port)
    client.loop_start()
    return client


def publish(client: mqtt.Client, topic: str, payload: Any, *, qos: int = 1, retain: bool = False) -> None:
    """Publish and wait until the server has it."""
    content = payload if isinstance(payload, bytes | str) else json.dumps(payload)
    client.publish(topic, content, qos=qos, retain=retain).wait_for_publish(20)
