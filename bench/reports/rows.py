"""A million reports and what is asked of them: `make bench-reports` (STORE=postgresql://…, COUNT=…).

Each question is asked with other words, places and spans each time, by the functions that the pages call; drawing the
page itself is not in it. Processor time is this process' alone: on PostgreSQL the database works in others.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

COUNT, TIMES, WARM = 1_000_000, 60, 3
BOUNDS_MS = {"postgresql": 100.0, "sqlite": 200.0}


def main() -> None:
    """Measure in a process and a database of their own, which are gone afterwards."""
    store = os.environ.get("STORE", "")
    with tempfile.TemporaryDirectory(prefix="songcau-bench-reports-") as folder:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}
        environment |= {"SONGCAU_DATA": folder, "DJANGO_SETTINGS_MODULE": "tests.settings"}
        command = [sys.executable, "-m", "bench.reports.rows"]
        if not store:
            subprocess.run(command, check=True, env=environment)
            return
        import psycopg

        name = f"songcau_bench_{os.getpid()}"
        with psycopg.connect(store, autocommit=True) as server:
            server.execute(f"CREATE DATABASE {name}")
        try:
            environment["SONGCAU_DATABASE"] = urlunsplit(urlsplit(store)._replace(path=f"/{name}"))
            subprocess.run(command, check=True, env=environment)
        finally:
            with psycopg.connect(store, autocommit=True) as server:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def measure(count: int) -> None:
    """Print the table."""
    from django.db import connection

    from bench.reports import asking, making

    making.prepare()
    made = making.made()
    seconds = making.write(made, count)
    bound = BOUNDS_MS[connection.vendor]
    print(
        f"{count} reports on {connection.vendor}, written in {seconds:.0f} s; {_size()}; {TIMES} questions of each kind"
    )
    print("| question | p50 ms | p95 ms | longest | processor p95 | bound | of the bound | |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- |")
    for question in asking.Asking(made).questions():
        walls, works = _timed(question.ask)
        p95 = _at(walls, 0.95)
        verdict = "" if p95 <= bound else "MISSES"
        print(
            f"| {question.name} | {_at(walls, 0.5):.0f} | {p95:.0f} | {walls[-1]:.0f} | {_at(works, 0.95):.0f} "
            f"| {bound:.0f} | {p95 / bound:.2f} | {verdict} |",
            flush=True,
        )


def _timed(ask: object) -> tuple[list[float], list[float]]:
    """Milliseconds on the wall and of this process, both sorted."""
    assert callable(ask)
    for _time in range(WARM):
        ask()
    walls, works = [], []
    for _time in range(TIMES):
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
    measure(int(os.environ.get("COUNT", "") or COUNT))
