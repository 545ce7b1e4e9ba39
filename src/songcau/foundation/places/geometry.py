"""Shapes in degrees (WGS 84), and the same in kilometres for measuring."""

import json
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

# WGS 84: a degree along the meridian at 21.6° north, the equator's radius, and the square of the eccentricity.
KM_PER_DEGREE_NORTH = 110.725
EQUATOR_KM = 6378.137
ECCENTRICITY_SQUARED = 0.00669438
MIDDLE_LONGITUDE = 106.0

Coordinates = NDArray[np.float64]


def from_geojson(geometry: dict[str, Any]) -> BaseGeometry:
    """A shape of a stored GeoJSON geometry."""
    return shapely.from_geojson(json.dumps(geometry))


def to_geojson(shape: BaseGeometry) -> dict[str, Any]:
    """A shape as a GeoJSON geometry."""
    return dict(json.loads(shapely.to_geojson(shape)))


def in_kilometres(shape: BaseGeometry) -> BaseGeometry:
    """The shape on a plane in kilometres: the sinusoidal projection of WGS 84 about 106° E, which keeps areas.

    Areas are right within 0.01 % in the north of Viet Nam and 0.15 % anywhere in it; distances inside one province
    within 1 %.
    """
    return shapely.transform(shape, _to_plane)


def in_degrees(shape: BaseGeometry) -> BaseGeometry:
    """Back from kilometres, rounded to a decimetre."""
    return shapely.transform(shape, _from_plane)


def area_km2(shape: BaseGeometry) -> float:
    return float(in_kilometres(shape).area)


def _to_plane(points: Coordinates) -> Coordinates:
    longitude, latitude = points[:, 0], points[:, 1]
    east = (longitude - MIDDLE_LONGITUDE) * _km_per_degree_east(latitude)
    return np.column_stack([east, latitude * KM_PER_DEGREE_NORTH])


def _from_plane(points: Coordinates) -> Coordinates:
    latitude = points[:, 1] / KM_PER_DEGREE_NORTH
    longitude = MIDDLE_LONGITUDE + points[:, 0] / _km_per_degree_east(latitude)
    degrees: Coordinates = np.column_stack([longitude, latitude]).round(6)
    return degrees


def _km_per_degree_east(latitude: Coordinates) -> Coordinates:
    angle = np.radians(latitude)
    radius = EQUATOR_KM / np.sqrt(1 - ECCENTRICITY_SQUARED * np.sin(angle) ** 2)
    east: Coordinates = np.radians(radius * np.cos(angle))
    return east
