"""`make check`: every check, two at a time, with a table at the end.

Tests wait much: for a database, for a browser, for a server that starts. While one check waits another works.

What this machine lacks (a browser, PostgreSQL, a broker, the folder of real data) is listed at the end as NOT RUN,
by name. With CI set, NOT RUN counts as failed.
"""

import os
import subprocess
import sys
import tempfile
import threading
import time
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from tools import capabilities

ROOT = Path(__file__).resolve().parent.parent
PYTHON = sys.executable
REPORTS = Path(tempfile.mkdtemp(prefix="songcau-check-"))
AT_ONCE = 2
SPEAKING = threading.Lock()
PYTEST = [PYTHON, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"]
NO_BROWSER = "not browser and not soak"
OUTBOX = "src/songcau/foundation/outbox"
COVERAGE = ["--cov=songcau", "--cov-branch", "--cov-report="]

# These never open the database, bring databases of both kinds with them, ask no more of it than other tests do on both
# (a walk over every page of every reader), or are tried on both by `make soak` (a storm of uploads): once is enough.
ONCE = [
    f"--ignore={room}"
    for room in (
        "tests/context",
        "tests/foundation/test_upload_storm.py",
        "tests/reports/test_nobody_learns_who_reported.py",
        "tests/architecture",
        "tests/conformance",
        "src/songcau/kernel",
        "src/songcau/context",
        "src/songcau/systems/citizen_reports/tests/blurring",
        "src/songcau/entry/backup",
        "src/songcau/entry/tests/test_backup_command.py",
    )
]

# Long walks, and tests of what runs in processes of its own or reads the source: to trace them takes as long again and
# adds nothing to the coverage that is asked for.
UNTRACED = [
    "src/songcau/entry/backup",
    "src/songcau/entry/tests/test_backup_command.py",
    "src/songcau/entry/tests/test_broker_command.py",
    "src/songcau/systems/citizen_reports/tests/blurring/test_finding.py",
    "tests/architecture",
    "tests/conformance",
    "tests/context",
    "tests/foundation/test_upload_storm.py",
    "tests/incidents/test_alerts_process.py",
    "tests/reports/test_nobody_learns_who_reported.py",
    "tests/reports/test_shield.py",
]


def driving_a_browser() -> list[str]:
    """The files whose tests drive a browser: to read all is quicker than to import all."""
    files = [file for folder in ("src", "tests") for file in (ROOT / folder).rglob("test_*.py")]
    return sorted(str(file) for file in files if "mark.browser" in file.read_text(encoding="utf-8"))


def report_file(name: str) -> str:
    return f"--junit-xml={REPORTS / name}.xml"


@dataclass(frozen=True)
class Step:
    """A check: its name, what runs it, what the machine must have, what it adds to the environment, what it waits for.

    It can only wait for what stands before it.
    """

    name: str
    command: list[str]
    needs: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()


# Begun in this order. The longest is the first, beside it runs everything else.
STEPS = (
    Step(
        "tests on SQLite",
        [*PYTEST, "-m", NO_BROWSER, *COVERAGE, report_file("sqlite"), *(f"--ignore={file}" for file in UNTRACED)],
    ),
    Step("long tests on SQLite", [*PYTEST, "-m", NO_BROWSER, report_file("sqlite-long"), *UNTRACED]),
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
    # What tests of a file share (a report on its way, a session) is made once more by each process that runs some of
    # them: each gets half of the list, and whoever is done first takes from the other's end.
    Step(
        "browser journeys",
        [*PYTEST, "--dist", "worksteal", "-m", "browser and not soak", report_file("browser"), *driving_a_browser()],
        needs="chromium",
    ),
    Step(
        "all else on PostgreSQL",
        [*PYTEST, "-m", NO_BROWSER, report_file("postgresql"), *ONCE, f"--ignore={OUTBOX}"],
        needs="postgresql",
        environment={"SONGCAU_DATABASE": capabilities.POSTGRESQL},
    ),
    # What the outbox does only on PostgreSQL (locks, NOTIFY) counts towards its coverage; the rest is the same code
    # on the other database, and is tried without the cost of tracing it once more.
    Step(
        "outbox on PostgreSQL",
        [*PYTEST, "-m", NO_BROWSER, *COVERAGE, "--cov-append", report_file("outbox"), OUTBOX],
        needs="postgresql",
        environment={"SONGCAU_DATABASE": capabilities.POSTGRESQL},
        # It adds to the coverage of the one, and its test databases have the names of those of the other.
        after=("tests on SQLite", "all else on PostgreSQL"),
    ),
    Step("coverage", [PYTHON, "-m", "tools.coverage_bounds"], after=("tests on SQLite", "outbox on PostgreSQL")),
)


def environment_for(step: Step) -> dict[str, str]:
    """A clean environment: no setting of a running city leaks into a check.

    What Python compiles is kept, also where the shell says otherwise: dozens of processes would each compile all of it.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("SONGCAU_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    bin_folder = str(Path(PYTHON).parent)
    return {
        **kept,
        "PATH": f"{bin_folder}{os.pathsep}{kept.get('PATH', '')}",
        "PYTHONPATH": f"{ROOT / 'src'}{os.pathsep}{ROOT}",
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        **step.environment,
    }


def run(step: Step, begun: Mapping[str, Future[bool]]) -> bool:
    """Run one check; its output is shown when it fails, and always for tests."""
    for before in step.after:
        if before in begun:
            begun[before].exception()
    since = time.monotonic()
    done = subprocess.run(
        step.command, cwd=ROOT, env=environment_for(step), text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    passed = done.returncode == 0
    with SPEAKING:
        print(f"── {step.name} {'passed' if passed else 'FAILED'} in {time.monotonic() - since:.1f} s", flush=True)
        if not passed:
            print(done.stdout, flush=True)
        elif "pytest" in step.command:
            print(done.stdout.strip().splitlines()[-1], flush=True)
    return passed


def run_all(steps: list[Step]) -> list[str]:
    """Run checks; the names of those that failed, in their order."""
    begun: dict[str, Future[bool]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            for step in steps:
                begun[step.name] = pool.submit(run, step, begun)
            return [name for name, running in begun.items() if not running.result()]
        finally:
            # Whoever interrupts does not want to see what had not begun.
            pool.shutdown(wait=False, cancel_futures=True)


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


def failed_tests() -> list[str]:
    """Every test that failed, with the first line of what it said: at the end, where whoever looks first looks."""
    said = []
    for report in sorted(REPORTS.glob("*.xml")):
        for case in ET.parse(report).iter("testcase"):  # noqa: S314  # written by our own test run
            for fault in [*case.findall("failure"), *case.findall("error")]:
                words = str(fault.get("message")).strip().splitlines() or [""]
                said.append(f"{report.stem}: {case.get('classname')}.{case.get('name')}: {words[0][:300]}")
    return said


def main() -> int:
    missing = {name: reason for name, probe in capabilities.ALL.items() if (reason := probe())}
    not_run = [f"{step.name}: {missing[step.needs]}" for step in STEPS if step.needs in missing]
    steps = [step for step in STEPS if step.needs not in missing]
    begun = time.monotonic()
    failed = run_all(steps)
    not_run += skipped_tests()
    passed = len(steps) - len(failed)
    print(f"\n{time.monotonic() - begun:.0f} s in all")
    for line in failed:
        print(f"FAILED   {line}")
    for line in failed_tests():
        print(f"FAILED   {line}")
    for line in not_run:
        print(f"NOT RUN  {line}")
    print(f"checks: {passed} passed, {len(failed)} failed, {len(not_run)} skipped")
    return 1 if failed or (not_run and os.environ.get("CI")) else 0


if __name__ == "__main__":
    sys.exit(main())
