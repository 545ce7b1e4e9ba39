"""What a batch of findings means for the alerts that are open: pure bookkeeping on plain data."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from songcau.systems.incidents.rules.alerts import FLOOD_FROM, FLOOD_MINUTES
from songcau.systems.incidents.rules.findings import CLEARED, RAISED, Finding

AREA = "area:"
WARD = "/wards/W"
Key = tuple[UUID, str, datetime]


@dataclass(slots=True)
class Line:
    """An open line of the queue as the grouping sees it."""

    id: UUID
    rule_id: UUID
    group_key: str
    raised_at: datetime


@dataclass(slots=True)
class Lines:
    """The open lines by what they have in common, and by their rule: where a new alert belongs."""

    by_key: dict[str, Line] = field(default_factory=dict)
    by_rule: dict[UUID, list[Line]] = field(default_factory=dict)

    def add(self, line: Line) -> None:
        if line.group_key:
            known = self.by_key.get(line.group_key)
            if known is None or line.raised_at > known.raised_at:
                self.by_key[line.group_key] = line
        self.by_rule.setdefault(line.rule_id, []).append(line)

    def head_for(self, rule_id: UUID, group_key: str, raised_at: datetime, span: timedelta) -> UUID | None:
        """The line under which it stands; None: it is a line of its own."""
        same = self.by_key.get(group_key) if group_key else None
        if same is not None and abs(raised_at - same.raised_at) <= span:
            return same.id
        flood = timedelta(minutes=FLOOD_MINUTES)
        near = [line for line in self.by_rule.get(rule_id, ()) if abs(raised_at - line.raised_at) <= flood]
        return near[0].id if len(near) >= FLOOD_FROM else None


def key_of(finding: Finding) -> Key:
    return (finding.rule_id, finding.subject, finding.began_at)


def changing(findings: Iterable[Finding]) -> list[Finding]:
    """Those that begin or end something, each once."""
    seen: dict[tuple[str, Key], Finding] = {}
    for finding in findings:
        if finding.kind in (RAISED, CLEARED):
            seen.setdefault((finding.kind, key_of(finding)), finding)
    return list(seen.values())


def ward_code(scope: str) -> str:
    """`/wards/W05512` → `05512`; nothing for what is no ward."""
    return scope.removeprefix(WARD) if scope.startswith(WARD) else ""


def storable(values: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON can hold it: what is no finite number is unknown."""
    return {
        str(name): None if isinstance(one, float) and not math.isfinite(one) else one for name, one in values.items()
    }


def subject_name(subject: str, values: Mapping[str, Any], ward_name: str, known: str = "") -> str:
    """How the subject is called: as the live city names it, else as it was called before, else the ward, else the last
    part of its id.
    """
    said = values.get("name")
    if isinstance(said, str) and said.strip():
        return " ".join(said.split())[:300]
    if subject.startswith(AREA):
        return known or ward_name
    return known or subject.rpartition(":")[2][:300]


def points(evidence: Sequence[str]) -> list[str]:
    """Of evidence as much as a person reads."""
    return list(dict.fromkeys(evidence))[:50]


def entity_name(entity: Mapping[str, Any]) -> str:
    """The name of an entity in its simplified form, in Vietnamese where it has languages; empty for none."""
    said = entity.get("name")
    if isinstance(said, Mapping):
        names = said.get("languageMap", said)
        said = names.get("vi") or next((one for one in names.values() if isinstance(one, str)), "") if names else ""
    return " ".join(said.split()) if isinstance(said, str) else ""


def name_of(document: Mapping[str, Any]) -> str:
    """The name of an entity as the broker tells it, with its attributes written out; empty for none."""
    named = document.get("name")
    return entity_name({"name": named.get("value", named)} if isinstance(named, Mapping) else {"name": named})
