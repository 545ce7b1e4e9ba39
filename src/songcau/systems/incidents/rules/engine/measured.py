"""Conditions on numbers: a limit, a rate of change, a deviation from the usual; with hysteresis and N of M readings."""

from abc import abstractmethod
from collections import deque
from collections.abc import Callable
from typing import Any, Final, TypeVar

from songcau.systems.incidents.rules.alert_rules.conditions import (
    Deviation,
    DeviationSide,
    Measured,
    Rate,
    RateSide,
    Side,
    Threshold,
)
from songcau.systems.incidents.rules.engine.leaves import (
    IMPOSSIBLE,
    NO_NUMBER,
    OLD_SECONDS,
    OTHER_UNIT,
    EntityLeaf,
    Refuse,
    Subject,
)
from songcau.systems.incidents.rules.engine.reading import Document, Place, Said
from songcau.systems.incidents.rules.engine.standing import Sink, Values
from songcau.systems.incidents.rules.engine.usual import Usual
from songcau.systems.incidents.rules.engine.wheel import Wheel

M = TypeVar("M", bound=Measured)
MINUTE: Final = 60.0
# Whether a reading is beyond the limit, and whether it is where the condition is over.
Verdict = tuple[bool, bool]


class MeasuredLeaf(EntityLeaf[M]):
    """What all conditions on numbers share; a concrete one judges a number."""

    def __init__(self, condition: M, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self._need = condition.need
        self._full = (1 << condition.of) - 1
        self._hold = condition.hold_minutes * MINUTE
        self._unit = condition.unit
        self._lowest = float("-inf") if condition.lowest is None else condition.lowest
        self._highest = float("inf") if condition.highest is None else condition.highest

    @abstractmethod
    def judge(self, subject: Subject, at: float, value: float) -> Verdict: ...

    def see(self, entity_id: str, place: Place, said: Said, document: Document, now: float) -> None:
        subject = self.subject(entity_id, place)
        at = self.fresh(entity_id, subject, said, now)
        if at is None:
            return
        value = said.value
        # The usual case without a call: this is the hottest line of the engine.
        kind = type(value)
        if (
            (kind is not float and kind is not int)
            or not self._lowest <= value <= self._highest
            or said.unit != (self._unit or subject.unit)
        ):
            fault = self._fault(subject, value, said.unit)
            if fault is not None:
                self.not_compared(entity_id, subject, at, fault)
                return
        is_over, is_under = self.judge(subject, at, value)
        subject.last, subject.value = at, value
        subject.under = ((subject.under << 1) | is_under) & self._full
        self.mark(entity_id)
        before = subject.over
        subject.over = ((before << 1) | is_over) & self._full
        if subject.over or before or subject.began is not None:
            self._consequence(entity_id, subject, at, before)

    def _consequence(self, entity_id: str, subject: Subject, at: float, before: int) -> None:
        if subject.began is None:
            self._rising(entity_id, subject, at, before)
        elif subject.under.bit_count() >= self._need:
            self.end(entity_id, subject, at)
        else:
            self.sink.goes_on(entity_id, at, lambda: self.values(subject))

    def _fault(self, subject: Subject, value: object, unit: str) -> str | None:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return NO_NUMBER
        if unit != (self._unit or subject.unit):
            if self._unit or subject.unit:
                return OTHER_UNIT
            subject.unit = unit
        if not self._lowest <= value <= self._highest:
            return IMPOSSIBLE
        return None

    def _rising(self, entity_id: str, subject: Subject, at: float, before: int) -> None:
        # Of those that were over before none counts any more.
        if not (before if self._full == 1 else (before << 1) & self._full):
            subject.since = at
        if subject.since is None or subject.over.bit_count() < self._need:
            subject.due = None
        elif at - subject.since >= self._hold:
            self.begin(entity_id, subject, subject.since, at)
        else:
            self.wait(entity_id, subject, subject.since + self._hold)

    def wake(self, subject: str, now: float) -> None:
        """It has held for long enough, though nothing was said since."""
        found = self.subjects.get(subject)
        if found is not None and found.since is not None and found.due is not None and found.due <= now:
            self.begin(subject, found, found.since, found.due)


class ThresholdLeaf(MeasuredLeaf[Threshold]):
    def __init__(
        self, condition: Threshold, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse
    ) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self._is_above = condition.side == Side.ABOVE
        self._limit = condition.limit
        self._clear = condition.limit if condition.clear is None else condition.clear

    def judge(self, subject: Subject, at: float, value: float) -> Verdict:
        if self._is_above:
            return value >= self._limit, value < self._clear
        return value <= self._limit, value > self._clear

    def values(self, subject: Subject) -> Values:
        return {"value": subject.value, "limit": self._limit, "unit": self._unit or subject.unit}


class Course:
    """The readings of a while: by how much the newest lies above the lowest, or below the highest, of them.

    A reading counts as the median of itself and the two before it, so that a spike moves nothing.
    """

    __slots__ = ("change", "extremes", "recent")

    def __init__(self) -> None:
        self.recent: list[float] = []
        # Falling away from the front by age, from the back by what can no longer be the extreme.
        self.extremes: deque[tuple[float, float]] = deque()
        self.change = 0.0

    def add(self, at: float, value: float, seconds: float) -> float:
        self.recent = [*self.recent[-2:], value]
        middle = sorted(self.recent)[len(self.recent) // 2] if len(self.recent) == 3 else value
        extremes = self.extremes
        while extremes and extremes[-1][1] >= middle:
            extremes.pop()
        extremes.append((at, middle))
        while extremes[0][0] < at - seconds:
            extremes.popleft()
        self.change = middle - extremes[0][1]
        return self.change


class RateLeaf(MeasuredLeaf[Rate]):
    def __init__(self, condition: Rate, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        # A fall is a rise of the negative.
        self._sign = 1.0 if condition.side == RateSide.RISE else -1.0
        self._limit = condition.change
        self._clear = condition.change / 2 if condition.clear is None else condition.clear
        self._seconds = condition.minutes * MINUTE

    def judge(self, subject: Subject, at: float, value: float) -> Verdict:
        course = subject.memory
        if course is None:
            course = subject.memory = Course()
        change = course.add(at, self._sign * value, self._seconds)
        return change >= self._limit, change < self._clear

    def values(self, subject: Subject) -> Values:
        change = self._sign * subject.memory.change
        return {
            "value": subject.value,
            "change": change,
            "limit": self._sign * self._limit,
            "minutes": self.condition.minutes,
            "unit": self._unit or subject.unit,
        }

    def packed_memory(self, memory: Any) -> Any:
        return None if memory is None else [memory.recent, list(memory.extremes), memory.change]

    def unpacked_memory(self, packed: Any) -> Any:
        if packed is None:
            return None
        made = Course()
        made.recent, extremes, made.change = packed
        made.extremes = deque((at, value) for at, value in extremes)
        return made


class DeviationLeaf(MeasuredLeaf[Deviation]):
    """offset: of the city's clock from UTC, in seconds: the usual goes by the hours that people live by."""

    offset = 0.0

    def __init__(
        self, condition: Deviation, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse
    ) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self._limit = condition.limit
        self._clear = condition.limit / 2 if condition.clear is None else condition.clear
        self._history = condition.history_days * 86_400.0

    def see(self, entity_id: str, place: Place, said: Said, document: Document, now: float) -> None:
        """What comes late is history: it raises nothing, but it shows what is usual."""
        if said.at is not None and said.at < now - OLD_SECONDS:
            self.learn(entity_id, place, said.at, said)
        else:
            super().see(entity_id, place, said, document, now)

    def judge(self, subject: Subject, at: float, value: float) -> Verdict:
        usual = subject.memory
        if usual is None:
            usual = subject.memory = Usual()
        score = usual.add(at + self.offset, value, self.condition.smooth_minutes * MINUTE)
        if usual.age < self._history:
            return False, False
        side = self.condition.side
        if side == DeviationSide.BOTH:
            score = abs(score)
        elif side == DeviationSide.BELOW:
            score = -score
        return score >= self._limit, score < self._clear

    def learn(self, entity_id: str, place: Place, at: float, said: Said) -> None:
        """From the history, before anything is judged."""
        subject = self.subject(entity_id, place)
        if at > subject.last and self._fault(subject, said.value, said.unit) is None:
            self.judge(subject, at, said.value)
            subject.last, subject.value = at, said.value
            self.mark(entity_id)

    def values(self, subject: Subject) -> Values:
        usual = subject.memory
        return {
            "value": subject.value,
            "usual": usual.value,
            "spread": usual.spread,
            "score": usual.score,
            "limit": self._limit,
            "unit": self._unit or subject.unit,
        }

    def packed_memory(self, memory: Any) -> Any:
        return None if memory is None else memory.packed()

    def unpacked_memory(self, packed: Any) -> Any:
        return None if packed is None else Usual.unpacked(packed)
