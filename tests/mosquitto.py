"""A Mosquitto of a test's own, on free ports of loopback: started, killed and started again as the test likes."""

import os
import shutil
import socket
import subprocess
import time
from pathlib import Path

import pytest

SECONDS = 10.0


def program() -> str | None:
    return shutil.which("mosquitto", path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Mosquitto:
    """folder: of its own. settings: further lines of its configuration. It keeps sessions and messages on disk."""

    def __init__(self, folder: Path, *, port: int = 0, settings: tuple[str, ...] = ()) -> None:
        found = program()
        if found is None:
            pytest.skip("Mosquitto is not installed (Debian: apt-get install mosquitto)")
        self._program = found
        self.port = port or free_port()
        self._process: subprocess.Popen[bytes] | None = None
        folder.mkdir(parents=True, exist_ok=True)
        lines = [
            f"listener {self.port} 127.0.0.1",
            *(
                settings
                if any(line.startswith("allow_anonymous") for line in settings)
                else ("allow_anonymous true", *settings)
            ),
            "persistence true",
            f"persistence_location {folder}/",
            "autosave_interval 1",
            "max_queued_messages 0",
            "max_inflight_messages 200",
        ]
        if os.geteuid() == 0:
            lines.append("user root")  # else it gives up its rights and cannot write into the test's folder
        self._file = folder / "mosquitto.conf"
        self._file.write_text("\n".join(lines) + "\n")

    def start(self) -> "Mosquitto":
        self._process = subprocess.Popen(
            [self._program, "-c", str(self._file)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            with socket.socket() as asking:
                if asking.connect_ex(("127.0.0.1", self.port)) == 0:
                    return self
            time.sleep(0.02)
        raise AssertionError(f"Mosquitto does not listen on port {self.port}")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(SECONDS)
            self._process = None

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(SECONDS)
            self._process = None

    def __enter__(self) -> "Mosquitto":
        return self.start()

    def __exit__(self, *_error: object) -> None:
        self.stop()
