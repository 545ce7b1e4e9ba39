"""Clusters of things for a part of the map: the browser gets some hundred circles, however many there are."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field

from songcau.consoles.operations.live.things import Thing

# A cluster is about this broad on the screen; a tile of the world has 512 pixels in MapLibre.
CLUSTER_PIXELS, TILE_PIXELS = 72, 512
NEAREST_ZOOM = 20.0
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Box:
    """In degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float

    def holds(self, longitude: float, latitude: float) -> bool:
        return self.west <= longitude <= self.east and self.south <= latitude <= self.north


@dataclass(slots=True)
class Cluster:
    """`stale` of `count` say only what is old; `east`, `north`: where it is drawn, in degrees."""

    count: int = 0
    stale: int = 0
    east: float = 0.0
    north: float = 0.0
    kinds: set[str] = field(default_factory=set)


def box_of(text: str) -> Box | None:
    """`west,south,east,north`; None for what is no box on earth."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))) or west >= east or south >= north:
        return None
    return Box(max(-180.0, west), max(-90.0, south), min(180.0, east), min(90.0, north))


def zoom_of(text: str) -> float:
    """The zoom of the map; 12 for what is none."""
    try:
        zoom = float(text)
    except ValueError:
        return 12.0
    return zoom if 0 <= zoom <= NEAREST_ZOOM else 12.0


def clusters(things: Iterable[Thing], box: Box | None, zoom: float, now: float) -> list[Cluster]:
    """The largest first, in cells that are squares on the map."""
    cell = 360 / 2**zoom / TILE_PIXELS * CLUSTER_PIXELS
    found: dict[tuple[int, int], Cluster] = {}
    for thing in things:
        longitude, latitude = thing.longitude, thing.latitude
        if longitude is None or latitude is None or (box is not None and not box.holds(longitude, latitude)):
            continue
        north = _up(latitude)
        place = (math.floor(longitude / cell), math.floor(north / cell))
        one = found.setdefault(place, Cluster())
        one.count += 1
        one.stale += thing.is_stale(now)
        one.east += longitude
        one.north += north
        one.kinds.add(thing.kind)
    for (x, y), one in found.items():
        one.east, one.north = _inside(one.east / one.count, x, cell), _down(_inside(one.north / one.count, y, cell))
    return sorted(found.values(), key=lambda one: -one.count)[:MOST]


def _inside(middle: float, number: int, cell: float) -> float:
    """Kept to the inner half of its cell, so that two neighbours never lie on each other."""
    return min(max(middle, (number + 0.25) * cell), (number + 0.75) * cell)


def _up(latitude: float) -> float:
    """How far north on the map, in the measure of its degrees of longitude."""
    return math.degrees(math.asinh(math.tan(math.radians(max(-85.0, min(85.0, latitude))))))


def _down(north: float) -> float:
    return math.degrees(math.atan(math.sinh(math.radians(north))))


def geojson(found: Iterable[Cluster]) -> dict[str, object]:
    """A FeatureCollection (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "geometry": {
                "type": "Point",
                "coordinates": [round(one.east, 6), round(one.north, 6)],
            },
            "properties": {"count": one.count, "stale": one.stale, "kinds": sorted(one.kinds)},
        }
        for one in found
    ]
    return {"type": "FeatureCollection", "features": features}
