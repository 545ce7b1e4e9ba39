"""What stands for one rule: which subjects its condition holds for, and what of that was told."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, Final, Protocol
from uuid import UUID

from songcau.systems.incidents.rules.engine.reading import Place
from songcau.systems.incidents.rules.engine.upkeep import Window, covered_until
from songcau.systems.incidents.rules.engine.wheel import Wheel
from songcau.systems.incidents.rules.findings import CLEARED, RAISED, STILL, Finding, Kind, Value

# A condition that goes on is told of again when a reading comes after so long.
STILL_SECONDS: Final = 60.0
MOST_EVIDENCE: Final = 50
ENTITY_DELETED: Final = "ENTITY_DELETED"
RULE_STOPPED: Final = "RULE_STOPPED"
Values = Mapping[str, Value]
# What goes on is said often and seldom passed on: it is put together when it is asked for.
LazyValues = Callable[[], Values]
LazyEvidence = Callable[[], tuple[str, ...]]


class Sink(Protocol):
    """Who is told that a condition began to hold for a subject, goes on, or ended."""

    def began(
        self, subject: str, place: Place, began: float, at: float, values: Values, evidence: tuple[str, ...]
    ) -> None: ...
    def goes_on(self, subject: str, at: float, values: LazyValues, evidence: LazyEvidence | None = None) -> None:
        """`evidence` where it may have changed: other entities are counted now."""

    def ended(self, subject: str, at: float, values: Values) -> None: ...


def instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


class Standing:
    """One subject. told_at: when it was last told of; None: a maintenance window withheld it."""

    __slots__ = ("began", "evidence", "place", "told_at", "values")

    def __init__(self, place: Place, began: float, values: Values, evidence: tuple[str, ...]) -> None:
        self.place = place
        self.began = began
        self.values = values
        self.evidence = evidence
        self.told_at: float | None = None

    def packed(self) -> list[Any]:
        place = [self.place.scope, self.place.point]
        return [place, self.began, self.told_at, dict(self.values), self.evidence]

    @classmethod
    def unpacked(cls, packed: list[Any]) -> "Standing":
        (scope, point), began, told_at, values, evidence = packed
        made = cls(Place(scope, tuple(point) if point else None), began, values, tuple(evidence))
        made.told_at = told_at
        return made


class Standings:
    """The `Sink` at the end of each rule: makes findings."""

    def __init__(
        self, rule_id: UUID, wheel: Wheel, tell: Callable[[Finding], None], mark: Callable[[str], None]
    ) -> None:
        self.rule_id = rule_id
        self.windows: tuple[Window, ...] = ()
        self.by_subject: dict[str, Standing] = {}
        self._wheel = wheel
        self._tell = tell
        self._mark = mark

    def began(
        self, subject: str, place: Place, began: float, at: float, values: Values, evidence: tuple[str, ...]
    ) -> None:
        standing = Standing(place, began, values, evidence[:MOST_EVIDENCE])
        self.by_subject[subject] = standing
        self._raise(subject, standing, at)

    def _raise(self, subject: str, standing: Standing, at: float) -> None:
        self._mark(subject)
        until = covered_until(self.windows, self.rule_id, subject, standing.place.scope, at)
        # One that is over by now withholds nothing: what is said late, or of another place, began in it.
        if until is not None and until > self._wheel.now:
            self._wheel.put(until, self.wake, subject)
            return
        standing.told_at = at
        self._say(RAISED, subject, standing, at)

    def wake(self, subject: str, now: float) -> None:
        """A maintenance window has ended, or was changed: what still holds is told now."""
        standing = self.by_subject.get(subject)
        if standing is not None and standing.told_at is None:
            self._raise(subject, standing, now)

    def goes_on(self, subject: str, at: float, values: LazyValues, evidence: LazyEvidence | None = None) -> None:
        standing = self.by_subject[subject]
        if standing.told_at is None or at - standing.told_at < STILL_SECONDS:
            return
        standing.told_at = at
        standing.values = values()
        if evidence is not None:
            standing.evidence = evidence()[:MOST_EVIDENCE]
        self._mark(subject)
        self._say(STILL, subject, standing, at)

    def ended(self, subject: str, at: float, values: Values) -> None:
        standing = self.by_subject.pop(subject)
        self._mark(subject)
        if standing.told_at is not None:
            standing.values = values
            # What is said late may be older than what began while nothing was said.
            self._say(CLEARED, subject, standing, max(at, standing.began))

    def stop(self, at: float) -> None:
        """The rule is no more: nothing of it stands any longer."""
        for subject in list(self.by_subject):
            self.ended(subject, at, {"reason": RULE_STOPPED})

    def _say(self, kind: Kind, subject: str, standing: Standing, at: float) -> None:
        place = standing.place
        began, when = instant(standing.began), instant(at)
        told = Finding(
            kind, self.rule_id, subject, began, when, standing.values, place.scope, place.point, standing.evidence
        )
        self._tell(told)
