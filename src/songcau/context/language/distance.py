"""Distances in metres on the sphere, between positions and between geometries.

The Earth is a sphere of its mean radius: at most 0.5 % wrong against the ellipsoid. From a position to a line the
line is laid into the plane that shows every distance from that position truly (azimuthal equidistant), so a point's
distance is right anywhere, poles and antimeridian included, and a side's as far as a side of degrees is straight there.
"""

import math
from collections.abc import Callable
from typing import Any

from songcau.context.language.geometry import Box, Geometry, Position, segments

RADIUS = 6_371_008.8
FARTHEST = math.pi * RADIUS
MANY = 200  # positions of a geometry from which on numpy pays (it costs 25 MB at first use)

_DEGREE = math.pi / 180.0


def haversine(one: Position, other: Position) -> float:
    """The distance of two positions."""
    half_latitude = math.sin((other[1] - one[1]) * _DEGREE / 2.0)
    half_longitude = math.sin((other[0] - one[0]) * _DEGREE / 2.0)
    share = half_latitude**2 + math.cos(one[1] * _DEGREE) * math.cos(other[1] * _DEGREE) * half_longitude**2
    return 2.0 * RADIUS * math.asin(math.sqrt(min(1.0, share)))


def between(one: Geometry, other: Geometry) -> float:
    """The shortest distance of two geometries; 0 when they touch."""
    if one.point is not None:
        return from_position(one.point, other)
    if other.point is not None:
        return from_position(other.point, one)
    return _between_shapes(one, other)


def from_position(position: Position, geometry: Geometry) -> float:
    """The shortest distance of a position and a geometry."""
    if geometry.point is not None:
        return haversine(position, geometry.point)
    if geometry.size > MANY:
        return _from_position_to_many(position, geometry)
    sides = [(_laid(position, start), _laid(position, end)) for start, end in segments(geometry)]
    if geometry.is_area and _holds_origin(sides):
        return 0.0
    return min(_from_origin(start, end) for start, end in sides)


def reach(box: Box, metres: float) -> tuple[Box, ...]:
    """Boxes that hold every position within a distance of a box: two when they cross the antimeridian."""
    west, south, east, north = box
    angle = metres / RADIUS
    least, most = south - angle / _DEGREE, north + angle / _DEGREE
    if least <= -90.0 or most >= 90.0:
        return ((-180.0, max(least, -90.0), 180.0, min(most, 90.0)),)
    # A little more than needed: a position on the circle must not be lost to rounding.
    widest = math.asin(min(1.0, math.sin(angle) / math.cos(max(abs(south), abs(north)) * _DEGREE))) / _DEGREE + 1e-9
    west, east = west - widest, east + widest
    least, most = least - 1e-9, most + 1e-9
    if east - west >= 360.0:
        return ((-180.0, least, 180.0, most),)
    if west < -180.0:
        return ((-180.0, least, east, most), (west + 360.0, least, 180.0, most))
    if east > 180.0:
        return ((west, least, 180.0, most), (-180.0, least, east - 360.0, most))
    return ((west, least, east, most),)


def _from_position_to_many(position: Position, geometry: Geometry) -> float:
    """As `from_position`, all sides at once."""
    import numpy as np

    nearest, crossings = math.inf, 0
    for line in geometry.lines:
        east, north = _laid_together(position, np.asarray(line).T)
        if geometry.kind == "MultiPoint":
            nearest = min(nearest, float(np.hypot(east, north).min()))
            continue
        along_east, along_north = np.diff(east), np.diff(north)
        square = along_east**2 + along_north**2
        share = -(east[:-1] * along_east + north[:-1] * along_north) / np.where(square == 0.0, 1.0, square)
        share = np.clip(share, 0.0, 1.0)
        sides = np.hypot(east[:-1] + share * along_east, north[:-1] + share * along_north)
        nearest = min(nearest, float(sides.min()))
        crosses = (north[:-1] > 0.0) != (north[1:] > 0.0)
        slope = along_east[crosses] / along_north[crosses]
        crossings += int(np.count_nonzero(east[:-1][crosses] - north[:-1][crosses] * slope > 0.0))
    return 0.0 if geometry.is_area and crossings % 2 else nearest


