"""A real context broker, as a process of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from songcau.context.public import Context

ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}


def wait_until(holds: Callable[[], object], seconds: float = 60.0, why: str = "waited in vain") -> None:
    """Look until it is so."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


class Broker:
    """A broker on a folder. It can be killed and started again."""

    def __init__(self, data: Path, *options: str) -> None:
        self.data = data
        self._options = options
        self._process: subprocess.Popen[str] | None = None

    @property
    def address(self) -> str:
        return f"unix:{self.data / 'broker.sock'}"

    def start(self) -> None:
        command = [sys.executable, "-m", "songcau", "broker", "--data", str(self.data), *self._options]
        self._process = subprocess.Popen(command, text=True, stdout=subprocess.PIPE, env=ENVIRONMENT)
        assert self._process.stdout is not None
        assert "ready" in self._process.stdout.readline()

    def stop(self, number: int = signal.SIGTERM) -> None:
        if self._process is not None:
            self._process.send_signal(number)
            self._process.wait(timeout=20)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def context(self, token: str | None = None) -> Context:
        return Context(self.address, token=token)

    def token(self, **members: object) -> str:
        """A new token, made by the operator."""
        transport = httpx.HTTPTransport(uds=str(self.data / "broker.sock"))
        with httpx.Client(transport=transport, base_url="http://broker") as client:
            made = client.post("/songcau/v1/tokens", json={"label": "test", **members})
        return str(made.raise_for_status().json()["token"])

    def found(self, **filters: str) -> dict[str, Any]:
        """All entities that match, simplified, by their ids."""
        with self.context() as context:
            return {entity["id"]: entity for entity in context.query(simplified=True, **filters)}


@contextmanager
def running(data: Path, *options: str) -> Iterator[Broker]:
    broker = Broker(data, *options)
    broker.start()
    try:
        yield broker
    finally:
        broker.stop()
