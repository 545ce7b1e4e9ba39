"""What places announces."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class UnitsLoaded:
    """A profile brought units that were not there, closed some, or told more of some."""

    profile: str
    added: int
    changed: int


@dataclass(frozen=True, slots=True)
class BoundariesApplied:
    """Outlines of these units (codes at one level) hold from a day on."""

    level: str
    codes: tuple[str, ...]
    on: date
    source: str
