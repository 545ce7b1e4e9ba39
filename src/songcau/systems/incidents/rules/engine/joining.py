"""Everything at once: a conjunction holds in a ward, the city or of an entity while each of its parts does."""

from collections.abc import Iterable
from typing import Final

from songcau.systems.incidents.rules.alert_rules.conditions import All, Join
from songcau.systems.incidents.rules.engine.counting import AREA, WHOLE_CITY
from songcau.systems.incidents.rules.engine.reading import Place
from songcau.systems.incidents.rules.engine.standing import LazyEvidence, LazyValues, Sink, Values

ANYWHERE: Final = "*"


class Held:
    """A subject for which one part holds."""

    __slots__ = ("began", "evidence", "place", "values")

    def __init__(self, place: Place, began: float, values: Values, evidence: tuple[str, ...]) -> None:
        self.place = place
        self.began = began
        self.values = values
        self.evidence = evidence


class Joined:
    """The parts that hold, by where; what is so of a place is told to `sink`."""

    def __init__(self, condition: All, sink: Sink) -> None:
        self.condition = condition
        self.sink = sink
        # Of each part: place → subject → what holds.
        self._held: list[dict[str, dict[str, Held]]] = [{} for _part in condition.parts]
        self._where: list[dict[str, str]] = [{} for _part in condition.parts]
        self._standing: set[str] = set()

    def part(self, index: int) -> "PartSink":
        return PartSink(self, index)

    def put(self, index: int, subject: str, held: Held) -> str | None:
        """Where it holds now; None: in no place that counts."""
        where = self._key(index, subject, held.place)
        if where is not None:
            self._held[index].setdefault(where, {})[subject] = held
            self._where[index][subject] = where
        return where

    def _key(self, index: int, subject: str, place: Place) -> str | None:
        if self.condition.parts[index].anywhere:
            return ANYWHERE
        if self.condition.join == Join.CITY:
            return WHOLE_CITY
        if self.condition.join == Join.ENTITY:
            return subject
        return AREA + place.scope if place.scope else None

    def add(self, index: int, subject: str, held: Held, at: float) -> None:
        where = self.put(index, subject, held)
        if where is not None:
            self._look(self._concerned(where), at)

    def renew(self, index: int, subject: str, values: Values, evidence: tuple[str, ...] | None) -> None:
        where = self._where[index].get(subject)
        if where is not None:
            held = self._held[index][where][subject]
            held.values = values
            held.evidence = held.evidence if evidence is None else evidence

    def take(self, index: int, subject: str, at: float) -> None:
        where = self._where[index].pop(subject, None)
        if where is None:
            return
        of_place = self._held[index][where]
        del of_place[subject]
        if not of_place:
            del self._held[index][where]
        self._look(self._concerned(where), at)

    def _concerned(self, where: str) -> Iterable[str]:
        """The places for which something may have changed."""
        if where != ANYWHERE:
            return (where,)
        return sorted({place for held in self._held for place in held if place != ANYWHERE} | self._standing)

    def _look(self, places: Iterable[str], at: float) -> None:
        for place in places:
            parts = self._parts(place)
            if parts is None and place in self._standing:
                self._standing.remove(place)
                self.sink.ended(place, at, {})
            elif parts is not None and place not in self._standing:
                self._standing.add(place)
                self._begin(place, parts, at)

    def _parts(self, place: str) -> list[dict[str, Held]] | None:
        """What holds there, part by part; None when a part does not hold."""
        found = []
        for part, held in zip(self.condition.parts, self._held, strict=True):
            of_place = held.get(ANYWHERE if part.anywhere else place)
            if not of_place:
                return None
            found.append(of_place)
        return found

    def _begin(self, place: str, parts: list[dict[str, Held]], at: float) -> None:
        """It begins when the last of the parts did."""
        began = max(min(held.began for held in part.values()) for part in parts)
        # Of several subjects the first by name speaks for a part.
        firsts = [part[min(part)] for part in parts]
        values = {
            f"{number}.{name}": value for number, first in enumerate(firsts, 1) for name, value in first.values.items()
        }
        evidence = {one for part in parts for held in part.values() for one in held.evidence}
        self.sink.began(place, self._place(place, parts), began, max(began, at), values, tuple(sorted(evidence)))

    def _place(self, place: str, parts: list[dict[str, Held]]) -> Place:
        if self.condition.join == Join.ENTITY:
            return next(held.place for part in parts for name, held in part.items() if name == place)
        return Place("" if place == WHOLE_CITY else place.removeprefix(AREA), None)

    def restored(self, standing: Iterable[str]) -> None:
        """What stands already and is not to be told again."""
        self._standing.update(standing)


class PartSink:
    """The `Sink` of one part."""

    def __init__(self, joined: Joined, index: int) -> None:
        self._joined = joined
        self._index = index

    def began(
        self, subject: str, place: Place, began: float, at: float, values: Values, evidence: tuple[str, ...]
    ) -> None:
        self._joined.add(self._index, subject, Held(place, began, values, evidence), at)

    def goes_on(self, subject: str, at: float, values: LazyValues, evidence: LazyEvidence | None = None) -> None:
        """Nothing begins by it; what it says is kept for when another part begins."""
        self._joined.renew(self._index, subject, values(), evidence() if evidence else None)

    def ended(self, subject: str, at: float, values: Values) -> None:
        self._joined.take(self._index, subject, at)
