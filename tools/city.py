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

# Beside other checks on two cores; how long it takes alone is measured by `make bench`.
START_SECONDS = 300


@dataclass
class City:
    """A running city: where it answers, who lives in it, and its processes."""

    url: str
    folder: Path
    handle: subprocess.Popen[bytes]
    seconds_to_ready: float
    # Username → the last half minute whose code was given out.
    spent: dict[str, int] = field(default_factory=dict)
    # Username → the session of somebody who has signed in already.
    sessions: dict[str, str] = field(default_factory=dict)

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


def own_environment() -> dict[str, str]:
    """As on a person's machine: none of the settings of the checks."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("SONGCAU_", "DJANGO_"))}


PREPARING = """
import sys
from pathlib import Path
from songcau.entry import demo
folder = Path(sys.argv[1])
demo.use_folder(folder, None)
demo.prepare(folder, Path(sys.argv[2]), say=print)
"""


def prepare(folder: Path, data: Path) -> None:
    """All of `songcau demo` but the running: copies of the folder start without it, and it is the longest part.

    Raises subprocess.CalledProcessError.
    """
    command = [sys.executable, "-c", PREPARING, str(folder), str(data)]
    subprocess.run(command, env=own_environment(), check=True, stdout=subprocess.DEVNULL)


def start(
    folder: Path,
    *,
    data: Path | None = None,
    environment: dict[str, str] | None = None,
    scene: str = "none",
    port: int | None = None,
) -> City:
    """Start a city in `folder` and wait until its sign-in page answers. Raises TimeoutError with its log.

    scene: what the simulated devices say; none: there are none, as in a city that has no devices yet.
    port: where one that was killed answered before; none: a free one.
    """
    port = port or free_port()
    command = [sys.executable, "-m", "songcau", "demo", "--folder", str(folder), "--port", str(port), "--scene", scene]
    if data is not None:
        command += ["--data-from", str(data)]
    folder.mkdir(parents=True, exist_ok=True)
    settings = own_environment() | (environment or {})
    begun = time.monotonic()
    with (folder / "demo.log").open("wb") as output:
        handle = subprocess.Popen(command, env=settings, stdout=output, stderr=output)
    city = City(f"http://127.0.0.1:{port}", folder, handle, 0.0)
    while not answers(f"{city.url}/accounts/login/"):
        if handle.poll() is not None or time.monotonic() - begun > START_SECONDS:
            city.stop()
            raise TimeoutError((folder / "demo.log").read_text(encoding="utf-8"))
        time.sleep(0.05)
    city.seconds_to_ready = time.monotonic() - begun
    return city


@contextmanager
def temporary_city(
    data: Path | None = None,
    environment: dict[str, str] | None = None,
    scene: str = "none",
    prepared: Path | None = None,
) -> Iterator[City]:
    """A city that is gone, with its folder, when the block ends; of a folder `prepared` from the same data, a copy."""
    folder = Path(tempfile.mkdtemp(prefix="songcau-city-"))
    if prepared is not None:
        shutil.copytree(prepared, folder, dirs_exist_ok=True)
    city = None
    try:
        city = start(folder, data=data, environment=environment, scene=scene)
        yield city
    finally:
        if city is not None:
            city.stop()
        shutil.rmtree(folder, ignore_errors=True)
