"""What can be asked of places: which units there are, where a point lies, what a name means, what came before."""

import math
import threading
from bisect import bisect_right
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Mapping
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
from songcau.kernel.text import exact_key, search_key

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
    """The units of a level in force on a day, in the order of their names."""
    return Unit.objects.in_force(on).filter(level=level).order_by("order_key", "code")


def unit_by_code(code: str, level: Level, on: date) -> Unit | None:
    """The unit that bears the code on a day."""
    return units(level, on).filter(code=code).first()


class Index:
    """Outlines of one level on one day, ready to be asked. On a common border the lower code has the point.

    A surveyed outline comes before an approximate one that lies on it, as after an import of some wards only.

    A grid lies over the whole: a cell that one unit fills answers at once, the others name the few units to ask.
    """

    def __init__(self, level: Level, on: date) -> None:
        boundaries = list(
            Boundary.objects.in_force(on)
            .filter(unit__in=units(level, on))
            .select_related("unit")
            .order_by("approximate", "unit__code")
        )
        self._facts = [facts_of(boundary.unit) for boundary in boundaries]
        self._shapes = [from_geojson(boundary.geometry) for boundary in boundaries]
        shapely.prepare(self._shapes)
        self._asked: dict[tuple[int, int], tuple[int, ...]] = {}
        self._sure: dict[tuple[int, int], UnitFacts] = {}
        if boundaries:
            self._lay_grid()

    def locate(self, longitude: float, latitude: float) -> UnitFacts | None:
        """The unit a point lies in, or None outside all of them and for what is no point (NaN, infinity)."""
        try:
            cell = (math.floor(longitude * CELLS_PER_DEGREE), math.floor(latitude * CELLS_PER_DEGREE))
        except (ValueError, OverflowError):
            return None
        if (sure := self._sure.get(cell)) is not None:
            return sure
        for position in self._asked.get(cell, ()):
            if shapely.intersects_xy(self._shapes[position], longitude, latitude):
                return self._facts[position]
        return None

    def touches(self, shape: BaseGeometry) -> bool | None:
        """Whether the shape has a point in common with any unit; None where no outline is known."""
        return any(shapely.intersects(self._shapes, shape)) if self._shapes else None

    def _lay_grid(self) -> None:
        for position, shape in enumerate(self._shapes):
            cells = _cells_under(shape)
            boxes = [shapely.box(*(n / CELLS_PER_DEGREE for n in (x, y, x + 1, y + 1))) for x, y in cells]
            touched = shapely.intersects(shape, boxes)
            filled = shapely.contains_properly(shape, boxes)
            for cell, is_touched, is_filled in zip(cells, touched, filled, strict=True):
                if is_filled and cell not in self._asked:  # else another comes first where both lie
                    self._sure.setdefault(cell, self._facts[position])
                elif is_touched:
                    self._asked[cell] = (*self._asked.get(cell, ()), position)


def _cells_under(shape: BaseGeometry) -> list[tuple[int, int]]:
    west, south, east, north = (math.floor(bound * CELLS_PER_DEGREE) for bound in shape.bounds)
    return [(x, y) for x in range(west, east + 1) for y in range(south, north + 1)]


_indexes: "OrderedDict[tuple[int, Level, int], Index]" = OrderedDict()
_changes: dict[tuple[int, Level], list[date]] = {}
_building = threading.Lock()


def index(level: Level, on: date) -> Index:
    """The index as of the present revision. All days between two changes share one; the last few used are kept."""
    revision = known_revision()
    if (days := _changes.get((revision, level))) is None:
        days = _days_of_change(level)
        for old in [key for key in _changes if key[0] != revision]:
            _changes.pop(old, None)
        _changes[revision, level] = days
    key = (revision, level, bisect_right(days, on))
    if (kept := _indexes.get(key)) is not None:
        return kept
    with _building:  # many threads ask for the same new index at once: one makes it
        if (kept := _indexes.get(key)) is not None:
            return kept
        made = Index(level, on)
        _indexes[key] = made
        while len(_indexes) > INDEXES_KEPT:
            _indexes.popitem(last=False)
    return made


def _days_of_change(level: Level) -> list[date]:
    days: set[date | None] = set()
    days.update(*Unit.objects.filter(level=level).values_list("valid_from", "valid_to").distinct())
    stored = Boundary.objects.filter(unit__level=level, superseded_at__isnull=True)
    days.update(*stored.values_list("valid_from", "valid_to").distinct())
    return sorted(day for day in days if day is not None)


