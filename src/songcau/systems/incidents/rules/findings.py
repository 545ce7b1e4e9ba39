"""What the engine of the alert rules says to the case work: a condition began, still holds, or ended. Plain data."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal
from uuid import UUID

RAISED: Final = "RAISED"
CLEARED: Final = "CLEARED"
STILL: Final = "STILL"
Kind = Literal["RAISED", "CLEARED", "STILL"]
Value = float | str | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is to be known of one rule and one subject.

    subject: an entity's id, or `area:<scope>` where entities of an area are counted together. began_at: the observed
    instant when the condition began to hold; with rule and subject it names the alert. at: the instant of this finding.
    values: what fired it (value, limit, unit, usual …). scope: `/wards/W05512`, or empty. point: longitude, latitude.
    evidence: ids of the entities that led to it.
    """

    kind: Kind
    rule_id: UUID
    subject: str
    began_at: datetime
    at: datetime
    values: Mapping[str, Value]
    scope: str
    point: tuple[float, float] | None
    evidence: tuple[str, ...]
