"""Where entities are: a grid of cells for one GeoProperty (see docs/decisions/0011).

A cell is 1/200 of a degree, some 550 metres. A point stands in one cell; another geometry in each cell that its box
touches, or in a list of its own when these would be many. Cells exist only where something is.
"""

from collections.abc import Iterator
from itertools import compress

from songcau.context.entities.entity import Attribute, Instance
from songcau.context.language import geometry
from songcau.context.language.geo import PointsTest
from songcau.context.language.geometry import Box

PER_DEGREE = 200
MOST_CELLS = 64  # a larger box goes into the list: a road of 5 km still stands in cells, a district does not
_ROW = 1 << 17  # more than there are cells from west to east

# (longitude, latitude) of a point, or the box of anything else
Place = tuple[float, ...]
_POINT = 2


class Places:
    """Ids of entities by place."""

    __slots__ = ("_boxes", "_large", "_points")

    def __init__(self) -> None:
        self._points: dict[int, dict[str, Place]] = {}
        self._boxes: dict[int, dict[str, Place]] = {}
        self._large: dict[str, Place] = {}

    def __bool__(self) -> bool:
        return bool(self._points or self._boxes or self._large)

    @property
    def has_shapes(self) -> bool:
        """Whether there is anything else than points."""
        return bool(self._boxes or self._large)

    def move(self, entity_id: str, old: Place | None, new: Place | None) -> None:
        """Puts an entity from its old place to its new one; None is nowhere."""
        if old == new:
            return
        if old is None and new is not None and len(new) == _POINT:
            # What a start and each new entity ask, the short way.
            key = _cell(new[0], new[1])
            cell = self._points.get(key)
            if cell is None:
                cell = self._points[key] = {}
            cell[entity_id] = new
            return
        if old is not None and new is not None and len(old) == len(new) == _POINT:
            before, after = _cell(old[0], old[1]), _cell(new[0], new[1])
            if before == after:
                self._points[after][entity_id] = new
                return
        if old is not None:
            self._take(entity_id, old)
        if new is not None:
            self._put(entity_id, new)

    def _put(self, entity_id: str, new: Place) -> None:
        cells, keys = self._where(new)
        if keys is None:
            self._large[entity_id] = new
            return
        for key in keys:
            cell = cells.get(key)
            if cell is None:
                cell = cells[key] = {}
            cell[entity_id] = new

    def _take(self, entity_id: str, old: Place) -> None:
        cells, keys = self._where(old)
        if keys is None:
            del self._large[entity_id]
            return
        for key in keys:
            cell = cells[key]
            del cell[entity_id]
            if not cell:
                del cells[key]

    def _where(self, one: Place) -> tuple[dict[int, dict[str, Place]], list[int] | None]:
        """The kind of cells, and which of them; None when they would be too many."""
        if len(one) == _POINT:
            return self._points, [_cell(one[0], one[1])]
        west, south, east, north = _columns_and_rows(one)
        if (east - west + 1) * (north - south + 1) > MOST_CELLS:
            return self._boxes, None
        return self._boxes, [key for row in range(south, north + 1) for key in _row(row, west, east)]

    def near(self, boxes: tuple[Box, ...]) -> "Nearby":
        """What may lie in one of the boxes."""
        points = [cell for box in boxes for cell in _cells_in(self._points, box)]
        others = [cell for box in boxes for cell in _cells_in(self._boxes, box)]
        return Nearby(points, others, self._large, boxes)


class Nearby:
    """Cells and large boxes that a geo-query has to look at."""

    __slots__ = ("_boxes", "_large", "_others", "_points")

    def __init__(
        self,
        points: list[dict[str, Place]],
        others: list[dict[str, Place]],
        large: dict[str, Place],
        boxes: tuple[Box, ...],
    ) -> None:
        self._points = points
        self._others = others
        self._large = large
        self._boxes = boxes

    def __len__(self) -> int:
        """At most so many entities will be looked at."""
        return sum(map(len, self._points)) + sum(map(len, self._others)) + len(self._large)

    def points(self, holds: PointsTest) -> list[str]:
        """The ids of points that hold."""
        found: list[str] = []
        for cell in self._points:
            found += cell
        if not found:
            return found
        longitudes, latitudes = zip(*(one for cell in self._points for one in cell.values()), strict=True)
        return list(compress(found, holds(longitudes, latitudes)))

    def others(self) -> list[str]:
        """The ids of entities whose box meets one of the boxes asked for; their geometry must be asked."""
        found = dict.fromkeys(entity_id for cell in self._others for entity_id in cell)
        for entity_id, box in self._large.items():
            if any(_meet(box, one) for one in self._boxes):
                found[entity_id] = None
        return list(found)


def place(attribute: Attribute | None) -> Place | None:
    """Where a GeoProperty says that its entity is, or None: it is absent, of another kind, or no geometry."""
    if type(attribute) is dict:
        return _place_of(attribute)
    if not attribute:
        return None
    boxes = [_box(one) for instance in attribute if (one := _place_of(instance)) is not None]  # type: ignore[arg-type]
    return _around(boxes) if boxes else None


def _place_of(instance: Instance) -> Place | None:
    if instance.get("type") != "GeoProperty":
        return None
    value = instance.get("value")
    position = geometry.stored_point(value)
    if position is not None:
        return position
    found = geometry.stored(value)
    return None if found is None else found.box


def _box(one: Place) -> Box:
    return (one[0], one[1], one[0], one[1]) if len(one) == _POINT else (one[0], one[1], one[2], one[3])


def _around(boxes: list[Box]) -> Box:
    wests, souths, easts, norths = zip(*boxes, strict=True)
    return min(wests), min(souths), max(easts), max(norths)


def _cell(longitude: float, latitude: float) -> int:
    return int((latitude + 90.0) * PER_DEGREE) * _ROW + int((longitude + 180.0) * PER_DEGREE)


def _columns_and_rows(box: Place) -> tuple[int, int, int, int]:
    """The columns and rows of cells that a box touches: west, south, east, north."""
    return (
        int((box[0] + 180.0) * PER_DEGREE),
        int((box[1] + 90.0) * PER_DEGREE),
        int((box[2] + 180.0) * PER_DEGREE),
        int((box[3] + 90.0) * PER_DEGREE),
    )


def _row(row: int, west: int, east: int) -> range:
    """The cells of a row, from a column to another."""
    return range(row * _ROW + west, row * _ROW + east + 1)


def _cells_in(cells: dict[int, dict[str, Place]], box: Box) -> Iterator[dict[str, Place]]:
    west, south, east, north = _columns_and_rows(box)
    if (east - west + 1) * (north - south + 1) > len(cells):
        for key, cell in cells.items():
            row, column = divmod(key, _ROW)
            if south <= row <= north and west <= column <= east:
                yield cell
        return
    for row in range(south, north + 1):
        for key in _row(row, west, east):
            if key in cells:
                yield cells[key]


def _meet(one: Place, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]
