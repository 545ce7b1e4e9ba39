"""Reports on a map: points where few are in sight, clusters made here where there are many."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Max, Min, QuerySet, Value
from django.db.models.functions import Floor

from songcau.foundation.calendar.queries import local
from songcau.foundation.places import queries as places
from songcau.systems.citizen_reports.models import PlaceTally, Report
from songcau.systems.citizen_reports.queries import tallied
from songcau.systems.citizen_reports.queries.worklist import OUTCOMES

# A cluster is about this broad on the screen; a tile of the world has 512 pixels in MapLibre.
CLUSTER_PIXELS = 72
TILE_PIXELS = 512
# From here on a point stands where it is.
EXACT_ZOOM = 15
MOST_CLUSTERS = 2_000
NEAREST_ZOOM = 20
# Nearer than this a screen shows so little of a city that the reports themselves are counted.
TALLIED_BELOW = 16
# So few are counted themselves too: then a report that stands alone can be named.
FEW = 5_000


@dataclass(frozen=True, slots=True)
class Box:
    """In degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """`code` names the report where it is only one; `ward` is one of the wards in it, where that was asked for."""

    longitude: float
    latitude: float
    count: int
    late: int
    code: str
    ward: str = ""


def box_of(text: str) -> Box | None:
    """`west,south,east,north`; None for what is no box on earth."""
    try:
        west, south, east, north = (float(part) for part in text.split(","))
    except ValueError:
        return None
    if not all(map(math.isfinite, (west, south, east, north))) or west >= east or south >= north:
        return None
    return Box(max(-180.0, west), max(-90.0, south), min(180.0, east), min(90.0, north))


def cell_degrees(zoom: float) -> float:
    """How broad a cluster is at a zoom of the map, in degrees of longitude."""
    return 360 / (2 ** min(max(zoom, 0), NEAREST_ZOOM)) / TILE_PIXELS * CLUSTER_PIXELS


def clusters(
    rows: QuerySet[Report], box: Box | None, zoom: float, now: datetime, *, with_wards: bool = False
) -> list[Cluster]:
    """The reports of a box in cells, each where the middle of its reports is; the largest first."""
    cell = cell_degrees(zoom)
    grouped = (
        _in_box(rows, box)
        .annotate(x=_cell("longitude", cell), y=_cell("latitude", cell))
        .values("x", "y")
        .annotate(
            many=Count("code"),
            late=Count("code", filter=OUTCOMES["OPEN_LATE"](now)),
            middle_x=Avg("longitude"),
            middle_y=Avg("latitude"),
            first=Min("code"),
            ward=Max("ward_name") if with_wards else Value(""),
        )
        .order_by("-many", "x", "y")[:MOST_CLUSTERS]
    )
    exact = zoom >= EXACT_ZOOM
    return [
        Cluster(
            row["middle_x"] if exact else _inside(row["middle_x"], row["x"], cell),
            row["middle_y"] if exact else _inside(row["middle_y"], row["y"], cell),
            row["many"],
            row["late"],
            row["first"] if row["many"] == 1 else "",
            row["ward"],
        )
        for row in grouped
    ]


def whole_clusters(
    rows: QuerySet[Report], box: Box | None, zoom: float, now: datetime, *, with_wards: bool = False
) -> list[Cluster]:
    """As `clusters` of all `rows`, where these are everything: from the sums that are kept, unless there are few."""
    if zoom >= TALLIED_BELOW:
        return clusters(rows, box, zoom, now, with_wards=with_wards)
    cell = cell_degrees(zoom)
    place = (box.west, box.south, box.east, box.north) if box else None
    found = tallied.cells(PlaceTally.Kind.ALL, place, cell, MOST_CLUSTERS)
    if tallied.many_in(found) <= FEW:
        return clusters(rows, box, zoom, now, with_wards=with_wards)
    late, exact = _late_in(rows, box, cell, now), zoom >= EXACT_ZOOM
    return [
        Cluster(
            one.longitude if exact else _inside(one.longitude, one.x, cell),
            one.latitude if exact else _inside(one.latitude, one.y, cell),
            one.many,
            late.get((one.x, one.y), 0),
            "",
            _ward_at(one.longitude, one.latitude, now) if with_wards else "",
        )
        for one in found
    ]


def _ward_at(longitude: float, latitude: float, now: datetime) -> str:
    found = places.locate(longitude, latitude, local(now).date())
    return found.name if found else ""


def _late_in(rows: QuerySet[Report], box: Box | None, cell: float, now: datetime) -> dict[tuple[int, int], int]:
    """How many are late in each cell: looked for among the open ones, which are few."""
    late = _in_box(rows, box).filter(OUTCOMES["OPEN_LATE"](now)).values_list("longitude", "latitude")
    return Counter(tallied.cell_of(longitude or 0, latitude or 0, cell) for longitude, latitude in late)


def _in_box(rows: QuerySet[Report], box: Box | None) -> QuerySet[Report]:
    rows = rows.order_by().filter(longitude__isnull=False, latitude__isnull=False)
    if box is None:
        return rows
    return rows.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))


def _inside(middle: float, number: float, cell: float) -> float:
    """Kept to the inner half of its cell, so that the circles of two neighbours never lie on each other."""
    return min(max(middle, (number + 0.25) * cell), (number + 0.75) * cell)


def _cell(field: str, degrees: float) -> Floor:
    return Floor(ExpressionWrapper(F(field) / degrees, output_field=FloatField()))


def geojson(found: list[Cluster]) -> dict[str, object]:
    """The clusters as a FeatureCollection (RFC 7946)."""
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(one.longitude, 6), round(one.latitude, 6)]},
            "properties": {"count": one.count, "late": one.late, "code": one.code},
        }
        for one in found
    ]
    return {"type": "FeatureCollection", "features": features}
