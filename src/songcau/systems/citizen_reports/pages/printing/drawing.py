"""A small map as SVG: the wards' outlines, and a circle for each hot spot with its number in the list."""

import math
from collections.abc import Iterator, Sequence

from songcau.foundation.files.documents.forms import Part, Picture

WIDTH = 900
_LARGEST, _SMALLEST = 26.0, 9.0


class Spot(Part):
    """`number` as in the list; `count` decides how large it is."""

    number: int
    longitude: float
    latitude: float
    count: int


class Drawing(Part):
    """Rings of outlines in degrees (longitude, latitude), and the spots on them."""

    alt: str
    rings: tuple[tuple[tuple[float, float], ...], ...]
    spots: tuple[Spot, ...]

    def picture(self) -> Picture:
        return Picture("".join(self._svg()), self.alt)

    def _svg(self) -> Iterator[str]:
        points = [point for ring in self.rings for point in ring] or [(s.longitude, s.latitude) for s in self.spots]
        west, east = min(x for x, _y in points), max(x for x, _y in points)
        south, north = min(y for _x, y in points), max(y for _x, y in points)
        narrow = math.cos(math.radians((south + north) / 2))
        scale = WIDTH / max((east - west) * narrow, 1e-9)
        height = max(1.0, (north - south) * scale)

        def at(x: float, y: float) -> tuple[float, float]:
            return (x - west) * narrow * scale, (north - y) * scale

        yield f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-4 -4 {WIDTH + 8} {height + 8:.0f}">'
        for ring in self.rings:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in ring))
            yield f'<polygon points="{path}" fill="#f6f4ee" stroke="#7a8379" stroke-width="1.5"/>'
        most = max((spot.count for spot in self.spots), default=1)
        for spot in reversed(self.spots):
            x, y = at(spot.longitude, spot.latitude)
            radius = _SMALLEST + (_LARGEST - _SMALLEST) * math.sqrt(spot.count / most)
            yield f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="#b2370a" fill-opacity="0.85"/>'
            yield (
                f'<text x="{x:.1f}" y="{y + 6:.1f}" font-family="Tinos" font-size="17" fill="#ffffff" '
                f'text-anchor="middle">{spot.number}</text>'
            )
        yield "</svg>"


def rings_of(outlines: dict[str, object]) -> tuple[tuple[tuple[float, float], ...], ...]:
    """The outer rings of a FeatureCollection of polygons, thinned to what a small map can show."""
    found = []
    for feature in outlines["features"]:  # type: ignore[attr-defined]
        geometry = feature["geometry"]
        polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
        found += [_thinned(polygon[0]) for polygon in polygons]
    return tuple(found)


def _thinned(ring: Sequence[Sequence[float]]) -> tuple[tuple[float, float], ...]:
    step = max(1, len(ring) // 120)
    return tuple((point[0], point[1]) for point in ring[::step])
