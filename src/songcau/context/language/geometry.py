"""GeoJSON geometries (RFC 7946) as queries and entities bring them: checked, with their box, made shapes when needed.

Coordinates are longitude and latitude in degrees (WGS 84), a height is ignored. Lines are straight in the plane of
degrees, as RFC 7946 says; a geometry that crosses the antimeridian comes cut in two. A polygon that crosses itself is
repaired when it is compared, not refused: the standard says only that it should not.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import orjson

from songcau.context.entities import tangles
from songcau.context.problems import BadRequestData, TooComplexQuery

MOST_POSITIONS = 10_000
MOST_REMEMBERED = 100_000  # positions of stored geometries, some 20 MB
LONGEST = 1_000_000  # characters of coordinates as a text

Position = tuple[float, float]
Box = tuple[float, float, float, float]  # west, south, east, north

# How many arrays stand around the positions of a kind.
_DEPTHS = {"Point": 0, "MultiPoint": 1, "LineString": 1, "MultiLineString": 2, "Polygon": 2, "MultiPolygon": 3}
_LEAST = {"LineString": 2, "MultiLineString": 2, "Polygon": 4, "MultiPolygon": 4}


@dataclass(slots=True)
class Geometry:
    """A checked geometry. `lines`: its positions, line by line (each ring of a polygon is one)."""

    kind: str
    coordinates: Any
    lines: tuple[tuple[Position, ...], ...]
    box: Box
    _shape: Any = field(default=None, compare=False)

    @property
    def point(self) -> Position | None:
        """The position, if this is a single one."""
        return self.lines[0][0] if self.kind in ("Point", "MultiPoint") and len(self.lines[0]) == 1 else None

    @property
    def size(self) -> int:
        """How many positions it has."""
        return sum(map(len, self.lines))

    @property
    def is_area(self) -> bool:
        return self.kind in ("Polygon", "MultiPolygon")

    @property
    def rectangle(self) -> Box | None:
        """The box, if this is a polygon that fills its box."""
        if self.kind != "Polygon" or len(self.lines) != 1 or len(self.lines[0]) != 5:
            return None
        ring = self.lines[0]
        west, south, east, north = self.box
        corners = {(west, south), (east, south), (east, north), (west, north)}
        # Each side runs along the box, so the corners come in their order around it.
        along = all(one[0] == other[0] or one[1] == other[1] for one, other in pairwise(ring))
        return self.box if len(corners) == 4 and set(ring) == corners and along else None

    def shape(self) -> Any:
        """The geometry for shapely, repaired when it is not valid. Loads shapely (25 MB with numpy) at first use."""
        if self._shape is None:
            import shapely

            found = shapely.from_geojson(orjson.dumps({"type": self.kind, "coordinates": self.coordinates}))
            if not shapely.is_valid(found):
                found = shapely.make_valid(found, method="structure")
            shapely.prepare(found)
            self._shape = found
        return self._shape


def reference(kind: object, coordinates: object) -> Geometry:
    """The geometry that a query compares with; BadRequestData, TooComplexQuery."""
    found = checked(kind, coordinates)
    if found.is_area and (tangles.is_dense(found.lines) or tangles.is_tangled(found.lines)):
        raise TooComplexQuery("The geometry crosses itself too often, or has too many sides beside one another.")
    return found


def checked(kind: object, coordinates: object, what: str = "geometry") -> Geometry:
    """The geometry of a kind and its coordinates (an array, or its JSON text); BadRequestData, TooComplexQuery."""
    if not isinstance(kind, str) or kind not in _DEPTHS:
        raise BadRequestData(f"The {what} must be one of {', '.join(_DEPTHS)}, not {str(kind)[:80]!r}.")
    if isinstance(coordinates, str):
        coordinates = _read(coordinates, what)
    found: list[list[object]] = [[coordinates]]
    for _ in range(_DEPTHS[kind]):
        found = [_array(part, what) for parts in found for part in parts]
        if sum(map(len, found)) > MOST_POSITIONS:
            raise TooComplexQuery(f"The {what} has more than {MOST_POSITIONS} positions.")
    lines = tuple(tuple(_position(one, what) for one in line) for line in found)
    _check_lines(kind, lines, what)
    longitudes = [one[0] for line in lines for one in line]
    latitudes = [one[1] for line in lines for one in line]
    box = (min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    return Geometry(kind, coordinates, lines, box)


class _Remembered:
    """What was made of stored values, by their identity, the oldest forgotten first.

    The values are held beside it, so that no other value can get the identity of one that is gone.
    """

    def __init__(self, most: int) -> None:
        self._made: dict[int, tuple[object, Geometry]] = {}
        self._most = most
        self._positions = 0

    def get(self, value: object) -> Geometry | None:
        known = self._made.get(id(value))
        return None if known is None else known[1]

    def put(self, value: object, made: Geometry) -> None:
        if made.size > self._most:
            return
        self._made[id(value)] = (value, made)
        self._positions += made.size
        while self._positions > self._most:
            _, oldest = self._made.pop(next(iter(self._made)))
            self._positions -= oldest.size


_remembered = _Remembered(MOST_REMEMBERED)


def stored(value: object) -> Geometry | None:
    """The geometry that a stored GeoProperty has as its value, or None when it has none that can be compared.

    Stored values never change, so a ward's boundary is checked once and not with each query.
    """
    if not isinstance(value, dict):
        return None
    known = _remembered.get(value)
    if known is None:
        try:
            known = checked(value.get("type"), value.get("coordinates"))
        except (BadRequestData, TooComplexQuery):
            return None
        _remembered.put(value, known)
    return known


def stored_point(value: object) -> Position | None:
    """As `stored`, the short way for a Point: its position, or None when the value is none."""
    if type(value) is not dict or value.get("type") != "Point":
        return None
    position = value.get("coordinates")
    if type(position) is not list or len(position) < 2:
        return None
    longitude, latitude = position[0], position[1]
    if type(longitude) not in _NUMBERS or type(latitude) not in _NUMBERS:
        return None
    return (longitude, latitude) if -180.0 <= longitude <= 180.0 and -90.0 <= latitude <= 90.0 else None


_NUMBERS = frozenset({int, float})


def _read(text: str, what: str) -> object:
    if len(text) > LONGEST:
        raise TooComplexQuery(f"The coordinates of the {what} have more than {LONGEST} characters.")
    try:
        return orjson.loads(text)
    except ValueError as error:
        raise BadRequestData(f"The coordinates of the {what} are no JSON array: '{text[:80]}'.") from error


def _array(part: object, what: str) -> list[object]:
    if not isinstance(part, list) or not part:
        raise BadRequestData(f"The {what} needs a non-empty array where it has {str(part)[:80]!r}.")
    return part


def _position(part: object, what: str) -> Position:
    if isinstance(part, list) and 2 <= len(part) <= 3 and all(map(_is_number, part)):
        longitude, latitude = float(part[0]), float(part[1])
        if -180.0 <= longitude <= 180.0 and -90.0 <= latitude <= 90.0:
            return longitude, latitude
    raise BadRequestData(
        f"A position of the {what} is [longitude, latitude] within -180…180 and -90…90, not {str(part)[:80]!r}."
    )


def _is_number(part: object) -> bool:
    # A whole number beyond this has no float; no degree is near it.
    return type(part) in _NUMBERS and abs(part) < 1e9 and math.isfinite(part)  # type: ignore[arg-type]


def _check_lines(kind: str, lines: tuple[tuple[Position, ...], ...], what: str) -> None:
    least = _LEAST.get(kind, 1)
    for line in lines:
        if len(line) < least:
            raise BadRequestData(f"A {kind} as {what} needs at least {least} positions in a line, not {len(line)}.")
        if kind in ("Polygon", "MultiPolygon") and line[0] != line[-1]:
            raise BadRequestData(
                f"A ring of the {what} must end where it begins: {list(line[0])} is not {list(line[-1])}."
            )


def segments(geometry: Geometry) -> Iterator[tuple[Position, Position]]:
    """The sides of a geometry; a lone position is a side of no length."""
    for line in geometry.lines:
        if geometry.kind in ("Point", "MultiPoint"):
            yield from ((one, one) for one in line)
        else:
            yield from pairwise(line)
