"""Geo-queries (clause 4.10): how a location must lie towards a reference geometry.

`within` says that the entity's location lies within the reference, `contains` that it holds the reference. An entity
without the property never matches, not even `disjoint`; of several instances one is enough.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from songcau.context.entities import tangles
from songcau.context.entities.entity import Entity, Instance, instances
from songcau.context.language import distance, geometry
from songcau.context.language.geometry import Box, Geometry, Position
from songcau.context.language.names import Names
from songcau.context.problems import BadRequestData, TooComplexQuery

Predicate = Callable[[Entity], bool]
PointTest = Callable[[float, float], bool]
PointsTest = Callable[[Sequence[float], Sequence[float]], Sequence[bool]]

_RELATIONS = ("within", "contains", "intersects", "disjoint", "overlaps", "equals")
_BOUND = re.compile(r"(?P<which>maxDistance|minDistance)==(?P<metres>\d{1,12}(?:\.\d{1,12})?(?:[eE]\+?\d)?)\Z")
_DEGREE = math.pi / 180.0
_SMALL = 20_000.0  # metres of a circle that is nearly flat
_QUICK = ("intersects", "disjoint")  # known as soon as two sides meet


@dataclass(frozen=True, slots=True)
class GeoQuery:
    """A compiled geo-query.

    attribute: the GeoProperty (expanded). boxes: in which a matching location lies at least in part, or None when a
    match can lie anywhere. holds_points: the answers for locations that are points, given as their longitudes and their
    latitudes. matches: the answer for an entity. weight: what an answer costs, in terms of a q.
    """

    attribute: str
    boxes: tuple[Box, ...] | None
    holds_points: PointsTest
    matches: Predicate
    weight: int


def parse(
    terms: Names,
    georel: object,
    kind: object,
    coordinates: object,
    geoproperty: str | None = None,
) -> GeoQuery:
    """The geo-query of its parameters, coordinates as an array or its JSON text; BadRequestData, TooComplexQuery."""
    if not isinstance(georel, str) or kind is None or coordinates is None:
        raise BadRequestData("A geo-query needs georel, geometry and coordinates.")
    reference = geometry.reference(kind, coordinates)
    attribute = terms.expand(geoproperty or "location")
    relation, *bounds = georel.split(";")
    if relation == "near":
        least, most = _bounds(georel, bounds)
        return _near(attribute, reference, least, most)
    if relation not in _RELATIONS or bounds:
        raise BadRequestData(
            f"georel is near;maxDistance==…, near;minDistance==…, {', '.join(_RELATIONS)}; not '{georel[:80]}'."
        )
    return _related(attribute, reference, relation)


def _bounds(georel: str, bounds: list[str]) -> tuple[float, float]:
    """The least and the greatest distance in metres."""
    found = {part["which"]: float(part["metres"]) for bound in bounds if (part := _BOUND.match(bound))}
    if not found or len(found) != len(bounds):
        raise BadRequestData(f"near needs ;maxDistance==metres or ;minDistance==metres, not '{georel[:80]}'.")
    return found.get("minDistance", 0.0), found.get("maxDistance", math.inf)


def _near(attribute: str, reference: Geometry, least: float, most: float) -> GeoQuery:
    boxes = None if most >= distance.FARTHEST else distance.reach(reference.box, most)
    centre = reference.point
    if centre is not None:
        points = _ring(centre, least, most)
    else:
        points = _Points.of(lambda east, north: least <= distance.from_position((east, north), reference) <= most)
    return _query(
        attribute,
        boxes,
        points,
        _at_distance(reference, least, most),
        weight=1 + 2 * (reference.size if reference.size <= distance.MANY else 10 + reference.size // 100),
    )


def _at_distance(reference: Geometry, least: float, most: float) -> Callable[[Geometry], bool]:
    """Whether a geometry is at least and at most so far from the reference."""
    of_shapes = distance.within_bounds(reference, least, most)

    def holds(found: Geometry) -> bool:
        if reference.point is not None or found.point is not None:
            return least <= distance.between(reference, found) <= most
        return of_shapes(found)

    return holds


def _ring(centre: Position, least: float, most: float) -> "_Points":
    """Whether a position is at least and at most so far from a centre: the haversine, with its bounds turned around."""
    middle, level = centre
    cosine = math.cos(level * _DEGREE)
    lower, upper = _share(least), _share(most)
    half = _DEGREE / 2.0
    sin, cos = math.sin, math.cos

    def holds(longitude: float, latitude: float) -> bool:
        north = sin((latitude - level) * half)
        east = sin((longitude - middle) * half)
        return lower <= north * north + cosine * cos(latitude * _DEGREE) * east * east <= upper

    flat = _flat(centre, most) if not least else None

    def hold(longitudes: Sequence[float], latitudes: Sequence[float]) -> Sequence[bool]:
        # The same once more without a call for each point: thousands are asked at once.
        if flat is not None:
            scale, inside, outside = flat
            return [
                (square := (north := latitude - level) * north + scale * (east := longitude - middle) * east) <= inside
                or (square < outside and holds(longitude, latitude))
                for longitude, latitude in zip(longitudes, latitudes, strict=True)
            ]
        return [
            lower
            <= (north := sin((latitude - level) * half)) * north
            + cosine * cos(latitude * _DEGREE) * (east := sin((longitude - middle) * half)) * east
            <= upper
            for longitude, latitude in zip(longitudes, latitudes, strict=True)
        ]

    return _Points(holds, hold)


def _flat(centre: Position, most: float) -> tuple[float, float, float] | None:
    """Of a small circle: what east counts for against north in squares of degrees, and up to which sum a position is
    surely inside, from which on surely outside. Only between these two the sphere must be asked.

    With x² (1 - x²/3) <= sin² x <= x², and the cosine of the latitude between those of the circle's two ends.
    """
    middle, level = centre
    if most > _SMALL or abs(middle) > 177.0 or abs(level) > 80.0:
        return None
    angle = most / distance.RADIUS / _DEGREE
    narrow = math.cos(min(90.0, abs(level) + angle) * _DEGREE)
    wide = math.cos(max(0.0, abs(level) - angle) * _DEGREE)
    share = _share(most) / (_DEGREE / 2.0) ** 2
    return math.cos(level * _DEGREE) * wide, share * (1.0 - 1e-9), share * wide / narrow * (1.0 + 2e-4)


def _share(metres: float) -> float:
    return math.inf if metres >= distance.FARTHEST else math.sin(metres / distance.RADIUS / 2.0) ** 2


def _related(attribute: str, reference: Geometry, relation: str) -> GeoQuery:
    boxes = None if relation == "disjoint" else (reference.box,)
    points = _points_related(reference, relation)
    return _query(
        attribute, boxes, points, lambda found: _holds(relation, found, reference), weight=2 + reference.size // 100
    )


@dataclass(frozen=True, slots=True)
class _Points:
    """How points lie towards the reference: one, and many at once."""

    holds: PointTest
    hold: PointsTest

    @classmethod
    def of(cls, holds: PointTest) -> "_Points":
        return cls(holds, lambda longitudes, latitudes: list(map(holds, longitudes, latitudes)))


def _points_related(reference: Geometry, relation: str) -> _Points:
    """How a position lies towards the reference, without making a shape of every position."""
    same = reference.point
    if same is not None and relation != "overlaps":
        wanted = relation != "disjoint"
        return _Points.of(lambda longitude, latitude: ((longitude, latitude) == same) is wanted)
    if relation in ("overlaps", "equals", "contains"):
        return _Points.of(lambda _longitude, _latitude: False)
    west, south, east, north = reference.box
    if not reference.rectangle:
        return _points_by_shape(reference, relation)
    if relation == "within":
        return _Points.of(lambda longitude, latitude: west < longitude < east and south < latitude < north)
    meet = relation == "intersects"
    return _Points.of(
        lambda longitude, latitude: (west <= longitude <= east and south <= latitude <= north) is meet,
    )


def _points_by_shape(reference: Geometry, relation: str) -> _Points:
    """Asks shapely: `within` leaves the border out, the others do not."""
    name = "contains_xy" if relation == "within" else "intersects_xy"
    wanted = relation != "disjoint"

    def hold(longitudes: Sequence[float], latitudes: Sequence[float]) -> Sequence[bool]:
        import shapely

        found: Sequence[bool] = getattr(shapely, name)(reference.shape(), longitudes, latitudes).tolist()
        return found if wanted else [not one for one in found]

    west, south, east, north = reference.box

    def holds(longitude: float, latitude: float) -> bool:
        if west <= longitude <= east and south <= latitude <= north:
            return hold((longitude,), (latitude,))[0]
        return not wanted

    return _Points(holds, hold)


def _holds(relation: str, found: Geometry, reference: Geometry) -> bool:
    """The relation of two geometries of any kind, in the plane of degrees."""
    import shapely

    if not _boxes_meet(found.box, reference.box):
        return relation == "disjoint"
    if relation not in _QUICK and tangles.are_interwoven(reference.lines, found.lines):
        raise TooComplexQuery(f"Two geometries meet too often to say whether {relation} holds; ask for intersects.")
    test = getattr(shapely, relation)
    # Prepared geometries answer faster as the first operand; all but these two relations are symmetric.
    if relation == "within":
        return bool(shapely.contains(reference.shape(), found.shape()))
    if relation == "contains":
        return bool(shapely.within(reference.shape(), found.shape()))
    return bool(test(reference.shape(), found.shape()))


def _boxes_meet(one: Box, other: Box) -> bool:
    return one[0] <= other[2] and other[0] <= one[2] and one[1] <= other[3] and other[1] <= one[3]


def _query(
    attribute: str,
    boxes: tuple[Box, ...] | None,
    points: _Points,
    holds: Callable[[Geometry], bool],
    *,
    weight: int,
) -> GeoQuery:
    """The query with its predicate of entities: points the short way, anything else as a geometry."""
    holds_point = points.holds

    def matches(entity: Entity) -> bool:
        found = entity.attributes.get(attribute)
        if found is None:
            return False
        return any(_location_matches(one, holds_point, holds) for one in instances(found))

    return GeoQuery(attribute, boxes, points.hold, matches, weight)


def _location_matches(instance: Instance, holds_point: PointTest, holds: Callable[[Geometry], bool]) -> bool:
    if instance.get("type") != "GeoProperty":
        return False
    value = instance.get("value")
    position = geometry.stored_point(value)
    if position is not None:
        return holds_point(position[0], position[1])
    found = geometry.stored(value)
    return found is not None and holds(found)


def of_body(terms: Names, member: object) -> GeoQuery:
    """The geo-query of a `geoQ` in a body (clause 5.2.13)."""
    if not isinstance(member, Mapping):
        raise BadRequestData("geoQ is an object with georel, geometry, coordinates and perhaps geoproperty.")
    geoproperty = member.get("geoproperty")
    if geoproperty is not None and not isinstance(geoproperty, str):
        raise BadRequestData("geoproperty in geoQ is the name of an attribute.")
    return parse(terms, member.get("georel"), member.get("geometry"), member.get("coordinates"), geoproperty)
