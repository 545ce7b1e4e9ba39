"""What an import of boundaries would change, seen before anything is changed."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

import shapely
from shapely import Point, STRtree
from shapely.geometry.base import BaseGeometry

from songcau.foundation.places import rules
from songcau.foundation.places.boundary_files import Outline, Problem, read_boundaries
from songcau.foundation.places.geometry import area_km2, from_geojson, in_kilometres
from songcau.foundation.places.models import Boundary, Revision, Unit
from songcau.foundation.places.rules import Level


class Change(StrEnum):
    """What happens to a unit's outline."""

    NEW = "NEW"
    CHANGED = "CHANGED"
    SURVEYED = "SURVEYED"  # an approximate outline is replaced
    UNCHANGED = "UNCHANGED"


@dataclass(frozen=True, slots=True)
class Difference:
    """One unit of the file beside what is stored. `moved_percent` is the share of both outlines not in common."""

    unit: Unit
    change: Change
    area_km2: float
    area_before_km2: float | None
    moved_percent: float | None
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """Everything a person needs to decide, and everything `apply_boundaries` needs to do exactly that."""

    level: Level
    on: date
    differences: tuple[Difference, ...]
    problems: tuple[Problem, ...]
    missing: tuple[Unit, ...]
    revision: int
    digest: str

    @property
    def applicable(self) -> bool:
        return not self.problems and any(d.change is not Change.UNCHANGED for d in self.differences)


def plan_boundaries(content: bytes, level: Level, on: date) -> ImportPlan:
    """Check a file against the units in force on a day. Raises FileTooLarge and NotGeoJson."""
    number = Revision.objects.filter(id=1).values_list("number", flat=True).first() or 0
    units = {unit.code: unit for unit in Unit.objects.in_force(on).filter(level=level)}
    reading = read_boundaries(content, frozenset(units))
    stored = {
        boundary.unit.code: boundary
        for boundary in Boundary.objects.in_force(on).filter(unit__in=units.values()).select_related("unit")
    }
    outlines = list(reading.outlines.values())
    problems = [
        *reading.problems,
        *_away_from_their_centres(outlines, units),
        *_faults_between(_beside_each_other(outlines, stored)),
    ]
    return ImportPlan(
        level=level,
        on=on,
        differences=tuple(_difference(outline, units[outline.unit], stored.get(outline.unit)) for outline in outlines),
        problems=tuple(_named(problem, units) for problem in problems),
        missing=_missing(reading.outlines, units),
        revision=number,
        digest=hashlib.sha256(content + f"{level}:{on}:{number}".encode()).hexdigest(),
    )


def _named(problem: Problem, units: Mapping[str, Unit]) -> Problem:
    """The problem with the names of its units beside their codes: a person knows names."""
    codes = {"unit": problem.unit, "other": str(dict(problem.params).get("other", ""))}
    names = {key: f"{units[code].name} ({code})" for key, code in codes.items() if code in units}
    return replace(problem, params=tuple({**dict(problem.params), **names}.items()))


def _missing(outlines: Mapping[str, Outline], units: Mapping[str, Unit]) -> tuple[Unit, ...]:
    """Units left out of the file whose siblings are in it; all of them when the file has no sound outline."""
    parents = {units[code].parent_id for code in outlines} or {unit.parent_id for unit in units.values()}
    return tuple(u for code, u in sorted(units.items()) if code not in outlines and u.parent_id in parents)


def _away_from_their_centres(outlines: Sequence[Outline], units: Mapping[str, Unit]) -> list[Problem]:
    """Outlines that do not hold the known centre of their unit: two codes exchanged, or another place altogether."""
    tree = STRtree([outline.shape for outline in outlines])
    problems = []
    for outline in outlines:
        unit = units[outline.unit]
        if unit.longitude is None or unit.latitude is None:
            continue
        centre = Point(unit.longitude, unit.latitude)
        if outline.shape.intersects(centre):
            continue
        away = in_kilometres(outline.shape).distance(in_kilometres(centre))
        holders = sorted(outlines[i].unit for i in tree.query(centre, predicate="intersects"))
        if holders:
            problems.append(Problem("CENTRE_IN_ANOTHER", unit.code, (("other", holders[0]),)))
        elif away > rules.FARTHEST_CENTRE_KM:
            problems.append(Problem("FAR_FROM_CENTRE", unit.code, (("kilometres", round(away, 1)),)))
    return problems


def _beside_each_other(outlines: Sequence[Outline], stored: Mapping[str, Boundary]) -> list[Outline]:
    """The map as it would be: the file's outlines, and the surveyed ones of units that the file leaves out."""
    named = {outline.unit for outline in outlines}
    kept = [
        Outline(code, from_geojson(boundary.geometry), boundary.area_km2)
        for code, boundary in stored.items()
        if code not in named and not boundary.approximate
    ]
    return [*outlines, *kept]


def _faults_between(outlines: Sequence[Outline]) -> list[Problem]:
    if not outlines:
        return []
    return [*_overlaps(outlines), *_gaps(outlines)]


def _overlaps(outlines: Sequence[Outline]) -> list[Problem]:
    shapes = [outline.shape for outline in outlines]
    first, second = STRtree(shapes).query(shapes, predicate="intersects")
    problems = []
    for i, j in zip(first, second, strict=True):
        if i >= j:
            continue
        common = area_km2(shapely.intersection(shapes[i], shapes[j]))
        if rules.is_fault(common, min(outlines[i].area_km2, outlines[j].area_km2)):
            params = (("other", outlines[j].unit), ("km2", round(common, 3)))
            problems.append(Problem("OVERLAP", outlines[i].unit, params))
    return problems


def _gaps(outlines: Sequence[Outline]) -> list[Problem]:
    """Holes in the whole that no unit fills. A unit's own hole is filled by the enclave inside it, or is a gap."""
    whole = shapely.union_all([outline.shape for outline in outlines])
    problems = []
    for part in shapely.get_parts(whole):
        for ring in part.interiors:
            hole = shapely.Polygon(ring)
            size = area_km2(hole)
            if rules.is_fault(size, 0):
                place = hole.representative_point()
                params = (("km2", round(size, 3)), ("longitude", round(place.x, 5)), ("latitude", round(place.y, 5)))
                problems.append(Problem("GAP", params=params))
    return problems


def _difference(outline: Outline, unit: Unit, before: Boundary | None) -> Difference:
    if before is None:
        return Difference(unit, Change.NEW, outline.area_km2, None, None, outline.shape)
    old = from_geojson(before.geometry)
    union = area_km2(shapely.union(old, outline.shape))
    moved = 100 * area_km2(shapely.symmetric_difference(old, outline.shape)) / union
    if before.approximate:
        change = Change.SURVEYED
    else:
        change = Change.UNCHANGED if old.equals(outline.shape) else Change.CHANGED
    return Difference(unit, change, outline.area_km2, before.area_km2, moved, outline.shape)
