"""How long a history is kept, by type of entity, and what of the disk may go.

The file `retention.json` in the broker's folder, if there is one, says days by type; `*` is for all other types:

    {"TrafficFlowObserved": 90, "*": 3650}

Names are expanded by the core @context unless they are IRIs. An entity of several types keeps its history as long as
the most patient of them asks. The present state stays, however old it is. What was hidden from a history goes from the
disk too, whatever its age.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import orjson

from songcau.context.journal.corrections import Mask

ALL_OTHERS: Final = "*"
MICROSECONDS_A_DAY: Final = 86_400_000_000
MOST_DAYS: Final = 100_000
ROWS_AT_ONCE: Final = 500


class RetentionUnreadable(Exception):
    """The file of retention is not of its form; the sentence says where."""


@dataclass(frozen=True, slots=True)
class Retention:
    """Days by expanded type. Without an answer for a type its histories are kept for good."""

    days: Mapping[str, int] = field(default_factory=dict)

    def cut(self, types: tuple[str, ...], now: int) -> int | None:
        """Before which instant (microseconds since 1970) the history of an entity goes; None: never."""
        others = self.days.get(ALL_OTHERS)
        found = [self.days.get(kind, others) for kind in types]
        longest: int | None = None
        for days in found:
            if days is None:
                return None
            longest = days if longest is None else max(longest, days)
        return None if longest is None else now - longest * MICROSECONDS_A_DAY


def retention_in(file: Path, expand: Callable[[str], str]) -> Retention:
    """The retention that a file asks for. Raises RetentionUnreadable."""
    try:
        content = orjson.loads(file.read_bytes())
    except (OSError, orjson.JSONDecodeError) as error:
        raise RetentionUnreadable(f"{file.name}: {error}") from error
    if not isinstance(content, dict):
        raise RetentionUnreadable(f"{file.name} is not an object of types and days")
    found: dict[str, int] = {}
    for kind, days in content.items():
        if isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= MOST_DAYS:
            raise RetentionUnreadable(f"{file.name}: {kind} is not a number of days from 1 to {MOST_DAYS:,}")
        found[kind if kind == ALL_OTHERS else expand(kind)] = days
    return Retention(found)


@dataclass(frozen=True, slots=True)
class Known:
    """One life as a pass over all of them meets it. newest: its last row; None while it lives, 0 if it never lived."""

    number: int
    tenant: str
    entity_id: str
    types: tuple[str, ...]
    newest: int | None


@dataclass(frozen=True, slots=True)
class Removal:
    """What of one life goes from the disk in one transaction.

    before: what was added to the history and observed before that instant. is_last: nothing of the life remains, so
    that its name goes too.
    """

    number: int
    rows: tuple[int, ...] = ()
    before: int | None = None
    is_last: bool = False


@dataclass(slots=True)
class Expired:
    """Rows of a life that may go, oldest first; is_all: they are all that there is of it."""

    rows: list[int] = field(default_factory=list)
    is_all: bool = False


def may_go(seq: int, at: int, cut: int | None, mask: Mask) -> bool:
    """Whether a row is too old, or wholly hidden."""
    return seq <= mask.everything or (cut is not None and at < cut)
