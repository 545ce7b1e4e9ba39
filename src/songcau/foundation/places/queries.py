"""What can be asked of places: which units there are, where a point lies, what a name means, what came before."""

import math
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import shapely
from django.db.models import QuerySet
from shapely.geometry.base import BaseGeometry

from songcau.foundation.places.geometry import from_geojson
from songcau.foundation.places.models import Boundary, Succession, Unit
from songcau.foundation.places.revision import known_revision
from songcau.foundation.places.rules import Level
from songcau.kernel.text import folded

INDEXES_KEPT = 8
# About 550 m: a ward of the city has some 30 cells, a mountain commune some 500.
CELLS_PER_DEGREE = 200
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class UnitFacts:
    """A unit as other apps see it."""

    id: UUID
    code: str
    level: Level
    kind: str
    name: str
    short_name: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit found by its name, or by the name of a unit it continues (`through`)."""

    unit: Unit
    through: Unit | None = None


def facts_of(unit: Unit) -> UnitFacts:
    return UnitFacts(
        id=unit.id,
        code=unit.code,
        level=Level(unit.level),
        kind=unit.kind,
        name=unit.name,
        short_name=unit.short_name,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
    )


def units(level: Level, on: date) -> QuerySet[Unit]:
    """The units of a level in force on a day, by code."""
    return Unit.objects.in_force(on).filter(level=level).order_by("code")


def unit_by_code(code: str, level: Level, on: date) -> Unit | None:
    """The unit that bears the code on a day."""
    return units(level, on).filter(code=code).first()


class Index:
    """Outlines of one level on one day, ready to be asked. On a common border the lower code has the point.

    A grid lies over the whole: a cell that one unit fills answers at once, the others name the few units to ask.
    """

    def __init__(self, level: Level, on: date) -> None:
        boundaries = list(
            Boundary.objects.in_force(on)
            .filter(unit__in=units(level, on))
            .select_related("unit")
            .order_by("unit__code")
        )
        self._facts = [facts_of(boundary.unit) for boundary in boundaries]
        self._shapes = [from_geojson(boundary.geometry) for boundary in boundaries]
        shapely.prepare(self._shapes)
        self._asked: dict[tuple[int, int], tuple[int, ...]] = {}
        self._sure: dict[tuple[int, int], UnitFacts] = {}
        if boundaries:
            self._lay_grid()

    def locate(self, longitude: float, latitude: float) -> UnitFacts | None:
        """The unit a point lies in, or None outside all of them."""
        cell = (math.floor(longitude * CELLS_PER_DEGREE), math.floor(latitude * CELLS_PER_DEGREE))
        if (sure := self._sure.get(cell)) is not None:
            return sure
        for position in self._asked.get(cell, ()):
            if shapely.intersects_xy(self._shapes[position], longitude, latitude):
                return self._facts[position]
        return None

    def _lay_grid(self) -> None:
        for position, shape in enumerate(self._shapes):
            cells = _cells_under(shape)
            boxes = [shapely.box(*(n / CELLS_PER_DEGREE for n in (x, y, x + 1, y + 1))) for x, y in cells]
            touched = shapely.intersects(shape, boxes)
            filled = shapely.contains_properly(shape, boxes)
            for cell, is_touched, is_filled in zip(cells, touched, filled, strict=True):
                if is_filled:
                    self._sure.setdefault(cell, self._facts[position])
                elif is_touched:
                    self._asked[cell] = (*self._asked.get(cell, ()), position)


def _cells_under(shape: BaseGeometry) -> list[tuple[int, int]]:
    west, south, east, north = (math.floor(bound * CELLS_PER_DEGREE) for bound in shape.bounds)
    return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]


_indexes: "OrderedDict[tuple[int, Level, date], Index]" = OrderedDict()


def index(level: Level, on: date) -> Index:
    """The index as of the present revision; the last few days asked for are kept."""
    key = (known_revision(), level, on)
    if (kept := _indexes.get(key)) is not None:
        return kept
    made = Index(level, on)
    _indexes[key] = made
    while len(_indexes) > INDEXES_KEPT:
        _indexes.popitem(last=False)
    return made


def locate(longitude: float, latitude: float, on: date, level: Level = Level.WARD) -> UnitFacts | None:
    """The unit a point (degrees, WGS 84) lies in on a day, or None outside the city. Approximate where outlines are."""
    return index(level, on).locate(longitude, latitude)


def search(text: str, on: date, *, limit: int = 20) -> list[Hit]:
    """Units in force on a day whose name, or whose predecessor's name, holds the text; marks may be missing.

    Whole names first, then beginnings, then the rest; present names before old ones.
    """
    key = folded(text[:LONGEST_SEARCH])
    if not key:
        return []
    hits = {unit.id: Hit(unit) for unit in Unit.objects.in_force(on).filter(search_key__contains=key)}
    for old in Unit.objects.filter(search_key__contains=key, valid_to__lte=on):
        for unit in _successors_in_force(old, on):
            hits.setdefault(unit.id, Hit(unit, through=old))
    return sorted(hits.values(), key=lambda hit: _rank(hit, key))[:limit]


def _successors_in_force(old: Unit, on: date) -> Iterator[Unit]:
    waiting, seen = [old], {old.id}
    while waiting:
        for link in Succession.objects.filter(predecessor=waiting.pop()).select_related("successor"):
            if link.successor.id in seen:
                continue
            seen.add(link.successor.id)
            if link.successor.period.holds(on):
                yield link.successor
            else:
                waiting.append(link.successor)


def _rank(hit: Hit, key: str) -> tuple[bool, int, str, str]:
    named = hit.through or hit.unit
    short = folded(named.short_name)
    fit = 0 if key in {short, named.search_key} else 1 if short.startswith(key) else 2
    return (hit.through is not None, fit, short, hit.unit.code)


def predecessors(unit: Unit) -> QuerySet[Succession]:
    """What the unit continues."""
    return unit.continues.select_related("predecessor").order_by("predecessor__code")


def successors(unit: Unit) -> QuerySet[Succession]:
    """What continues the unit."""
    return unit.continued_by.select_related("successor").order_by("successor__code")


def boundaries_geojson(level: Level, on: date) -> dict[str, Any]:
    """The outlines of a level on a day as a FeatureCollection for a map; one query."""
    rows = Boundary.objects.in_force(on).filter(unit__in=units(level, on)).select_related("unit").order_by("unit__code")
    return {"type": "FeatureCollection", "features": [_feature(row) for row in rows]}


def _feature(row: Boundary) -> dict[str, Any]:
    unit = row.unit
    return {
        "type": "Feature",
        "id": int(unit.code),
        "geometry": row.geometry,
        "properties": {
            "id": str(unit.id),
            "code": unit.code,
            "name": unit.name,
            "short_name": unit.short_name,
            "kind": unit.kind,
            "area_km2": round(row.area_km2, 3),
            "approximate": row.approximate,
            "source": row.source,
            "recorded_at": row.recorded_at.isoformat(),
            "longitude": unit.longitude,
            "latitude": unit.latitude,
        },
    }
