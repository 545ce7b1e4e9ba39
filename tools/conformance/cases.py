"""The cases of a checkout, read from its sources, and what Robot wrote of them, read from `output.xml`."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path

from tools.conformance.groups import TESTS, Group

SECTION = re.compile(r"^\*+\s*([A-Za-z ]+?)\s*\*")
HEADLINE = re.compile(r"((Parent suite )?[Ss]etup|Teardown) failed:")
# What Robot writes of a case in which it was told to end, and of those it then left out.
TOLD_TO_END = "Execution terminated by signal"
LEFT_OUT = "Test execution stopped due to a fatal error."
SHOWN_BODY = 600
NOT_RUN = "not run"


@dataclass(frozen=True)
class Case:
    """One case of the suite: its file under `TP/NGSI-LD` and its name as Robot prints it."""

    file: str
    name: str

    @property
    def id(self) -> str:
        """The number that the name begins with, such as `010_04_01`; a few numbers are used twice in the suite."""
        return self.name.split()[0]


@dataclass(frozen=True)
class Outcome:
    """How a case ended: `passed`, `failed` or `not run`, Robot's message, seconds, and what was said over HTTP."""

    case: Case
    status: str
    message: str = ""
    seconds: float = 0.0
    exchanges: tuple[str, ...] = field(default=())

    @property
    def first_line(self) -> str:
        """The first line of Robot's message that says what was wrong; "Setup failed:" alone does not."""
        lines = [line.strip() for line in self.message.splitlines() if line.strip()]
        telling = [line for line in lines if not HEADLINE.fullmatch(line)]
        return (telling or lines or [""])[0]


def cases_of(suite: Path, group: Group, pattern: str = "*") -> list[Case]:
    """Every case of a group whose name or number matches the pattern, in the order of the suite."""
    root = suite / TESTS
    return [
        case
        for folder in group.folders
        for file in sorted((root / folder).rglob("*.robot"))
        for case in _listed(file, file.relative_to(root).as_posix())
        if fnmatchcase(case.name, pattern) or fnmatchcase(case.id, pattern)
    ]


def _listed(file: Path, relative: str) -> Iterator[Case]:
    section = ""
    for line in file.read_text(encoding="utf-8").splitlines():
        if heading := SECTION.match(line):
            section = heading.group(1).lower()
        elif section == "test cases" and line[:1].strip() and not line.startswith("#"):
            # Two spaces end the name; what follows on the line are arguments of a template.
            yield Case(relative, re.split(r"\s{2,}|\t", line.strip())[0])


def outcomes_in(output: Path) -> list[Outcome]:
    """What Robot's `output.xml` says of every case. A file that was cut off gives the cases before the cut."""
    if not output.is_file():
        return []
    found: list[Outcome] = []
    suites: list[ET.Element] = []
    try:
        for event, element in ET.iterparse(output, events=("start", "end")):  # noqa: S314  # our own Robot wrote it
            if element.tag == "suite":
                suites.append(element) if event == "start" else suites.pop()
            elif element.tag == "test" and event == "end":
                found.append(_outcome(element, suites[-1]))
                element.clear()
    except ET.ParseError:
        pass
    return found


def _outcome(test: ET.Element, suite: ET.Element) -> Outcome:
    status = test.find("status")
    file = suite.get("source", "").replace("\\", "/").split(f"{TESTS}/", 1)[-1]
    case = Case(file, test.get("name", ""))
    if status is None or LEFT_OUT in (status.text or ""):
        return Outcome(case, NOT_RUN)
    seconds = float(status.get("elapsed", "0"))
    if status.get("status") == "PASS":
        return Outcome(case, "passed", seconds=seconds)
    set_up = suite.find("kw[@type='SETUP']")
    before = [] if set_up is None else list(_exchanges(set_up))
    return Outcome(case, "failed", status.text or "", seconds, (*before, *_exchanges(test)))


def _exchanges(test: ET.Element) -> Iterator[str]:
    """Requests, answers and notifications that the suite wrote into its log, each cut to a few lines."""
    for message in test.iter("msg"):
        text = message.text or ""
        if not text.startswith("{\n"):
            continue
        try:
            said = json.loads(text)
        except ValueError:
            continue
        if isinstance(said, dict) and "headers" in said and "body" in said:
            yield _told(said)


def _told(said: dict[str, object]) -> str:
    body = "" if said["body"] is None else json.dumps(said["body"], ensure_ascii=False)
    body = body if len(body) <= SHOWN_BODY else f"{body[:SHOWN_BODY]}…"
    headers = said["headers"] if isinstance(said["headers"], dict) else {}
    kept = {
        key: value for key, value in headers.items() if key.lower() in ("content-type", "accept", "link", "location")
    }
    if "method" in said:
        return f"> {said['method']} {said['url']} {kept} {body}"
    if "status_code" in said:
        return f"< {said['status_code']} {kept} {body}"
    return f"! notification {kept} {body}"
