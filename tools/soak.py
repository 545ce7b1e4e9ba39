"""`make soak`: kills, nonsense, long runs. `make soak SOAK=short` is what CI runs."""

import os
import subprocess
import sys
from pathlib import Path

from tools import capabilities

ROOT = Path(__file__).resolve().parent.parent


def runs(short: bool) -> dict[str, list[str]]:
    """Name → module and arguments."""
    kills = ["tests.soak.kill_worker", "--kills", "20", "--events", "1000"]
    storm = ["tests.soak.upload_storm", "--uploads", "100", "--kills", "3", "--megabytes", "8"]
    backups = ["tests.soak.backup_under_load", "--rounds", "1" if short else "4"]
    broker = ["tests.soak.broker_kill", "--kills", "10" if short else "50", "--rate", "5000"]
    register = ["pytest", "-q", "-p", "no:cacheprovider", "tests/reports/test_a_register_comes_in.py"]
    reports = ["tests.soak.report_kill", *(["--reports", "2", "--kills", "3"] if short else ["--kills", "20"])]
    storm_worked = ["pytest", "-q", "-ra", "-p", "no:cacheprovider", "-m", "soak", "tests/journeys/test_storm.py"]
    province = ["--seconds", "60", "--kills", "6"] if short else ["--seconds", "600", "--kills", "20"]
    return {
        # The one with the folder of real data is left to the long run.
        "the storm is worked on the screens": [*storm_worked, *(["-k", "alone"] if short else [])],
        "the province and the link to it are killed": ["tests.soak.province_kill", *province],
        # A twentieth of it is in `make check`.
        **({} if short else {"a register comes in by Open311": [*register, "--register-every", "1"]}),
        "a second city is killed": ["pytest", "-qm", "soak", "tests/reports/test_second_city.py"],
        "kills on SQLite": kills,
        "kills on PostgreSQL": [*kills, "--database", capabilities.POSTGRESQL],
        "uploads on SQLite": storm,
        "uploads on PostgreSQL": [*storm, "--database", capabilities.POSTGRESQL],
        "reports on SQLite": reports,
        "reports on PostgreSQL": [*reports, "--database", capabilities.POSTGRESQL],
        "backups under load on SQLite": backups,
        "backups under load on PostgreSQL": [*backups, "--database", capabilities.POSTGRESQL],
        "kills of the broker on SQLite": broker,
        "kills of the broker on PostgreSQL": [*broker, "--database", capabilities.POSTGRESQL],
        "nonsense to the broker": ["tests.soak.fuzz_broker", "--seconds", "60" if short else "600"],
        "damaged HTTP to the broker": ["tests.soak.fuzz_http", "--seconds", "30" if short else "300"],
        "nonsense to every address": ["tests.soak.fuzz_pages", "--seconds", "60" if short else "600"],
        "nonsense in every query language": ["tests.soak.fuzz_queries", "--seconds", "60" if short else "600"],
    }


def lacking(name: str) -> str | None:
    """Why this machine cannot run it, or None."""
    if "PostgreSQL" in name:
        return capabilities.postgresql()
    return capabilities.chromium() if "screens" in name else None


def main() -> int:
    short = "short" in {*sys.argv[1:], os.environ.get("SOAK", "")}
    failed, not_run = [], []
    for name, command in runs(short).items():
        print(f"── {name}", flush=True)
        if reason := lacking(name):
            not_run.append(f"{name}: {reason}")
            continue
        environment = {key: value for key, value in os.environ.items() if not key.startswith("SONGCAU_")}
        environment["PYTHONPATH"] = f"{ROOT / 'src'}{os.pathsep}{ROOT}"
        if subprocess.run([sys.executable, "-m", *command], cwd=ROOT, env=environment).returncode != 0:
            failed.append(name)
    for line in failed:
        print(f"FAILED   {line}")
    for line in not_run:
        print(f"NOT RUN  {line}")
    return 1 if failed or (not_run and os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main())
