"""Which tiles stand where: the usual wall, and those that were saved."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext as _

from songcau.consoles.operations.doors import incidents
from songcau.consoles.operations.wall.tiles import is_known, key_of

COLUMNS, ROWS = 24, 16
USUAL = "usual"
# Kind, what of it, and the place: x, y, width, height in cells.
_USUAL = (
    ("FIGURE", "reports_open", 0, 0, 3, 4),
    ("FIGURE", "reports_late", 3, 0, 3, 4),
    ("FIGURE", "reports_urgent", 0, 4, 3, 4),
    ("FIGURE", "reports_today", 3, 4, 3, 4),
    ("MEASURE", "WeatherObserved", 0, 8, 3, 4),
    ("MEASURE", "WaterObserved", 3, 8, 3, 4),
    ("MEASURE", "AirQualityObserved", 0, 12, 3, 4),
    ("MEASURE", "CrowdFlowObserved", 3, 12, 3, 4),
    ("MAP", "", 6, 0, 12, 11),
    ("FLOW", "", 6, 11, 6, 5),
    ("HOURS", "", 12, 11, 6, 5),
    ("ALERTS", "", 18, 0, 6, 7),
    ("INCIDENTS", "", 18, 7, 6, 4),
    ("DIRECTIVES", "", 18, 11, 6, 5),
)


def usual() -> incidents.Wall:
    tiles = [
        {"kind": kind, "x": x, "y": y, "width": width, "height": height, "options": {"what": what} if what else {}}
        for kind, what, x, y, width, height in _USUAL
    ]
    return incidents.Wall(USUAL, _("The usual wall"), tiles, 0, 0)


def walls() -> list[incidents.Wall]:
    """Those that were saved; where there are none, the usual one. Tiles that are no more are left out."""
    found = [
        incidents.Wall(wall.id, wall.name, _known(wall.tiles), wall.rotation_seconds, wall.version)
        for wall in incidents.saved_walls()
    ]
    return [wall for wall in found if wall.tiles] or [usual()]


def _known(tiles: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [tile for tile in tiles if is_known(key_of(tile))]
