"""What entities say in the tests, and an engine that is told it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.rules.engine import Engine, RuleSpec, Window
from songcau.systems.incidents.rules.findings import Finding

# Monday, 23 November 2026, midnight by UTC.
MONDAY = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
RULE = UUID("00000000-0000-0000-0000-000000000001")
RIVER = "urn:ngsi-ld:WaterLevelObserved:GiaBay"
WARD, OTHER_WARD = "/wards/W05443", "/wards/W05446"


def at(minutes: float) -> float:
    return MONDAY + minutes * 60


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z")


def level(
    value: object, minutes: float | None, *, entity: str = RIVER, unit: str = "MTR", scope: str = ""
) -> dict[str, Any]:
    """A level in a river, as a document."""
    said: dict[str, Any] = {"type": "Property", "value": value}
    if unit:
        said["unitCode"] = unit
    if minutes is not None:
        said["observedAt"] = iso(at(minutes))
    found: dict[str, Any] = {"id": entity, "type": "WaterLevelObserved", "level": said}
    if scope:
        found["scope"] = scope
    return found


def report(
    number: int, minutes: float, *, category: str = "FLOODING", scope: Any = WARD, **more: Any
) -> dict[str, Any]:
    """A citizen's report, as a document."""
    values: dict[str, Any] = {"category": category, "isOpen": True, "reportedAt": iso(at(minutes)), **more}
    found: dict[str, Any] = {"id": f"urn:ngsi-ld:CitizenReport:{number}", "type": "CitizenReport", "scope": scope}
    found |= {name: {"type": "Property", "value": v, "observedAt": iso(at(minutes))} for name, v in values.items()}
    return found


THRESHOLD: dict[str, Any] = {
    "kind": "THRESHOLD", "type": "WaterLevelObserved", "attribute": "level", "unit": "MTR",
    "side": "ABOVE", "limit": 26, "clear": 25.5, "need": 1, "of": 1,
}  # fmt: skip
FLOODED: dict[str, Any] = {
    "kind": "COUNT", "type": "CitizenReport", "attribute": "category", "values": ["FLOODING"],
    "also": {"isOpen": [True]}, "time_attribute": "reportedAt", "minutes": 60, "limit": 3, "clear": 2,
}  # fmt: skip


class Told:
    """An engine with one rule, and the findings that it gave."""

    def __init__(self, document: dict[str, Any], *, windows: Sequence[Window] = (), offset: float = 0.0) -> None:
        self.engine = Engine([RuleSpec(RULE, 1, read_condition(document))], offset=offset)
        self.engine.set_windows(windows, MONDAY)
        self.findings: list[Finding] = []

    def see(self, document: dict[str, Any], minutes: float) -> list[Finding]:
        """The entity says it at that minute; the findings that follow."""
        self.engine.advance(at(minutes))
        self.engine.see(document, at(minutes))
        return self.told()

    def levels(self, *values: object, first: float = 0, every: float = 1, **more: Any) -> list[str]:
        """One level each minute; the kinds of findings that follow."""
        found: list[Finding] = []
        for number, value in enumerate(values):
            minutes = first + number * every
            found += self.see(level(value, minutes, **more), minutes)
        return [one.kind for one in found]

    def wait(self, minutes: float) -> list[Finding]:
        self.engine.advance(at(minutes))
        return self.told()

    def told(self) -> list[Finding]:
        found = self.engine.take()
        self.findings += found
        return found

    def refused(self) -> dict[str, int]:
        return {why: count for (_rule, why), (count, _last) in self.engine.refused.items()}
