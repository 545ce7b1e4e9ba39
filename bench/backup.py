"""Size, seconds and memory of a backup and its restore: `python -m bench.backup [--entries N] [--megabytes N]`.

A city with nothing but its demonstration people, and one with 200,000 audit entries and 500 MB of files that do not
shrink. Each command runs in a process of its own; its memory is the highest the system has counted (Linux).
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from tools import capabilities

KEY = "a passphrase only for measuring"
MEGABYTE = 1024 * 1024
FILE_MEGABYTES = 2


def environment(data: Path, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SONGCAU_", "DJANGO_"))}
    told = {"SECRET_KEY": "s" * 40, "AUDIT_KEY": "a" * 40, "BACKUP_KEY": KEY, "DEMO": "true"}
    told |= {"DATA": str(data), "DATABASE": database}
    return kept | {f"SONGCAU_{name}": value for name, value in told.items()}


def timed(command: list[str], data: Path, database: str) -> tuple[float, int]:
    """Seconds and highest memory in MiB. Raises CalledProcessError."""
    begun = time.perf_counter()
    process = subprocess.Popen(command, env=environment(data, database), stdout=subprocess.DEVNULL)
    _pid, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return time.perf_counter() - begun, used.ru_maxrss // 1024


def songcau(*words: str) -> list[str]:
    return [sys.executable, "-m", "songcau", *words]


@contextmanager
def databases(count: int, *, postgresql: bool) -> Iterator[list[str]]:
    """Addresses of empty databases, gone afterwards; for SQLite nothing is needed."""
    if not postgresql:
        yield [""] * count
        return
    import psycopg

    names = [f"songcau_bench_{os.getpid()}_{number}" for number in range(count)]
    with psycopg.connect(capabilities.POSTGRESQL, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}")
    try:
        yield [urlunsplit(urlsplit(capabilities.POSTGRESQL)._replace(path=f"/{name}")) for name in names]
    finally:
        with psycopg.connect(capabilities.POSTGRESQL, autocommit=True) as server:
            for name in names:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def fill(entries: int, megabytes: int) -> None:
    """In a process of its own: a demonstration city, then so many entries and files."""
    from songcau.entry.settings import load
    from songcau.entry.start import start_django

    start_django()
    from django.db import transaction

    from songcau.entry.preparing import prepare_database
    from songcau.foundation.accounts.demo import seed_demo
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.places.queries import units
    from songcau.foundation.places.rules import Level
    from songcau.kernel import clock
    from songcau.kernel.actor import SYSTEM

    prepare_database(load().city_profile, say=lambda _line: None)
    seed_demo(SYSTEM, units(Level.WARD, clock.today(load().time_zone)).order_by("code"))
    for start in range(0, entries, 5000):
        with transaction.atomic():
            for number in range(start, min(start + 5000, entries)):
                record_entry(by=SYSTEM, action="bench.write", subject=f"bench:{number}", details={"number": number})
    for _number in range(0, megabytes, FILE_MEGABYTES):
        keep(os.urandom(FILE_MEGABYTES * MEGABYTE))


def keep(content: bytes) -> None:
    import hashlib

    from songcau.foundation.files.models import Blob, FileLink
    from songcau.foundation.files.storage import store
    from songcau.kernel import clock
    from songcau.kernel.ids import new_id

    digest, now = hashlib.sha256(content).hexdigest(), clock.now()
    with tempfile.NamedTemporaryFile() as source:
        source.write(content)
        source.flush()
        store().put(Path(source.name), digest)
    blob = Blob.objects.create(digest=digest, size=len(content), media_type="video/mp4", created_at=now, touched_at=now)
    told = {"use": "bench", "subject_kind": "bench", "name": "bench.mp4", "uploader_label": "bench"}
    FileLink.objects.create(blob=blob, subject_id=new_id(), uploader_id=new_id(), created_at=now, **told)


def measure(name: str, *, postgresql: bool, entries: int, megabytes: int) -> None:
    engine = "PostgreSQL" if postgresql else "SQLite"
    with databases(2, postgresql=postgresql) as (first, second), tempfile.TemporaryDirectory() as folder:
        place, there, file = Path(folder), Path(folder) / "there", Path(folder) / "one.backup"
        here = place / "here"
        here.mkdir()
        filling = [
            sys.executable,
            "-m",
            "bench.backup",
            "--fill",
            "--entries",
            str(entries),
            "--megabytes",
            str(megabytes),
        ]
        timed(filling, here, first)
        rows = {
            "backup": (songcau("backup", "--to", str(file)), here, first),
            "verify": (songcau("backup", "--verify", str(file)), here, first),
            "restore": (songcau("restore", str(file)), there, second),
        }
        for what, (command, data, database) in rows.items():
            seconds, memory = timed(command, data, database)
            size = file.stat().st_size / MEGABYTE
            print(f"| {name}, {engine} | {what} | {size:.2f} | {seconds:.1f} | {memory} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=200_000)
    parser.add_argument("--megabytes", type=int, default=500)
    parser.add_argument("--fill", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args() if __name__ == "__main__" else parser.parse_args([])
    if given.fill:
        fill(given.entries, given.megabytes)
        return
    missing = capabilities.postgresql()
    idle = timed(songcau("settings", "--check"), Path(tempfile.gettempdir()), "")[1]
    print(f"A command that does nothing takes {idle} MiB; this machine has {os.cpu_count()} processors.")
    print("| city | command | MiB of the file | seconds | highest memory, MiB |\n| --- | --- | --- | --- | --- |")
    for postgresql in (False, True):
        if postgresql and missing:
            print(f"NOT RUN on PostgreSQL: {missing}")
            continue
        measure("demonstration", postgresql=postgresql, entries=0, megabytes=0)
        name = f"{given.entries} entries and {given.megabytes} MB"
        measure(name, postgresql=postgresql, entries=given.entries, megabytes=given.megabytes)


if __name__ == "__main__":
    main()
