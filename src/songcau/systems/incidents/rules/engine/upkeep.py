"""Maintenance windows: while somebody works on a device nobody is called because of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from songcau.systems.incidents.rules.engine.reading import is_within


@dataclass(frozen=True, slots=True)
class Window:
    """rule_id: None for every rule; subject: an entity's id; scope: everything in it; both empty: everything.

    starts_at, ends_at: POSIX seconds.
    """

    rule_id: UUID | None
    subject: str
    scope: str
    starts_at: float
    ends_at: float

    def covers(self, rule_id: UUID, subject: str, scope: str, now: float) -> bool:
        return (
            self.starts_at <= now < self.ends_at
            and self.rule_id in (None, rule_id)
            and self.subject in ("", subject)
            and (not self.scope or is_within(scope, self.scope))
        )


def covered_until(windows: Iterable[Window], rule_id: UUID, subject: str, scope: str, now: float) -> float | None:
    """When the last of the windows that cover it now ends; None: none does."""
    ends = [one.ends_at for one in windows if one.covers(rule_id, subject, scope, now)]
    return max(ends) if ends else None
