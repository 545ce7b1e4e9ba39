"""Geometries of GeoJSON, as far as the standard takes them (RFC 7946; ETSI GS CIM 009, clause 4.7)."""

from collections.abc import Callable
from typing import Any, Final

from songcau.context.entities import tangles
from songcau.context.entities.values import Misfit

MOST_POSITIONS: Final = 10_000
LARGEST_SLIP: Final = 0.02
"""A ring that crosses itself is taken when that changes at most this part of its area: outlines drawn or rounded by
machines have such slips, and every query can still answer what lies in them. A bow tie is refused."""


def read_geometry(value: Any, what: str) -> Any:
    """The geometry, unchanged. Raises Misfit for anything that is none."""
    if value.__class__ is not dict:
        raise Misfit(f"{what} is not a GeoJSON geometry")
    kind = value.get("type")
    check = _CHECKS.get(kind) if kind.__class__ is str else None
    if check is None:
        raise Misfit(f"{what} is not a GeoJSON geometry: its type is none of {', '.join(_CHECKS)}")
    if "coordinates" not in value:
        raise Misfit(f"{what} is a geometry without coordinates")
    check(value["coordinates"], what)
    if _too_many(value["coordinates"], MOST_POSITIONS):
        raise Misfit(f"{what} has more than {MOST_POSITIONS:,} positions")
    if kind == "Polygon":
        _check_crossings([value["coordinates"]], what)
    elif kind == "MultiPolygon":
        _check_crossings(value["coordinates"], what)
    return value


def is_geometry(value: dict[str, Any]) -> bool:
    """Whether an object means to be a geometry, right or wrong."""
    kind = value.get("type")
    return kind.__class__ is str and kind in GEOMETRIES and "coordinates" in value


_NUMBERS = frozenset((int, float))


def _position(value: Any, what: str) -> None:
    if value.__class__ is not list or not 2 <= len(value) <= 3:
        raise Misfit(f"{what} has a position that is not a list of two or three numbers")
    for number in value:
        if number.__class__ not in _NUMBERS:
            raise Misfit(f"{what} has a position that is not a list of two or three numbers")
    if not (-180 <= value[0] <= 180 and -90 <= value[1] <= 90):
        raise Misfit(f"{what} has a position off the earth: longitude −180 to 180, then latitude −90 to 90")


def _positions(value: Any, what: str, least: int) -> None:
    if value.__class__ is not list or len(value) < least:
        raise Misfit(f"{what} has fewer than {least} positions where it needs them")
    for position in value:
        _position(position, what)


def _line(value: Any, what: str) -> None:
    _positions(value, what, 2)


def _ring(value: Any, what: str) -> None:
    _positions(value, what, 4)
    if value[0] != value[-1]:
        raise Misfit(f"{what} has a ring that is not closed: its last position is not its first")


def _too_many(coordinates: Any, most: int) -> bool:
    """Whether coordinates that were checked hold more positions than that."""
    parts = [coordinates]
    while parts and parts[0].__class__ is list and parts[0][0].__class__ is list:
        parts = [part for some in parts for part in some]
    return len(parts) > most


def _each(check: Callable[[Any, str], None]) -> Callable[[Any, str], None]:
    def check_all(value: Any, what: str) -> None:
        if value.__class__ is not list or not value:
            raise Misfit(f"{what} has coordinates that are not nested as its type asks")
        for part in value:
            check(part, what)

    return check_all


_CHECKS: Final[dict[str, Callable[[Any, str], None]]] = {
    "Point": _position,
    "MultiPoint": _each(_position),
    "LineString": _line,
    "MultiLineString": _each(_line),
    "Polygon": _each(_ring),
    "MultiPolygon": _each(_each(_ring)),
}
GEOMETRIES: Final = frozenset((*_CHECKS, "GeometryCollection"))


def _check_crossings(polygons: list[list[list[list[float]]]], what: str) -> None:
    """Refuses polygons that cross themselves. A single triangle cannot, so nothing is loaded for it."""
    if len(polygons) == 1 and len(polygons[0]) == 1 and len(polygons[0][0]) == 4:
        return
    import shapely  # here, since a broker without polygons should not carry it in memory

    rings = [ring for polygon in polygons for ring in polygon]
    if tangles.is_dense(rings):
        raise Misfit(f"{what} has a polygon with so many sides beside one another that it cannot be checked")
    shapes = [_checked_polygon(polygon, what) for polygon in polygons]
    # Polygons that lie over one another are taken, too, as long as a query can put them together.
    if len(shapes) > 1 and not shapely.multipolygons(shapes).is_valid and tangles.is_tangled(rings):
        raise _crossed_too_often(what)


def _checked_polygon(rings: list[list[list[float]]], what: str) -> Any:
    import shapely

    outline, *holes = [[position[:2] for position in ring] for ring in rings]
    polygon = shapely.Polygon(outline, holes)
    if polygon.is_valid:
        return polygon
    if tangles.is_tangled(rings):
        raise _crossed_too_often(what)
    repaired = shapely.make_valid(polygon, method="structure").area
    # The area by the positions in their order counts what lies beyond a crossing as negative.
    if not repaired or abs(repaired - polygon.area) > LARGEST_SLIP * repaired:
        raise Misfit(f"{what} has a polygon that crosses itself")
    return polygon


def _crossed_too_often(what: str) -> Misfit:
    return Misfit(f"{what} has polygons whose sides cross more than {tangles.MOST_CROSSINGS} times")
