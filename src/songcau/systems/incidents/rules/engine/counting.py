"""How many entities of one kind there are in an area: entered as they come, left when their time is over."""

import math
from collections.abc import Callable
from typing import Any, Final

from songcau.systems.incidents.rules.alert_rules.conditions import Circle, Count, CountBy
from songcau.systems.incidents.rules.engine.leaves import AHEAD, AHEAD_SECONDS, Leaf, Refuse, is_one_of, keys_of
from songcau.systems.incidents.rules.engine.reading import Document, Place, Said, said, seconds_of
from songcau.systems.incidents.rules.engine.standing import Sink, Values
from songcau.systems.incidents.rules.engine.wheel import Wheel

AREA: Final = "area:"
WHOLE_CITY: Final = "area:/"
IN_CIRCLE: Final = "area:circle"
EARTH_METRES: Final = 6_371_000.0


class Area:
    """The entities counted in it, each with its instant; since when there are too many."""

    __slots__ = ("began", "entries", "place")

    def __init__(self, place: Place) -> None:
        self.place = place
        self.entries: dict[str, float] = {}
        self.began: float | None = None


class CountLeaf(Leaf[Count]):
    """Its subjects are areas."""

    def __init__(self, condition: Count, sink: Sink, wheel: Wheel, mark: Callable[[str], None], refuse: Refuse) -> None:
        super().__init__(condition, sink, wheel, mark, refuse)
        self.areas: dict[str, Area] = {}
        self._area_of: dict[str, str] = {}
        self._wanted = keys_of(condition.values)
        self._also = {name: keys_of(values) for name, values in condition.also.items()}
        self._seconds = condition.minutes * 60.0
        self._clear = condition.limit if condition.clear is None else condition.clear

    def see(self, entity_id: str, place: Place, said: Said, document: Document, now: float) -> None:
        area = self._where(place) if self._matches(said, document) else None
        at = None if area is None else self._when(entity_id, said, document, now)
        former = self._area_of.get(entity_id)
        if former is not None and (former != area or at is None):
            self._take_out(entity_id, former, now)
            former = None
        if former is None and area is not None and at is not None:
            self._put_in(entity_id, area, place, at)

    def _matches(self, seen: Said, document: Document) -> bool:
        if not is_one_of(seen.value, self._wanted):
            return False
        for name, wanted in self._also.items():
            other = said(document.get(name))
            if other is None or not is_one_of(other.value, wanted):
                return False
        return True

    def _where(self, place: Place) -> str | None:
        by = self.condition.by
        if by == CountBy.CITY:
            return WHOLE_CITY
        if by == CountBy.WARD:
            return AREA + place.scope if place.scope else None
        circle = self.condition.circle
        return IN_CIRCLE if circle is not None and place.point and is_in(circle, place.point) else None

    def _when(self, entity_id: str, seen: Said, document: Document, now: float) -> float | None:
        """Its instant, as long as it lies in the window."""
        at = seen.at
        if self.condition.time_attribute:
            other = said(document.get(self.condition.time_attribute))
            at = seconds_of(other.value) if other is not None and isinstance(other.value, str) else None
        if at is None:
            at = now
        if at > now + AHEAD_SECONDS:
            self.refuse(AHEAD, entity_id)
            return None
        return at if at > now - self._seconds else None

    def _put_in(self, entity_id: str, name: str, place: Place, at: float) -> None:
        area = self.areas.get(name)
        if area is None:
            area = self.areas[name] = Area(self._place(place))
        area.entries[entity_id] = at
        self._area_of[entity_id] = name
        self.wheel.put(at + self._seconds, self.wake, entity_id)
        self.mark(name)
        newest = max(area.entries.values())
        if area.began is not None:
            self.sink.goes_on(name, newest, lambda: self._values(area), lambda: tuple(area.entries))
        elif len(area.entries) >= self.condition.limit:
            area.began = newest
            self.sink.began(name, area.place, newest, newest, self._values(area), tuple(area.entries))

    def _place(self, place: Place) -> Place:
        circle = self.condition.circle
        if circle is not None:
            return Place("", (circle.longitude, circle.latitude))
        return Place(place.scope if self.condition.by == CountBy.WARD else "", None)

    def _take_out(self, entity_id: str, name: str, now: float) -> None:
        area = self.areas[name]
        del area.entries[entity_id], self._area_of[entity_id]
        self.mark(name)
        if area.began is not None:
            if len(area.entries) < self._clear:
                area.began = None
                self.sink.ended(name, now, self._values(area))
            else:
                self.sink.goes_on(name, now, lambda: self._values(area), lambda: tuple(area.entries))
        if not area.entries:
            del self.areas[name]

    def wake(self, subject: str, now: float) -> None:
        """The time of an entity is over, if it is still the same."""
        name = self._area_of.get(subject)
        if name is not None and self.areas[name].entries[subject] + self._seconds <= now:
            self._take_out(subject, name, now)

    def forget(self, entity_id: str, now: float) -> None:
        name = self._area_of.get(entity_id)
        if name is not None:
            self._take_out(entity_id, name, now)

    def _values(self, area: Area) -> Values:
        return {"value": len(area.entries), "limit": self.condition.limit, "minutes": self.condition.minutes}

    def close(self) -> None:
        self.areas.clear()
        self._area_of.clear()

    def names(self) -> list[str]:
        return list(self.areas)

    def packed(self, subject: str) -> list[Any] | None:
        area = self.areas.get(subject)
        return None if area is None else [[area.place.scope, area.place.point], area.entries, area.began]

    def unpack(self, subject: str, packed: list[Any]) -> None:
        (scope, point), entries, began = packed
        area = self.areas[subject] = Area(Place(scope, tuple(point) if point else None))
        area.entries, area.began = dict(entries), began
        for entity_id, at in area.entries.items():
            self._area_of[entity_id] = subject
            self.wheel.put(at + self._seconds, self.wake, entity_id)

    def standing(self) -> list[tuple[str, Place, float, Values, tuple[str, ...]]]:
        return [
            (name, area.place, area.began, self._values(area), tuple(area.entries))
            for name, area in self.areas.items()
            if area.began is not None
        ]


def is_in(circle: Circle, point: tuple[float, float]) -> bool:
    """By great-circle distance."""
    longitude, latitude = map(math.radians, point)
    east, north = math.radians(circle.longitude), math.radians(circle.latitude)
    half = math.sin((latitude - north) / 2) ** 2
    half += math.cos(latitude) * math.cos(north) * math.sin((longitude - east) / 2) ** 2
    return 2 * EARTH_METRES * math.asin(math.sqrt(half)) <= circle.metres
