"""A fresh broker for a part of the run, and the address on loopback that the part has for itself."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 30.0
STOP_SECONDS = 10.0
API = "/ngsi-ld/v1"
MQTT_PORT = 1883
OTHER_MQTT_PORT = 8088
NOTIFICATION_PORT, SOURCE_PORT, CONTEXT_PORT = 8085, 8086, 8087
CORE = "https://uri.etsi.org/ngsi-ld/v1/ngsi-ld-core-context-v1.8.jsonld"


class BrokerFailed(Exception):
    """The broker did not come up, or ended before it was told to."""


def address_of(worker: int) -> str:
    """An address of loopback that only this worker of this process uses, so that all can have the suite's fixed ports.

    Linux answers on all of 127.0.0.0/8 without set-up; other systems have one address and hence one worker.
    """
    if sys.platform != "linux":
        return "127.0.0.1"
    ours = os.getpid() % 65_536
    return f"127.{ours // 256}.{ours % 256}.{10 + worker}"


def most_workers() -> int:
    """How many parts may run at once on this system."""
    return 8 if sys.platform == "linux" else 1


def free_port() -> int:
    """A port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Broker:
    """A broker of ours with an empty data folder, on a port of its own."""

    command: list[str]
    folder: Path
    contexts: Path

    def __enter__(self) -> "Broker":
        self.port = free_port()
        self.folder.mkdir(parents=True)
        self.log = self.folder / "broker.log"
        (self.folder / "data").mkdir()
        places = ["--port", str(self.port), "--data", str(self.folder / "data"), "--contexts", str(self.contexts)]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*self.command, *places], stdout=log, stderr=subprocess.STDOUT, env=offline()
            )
        try:
            self._wait_until_it_answers()
        except BrokerFailed:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{API}"

    @property
    def core_context(self) -> str:
        """The core context that the broker itself names when a request names none."""
        _, link = self._ask()
        named = re.match(r"<([^>]+)>", link)
        return named.group(1) if named else CORE

    @property
    def alive(self) -> bool:
        return self.process.poll() is None

    @property
    def last_words(self) -> str:
        """The end of the broker's log."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-15:])

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            if not self.alive:
                raise BrokerFailed(f"the broker ended with {self.process.returncode}:\n{self.last_words}")
            try:
                self._ask()
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)
            else:
                return
        raise BrokerFailed(f"the broker did not answer within {START_SECONDS:.0f} s:\n{self.last_words}")

    def _ask(self) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", f"{API}/types")
            answer = connection.getresponse()
            answer.read()
            return answer.status, answer.getheader("Link") or ""
        finally:
            connection.close()

    def stop(self) -> None:
        """Ask the broker to end; end it the hard way when it does not."""
        if not self.alive:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def offline() -> dict[str, str]:
    """The environment without proxies: every party of the run is on this machine."""
    return {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}


def variables(broker: Broker, address: str) -> dict[str, object]:
    """The suite's `resources/variables.py` with the places of this part of the run."""
    return {
        "url": broker.url,
        "temporal_api_url": broker.url,
        "notification_server_host": address,
        "notification_server_port": NOTIFICATION_PORT,
        "context_source_host": address,
        "context_source_port": SOURCE_PORT,
        "context_server_host": address,
        "context_server_port": CONTEXT_PORT,
        "mqtt_broker_host": address,
        "mqtt_broker_non_default_port": OTHER_MQTT_PORT,
        "core_context": broker.core_context,
    }
