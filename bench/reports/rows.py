"""A million reports, what is asked of them, and how fast more come in: `make bench-reports` (STORE=…, COUNT=…, KEEP=…).

Each question is asked with other words, places and spans each time, by the functions that the pages call; drawing the
page itself is not in it. Processor time is this process' alone: on PostgreSQL the database works in others.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

COUNT, TIMES, WARM = 1_000_000, 60, 3
BOUNDS_MS = {"postgresql": 100.0, "sqlite": 200.0}
KEPT = "songcau_bench_kept"


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m bench.reports", description=__doc__)
    made.add_argument("--store", default="", help="postgresql://… (a database of its own is made); none: SQLite")
    made.add_argument("--count", type=int, default=COUNT, help="of reports")
    made.add_argument("--times", type=int, default=TIMES, help="each question is asked")
    made.add_argument("--only", default="", help="questions whose name has these words; `sending` alone: no question")
    made.add_argument("--keep", default="", help="a folder: what is made there is used again, on PostgreSQL too")
    made.add_argument("--rate", type=float, default=50.0, help="reports that are sent a second; 0: none")
    made.add_argument("--seconds", type=float, default=60.0, help="so long")
    made.add_argument("--kilobytes", type=int, default=500, help="of the photo of each")
    made.add_argument("--webs", type=int, default=2, help="web processes")
    made.add_argument("--worker", action="store_true", help="the worker runs beside them")
    return made


def main() -> None:
    """Measure in a process and a database of their own, which are gone afterwards unless they are to be kept."""
    given = parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="songcau-bench-reports-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}
        environment |= {"SONGCAU_DATA": given.keep or folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "bench.reports.rows", *sys.argv[1:]]
        if not given.store:
            subprocess.run(command, check=True, env=environment)
            return
        import psycopg

        name = KEPT if given.keep else f"songcau_bench_{os.getpid()}"
        with psycopg.connect(given.store, autocommit=True) as server, suppress(psycopg.errors.DuplicateDatabase):
            server.execute(f"CREATE DATABASE {name}")
        try:
            environment["SONGCAU_DATABASE"] = urlunsplit(urlsplit(given.store)._replace(path=f"/{name}"))
            subprocess.run(command, check=True, env=environment)
        finally:
            if not given.keep:
                with psycopg.connect(given.store, autocommit=True) as server:
                    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(given: argparse.Namespace) -> None:
    """Print the tables."""
    from django.core.management import call_command

    from bench.reports import making, sending
    from songcau.systems.citizen_reports.models import Report

    call_command("migrate", verbosity=0)
    if Report.objects.count() < given.count:
        making.prepare()
        seconds = making.write(making.made(), given.count)
        print(f"{given.count} reports written in {seconds:.0f} s")
    if given.only != "sending":
        _ask(given)
    if given.rate:
        load = sending.Load(given.rate, given.seconds, given.kilobytes * 1000, given.webs, given.worker)
        if not sending.measure(load):
            raise SystemExit(1)


def _ask(given: argparse.Namespace) -> None:
    from django.db import connection

    from bench.reports import asking, making

    bound = BOUNDS_MS[connection.vendor]
    print(f"{given.count} reports on {connection.vendor}, {_size()}; {given.times} questions of each kind")
    print("| question | p50 ms | p95 ms | longest | processor p95 | bound | of the bound | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for question in asking.Asking(making.made()).questions():
        if given.only not in question.name:
            continue
        walls, works = _timed(question.ask, given.times)
        p95 = _at(walls, 0.95)
        verdict = "" if p95 <= bound else "MISSES"
        print(
            f"| {question.name} | {_at(walls, 0.5):.0f} | {p95:.0f} | {walls[-1]:.0f} | {_at(works, 0.95):.0f} "
            f"| {bound:.0f} | {p95 / bound:.2f} | {verdict} |",
            flush=True,
        )


def _timed(ask: object, times: int = TIMES) -> tuple[list[float], list[float]]:
    """Milliseconds on the wall and of this process, both sorted."""
    assert callable(ask)
    for _time in range(WARM):
        ask()
    walls, works = [], []
    for _time in range(times):
        begun, worked = time.perf_counter(), time.process_time()
        ask()
        walls.append((time.perf_counter() - begun) * 1000)
        works.append((time.process_time() - worked) * 1000)
    return sorted(walls), sorted(works)


def _at(found: list[float], part: float) -> float:
    return found[min(len(found) - 1, int(len(found) * part))]


def _size() -> str:
    from django.db import connection

    if connection.vendor == "sqlite":
        return f"{Path(connection.settings_dict['NAME']).stat().st_size / 1e6:.0f} MB"
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_database_size(current_database())")
        return f"{cursor.fetchone()[0] / 1e6:.0f} MB"


if __name__ == "__main__":
    from songcau.entry.start import start_django

    start_django()
    measure(parser().parse_args())
