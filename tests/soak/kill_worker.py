"""`python -m tests.soak.kill_worker --kills 20 --events 1000 [--database URL]`: exits 1 on any breach.

A writer and two workers run as real processes on a fresh database and are killed (SIGKILL) at random moments.
Then it drains, and what was committed is compared with what was handled. `--sabotage` marks deliveries before
they are handled and must end in breaches: it proves that the soak can fail.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import django
import psycopg

DRAIN_SECONDS = 120.0


@dataclass
class Crew:
    """The processes, started again whenever one ends before its work is done."""

    folder: Path
    events: int
    pause: float
    lease: int
    is_sabotaged: bool
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    kills: Counter[str] = field(default_factory=Counter)

    @property
    def log(self) -> Path:
        return self.folder / "committed.log"

    def start(self, name: str) -> None:
        kind = name.partition("-")[0]
        command = [sys.executable, "-m", "tests.soak.processes", kind, "--file"]
        if kind == "writer":
            command += [str(self.log), "--until", str(self.events), "--pause", str(self.pause)]
        else:
            self._ready(name).unlink(missing_ok=True)
            command += [str(self._ready(name)), "--lease", str(self.lease)]
            command += ["--sabotage"] if self.is_sabotaged else []
        with (self.folder / f"{name}.err").open("ab") as errors:
            self.running[name] = subprocess.Popen(command, stdout=errors, stderr=errors)

    def kill_one(self) -> None:
        """SIGKILL to one that is at work, and a new one in its place."""
        able = [name for name in self.running if self._is_at_work(name)]
        if able:
            name = random.choice(able)
            self.running[name].kill()
            self.running[name].wait()
            self.kills[name.partition("-")[0]] += 1
            self.start(name)

    def is_writing(self) -> bool:
        writer = self.running["writer"]
        if writer.poll() not in (None, 0):
            raise SystemExit(f"the writer failed:\n{(self.folder / 'writer.err').read_text()[-3000:]}")
        return writer.poll() is None

    def stop(self) -> list[int]:
        """SIGTERM to the workers; their exit codes."""
        for process in self.running.values():
            process.terminate()
        return [process.wait(30) for process in self.running.values()]

    def _ready(self, name: str) -> Path:
        return self.folder / f"{name}.ready"

    def _is_at_work(self, name: str) -> bool:
        if self.running[name].poll() is not None:
            return False
        return self.log.exists() if name == "writer" else self._ready(name).exists()


@contextmanager
def fresh_database(url: str, folder: Path) -> Iterator[None]:
    """A new PostgreSQL database beside the one named, dropped at the end; a SQLite file in the folder when none is."""
    os.environ["SONGCAU_DATA"] = str(folder)
    os.environ["SONGCAU_DATABASE"] = ""
    if not url:
        yield
        return
    name = f"songcau_soak_{os.getpid()}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    os.environ["SONGCAU_DATABASE"] = urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    try:
        yield
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def drain(crew: Crew) -> float:
    """Wait until nothing waits or is claimed; the seconds it took, or infinity."""
    from songcau.foundation.outbox.models import Delivery

    start = time.monotonic()
    while Delivery.objects.open().exclude(state="DEAD").filter(reaction__startswith="soak.").exists():
        if time.monotonic() - start > DRAIN_SECONDS:
            return float("inf")
        time.sleep(0.2)
    return time.monotonic() - start


def breaches(log: Path) -> tuple[dict[str, object], dict[str, int]]:
    """Facts, and how many of each breach."""
    from songcau.foundation.audit.queries import chain_verdict
    from songcau.foundation.outbox.models import Delivery
    from tests.soak.happenings import REACTIONS
    from tests.soak.models import Change, Effect

    committed = {str(token) for token in Change.objects.values_list("token", flat=True)}
    lines = [line.split() for line in log.read_text().splitlines()]
    told = [line for line in lines if line[0] == "C"]
    undone = {line[3] for line in lines if line[0] == "R"}
    found: Counter[str] = Counter(dict.fromkeys(("lost", "ghosts", "doubled", "out of order", "told but gone"), 0))
    found["told but gone"] = len({line[3] for line in told} - committed)
    for reaction in REACTIONS:
        effects = list(
            Effect.objects.filter(reaction=reaction).order_by("pk").values_list("token", "subject", "sequence")
        )
        counts = Counter(str(token) for token, _, _ in effects)
        found["lost"] += len(committed - counts.keys())
        found["ghosts"] += len(counts.keys() - committed) + len(counts.keys() & undone)
        found["doubled"] += sum(number - 1 for number in counts.values())
        found["out of order"] += disorder(effects, told)
    found["dead letters"] = Delivery.objects.open().filter(state="DEAD").count()
    verdict = chain_verdict()
    found["audit faults"] = verdict.faults
    facts: dict[str, object] = {
        "committed events": len(committed),
        "told to the writer": len(told),
        "rolled back on purpose": len(undone),
        "effects": Effect.objects.count(),
        "deliveries that took more than one attempt": Delivery.objects.filter(attempts__gt=1).count(),
        "audit entries verified": verdict.entries,
    }
    return facts, dict(found)


def disorder(effects: list[tuple[object, str, int]], told: list[list[str]]) -> int:
    """Effects of one subject out of sequence, and pairs one writer thread committed in the other order."""
    sequences: dict[str, list[int]] = defaultdict(list)
    places: dict[str, int] = {}
    for place, (token, subject, sequence) in enumerate(effects):
        sequences[subject].append(sequence)
        places.setdefault(str(token), place)
    wrong = sum(a > b for line in sequences.values() for a, b in pairwise(line))
    last: dict[tuple[str, str], int] = {}
    for _, thread, subject, token in told:
        place = places.get(token, -1)
        if place >= 0:
            wrong += place < last.get((thread, subject), -1)
            last[thread, subject] = place
    return wrong


def run(crew: Crew, kills: int) -> float:
    """Write and kill, then stop killing; the seconds until all was written."""
    start = time.monotonic()
    for name in ("worker-1", "worker-2", "writer"):
        crew.start(name)
    while crew.is_writing() or sum(crew.kills.values()) < kills:
        time.sleep(random.uniform(0.1, 1.0))
        if sum(crew.kills.values()) < kills:
            crew.kill_one()
    return time.monotonic() - start


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--events", type=int, default=1000)
    parser.add_argument("--lease", type=int, default=1)
    parser.add_argument("--database", default="", help="postgresql://… (a database of its own is made); none: SQLite")
    parser.add_argument("--sabotage", action="store_true")
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="songcau-soak-"))
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.soak.settings"
    with fresh_database(given.database, folder):
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, run_syncdb=True)
        # Twice the pause of a writer's thread: about as long as the kills take, so that most fall among the writing.
        pause = given.kills * 1.2 / given.events
        crew = Crew(folder, given.events, pause, given.lease, given.sabotage)
        try:
            writing = run(crew, given.kills)
            drained = drain(crew)
            codes = crew.stop()
            facts, found = breaches(crew.log)
            vendor = connections["default"].vendor
        finally:
            for process in crew.running.values():
                process.kill()
            connections.close_all()
    found["not drained"] = int(drained == float("inf"))
    found["bad ends"] = sum(code != 0 for code in codes)
    killed = ", ".join(f"{kind} {number}" for kind, number in sorted(crew.kills.items()))
    table = {"database": vendor, "kills": killed, "seconds writing and killing": f"{writing:.1f}"}
    table |= {"seconds draining": f"{drained:.1f}", **facts, **{f"BREACH {name}": n for name, n in found.items()}}
    for name, value in table.items():
        sys.stdout.write(f"{name:<46}{value}\n")
    is_whole = not any(found.values())
    sys.stdout.write("WHOLE\n" if is_whole else f"BROKEN (logs of the processes in {folder})\n")
    if is_whole:
        shutil.rmtree(folder)
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
