"""What may be wrong with one observation, judged by the one before it and by what its kind is expected to be.

An observation is an instance with `observedAt`. Doubt never drops it: it is stored, with its doubts in the
sub-attribute `qualityFlags`, and who reads decides. Pure: the instant of writing is handed in.

| flag | an observation … |
| --- | --- |
| AHEAD_OF_CLOCK | observed later than the broker's clock allows: the device's clock is fast |
| OUT_OF_ORDER | observed earlier than the one the broker holds: kept in the history, the present state stays |
| REPEATED | of the same instant and value as the one before: a message sent twice |
| CORRECTED | of the same instant as the one before, with another value |
| OUT_OF_RANGE | a number below or above what its attribute can be |
| SPIKE | a number that moved faster than its attribute can |
| UNIT_CHANGED | in another unit than the one before, or than the expected one |
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, Final

from songcau.context.entities.entity import Instance

# The sub-attribute `qualityFlags`, expanded by the core @context.
FLAGS_NAME: Final = "https://uri.etsi.org/ngsi-ld/default-context/qualityFlags"
AHEAD = timedelta(minutes=5)


class Flag(StrEnum):
    """A doubt about one observation."""

    AHEAD_OF_CLOCK = "AHEAD_OF_CLOCK"
    OUT_OF_ORDER = "OUT_OF_ORDER"
    REPEATED = "REPEATED"
    CORRECTED = "CORRECTED"
    OUT_OF_RANGE = "OUT_OF_RANGE"
    SPIKE = "SPIKE"
    UNIT_CHANGED = "UNIT_CHANGED"


@dataclass(frozen=True, slots=True)
class Expectation:
    """What an attribute of a type can be. lowest, highest: in its unit; steepest: change in its unit per minute.

    unit: a UN/CEFACT code such as CEL. None: not limited.
    """

    lowest: float | None = None
    highest: float | None = None
    steepest: float | None = None
    unit: str | None = None


NOTHING_EXPECTED = Expectation()


def flags_of(
    before: Instance | None, observed: Instance, *, expected: Expectation = NOTHING_EXPECTED, now: datetime
) -> tuple[Flag, ...]:
    """The doubts about `observed`, which has an observedAt. before: the instance it follows; now: aware."""
    at = datetime.fromisoformat(observed["observedAt"])
    found = [Flag.AHEAD_OF_CLOCK] if at > now + AHEAD else []
    value: Any = observed.get("value")
    then = datetime.fromisoformat(before["observedAt"]) if before is not None and "observedAt" in before else None
    # One that claims to be of the future is no measure of order: everything true would come too late for ever.
    if before is not None and then is not None and then <= now + AHEAD:
        found += _beside(before, then, value, at, expected)
    if _is_number(value):
        if _outside(value, expected):
            found.append(Flag.OUT_OF_RANGE)
        if _other_unit(before, observed, expected):
            found.append(Flag.UNIT_CHANGED)
    return tuple(found)


def _beside(before: Instance, then: datetime, value: Any, at: datetime, expected: Expectation) -> list[Flag]:
    if at < then:
        return [Flag.OUT_OF_ORDER]
    earlier = before.get("value")
    if at == then:
        return [Flag.REPEATED if value == earlier else Flag.CORRECTED]
    if expected.steepest is not None and _is_number(value) and _is_number(earlier):
        minutes = (at - then).total_seconds() / 60
        if abs(value - earlier) > expected.steepest * minutes:
            return [Flag.SPIKE]
    return []


def _outside(value: float, expected: Expectation) -> bool:
    below = expected.lowest is not None and value < expected.lowest
    return below or (expected.highest is not None and value > expected.highest)


def _other_unit(before: Instance | None, observed: Instance, expected: Expectation) -> bool:
    unit = observed.get("unitCode")
    if expected.unit is not None:
        return unit is not None and unit != expected.unit
    earlier: Mapping[str, Any] = before or {}
    return "unitCode" in earlier and unit is not None and unit != earlier["unitCode"]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