def locate(longitude: float, latitude: float, on: date, level: Level = Level.WARD) -> UnitFacts | None:
    """The unit a point (degrees, WGS 84) lies in on a day, or None outside the city. Approximate where outlines are."""
    return index(level, on).locate(longitude, latitude)


def search(text: str, on: date, *, limit: int = 20) -> list[Hit]:
    """Units in force on a day whose name, or whose predecessor's name, holds the text; marks may be missing.

    Whole names first, then beginnings, then the rest; among equals those with the marks as typed (the tone in either
    place), then present names before old ones.
    """
    key, exact = search_key(text[:LONGEST_SEARCH]), exact_key(text[:LONGEST_SEARCH])
    if not key:
        return []
    hits = {unit.id: Hit(unit) for unit in Unit.objects.in_force(on).filter(search_key__contains=key)}
    named_before = list(Unit.objects.filter(search_key__contains=key, valid_to__lte=on))
    if named_before:
        for hit in sorted(_continued(named_before, on), key=lambda hit: _rank(hit, key, exact)):
            hits.setdefault(hit.unit.id, hit)
    return sorted(hits.values(), key=lambda hit: _rank(hit, key, exact))[:limit]


def _continued(named_before: Iterable[Unit], on: date) -> list[Hit]:
    """What continues each of these units on a day, through however many changes in between."""
    links: dict[UUID, list[Unit]] = defaultdict(list)
    for link in Succession.objects.filter(predecessor__valid_to__lte=on).select_related("successor"):
        links[link.predecessor_id].append(link.successor)
    hits = []
    for old in named_before:
        later = (unit for _, unit in _chain(old, links))
        hits += [Hit(unit, through=old) for unit in later if unit.period.holds(on)]
    return hits


def _chain(unit: Unit, links: Mapping[UUID, list[Unit]]) -> list[tuple[int, Unit]]:
    """Every unit that the links lead to, nearest first, with the number of changes between; each once."""
    found, seen, steps = [], {unit.id}, [(0, unit)]
    for distance, step in steps:
        for linked in links.get(step.id, ()):
            if linked.id not in seen:
                seen.add(linked.id)
                found.append((distance + 1, linked))
                steps.append((distance + 1, linked))
    return found


def _rank(hit: Hit, key: str, exact: str) -> tuple[int, bool, bool, str, str]:
    named = hit.through or hit.unit
    short = search_key(named.short_name)
    fit = 0 if key in {short, named.search_key} else 1 if short.startswith(key) else 2
    return (fit, exact not in exact_key(named.name), hit.through is not None, named.order_key, hit.unit.code)


@dataclass(frozen=True, slots=True)
class History:
    """What came before a unit and what came after: (number of changes between, unit), nearest first."""

    before: tuple[tuple[int, Unit], ...]
    after: tuple[tuple[int, Unit], ...]


def history(unit: Unit) -> History:
    """The whole chain of a unit, however often it was merged and split; one query."""
    back: dict[UUID, list[Unit]] = defaultdict(list)
    forth: dict[UUID, list[Unit]] = defaultdict(list)
    links = Succession.objects.select_related("predecessor", "successor")
    for link in links.order_by("predecessor__order_key", "successor__order_key"):
        back[link.successor_id].append(link.predecessor)
        forth[link.predecessor_id].append(link.successor)
    return History(before=tuple(_chain(unit, back)), after=tuple(_chain(unit, forth)))


def predecessors(unit: Unit) -> QuerySet[Succession]:
    """What the unit continues."""
    return unit.continues.select_related("predecessor").order_by("predecessor__order_key", "predecessor__code")


def successors(unit: Unit) -> QuerySet[Succession]:
    """What continues the unit."""
    return unit.continued_by.select_related("successor").order_by("successor__order_key", "successor__code")


def touches(geometry: dict[str, Any], level: Level, on: date) -> bool | None:
    """Whether a GeoJSON shape touches a unit of the level; None where no outline could say so."""
    return index(level, on).touches(shapely.make_valid(from_geojson(geometry)))


def boundaries_geojson(level: Level, on: date) -> dict[str, Any]:
    """The outlines of a level on a day as a FeatureCollection for a map; one query."""
    rows = (
        Boundary.objects.in_force(on)
        .filter(unit__in=units(level, on))
        .select_related("unit")
        .order_by("unit__order_key", "unit__code")
    )
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
