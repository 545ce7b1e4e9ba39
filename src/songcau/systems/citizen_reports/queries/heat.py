"""Reports on a map: points where few are in sight, clusters made here where there are many."""

import math
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Avg, Count, ExpressionWrapper, F, FloatField, Min, QuerySet
from django.db.models.functions import Floor

from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.worklist import OUTCOMES

# A cluster is about this broad on the screen; a tile of the world has 512 pixels in MapLibre.
CLUSTER_PIXELS = 56
TILE_PIXELS = 512
MOST_CLUSTERS = 2_000
NEAREST_ZOOM = 20


@dataclass(frozen=True, slots=True)
class Box:
    """In degrees, WGS 84."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Cluster:
    """`code` names the report where it is only one."""

    longitude: float
    latitude: float
    count: int
    late: int
    code: str


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


def clusters(rows: QuerySet[Report], box: Box | None, zoom: float, now: datetime) -> list[Cluster]:
    """The reports of a box in cells, each where the middle of its reports is; the largest first."""
    cell = cell_degrees(zoom)
    rows = rows.order_by().filter(longitude__isnull=False, latitude__isnull=False)
    if box is not None:
        rows = rows.filter(latitude__range=(box.south, box.north), longitude__range=(box.west, box.east))
    grouped = (
        rows.annotate(x=_cell("longitude", cell), y=_cell("latitude", cell))
        .values("x", "y")
        .annotate(
            many=Count("pk"),
            late=Count("pk", filter=OUTCOMES["OPEN_LATE"](now)),
            middle_x=Avg("longitude"),
            middle_y=Avg("latitude"),
            first=Min("code"),
        )
        .order_by("-many", "x", "y")[:MOST_CLUSTERS]
    )
    return [
        Cluster(row["middle_x"], row["middle_y"], row["many"], row["late"], row["first"] if row["many"] == 1 else "")
        for row in grouped
    ]


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
