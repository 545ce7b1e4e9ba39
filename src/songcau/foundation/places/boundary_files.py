"""Reads a GeoJSON file of boundaries and says, for each unit, everything that is wrong with its outline."""

import json
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import shapely
from shapely.geometry.base import BaseGeometry

from songcau.foundation.places import rules
from songcau.foundation.places.geometry import area_km2, from_geojson
from songcau.kernel.errors import Refused

LARGEST_FILE_BYTES = 64 * 1024 * 1024
MOST_FEATURES = 20_000
_PLACE = re.compile(r"\[(-?[\d.e+-]+) (-?[\d.e+-]+)")


class FileTooLarge(Refused):
    code = "FILE_TOO_LARGE"


class NotGeoJson(Refused):
    """Not UTF-8 JSON at all, or not a FeatureCollection with at least one feature."""

    code = "NOT_GEOJSON"


@dataclass(frozen=True, slots=True)
class Problem:
    """A fault of the file. `code` and `params` become words; `unit` is the code of the unit, or empty."""

    code: str
    unit: str = ""
    params: tuple[tuple[str, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """A sound outline: its unit's code, shape in degrees, and size."""

    unit: str
    shape: BaseGeometry
    area_km2: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: sound outlines by unit code, and the problems of all others."""

    outlines: dict[str, Outline]
    problems: tuple[Problem, ...]


def read_boundaries(content: bytes, known_codes: frozenset[str]) -> Reading:
    """Read a FeatureCollection whose features carry a unit's code in `properties.code` or `id`.

    Raises FileTooLarge and NotGeoJson; every fault of a single feature is listed instead, so that a person can mend
    them all at once.
    """
    outlines: dict[str, Outline] = {}
    problems: list[Problem] = []
    for position, feature in enumerate(_features(content), start=1):
        code = _code_of(feature)
        fault = _fault_of_code(code, position, known_codes, outlines)
        if fault is None:
            fault = _fault_of_shape(code, feature.get("geometry"))
        if fault is not None:
            problems.append(fault)
            continue
        shape = _flat(feature["geometry"])
        outlines[code] = Outline(code, shape, area_km2(shape))
    return Reading(outlines, tuple(problems))


def _features(content: bytes) -> list[dict[str, Any]]:
    if len(content) > LARGEST_FILE_BYTES:
        raise FileTooLarge(megabytes=LARGEST_FILE_BYTES // 1024 // 1024)
    try:
        collection = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise NotGeoJson from None
    if not isinstance(collection, dict) or collection.get("type") != "FeatureCollection":
        raise NotGeoJson
    features = collection.get("features")
    if not isinstance(features, list) or not 0 < len(features) <= MOST_FEATURES:
        raise NotGeoJson
    return [feature if isinstance(feature, dict) else {} for feature in features]


def _code_of(feature: dict[str, Any]) -> str:
    properties = feature.get("properties")
    stated = properties.get("code") if isinstance(properties, dict) else None
    code = feature.get("id") if stated is None else stated
    # Half of a surrogate pair is valid in JSON and can be written nowhere.
    return code.encode("utf-8", "replace").decode().strip() if isinstance(code, str) else ""


def _fault_of_code(code: str, position: int, known: frozenset[str], seen: Iterable[str]) -> Problem | None:
    if not code:
        return Problem("CODE_MISSING", params=(("position", position),))
    if code not in known:
        return Problem("CODE_UNKNOWN", code[:20], (("position", position),))
    return Problem("CODE_TWICE", code, (("position", position),)) if code in seen else None


def _fault_of_shape(code: str, geometry: object) -> Problem | None:
    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        return Problem("NOT_A_POLYGON", code)
    rings = list(_rings(geometry))
    if not rings or not all(_is_ring(ring) for ring in rings):
        return Problem("RING_BROKEN", code)
    longitudes = [point[0] for ring in rings for point in ring]
    latitudes = [point[1] for ring in rings for point in ring]
    axes = rules.axes_of(min(longitudes), min(latitudes), max(longitudes), max(latitudes))
    if axes is not rules.Axes.LONGITUDE_LATITUDE:
        return Problem(f"AXES_{axes}", code)
    return _fault_of_drawing(code, _flat(geometry))


def _fault_of_drawing(code: str, shape: BaseGeometry) -> Problem | None:
    reason = shapely.is_valid_reason(shape)
    if reason.startswith("Too few points") or (shape.is_valid and area_km2(shape) < rules.LEAST_AREA_KM2):
        return Problem("NO_AREA", code)
    if shape.is_valid:
        return None
    place = _PLACE.search(reason)
    near = [round(float(number), 5) for number in place.groups()] if place else [0.0, 0.0]
    return Problem("SELF_CROSSING", code, (("longitude", near[0]), ("latitude", near[1])))


def _flat(geometry: dict[str, Any]) -> BaseGeometry:
    """The shape without heights, which some files carry and no map here uses."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    flat = [[[point[:2] for point in ring] for ring in polygon] for polygon in polygons if polygon]
    return from_geojson(
        {"type": "MultiPolygon", "coordinates": flat} if len(flat) > 1 else {"type": "Polygon", "coordinates": flat[0]}
    )


def _rings(geometry: dict[str, Any]) -> Iterator[Any]:
    coordinates = geometry.get("coordinates")
    polygons = [coordinates] if geometry["type"] == "Polygon" else coordinates
    for polygon in polygons if isinstance(polygons, list) else []:
        yield from polygon if isinstance(polygon, list) else [None]


def _is_ring(ring: object) -> bool:
    """At least four points, the last being the first, every number finite."""
    if not isinstance(ring, list) or len(ring) < 4 or ring[0] != ring[-1]:
        return False
    return all(_is_point(point) for point in ring)


def _is_point(point: object) -> bool:
    if not isinstance(point, list) or len(point) not in {2, 3}:
        return False
    return all(_is_finite(number) for number in point)


def _is_finite(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    try:
        return math.isfinite(number)
    except OverflowError:  # an integer beyond every float
        return False
