"""Approximate outlines of units, from their centres: each point belongs to the unit whose centre is nearest.

Used until surveyed boundaries are imported, and marked so on every screen.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import shapely
from shapely import MultiPoint, Point, Polygon
from shapely.affinity import scale
from shapely.geometry.base import BaseGeometry

from songcau.foundation.places.geometry import in_degrees, in_kilometres

SMOOTHING_KM = 0.6
# A real outline is no disc: a disc of the unit's area leaves gaps between neighbours, one this much wider closes most.
WIDENING = 1.25


@dataclass(frozen=True, slots=True)
class Centre:
    """What is known of a unit without a survey. `box` is west, south, east, north, in degrees; `area_km2` its size."""

    code: str
    longitude: float
    latitude: float
    area_km2: float | None = None
    box: tuple[float, float, float, float] | None = None


def approximate_outlines(centres: Sequence[Centre]) -> dict[str, BaseGeometry]:
    """Code → polygon in degrees: a Voronoi cell clipped to an outline of the whole made from boxes and areas."""
    points = {centre.code: in_kilometres(Point(centre.longitude, centre.latitude)) for centre in centres}
    discs = [_extent(centre, points[centre.code]) for centre in centres]
    whole = shapely.union_all(discs).buffer(SMOOTHING_KM).buffer(-SMOOTHING_KM)
    cells = shapely.voronoi_polygons(MultiPoint(list(points.values())), extend_to=whole, ordered=True).geoms
    outlines = {}
    for code, cell in zip(points, cells, strict=True):
        clipped = cell.intersection(whole)
        parts = [part for part in shapely.get_parts(clipped) if part.covers(points[code])]
        outlines[code] = in_degrees(parts[0] if parts else clipped)
    return outlines


def _extent(centre: Centre, point: Point) -> Polygon:
    if centre.box is None:
        return point.buffer(WIDENING * math.sqrt((centre.area_km2 or 1.0) / math.pi))
    west, south, east, north = centre.box
    left, bottom, right, top = in_kilometres(shapely.box(west, south, east, north)).bounds
    middle = Point((left + right) / 2, (bottom + top) / 2).buffer(1.0)
    ellipse = scale(middle, (right - left) / 2, (top - bottom) / 2)
    # A centre at the end of a narrow unit may lie outside the ellipse of its box.
    return shapely.union_all([ellipse, point.buffer(0.3)])
