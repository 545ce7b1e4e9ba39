"""One condition and the subjects it is asked of: what each said last, and whether the condition holds for it."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, Final, Generic, TypeVar

from songcau.systems.incidents.rules.alert_rules.conditions import Absence, State, Watch
from songcau.systems.incidents.rules.engine.reading import Document, Place, Said, is_within
from songcau.systems.incidents.rules.engine.standing import ENTITY_DELETED, Sink, Values
from songcau.systems.incidents.rules.engine.wheel import Wheel

C = TypeVar("C", bound=Watch)
# A device's clock may be fast by so much; what claims to be later is no reading.
AHEAD_SECONDS: Final = 300.0
# What is said so late is history: it raises nothing.
OLD_SECONDS: Final = 6 * 3600.0

# Who has just said something old is telling what nobody heard: so long it may take before that counts as silence.
TELLING_SECONDS: Final = 60.0

# Why a reading was not compared.
AHEAD: Final = "AHEAD_OF_CLOCK"
OLD: Final = "TOO_OLD"
NO_NUMBER: Final = "NOT_A_NUMBER"
OTHER_UNIT: Final = "OTHER_UNIT"
IMPOSSIBLE: Final = "IMPOSSIBLE"
Refuse = Callable[[str, str], None]


class Subject:
    """One entity. last: instant of its newest reading; refused: of the newest that was no reading.

    over, under: the last readings as bits, the newest lowest. since: when the first of those that are over came; began:
    since when the condition holds. due: when to look again.
    """

    __slots__ = ("began", "due", "last", "memory", "over", "place", "refused", "since", "under", "unit", "value")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.last = float("-inf")
        self.refused = float("-inf")
        self.unit = ""
        self.value: Any = None
        self.over = 0
        self.under = 0
        self.since: float | None = None
        self.began: float | None = None
        self.due: float | None = None
        self.memory: Any = None

    def packed(self) -> list[Any]:
        return [
            [self.place.scope, self.place.point],
            *(_finite(self.last), _finite(self.refused), self.unit, self.value, self.over, self.under),
            *(self.since, self.began, self.due),
        ]  # fmt: skip

    @classmethod
    def unpacked(cls, packed: list[Any]) -> "Subject":
        scope, point = packed[0]
        made = cls(Place(scope, tuple(point) if point else None))
        last, refused, made.unit, made.value, made.over, made.under, made.since, made.began, made.due = packed[1:10]
        made.last = float("-inf") if last is None else last
        made.refused = float("-inf") if refused is None else refused
        return made


def _finite(seconds: float) -> float | None:
    return None if seconds == float("-inf") else seconds


class Leaf(ABC, Generic[C]):
    """A condition without parts. `sink` is told of what begins and ends, `mark` of each subject whose state changed."""

    def __init__(self, condition: C, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse) -> None:
        self.condition = condition
        self.sink = sink
        self.wheel = wheel
        self.mark = mark
        self.refuse = refuse

    def concerns(self, entity_id: str, scope: str) -> bool:
        """Whether it asks this entity, by its id and where it is."""
        watch = self.condition
        return (not watch.ids or entity_id in watch.ids) and (not watch.scope or is_within(scope, watch.scope))

    def last_of(self, entity_id: str) -> float | None:
        """The instant of the newest reading that it knows of the entity; None: of none, or it keeps no readings."""
        return None

    @abstractmethod
    def see(self, entity_id: str, place: Place, said: Said, document: Document, now: float) -> None: ...

    @abstractmethod
    def wake(self, subject: str, now: float) -> None: ...

    @abstractmethod
    def forget(self, entity_id: str, now: float) -> None:
        """The entity is no more."""

    @abstractmethod
    def close(self) -> None:
        """The rule is no more: what still waits on the wheel finds nothing."""

    @abstractmethod
    def names(self) -> list[str]:
        """The subjects of which there is a state."""

    @abstractmethod
    def packed(self, subject: str) -> list[Any] | None:
        """The state of a subject; None: there is none any more."""

    @abstractmethod
    def unpack(self, subject: str, packed: list[Any]) -> None: ...

    @abstractmethod
    def standing(self) -> list[tuple[str, Place, float, Values, tuple[str, ...]]]:
        """The subjects for which the condition holds."""


class EntityLeaf(Leaf[C]):
    """A condition whose subjects are entities."""

    def __init__(self, condition: C, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self.subjects: dict[str, Subject] = {}

    @abstractmethod
    def values(self, subject: Subject) -> Values: ...

    def last_of(self, entity_id: str) -> float | None:
        found = self.subjects.get(entity_id)
        return None if found is None or found.last == float("-inf") else found.last

    def forget(self, entity_id: str, now: float) -> None:
        subject = self.subjects.pop(entity_id, None)
        if subject is None:
            return
        self.mark(entity_id)
        if subject.began is not None:
            self.sink.ended(entity_id, now, {**self.values(subject), "reason": ENTITY_DELETED})

    def close(self) -> None:
        self.subjects.clear()

    def names(self) -> list[str]:
        return list(self.subjects)

    def packed(self, subject: str) -> list[Any] | None:
        found = self.subjects.get(subject)
        return None if found is None else [*found.packed(), self.packed_memory(found.memory)]

    def unpack(self, subject: str, packed: list[Any]) -> None:
        found = self.subjects[subject] = Subject.unpacked(packed)
        found.memory = self.unpacked_memory(packed[10])
        if found.due is not None:
            self.wheel.put(found.due, self.wake, subject)

    def packed_memory(self, memory: Any) -> Any:
        """Of what a kind of condition remembers besides."""
        return memory

    def unpacked_memory(self, packed: Any) -> Any:
        """The way back."""
        return packed

    def standing(self) -> list[tuple[str, Place, float, Values, tuple[str, ...]]]:
        return [
            (name, one.place, one.began, self.values(one), (name,))
            for name, one in self.subjects.items()
            if one.began is not None
        ]

    # --- for the concrete ones ------------------------------------------------------------------------------

    def subject(self, entity_id: str, place: Place) -> Subject:
        found = self.subjects.get(entity_id)
        if found is None:
            found = self.subjects[entity_id] = Subject(place)
        elif found.place.scope != place.scope:
            self._moved(entity_id, found, place)
        else:
            found.place = place
        return found

    def _moved(self, entity_id: str, subject: Subject, place: Place) -> None:
        """A subject that is elsewhere now: what holds is said of the new place."""
        subject.place = place
        if subject.began is not None:
            values = self.values(subject)
            at = max(subject.last, subject.began)
            self.sink.ended(entity_id, at, values)
            self.sink.began(entity_id, place, subject.began, at, values, (entity_id,))

    def fresh(self, entity_id: str, subject: Subject, said: Said, now: float) -> float | None:
        """When it was observed; None for what was read before, and for what is ahead of the clock or long past."""
        at = said.at
        if at is None:
            return None if said.value == subject.value else now
        if at <= subject.last or at == subject.refused:
            return None
        if now - OLD_SECONDS <= at <= now + AHEAD_SECONDS:
            return at
        self.not_compared(entity_id, subject, at, AHEAD if at > now else OLD)
        return None

    def not_compared(self, entity_id: str, subject: Subject, at: float, why: str) -> None:
        subject.refused = at
        self.mark(entity_id)
        self.refuse(why, entity_id)

    def begin(self, entity_id: str, subject: Subject, began: float, at: float) -> None:
        subject.began = began
        subject.due = None
        subject.under = 0
        self.mark(entity_id)
        self.sink.began(entity_id, subject.place, began, at, self.values(subject), (entity_id,))

    def end(self, entity_id: str, subject: Subject, at: float) -> None:
        subject.began = subject.since = subject.due = None
        subject.over = 0
        self.mark(entity_id)
        self.sink.ended(entity_id, at, self.values(subject))

    def wait(self, entity_id: str, subject: Subject, until: float) -> None:
        if subject.due != until:
            subject.due = until
            self.wheel.put(until, self.wake, entity_id)


class AbsenceLeaf(EntityLeaf[Absence]):
    """A feed that is silent. A clock that is fast does not make it fresh for longer."""

    def __init__(
        self, condition: Absence, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse
    ) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self._patience = condition.minutes * 60.0

    def see(self, entity_id: str, place: Place, said: Said, document: Document, now: float) -> None:
        subject = self.subject(entity_id, place)
        if said.at is None and said.value == subject.value:
            return
        at = now if said.at is None else min(said.at, now)
        if at <= subject.last:
            return
        subject.last, subject.value = at, said.value if said.at is None else None
        self.mark(entity_id)
        due = at + self._patience
        if subject.began is not None:
            if due <= now:
                return
            self.end(entity_id, subject, at)
        if subject.due is None:
            self.wait(entity_id, subject, max(due, now + TELLING_SECONDS))

    def wake(self, subject: str, now: float) -> None:
        found = self.subjects.get(subject)
        if found is None or found.due is None or found.due > now:
            return
        due = found.last + self._patience
        if due > now:
            self.wait(subject, found, due)
        else:
            self.begin(subject, found, due, now)

    def values(self, subject: Subject) -> Values:
        return {"minutes": self.condition.minutes, "last": subject.last}


class StateLeaf(EntityLeaf[State]):
    """A value that is one of some, for so long."""

    def __init__(self, condition: State, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self._wanted = keys_of(condition.values)

    def see(self, entity_id: str, place: Place, said: Said, document: Document, now: float) -> None:
        subject = self.subject(entity_id, place)
        at = self.fresh(entity_id, subject, said, now)
        if at is None:
            return
        subject.last, subject.value = at, said.value
        self.mark(entity_id)
        if not is_one_of(said.value, self._wanted):
            if subject.began is not None:
                self.end(entity_id, subject, at)
            subject.since = subject.due = None
        elif subject.began is not None:
            self.sink.goes_on(entity_id, at, lambda: self.values(subject))
        else:
            self._holds(entity_id, subject, at)

    def _holds(self, entity_id: str, subject: Subject, at: float) -> None:
        if subject.since is None:
            subject.since = at
        until = subject.since + self.condition.hold_minutes * 60.0
        if at >= until:
            self.begin(entity_id, subject, subject.since, at)
        else:
            self.wait(entity_id, subject, until)

    def wake(self, subject: str, now: float) -> None:
        found = self.subjects.get(subject)
        if found is not None and found.since is not None and found.due is not None and found.due <= now:
            self.begin(subject, found, found.since, found.due)

    def values(self, subject: Subject) -> Values:
        return {"value": subject.value}


def keys_of(values: tuple[bool | float | str, ...]) -> frozenset[object]:
    """To look a value up among: true is not 1."""
    return frozenset((value is True or value is False, value) for value in values)


def is_one_of(value: object, wanted: frozenset[object]) -> bool:
    if isinstance(value, bool | int | float | str):
        return (value is True or value is False, value) in wanted
    return False
