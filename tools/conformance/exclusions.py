"""Cases that the suite itself gets wrong: `exclusions.toml` beside this file, each with its reason."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.conformance.cases import Case, Outcome

FILE = Path(__file__).with_name("exclusions.toml")


@dataclass(frozen=True)
class Exclusion:
    """Why a case does not count, and the part of Robot's message by which the suite's fault shows."""

    reason: str
    message: str


@dataclass(frozen=True)
class Exclusions:
    """Exclusions by case: the key is the case's number, or its whole name where the suite uses a number twice."""

    cases: dict[str, Exclusion]

    def reason_for(self, outcome: Outcome) -> str:
        """Why a case does not count, or an empty string.

        A case that fails with another message than the suite's fault brings about is no exclusion: it counts.
        """
        found = self.cases.get(outcome.case.name) or self.cases.get(outcome.case.id)
        if found is None or (outcome.status != "passed" and found.message not in outcome.message):
            return ""
        return found.reason

    def faults(self, cases: Iterable[Case]) -> list[str]:
        """Keys that name no case of the whole suite, or more than one."""
        names = [(case.name, case.id) for case in cases]
        counts = {key: sum(key in both for both in names) for key in self.cases}
        return [f"exclusion {key!r} names {count} cases" for key, count in counts.items() if count != 1]


def load(file: Path = FILE) -> Exclusions:
    """Read the exclusions. A case without a reason or without a message is a ValueError."""
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    return Exclusions({key: _exclusion(f"{file.name}: {key}", told) for key, told in written.items()})


def _exclusion(where: str, told: object) -> Exclusion:
    words = told if isinstance(told, dict) else {}
    found = {name: " ".join(str(words.get(name, "")).split()) for name in ("reason", "message")}
    for name, value in found.items():
        if not value:
            raise ValueError(f"{where} has no {name}")
    return Exclusion(**found)
