"""How serious something is: the five levels of alerts, incidents and bulletins, the most serious first."""

from enum import StrEnum


class Level(StrEnum):
    CRITICAL = "CRITICAL"
    HIGH = "HIGH"
    MEDIUM = "MEDIUM"
    LOW = "LOW"
    INFORMATION = "INFORMATION"


_RANKS = {str(level): rank for rank, level in enumerate(Level, start=1)}


def rank_of(level: str) -> int:
    """1 for the most serious; a level that nobody knows stands last."""
    return _RANKS.get(level, len(_RANKS) + 1)


def most_serious(levels: tuple[str, ...]) -> str:
    """Of several; INFORMATION for none."""
    return min(levels, key=rank_of, default=str(Level.INFORMATION))
