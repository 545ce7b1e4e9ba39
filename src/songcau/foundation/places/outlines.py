"""Approximate outlines of units, from their centres and sizes: a point belongs to the unit whose centre is nearest.

"Nearest" is weighed (a power diagram), so that each unit gets about the area it is known to have. Used until surveyed
boundaries are imported, and marked so on every screen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Point, Polygon
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from songcau.foundation.places.geometry import in_degrees, in_kilometres

Numbers = NDArray[np.float64]

# Extents of single units closer than this share of a unit's breadth are one whole: nothing lies between two neighbours.
CLOSING = 0.5
ROUNDS = 30
# A border stays this share of the way clear of either centre, however small a unit is.
CLEARANCE = 0.15
SIMPLER_KM = 0.02


@dataclass(frozen=True, slots=True)
class Centre:
    """What is known of a unit without a survey. `box` is west, south, east, north, in degrees; `area_km2` its size."""

    code: str
    longitude: float
    latitude: float
    area_km2: float | None = None
    box: tuple[float, float, float, float] | None = None


def approximate_outlines(centres: Sequence[Centre]) -> dict[str, BaseGeometry]:
    """Code → polygon in degrees, each around its own centre; together they fill one outline without gap or overlap."""
    points = [in_kilometres(Point(centre.longitude, centre.latitude)) for centre in centres]
    sizes = np.array([_size(centre) for centre in centres])
    whole = _whole(centres, points, sizes)
    places = np.array([(point.x, point.y) for point in points])
    sizes = sizes * (whole.area / sizes.sum())
    weights = np.zeros(len(centres))
    cells = _cells(places, weights, whole)
    for _ in range(ROUNDS):
        wanted = sizes - np.array([cell.area for cell in cells])
        weights = _clear_of_centres(places, weights + 0.7 * wanted / math.pi)
        cells = _cells(places, weights, whole)
    return {centre.code: in_degrees(cell) for centre, cell in zip(centres, _met(cells), strict=True)}


def _size(centre: Centre) -> float:
    """km²; a unit of unknown size is taken to fill half its box, or to be a small one."""
    if centre.area_km2:
        return centre.area_km2
    return 0.5 * in_kilometres(shapely.box(*centre.box)).area if centre.box else 1.0


def _whole(centres: Sequence[Centre], points: Sequence[Point], sizes: Numbers) -> BaseGeometry:
    """The outline of all: their extents closed up without holes, and drawn in until its area is the sum of theirs."""
    closing = CLOSING * math.sqrt(float(sizes.mean()))
    extents = [_extent(*facts) for facts in zip(centres, points, sizes, strict=True)]
    closed = shapely.union_all(extents).buffer(closing).buffer(-closing)
    filled = shapely.union_all([Polygon(part.exterior) for part in shapely.get_parts(closed)])
    around = shapely.union_all([p.buffer(0.3 * math.sqrt(s)) for p, s in zip(points, sizes, strict=True)])
    least, most = -closing, closing
    for _ in range(20):
        offset = (least + most) / 2
        if shapely.union(filled.buffer(offset), around).area > sizes.sum():
            most = offset
        else:
            least = offset
    return shapely.union(filled.buffer(least), around).simplify(SIMPLER_KM)


def _extent(centre: Centre, point: Point, size: float) -> BaseGeometry:
    if centre.box is None:
        return point.buffer(math.sqrt(size / math.pi))
    left, bottom, right, top = in_kilometres(shapely.box(*centre.box)).bounds
    middle = Point((left + right) / 2, (bottom + top) / 2).buffer(1.0)
    return scale(middle, (right - left) / 2, (top - bottom) / 2)


def _clear_of_centres(places: Numbers, weights: Numbers) -> Numbers:
    """The weights, drawn together until no border passes a centre."""
    apart = ((places[:, None] - places[None]) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    most = (1 - 2 * CLEARANCE) * apart
    for _ in range(50):
        excess = weights[:, None] - weights[None] - most
        if excess.max() <= 1e-9:
            break
        one, other = np.unravel_index(excess.argmax(), excess.shape)
        weights[one] -= excess[one, other] / 2
        weights[other] += excess[one, other] / 2
    # Without weights no border passes a centre; so far toward that as is still needed.
    return weights / max(1.0, float(((weights[:, None] - weights[None]) / most).max()))


def _cells(places: Numbers, weights: Numbers, whole: BaseGeometry) -> list[BaseGeometry]:
    """For each place the part of the whole nearest to it, as one polygon."""
    reach = math.hypot(whole.bounds[2] - whole.bounds[0], whole.bounds[3] - whole.bounds[1])
    clipped = [whole.intersection(_cell(own, places, weights, reach)) for own in range(len(places))]
    cells, stray = [], []
    for (x, y), shape in zip(places, clipped, strict=True):
        parts = [part for part in shapely.get_parts(shape) if part.geom_type == "Polygon"]
        own = next(part for part in parts if shapely.intersects_xy(part, x, y))
        cells.append(own)
        stray += [part for part in parts if part is not own]
    for part in stray:  # beyond a bay of the outline: the neighbour with the longest border there has it
        borders = [cell.buffer(1e-6).intersection(part.boundary).length for cell in cells]
        nearest = int(np.argmax(borders))
        cells[nearest] = shapely.union(cells[nearest], part, grid_size=1e-7)
    return cells


def _cell(own: int, places: Numbers, weights: Numbers, reach: float) -> Polygon:
    """The convex cell of one place: a square cut by the border with each other place, the nearest first."""
    x, y = places[own]
    corners = [(x - reach, y - reach), (x + reach, y - reach), (x + reach, y + reach), (x - reach, y + reach)]
    apart = np.hypot(*(places - places[own]).T)
    for other in np.argsort(apart)[1:]:
        distance = apart[other]
        farthest = max(math.hypot(px - x, py - y) for px, py in corners)
        if distance**2 + weights[own] - weights.max() > 2 * distance * farthest:
            break  # no border with this place or one farther off can reach the cell
        toward = ((places[other][0] - x) / distance, (places[other][1] - y) / distance)
        at = (distance**2 + weights[own] - weights[other]) / (2 * distance)
        corners = _cut(corners, toward, x * toward[0] + y * toward[1] + at)
    return Polygon(corners)


def _cut(corners: list[tuple[float, float]], toward: tuple[float, float], limit: float) -> list[tuple[float, float]]:
    """The part of a convex polygon whose distance along `toward` is within the limit."""
    beyond = [px * toward[0] + py * toward[1] - limit for px, py in corners]
    kept = []
    for (point, far), (before, far_before) in zip(
        zip(corners, beyond, strict=True),
        zip(corners[-1:] + corners[:-1], beyond[-1:] + beyond[:-1], strict=True),
        strict=True,
    ):
        if (far > 0) != (far_before > 0):
            share = far_before / (far_before - far)
            kept.append((before[0] + share * (point[0] - before[0]), before[1] + share * (point[1] - before[1])))
        if far <= 0:
            kept.append(point)
    return kept


def _met(cells: Sequence[BaseGeometry]) -> list[BaseGeometry]:
    """The cells with one same point wherever those of neighbours differ by no more than the arithmetic."""
    points = shapely.points(shapely.get_coordinates(cells))
    one, same = shapely.STRtree(points).query(points, predicate="dwithin", distance=1e-5)
    first = np.full(len(points), len(points))
    np.minimum.at(first, one, same)
    return list(shapely.set_coordinates(np.array(cells), shapely.get_coordinates(points[first])))
