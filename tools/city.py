"""A demonstration city in a folder of its own, started as a person starts it: for journeys, pictures, measurements."""

import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from songcau.entry.demo import Account
from songcau.kernel.one_time_codes import STEP_SECONDS, code_at

START_SECONDS = 120


@dataclass
class City:
    """A running city: where it answers, who lives in it, and its processes."""

    url: str
    folder: Path
    handle: subprocess.Popen[bytes]
    seconds_to_ready: float
    # Username → the last half minute whose code was given out.
    spent: dict[str, int] = field(default_factory=dict)

    @property
    def accounts(self) -> dict[str, Account]:
        """Username → account."""
        entries = json.loads((self.folder / "accounts.json").read_text(encoding="utf-8"))
        return {entry["username"]: Account(**entry) for entry in entries}

    def code(self, username: str) -> str:
        """A one-time code of a demonstration person that was not given out before: the city takes each only once.

        The next half minute's code is taken too, so two come without waiting.
        """
        step = max(int(time.time()) // STEP_SECONDS, self.spent.get(username, 0) + 1)
        while step > int(time.time()) // STEP_SECONDS + 1:
            time.sleep(0.2)
        self.spent[username] = step
        return code_at(self.accounts[username].secret, step * STEP_SECONDS)

    def stop(self) -> None:
        self.handle.terminate()
        try:
            self.handle.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.handle.kill()
            self.handle.wait()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:  # noqa: S310  # loopback, our own address
            return bool(response.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def start(folder: Path, *, data: Path | None = None, environment: dict[str, str] | None = None) -> City:
    """Start a city in `folder` and wait until its sign-in page answers. Raises TimeoutError with its log."""
    port = free_port()
    # As on a person's machine: none of the settings of the checks.
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SONGCAU_", "DJANGO_"))}
    command = [sys.executable, "-m", "songcau", "demo", "--folder", str(folder), "--port", str(port)]
    if data is not None:
        command += ["--data-from", str(data)]
    folder.mkdir(parents=True, exist_ok=True)
    begun = time.monotonic()
    with (folder / "demo.log").open("wb") as output:
        handle = subprocess.Popen(command, env={**kept, **(environment or {})}, stdout=output, stderr=output)
    city = City(f"http://127.0.0.1:{port}", folder, handle, 0.0)
    while not answers(f"{city.url}/accounts/login/"):
        if handle.poll() is not None or time.monotonic() - begun > START_SECONDS:
            city.stop()
            raise TimeoutError((folder / "demo.log").read_text(encoding="utf-8"))
        time.sleep(0.05)
    city.seconds_to_ready = time.monotonic() - begun
    return city


@contextmanager
def temporary_city(data: Path | None = None, environment: dict[str, str] | None = None) -> Iterator[City]:
    """A city that is gone, with its folder, when the block ends."""
    folder = Path(tempfile.mkdtemp(prefix="songcau-city-"))
    city = None
    try:
        city = start(folder, data=data, environment=environment)
        yield city
    finally:
        if city is not None:
            city.stop()
        shutil.rmtree(folder, ignore_errors=True)
