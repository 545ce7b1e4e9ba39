"""What a saved wall may be: tiles on a grid that do not lie on each other."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from songcau.kernel.errors import Refused

COLUMNS, ROWS = 24, 16
MOST_TILES = 40
SHORTEST_ROTATION, LONGEST_ROTATION = 5, 3600
_KIND = re.compile(r"[A-Z][A-Z0-9_]{0,39}")
_OPTION = re.compile(r"[a-z][a-z0-9_]{0,39}")
LONGEST_OPTION = 300
MOST_OPTIONS = 20


class WallUnfit(Refused):
    """`why` is a code: SHAPE, TILE, OUTSIDE, OVERLAP, ROTATION; `tile` counts from one."""

    code = "WALL_UNFIT"


class WallNameTaken(Refused):
    """The owner has a wall of this name."""

    code = "WALL_NAME_TAKEN"
    conflict = True


@dataclass(frozen=True, slots=True)
class Tile:
    """`kind` names what it shows; place and size in cells of the grid, from the upper left."""

    kind: str
    x: int
    y: int
    width: int
    height: int
    options: Mapping[str, Any]

    def overlaps(self, other: "Tile") -> bool:
        apart = self.x + self.width <= other.x or other.x + other.width <= self.x
        return not (apart or self.y + self.height <= other.y or other.y + other.height <= self.y)

    def as_json(self) -> dict[str, Any]:
        place = {"x": self.x, "y": self.y, "width": self.width, "height": self.height}
        return {"kind": self.kind, **place, "options": dict(self.options)}


def arrangement(document: Any) -> tuple[Tile, ...]:
    """The tiles of `{"tiles": [{"kind", "x", "y", "width", "height", "options"}]}`. Raises WallUnfit."""
    tiles = document.get("tiles") if isinstance(document, Mapping) else None
    if not isinstance(tiles, list) or not 0 < len(tiles) <= MOST_TILES:
        raise WallUnfit(why="SHAPE", tile=0)
    read = [_tile(one, number) for number, one in enumerate(tiles, start=1)]
    _require_apart(read)
    return tuple(read)


def require_rotation(seconds: int) -> int:
    """0: it does not turn. Raises WallUnfit."""
    if seconds and not SHORTEST_ROTATION <= seconds <= LONGEST_ROTATION:
        raise WallUnfit(why="ROTATION", tile=0)
    return seconds


def _tile(document: Any, number: int) -> Tile:
    if not isinstance(document, Mapping):
        raise WallUnfit(why="TILE", tile=number)
    kind, options = document.get("kind"), document.get("options", {})
    place = [document.get(name) for name in ("x", "y", "width", "height")]
    whole = [one for one in place if isinstance(one, int) and not isinstance(one, bool)]
    if not isinstance(kind, str) or not _KIND.fullmatch(kind) or len(whole) < len(place) or not _are_options(options):
        raise WallUnfit(why="TILE", tile=number)
    x, y, width, height = whole
    tile = Tile(kind, x, y, width, height, options)
    if min(tile.x, tile.y) < 0 or min(tile.width, tile.height) < 1:
        raise WallUnfit(why="OUTSIDE", tile=number)
    if tile.x + tile.width > COLUMNS or tile.y + tile.height > ROWS:
        raise WallUnfit(why="OUTSIDE", tile=number)
    return tile


def _are_options(options: Any) -> bool:
    """Names with plain values: what a tile is told, never a document of its own."""
    if not isinstance(options, Mapping) or len(options) > MOST_OPTIONS:
        return False
    return all(isinstance(name, str) and _OPTION.fullmatch(name) and _is_plain(one) for name, one in options.items())


def _is_plain(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= LONGEST_OPTION
    return value is None or isinstance(value, bool | int | float)


def _require_apart(tiles: Sequence[Tile]) -> None:
    for number, tile in enumerate(tiles, start=1):
        if any(tile.overlaps(other) for other in tiles[: number - 1]):
            raise WallUnfit(why="OVERLAP", tile=number)
