"""A real Mosquitto on a free port of this machine, with a folder of its own."""

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tools import capabilities

SECONDS = 10.0
WHY_NOT = capabilities.mosquitto()
needs_mosquitto = pytest.mark.skipif(WHY_NOT is not None, reason=WHY_NOT or "")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_until(holds: object, seconds: float = 20.0, why: str = "waited in vain") -> None:
    """Look until it is so."""
    deadline = time.monotonic() + seconds
    while not holds():  # type: ignore[operator]
        assert time.monotonic() < deadline, why
        time.sleep(0.01)


class Mosquitto:
    """A server that keeps sessions and what they wait for on disk, also over a kill.

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
            "autosave_interval 1",
            "autosave_on_changes true",
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
        wait_until(self._listens, SECONDS, "Mosquitto does not listen")

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
