"""Which part of the history a request means (clause 4.11): `timerel`, `timeAt`, `endTimeAt`, `timeproperty`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from songcau.context.language import literals
from songcau.context.language.literals import Literal
from songcau.context.problems import BadRequestData

RELATIONS = ("before", "after", "between")
PROPERTIES = ("observedAt", "createdAt", "modifiedAt", "deletedAt")


@dataclass(frozen=True, slots=True)
class Period:
    """Instants of a time property of an attribute instance.

    start: the first instant that may count, None without such a bound; start_counts says whether it counts itself. end:
    the first instant that does not count any more. `before` has only an end, `after` a start that does not count,
    `between` both, and its start counts: so that periods laid end to end hold each instant once.
    """

    relation: str
    timeproperty: str
    start: datetime | None
    start_counts: bool
    end: datetime | None

    def holds(self, instant: datetime | None) -> bool:
        """Whether an instant (aware) lies in the period."""
        if instant is None:
            return False
        if self.start is not None and (instant < self.start or (instant == self.start and not self.start_counts)):
            return False
        return self.end is None or instant < self.end

    @property
    def start_text(self) -> str | None:
        """The start as stored stamps are written: UTC, microseconds, `Z`; such texts sort as their instants."""
        return None if self.start is None else _written(self.start)

    @property
    def end_text(self) -> str | None:
        """The end, written like the start."""
        return None if self.end is None else _written(self.end)


def _written(instant: datetime) -> str:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"


def parse(
    timerel: str | None,
    time_at: str | None = None,
    end_time_at: str | None = None,
    timeproperty: str | None = None,
) -> Period:
    """The period of a request's parameters; BadRequestData."""
    if timerel is None or time_at is None:
        raise BadRequestData("A period needs timerel and timeAt.")
    if timerel not in RELATIONS:
        raise BadRequestData(f"timerel is {', '.join(RELATIONS)}, not '{timerel[:80]}'.")
    wanted = timeproperty or "observedAt"
    if wanted not in PROPERTIES:
        raise BadRequestData(f"timeproperty is {', '.join(PROPERTIES)}, not '{wanted[:80]}'.")
    at = _instant(time_at, "timeAt")
    if timerel != "between":
        if end_time_at is not None:
            raise BadRequestData("endTimeAt goes with timerel=between only.")
        start = at if timerel == "after" else None
        return Period(timerel, wanted, start, False, at if timerel == "before" else None)
    if end_time_at is None:
        raise BadRequestData("timerel=between needs endTimeAt.")
    end = _instant(end_time_at, "endTimeAt")
    if end < at:
        raise BadRequestData("endTimeAt lies before timeAt.")
    return Period(timerel, wanted, at, True, end)


def of_body(member: object) -> Period:
    """The period of a `temporalQ` in a body (clause 5.2.21)."""
    if not isinstance(member, Mapping):
        raise BadRequestData("temporalQ is an object with timerel, timeAt and perhaps endTimeAt and timeproperty.")
    found: dict[str, Any] = {name: member.get(name) for name in ("timerel", "timeAt", "endTimeAt", "timeproperty")}
    for name, value in found.items():
        if value is not None and not isinstance(value, str):
            raise BadRequestData(f"{name} in temporalQ is a string.")
    return parse(found["timerel"], found["timeAt"], found["endTimeAt"], found["timeproperty"])


def _instant(text: str, what: str) -> datetime:
    try:
        found: Literal | None = literals.bare(text)
    except BadRequestData:
        found = None
    if found is None or found.kind != "instant" or len(text) == len("2026-11-28"):
        raise BadRequestData(f"{what} is a time such as 2026-11-28T01:00:00Z, not '{text[:80]}'.")
    instant: datetime = found.value
    return instant
