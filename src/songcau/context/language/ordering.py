"""In which order entities come when a request asks for one (`orderBy`, clause 4.23 of v1.9).

`name`, `name;desc`, `createdAt`, `name.observedAt`, `address[city]`, `location;dist-asc` with a position to measure
from; several are parted by commas, the first weighs most. What has no such value comes last in either direction.
Ascending, booleans come before numbers and these before strings, which come by code point.
"""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from songcau.context.entities.entity import Entity, instances
from songcau.context.language import distance, geometry, paths
from songcau.context.language.geometry import Geometry
from songcau.context.language.names import Names
from songcau.context.language.reader import Reader
from songcau.context.problems import BadRequestData, TooComplexQuery

LONGEST = 4_096
MOST = 16
MOST_KEYS = 300_000  # values looked up for one answer, at some 2 µs each

# (0, what is compared) or (1, nothing): the second comes last whatever the direction
Key = Callable[[Entity], Any]

_AFTER_PATH = frozenset(",;[]")
_AFTER_STYLE = frozenset(",")
_STYLES = ("asc", "desc", "dist-asc", "dist-desc")


@dataclass(frozen=True, slots=True)
class Ordering:
    """Keys with their directions, the weightiest first. weight: what they cost an entity, a value being 1."""

    keys: tuple[tuple[Key, bool], ...]
    weight: int

    def sorted(self, entities: Iterable[Entity]) -> list[Entity]:
        """The entities in this order; equal ones stay as they come. TooComplexQuery when it would take seconds."""
        found = list(entities)
        if len(found) * self.weight > MOST_KEYS:
            raise TooComplexQuery(
                "So many entities cannot be put in such an order; ask for fewer, or by fewer members."
            )
        for key, descending in reversed(self.keys):
            present: list[tuple[Any, Entity]] = []
            absent: list[Entity] = []
            for entity in found:
                value = key(entity)
                if value is None:
                    absent.append(entity)
                else:
                    present.append((value, entity))
            present.sort(key=_first, reverse=descending)
            found = [entity for _, entity in present] + absent
        return found

    def seen_through(self, view: Callable[[Entity], Entity]) -> "Ordering":
        """The same order of what `view` shows of each entity: what is hidden must not show in the order either."""
        return Ordering(tuple((partial(_seen, key, view), down) for key, down in self.keys), self.weight)


def _seen(key: Key, view: Callable[[Entity], Entity], entity: Entity) -> Any:
    return key(view(entity))


def _first(pair: tuple[Any, Entity]) -> Any:
    return pair[0]


def parse(text: str, terms: Names, origin: Geometry | None = None) -> Ordering:
    """The order that the text means; origin: from where distances are measured. BadRequestData, TooComplexQuery."""
    if len(text) > LONGEST:
        raise TooComplexQuery(f"An orderBy has at most {LONGEST} characters.")
    reader = Reader(text, "orderBy")
    keys = [_key(reader, terms, origin)]
    while reader.take(","):
        keys.append(_key(reader, terms, origin))
        if len(keys) > MOST:
            raise TooComplexQuery(f"An orderBy has at most {MOST} members.")
    if not reader.at_end():
        raise reader.refuse("',', ';' or the end")
    # Of each side of what is measured from, the distance is looked at.
    sides = 1 if origin is None else 1 + 2 * min(origin.size, distance.MANY)
    distances = text.count(";dist")
    return Ordering(tuple(keys), len(keys) + distances * (sides - 1))


def _key(reader: Reader, terms: Names, origin: Geometry | None) -> tuple[Key, bool]:
    names = reader.run(_AFTER_PATH)
    if not names:
        raise reader.refuse("the name of a member")
    inner: list[str] = []
    while reader.take("["):
        inner += reader.run(_AFTER_PATH).split(".")
        if "" in inner or not reader.take("]"):
            raise reader.refuse("a name and ']'")
    style = reader.run(_AFTER_STYLE) if reader.take(";") else "asc"
    if style not in _STYLES:
        raise BadRequestData(f"An order is one of {', '.join(_STYLES)}, not '{style[:80]}'.")
    descending = style.endswith("desc")
    if style.startswith("dist"):
        return _by_distance(terms.expand(names), origin), descending
    if names in _OF_ENTITY and not inner:
        return _OF_ENTITY[names], descending
    path = paths.parse(names, tuple(inner), terms)
    return lambda entity: _least(path.groups(entity)), descending


_OF_ENTITY: dict[str, Key] = {
    "id": lambda entity: entity.id,
    "type": lambda entity: entity.types,
    "scope": lambda entity: entity.scopes or None,
}


def _least(groups: list[paths.Group]) -> Any:
    """The first value that can be compared, with the rank of its kind before it; None when there is none."""
    for group in groups:
        for value in group:
            rank = _RANKS.get(type(value))
            if rank is not None:
                return rank, value
    return None


_RANKS: dict[type, int] = {bool: 0, int: 1, float: 1, str: 2}


def _by_distance(attribute: str, origin: Geometry | None) -> Key:
    if origin is None:
        raise BadRequestData(
            "An order by distance needs a place to measure from: orderFrom with coordinates, and orderGeometry for"
            " another kind than a Point."
        )

    def key(entity: Entity) -> float | None:
        attributes = instances(entity.attributes.get(attribute, []))
        found = [one for instance in attributes if (one := geometry.stored(instance.get("value"))) is not None]
        return min((distance.between(origin, one) for one in found), default=math.inf) if found else None

    return key
