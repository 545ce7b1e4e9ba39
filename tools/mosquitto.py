"""A real Mosquitto on a free port of this machine, with a folder of its own: the MQTT server of the tests."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tools import capabilities

SECONDS = 10.0
WHY_NOT = capabilities.mosquitto()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Mosquitto:
    """A server that keeps sessions and what they wait for on disk when it is stopped in order.

    settings: lines of its configuration, after those of every server here.
    """

    def __init__(self, folder: Path, *settings: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self._configuration = folder / "mosquitto.conf"
        lines = [
            f"listener {self.port} 127.0.0.1",
            "persistence true",
            f"persistence_location {folder}/",
            "max_queued_messages 0",
            *settings,
        ]
        if not any(line.startswith(("allow_anonymous", "password_file")) for line in settings):
            lines.append("allow_anonymous true")
        if os.geteuid() == 0:
            lines.append("user root")  # else it gives up its rights and cannot write into the folder
        self._configuration.write_text("\n".join(lines) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"mqtt://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._process = subprocess.Popen(
            [str(capabilities.mosquitto_path()), "-c", str(self._configuration)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until = time.monotonic() + SECONDS
        while not self._listens():
            if time.monotonic() > until or self._process.poll() is not None:
                raise RuntimeError(f"Mosquitto does not listen on port {self.port}")
            time.sleep(0.01)

    def stop(self, *, hard: bool = False) -> None:
        if self._process is not None:
            self._process.kill() if hard else self._process.terminate()
            self._process.wait(timeout=SECONDS)
            self._process = None

    def _listens(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def running(folder: Path, *settings: str) -> Iterator[Mosquitto]:
    server = Mosquitto(folder, *settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
