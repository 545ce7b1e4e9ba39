"""A city with a broker of its own: what its devices say, and when."""

import secrets
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel import clock
from songcau.systems.incidents.tests.rules.readings import RIVER, WARD
from tests.context.running import ENVIRONMENT, running_broker


@contextmanager
def city_broker(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The city's broker, found where the city looks for it; the process."""
    monkeypatch.setattr(settings, "SONGCAU", settings.SONGCAU.model_copy(update={"data": folder}))
    (folder / "run").mkdir(exist_ok=True)
    with running_broker(folder / "context", "--auth", "--socket", str(folder / "run" / "context.sock")) as (process, _):
        yield process


def instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")


def say(*entities: dict[str, Any]) -> None:
    with city_context() as context:
        context.upsert(entities)


def say_levels(values: Sequence[float], *, ago: timedelta, every: timedelta, entity: str = RIVER) -> None:
    """Levels of the river, the first so long ago."""
    first = clock.now() - ago
    for number, value in enumerate(values):
        at = first + number * every
        level = {"type": "Property", "value": value, "unitCode": "MTR", "observedAt": instant(at)}
        say({"id": entity, "type": "WaterLevelObserved", "scope": WARD, "level": level})


def say_report(number: int, *, ago: timedelta, is_open: bool = True) -> None:
    at = instant(clock.now() - ago)
    values = {"category": "FLOODING", "isOpen": is_open, "reportedAt": at}
    report: dict[str, Any] = {"id": f"urn:ngsi-ld:CitizenReport:{number}", "type": "CitizenReport", "scope": WARD}
    report |= {name: {"type": "Property", "value": value, "observedAt": at} for name, value in values.items()}
    say(report)


class Programs:
    """The city's processes, on a folder of its own: `songcau NAME`, started, killed, started again."""

    def __init__(self, folder: Path, environment: dict[str, str] | None = None) -> None:
        self.folder = folder
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        keys = {f"SONGCAU_{name}": secrets.token_urlsafe(48) for name in ("SECRET_KEY", "AUDIT_KEY")}
        self.environment = (environment or {**ENVIRONMENT, **keys}) | {"SONGCAU_DATA": str(folder)}

    def run(self, *arguments: str) -> None:
        """A command that ends."""
        command = [sys.executable, *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, name: str) -> None:
        ready = self.folder / "run" / f"{name}.ready"
        ready.unlink(missing_ok=True)
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", "songcau", name]
            process = self.running[name] = subprocess.Popen(command, env=self.environment, stdout=log, stderr=log)
        until(lambda: ready.exists() or process.poll() is not None)
        assert process.poll() is None, (self.folder / f"{name}.log").read_text()

    def end(self, name: str, number: int = signal.SIGTERM) -> int:
        process = self.running.pop(name)
        process.send_signal(number)
        return process.wait(30)

    def end_all(self) -> None:
        for name in list(self.running):
            self.end(name)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "songcau.sqlite3", timeout=30)) as database:
            return database.execute(query).fetchall()


def until(what: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait for it; fails when it does not come."""
    last = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < last, "it did not come"
        time.sleep(0.05)
