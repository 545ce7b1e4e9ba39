"""Parts of the suite, each with a broker and an address of its own, several at once."""

import threading
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue

from tools.conformance import servers
from tools.conformance.cases import NOT_RUN, Case, Outcome, cases_of, outcomes_in
from tools.conformance.groups import ALONE, NOTIFYING, REGISTRATION_NOTIFYING, Group
from tools.conformance.robots import Robot

PART_SECONDS = 30.0
# Robot is ended after so many times what a part should take, and a little more.
PATIENCE, SPARE_SECONDS = 8.0, 90.0
MOST_ATTEMPTS = 4
# Seconds that a case takes: those that wait for a notification, or for its absence, and all others.
WAITING, QUICK = 6.0, 0.35


@dataclass(frozen=True)
class Part:
    """A few files of one group that are run one after the other against one fresh broker."""

    group: Group
    number: int
    cases: tuple[Case, ...]
    is_whole: bool = True

    @property
    def name(self) -> str:
        return f"{self.group.name}-{self.number}"

    @property
    def files(self) -> list[str]:
        return list(dict.fromkeys(case.file for case in self.cases))

    @property
    def named(self) -> list[str]:
        """The cases to name to Robot; none when the files are run whole."""
        return [] if self.is_whole else [case.name for case in self.cases]

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
            parts += _cut(group, cases_of(suite, group, pattern), pattern == "*")
    return sorted(parts, key=lambda part: -part.seconds)


def _cut(group: Group, cases: list[Case], is_whole: bool) -> list[Part]:
    files: dict[str, list[Case]] = {}
    for case in cases:
        files.setdefault(case.file, []).append(case)
    shares: list[list[Case]] = []
    for of_file in (of_file for file, of_file in files.items() if file not in ALONE):
        if not shares or sum(map(seconds_of, shares[-1])) >= PART_SECONDS:
            shares.append([])
        shares[-1] += of_file
    shares += [of_file for file, of_file in files.items() if file in ALONE]
    return [Part(group, number, tuple(share), is_whole) for number, share in enumerate(shares, 1)]


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
    """Run one part; what its cases came to, and what went wrong around them (empty when nothing did).

    The suite's receivers can wait for ever, for example when they cannot listen. The case in which that happens has
    failed; the rest of the part is run again, with a fresh broker.
    """
    outcomes: dict[Case, Outcome] = {}
    troubles = ""
    left = part
    for attempt in range(1, MOST_ATTEMPTS + 1):
        found, trouble, hangs = _attempt(plan, left, plan.output / f"{part.name}-{attempt}", address)
        troubles += trouble
        outcomes |= {outcome.case: outcome for outcome in found if outcome.status != NOT_RUN}
        rest = tuple(case for case in left.cases if case not in outcomes)
        if hangs and rest == left.cases:
            # Nothing was written at all, so it hung in the first one.
            outcomes[rest[0]] = Outcome(rest[0], "failed", "Robot hung in this case")
            rest = rest[1:]
        if not hangs or not rest:
            break
        left = Part(part.group, part.number, rest, is_whole=False)
    return complete(part, list(outcomes.values()), troubles.strip()), troubles


def complete(part: Part, outcomes: list[Outcome], trouble: str = "") -> list[Outcome]:
    """The outcome of each case of a part; one that Robot wrote nothing of did not run."""
    written = {outcome.case: outcome for outcome in outcomes}
    return [written.get(case) or Outcome(case, NOT_RUN, trouble) for case in part.cases]


def _attempt(plan: Plan, part: Part, folder: Path, address: str) -> tuple[list[Outcome], str, bool]:
    """Outcomes, trouble, and whether Robot had to be ended."""
    trouble, hangs = "", False
    try:
        with servers.Broker(plan.broker, folder, plan.contexts) as broker:
            robot = Robot(plan.robot, plan.suite, folder, address, plan.with_logs)
            trouble = robot.run(
                part.files, part.named, servers.variables(broker, address), SPARE_SECONDS + PATIENCE * part.seconds
            )
            hangs = robot.was_ended
            if not broker.alive:
                trouble += f"\n  the broker ended with {broker.process.returncode}:\n{broker.last_words}"
    except servers.BrokerFailed as failed:
        trouble = f"\n  {failed}"
    return outcomes_in(folder / "robot" / "output.xml"), trouble, hangs