def _laid_together(centre: Position, positions: Any) -> tuple[Any, Any]:
    """As `_laid`, for two rows of longitudes and latitudes."""
    import numpy as np

    apart = np.radians(positions[0] - centre[0])
    here, there = math.radians(centre[1]), np.radians(positions[1])
    east = np.cos(there) * np.sin(apart)
    north = math.cos(here) * np.sin(there) - math.sin(here) * np.cos(there) * np.cos(apart)
    length = np.hypot(east, north)
    half = np.sin((there - here) / 2.0) ** 2 + math.cos(here) * np.cos(there) * np.sin(apart / 2.0) ** 2
    metres = 2.0 * RADIUS * np.arcsin(np.sqrt(np.clip(half, 0.0, 1.0)))
    # A position at the centre or opposite of it has no direction: any will do.
    scale = np.where(length == 0.0, 0.0, metres / np.where(length == 0.0, 1.0, length))
    return np.where(length == 0.0, metres, east * scale), north * scale


def _laid(centre: Position, position: Position) -> Position:
    """A position in the plane of true distances around a centre, in metres east and north."""
    apart = (position[0] - centre[0]) * _DEGREE
    here, there = centre[1] * _DEGREE, position[1] * _DEGREE
    east = math.cos(there) * math.sin(apart)
    north = math.cos(here) * math.sin(there) - math.sin(here) * math.cos(there) * math.cos(apart)
    length = math.hypot(east, north)
    if length == 0.0:
        return (0.0, 0.0) if haversine(centre, position) < 1.0 else (FARTHEST, 0.0)
    scale = haversine(centre, position) / length
    return east * scale, north * scale


def _from_origin(start: Position, end: Position) -> float:
    """The distance of the origin from a side."""
    along = (end[0] - start[0], end[1] - start[1])
    square = along[0] ** 2 + along[1] ** 2
    if square == 0.0:
        return math.hypot(*start)
    share = max(0.0, min(1.0, -(start[0] * along[0] + start[1] * along[1]) / square))
    return math.hypot(start[0] + share * along[0], start[1] + share * along[1])


def _holds_origin(sides: list[tuple[Position, Position]]) -> bool:
    """Whether the origin lies inside rings: a ray from it crosses their sides an odd number of times."""
    inside = False
    for start, end in sides:
        if (start[1] > 0.0) != (end[1] > 0.0):
            crossing = start[0] - start[1] * (end[0] - start[0]) / (end[1] - start[1])
            if crossing > 0.0:
                inside = not inside
    return inside


def _between_shapes(one: Geometry, other: Geometry) -> float:
    """Two geometries of which none is a point, laid into the plane around the middle of the one."""
    import shapely

    centre = _middle(one)
    return float(shapely.distance(_laid_shape(centre, one), _laid_shape(centre, other)))


def within_bounds(reference: Geometry, least: float, most: float) -> Callable[[Geometry], bool]:
    """A test whether the distance of a geometry, no point as the reference is none, lies between the two.

    The reference is laid into its plane once. Asked in this way, the geometry library stops as soon as it knows.
    """
    centre = _middle(reference)
    laid: Any = None
    below = math.nextafter(least, 0.0)  # at the very bound a geometry counts

    def test(found: Geometry) -> bool:
        import shapely

        nonlocal laid
        if laid is None:
            laid = _laid_shape(centre, reference)
            shapely.prepare(laid)
        shape = _laid_shape(centre, found)
        if shapely.intersects(laid, shape):
            return not least
        if most < FARTHEST and not shapely.dwithin(laid, shape, most):
            return False
        return not least or not shapely.dwithin(laid, shape, below)

    return test


def _middle(geometry: Geometry) -> Position:
    west, south, east, north = geometry.box
    return ((west + east) / 2.0, (south + north) / 2.0)


def _laid_shape(centre: Position, geometry: Geometry) -> Any:
    import numpy as np
    import shapely

    def move(positions: Any) -> Any:
        return np.stack(_laid_together(centre, positions.T), axis=1)

    return shapely.transform(shapely.force_2d(geometry.shape()), move)
