"""`make check`: every check, one after the other, with a table at the end.

What this machine lacks (a browser, PostgreSQL, a broker, the folder of real data) is listed at the end as NOT RUN,
by name. With CI set, NOT RUN counts as failed.
"""

import os
import subprocess
import sys
import tempfile
import time
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

from tools import capabilities

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
REPORTS = Path(tempfile.mkdtemp(prefix="songcau-check-"))
PYTEST = [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"]
NO_BROWSER = "not browser and not soak"
OUTBOX = "src/songcau/foundation/outbox"
COVERAGE = ["--cov=songcau", "--cov-branch", "--cov-report="]

# These never open the database, or bring databases of both kinds with them: once is enough.
NO_DATABASE = [
    f"--ignore={room}"
    for room in (
        "tests/architecture",
        "tests/conformance",
        "src/songcau/kernel",
        "src/songcau/context",
        "src/songcau/entry/backup",
        "src/songcau/entry/tests/test_backup_command.py",
    )
]


def report_file(name: str) -> str:
    return f"--junit-xml={REPORTS / name}.xml"


@dataclass(frozen=True)
class Step:
    """A check: its name, what runs it, what the machine must have, what it adds to the environment."""

    name: str
    command: list[str]
    needs: str = ""
    environment: dict[str, str] = field(default_factory=dict)


STEPS = (
    Step("format", [PYTHON, "-m", "ruff", "format", "--no-cache", "--check", "--quiet", "."]),
    Step("lint", [PYTHON, "-m", "ruff", "check", "--no-cache", "--quiet", "."]),
    Step("types", [PYTHON, "-m", "mypy", "src/songcau"]),
    Step("contracts", ["lint-imports", "--no-logo"]),
    Step("sizes", [PYTHON, "-m", "tools.sizes"]),
    Step("licences", [PYTHON, "-m", "tools.licences"]),
    Step("migrations", [PYTHON, "-m", "django", "makemigrations", "--check", "--dry-run"]),
    Step("generated docs", [PYTHON, "-m", "tools.generated", "check"]),
    Step("languages", [PYTHON, "-m", "tools.messages", "check"]),
    Step("scripts", ["npm", "run", "--silent", "check"]),
    Step("budgets", [PYTHON, "-m", "tools.budget"]),
    Step("tests on SQLite", [*PYTEST, "-m", NO_BROWSER, *COVERAGE, report_file("sqlite")]),
    # What the outbox does only on PostgreSQL (locks, NOTIFY) counts towards its coverage; the rest is the same code
    # on the other database, and is tried without the cost of tracing it once more.
    Step(
        "outbox on PostgreSQL",
        [*PYTEST, "-m", NO_BROWSER, *COVERAGE, "--cov-append", report_file("outbox"), OUTBOX],
        needs="postgresql",
        environment={"SONGCAU_DATABASE": capabilities.POSTGRESQL},
    ),
    Step(
        "all else on PostgreSQL",
        [*PYTEST, "-m", NO_BROWSER, report_file("postgresql"), *NO_DATABASE, f"--ignore={OUTBOX}"],
        needs="postgresql",
        environment={"SONGCAU_DATABASE": capabilities.POSTGRESQL},
    ),
    Step("coverage", [PYTHON, "-m", "tools.coverage_bounds"]),
    Step(
        "browser journeys",
        [PYTHON, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "-m", "browser", report_file("browser")],
        needs="chromium",
    ),
)


def environment_for(step: Step) -> dict[str, str]:
    """A clean environment: no setting of a running city leaks into a check."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SONGCAU_")}
    bin_folder = str(Path(PYTHON).parent)
    return {
        **kept,
        "PATH": f"{bin_folder}{os.pathsep}{kept.get('PATH', '')}",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        **step.environment,
    }


def run(step: Step) -> bool:
    """Run one check; its output is shown when it fails, and always for tests."""
    print(f"── {step.name} ", end="", flush=True)
    begun = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, env=environment_for(step), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    print(f"{'passed' if done.returncode == 0 else 'FAILED'} in {time.monotonic() - begun:.1f} s", flush=True)
    if done.returncode != 0:
        print(done.stdout)
    elif "pytest" in step.command:
        print(done.stdout.strip().splitlines()[-1])
    return done.returncode == 0


def skipped_tests() -> list[str]:
    """Every test that no test run of this check carried out, with the reason it gave.

    What only makes sense on one of the two databases is skipped on the other, and is carried out there.
    """
    carried_out: set[str] = set()
    skipped: dict[str, str] = {}
    for report in sorted(REPORTS.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):  # noqa: S314  # written by our own test run
            name = f"{case.get('classname')}.{case.get('name')}"
            skip = case.find("skipped")
            if skip is None:
                carried_out.add(name)
            else:
                skipped[name] = str(skip.get("message"))
    return sorted(f"{name}: {reason}" for name, reason in skipped.items() if name not in carried_out)


def main() -> int:
    missing = {name: reason for name, probe in capabilities.ALL.items() if (reason := probe())}
    not_run, failed = [], []
    begun = time.monotonic()
    for step in STEPS:
        if step.needs in missing:
            not_run.append(f"{step.name}: {missing[step.needs]}")
        elif not run(step):
            failed.append(step.name)
    not_run += skipped_tests()
    passed = len(STEPS) - len(failed) - sum(step.needs in missing for step in STEPS)
    print(f"\n{time.monotonic() - begun:.0f} s in all")
    for line in failed:
        print(f"FAILED   {line}")
    for line in not_run:
        print(f"NOT RUN  {line}")
    print(f"checks: {passed} passed, {len(failed)} failed, {len(not_run)} skipped")
    return 1 if failed or (not_run and os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main())
