"""Parts of the suite, each with a broker and an address of its own, several at once."""

import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tools.conformance import mosquitto, servers
from tools.conformance.cases import NOT_RUN, Case, Outcome, cases_of, outcomes_in
from tools.conformance.groups import NOTIFYING, REGISTRATION_NOTIFYING, TESTS, Group

PART_SECONDS = 30.0
LIMIT_SECONDS = 20 * 60
# Seconds that a case takes: those that wait for a notification, or for its absence, and all others.
WAITING, QUICK = 6.0, 0.35


@dataclass(frozen=True)
class Part:
    """A few files of one group that are run one after the other against one fresh broker."""

    group: Group
    number: int
    cases: tuple[Case, ...]

    @property
    def name(self) -> str:
        return f"{self.group.name}-{self.number}"

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(case.file for case in self.cases))

    @property
    def seconds(self) -> float:
        return sum(seconds_of(case) for case in self.cases)


@dataclass(frozen=True)
class Plan:
    """What is common to all parts of a run."""

    suite: Path
    robot: Path
    broker: list[str]
    contexts: Path
    output: Path
    pattern: str
    with_logs: bool


def seconds_of(case: Case) -> float:
    """About how long a case takes; good enough to share the work out."""
    return WAITING if case.file.startswith((NOTIFYING, REGISTRATION_NOTIFYING)) else QUICK


def parts_of(suite: Path, groups: Iterable[Group], pattern: str = "*") -> list[Part]:
    """The groups cut into parts of about half a minute, the longest first. A file is never cut."""
    chosen = list(groups)
    names = {group.name for group in chosen}
    parts: list[Part] = []
    for group in chosen:
        if group.part_of not in names:
            parts += _cut(group, cases_of(suite, group, pattern))
    return sorted(parts, key=lambda part: -part.seconds)


def _cut(group: Group, cases: list[Case]) -> list[Part]:
    files: dict[str, list[Case]] = {}
    for case in cases:
        files.setdefault(case.file, []).append(case)
    shares: list[list[Case]] = []
    for of_file in files.values():
        if not shares or sum(map(seconds_of, shares[-1])) >= PART_SECONDS:
            shares.append([])
        shares[-1] += of_file
    return [Part(group, number, tuple(share)) for number, share in enumerate(shares, 1)]


def run_all(plan: Plan, parts: list[Part], workers: int, say: Callable[[str], None]) -> list[Outcome]:
    """Run every part, so many at once, and give the outcomes in the order of the suite."""
    addresses: SimpleQueue[str] = SimpleQueue()
    for worker in range(workers):
        addresses.put(servers.address_of(worker))
    lock = threading.Lock()

    def one(part: Part) -> list[Outcome]:
        address = addresses.get()
        begun = time.monotonic()
        try:
            outcomes, trouble = run_part(plan, part, address)
        finally:
            addresses.put(address)
        passed = sum(outcome.status == "passed" for outcome in outcomes)
        with lock:
            say(f"{part.name}: {passed} of {len(outcomes)} passed in {time.monotonic() - begun:.0f} s{trouble}")
        return outcomes

    with ThreadPoolExecutor(workers) as pool:
        found = [outcome for outcomes in pool.map(one, parts) for outcome in outcomes]
    return sorted(found, key=lambda outcome: outcome.case.file)


def run_part(plan: Plan, part: Part, address: str) -> tuple[list[Outcome], str]:
    """Run one part; what its cases came to, and what went wrong around them (empty when nothing did)."""
    folder = plan.output / part.name
    trouble = ""
    try:
        with servers.Broker(plan.broker, folder, plan.contexts) as broker:
            trouble = _robot(plan, part, folder, servers.variables(broker, address), address)
            if not broker.alive:
                trouble += f"\n  the broker ended with {broker.process.returncode}:\n{broker.last_words}"
    except servers.BrokerFailed as failed:
        trouble = f"\n  {failed}"
    return complete(part, outcomes_in(folder / "robot" / "output.xml"), trouble.strip()), trouble


def complete(part: Part, outcomes: list[Outcome], trouble: str = "") -> list[Outcome]:
    """The outcome of each case of a part; one that Robot wrote nothing of did not run."""
    written = {outcome.case: outcome for outcome in outcomes}
    return [written.get(case) or Outcome(case, NOT_RUN, trouble) for case in part.cases]


def _robot(plan: Plan, part: Part, folder: Path, variables: dict[str, object], address: str) -> str:
    given = folder / "variables.json"
    given.write_text(json.dumps(variables, indent=2), encoding="utf-8")
    commands = folder / "commands"
    mosquitto.write_command(commands, plan.suite, address, (servers.MQTT_PORT, servers.OTHER_MQTT_PORT))
    environment = {
        **servers.offline(),
        "PATH": f"{commands}{os.pathsep}{os.environ.get('PATH', '')}",
        "PYTHONPATH": "",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    logs = [] if plan.with_logs else ["--log", "NONE", "--report", "NONE"]
    command = [
        *(str(plan.robot), "-m", "robot", "--console", "none", "--name", part.name),
        *("--outputdir", str(folder / "robot"), "--variablefile", str(given), *logs),
        *("--pythonpath", str(plan.suite / "libraries" / "robotframework-httpctrl" / "src")),
        *(word for case in _named(plan, part) for word in ("--test", case)),
        *(f"{TESTS}/{file}" for file in part.files),
    ]
    with (folder / "robot.txt").open("wb") as written:
        process = subprocess.Popen(
            command, cwd=plan.suite, env=environment, stdout=written, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL
        )
        try:
            code = process.wait(LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            return f"\n  Robot was ended after {LIMIT_SECONDS} s"
        finally:
            mosquitto.remove(commands)
    # Robot ends with the number of failed cases, up to 250; above that it could not run.
    return "" if code <= 250 else f"\n  Robot ended with {code}; see {folder / 'robot.txt'}"


def _named(plan: Plan, part: Part) -> list[str]:
    return [] if plan.pattern == "*" else [case.name for case in part.cases]
