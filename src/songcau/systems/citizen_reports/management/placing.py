"""Points inside the city's wards, the same ones every time."""

import random
from datetime import date

import shapely

from songcau.foundation.places.queries import boundaries_geojson
from songcau.foundation.places.rules import Level

_TRIES = 200


class Wards:
    """The wards of a day, by code."""

    def __init__(self, on: date) -> None:
        features = boundaries_geojson(Level.WARD, on)["features"]
        shapes = {
            feature["properties"]["code"]: shapely.geometry.shape(feature["geometry"])
            for feature in features
            if feature["geometry"]
        }
        self.codes = sorted(shapes)
        self._shapes = shapes

    def nth(self, number: int) -> str:
        return str(self.codes[number % len(self.codes)])

    def point(self, code: str, chance: random.Random) -> tuple[float, float]:
        """Longitude and latitude of a place in the ward, away from its border where there is room."""
        shape = self._shapes[code]
        west, south, east, north = shape.bounds
        inner = shape.buffer(-(east - west) / 20)
        wanted = shape if inner.is_empty else inner
        for _try in range(_TRIES):
            longitude, latitude = chance.uniform(west, east), chance.uniform(south, north)
            if shapely.contains_xy(wanted, longitude, latitude):
                return round(longitude, 6), round(latitude, 6)
        middle = shape.representative_point()
        return round(middle.x, 6), round(middle.y, 6)
