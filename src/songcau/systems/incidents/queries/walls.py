"""What can be asked of saved walls."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from songcau.systems.incidents.models import Wall


@dataclass(frozen=True, slots=True)
class SavedWall:
    """`tiles`: each with kind, x, y, width, height, options, in cells of a grid of 24 by 16."""

    id: UUID
    name: str
    tiles: Sequence[Mapping[str, Any]]
    rotation_seconds: int
    version: int


def saved_walls() -> list[SavedWall]:
    """In the order in which they turn."""
    return [_saved(one) for one in Wall.objects.order_by("position", "name", "pk")]


def saved_wall(wall_id: UUID) -> SavedWall | None:
    found = Wall.objects.filter(pk=wall_id).first()
    return _saved(found) if found else None


def _saved(wall: Wall) -> SavedWall:
    return SavedWall(wall.pk, wall.name, wall.arrangement["tiles"], wall.rotation_seconds, wall.version)
