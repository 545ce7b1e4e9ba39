"""Cases that the suite itself gets wrong: `exclusions.toml` beside this file, each with its reason."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from tools.conformance.cases import Case

FILE = Path(__file__).with_name("exclusions.toml")


@dataclass(frozen=True)
class Exclusions:
    """Reasons by case: the key is the case's number, or its whole name where the suite uses a number twice."""

    reasons: dict[str, str]

    def reason_for(self, case: Case) -> str:
        """Why a case is excluded, or an empty string."""
        return self.reasons.get(case.name) or self.reasons.get(case.id) or ""

    def faults(self, cases: Iterable[Case]) -> list[str]:
        """Keys that name no case of the whole suite, or more than one."""
        names = [(case.name, case.id) for case in cases]
        counts = {key: sum(key in both for both in names) for key in self.reasons}
        return [f"exclusion {key!r} names {count} cases" for key, count in counts.items() if count != 1]


def load(file: Path = FILE) -> Exclusions:
    """Read the exclusions. A case without a reason is a ValueError."""
    written = tomllib.loads(file.read_text(encoding="utf-8"))
    reasons: dict[str, str] = {}
    for key, reason in written.items():
        if not isinstance(reason, str) or not reason.strip():
            raise ValueError(f"{file.name}: {key} has no reason")
        reasons[key] = " ".join(reason.split())
    return Exclusions(reasons)
