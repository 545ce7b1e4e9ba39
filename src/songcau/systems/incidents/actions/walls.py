"""Walls are saved and removed; what stands on one is checked by `rules.walls`."""

from typing import Any
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.events import WallChanged
from songcau.systems.incidents.models import Wall
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules import walls as rules
from songcau.systems.incidents.rules.texts import require_title

SUBJECT = "incidents.wall"
NAME_LIMIT = 120


class WallUnknown(Refused):
    """There is no such wall."""

    code = "WALL_UNKNOWN"


class NoCentre(Refused):
    """The city has no operations centre whose walls they could be."""

    code = "WALL_WITHOUT_CENTRE"


@transaction.atomic
def save_wall(
    *,
    by: Actor,
    name: str,
    arrangement: Any,
    rotation_seconds: int = 0,
    position: int = 0,
    wall_id: UUID | None = None,
    version: int | None = None,
) -> Wall:
    """Make a wall of the operations centre, or change one. Raises NotYours, NoCentre, WallUnknown, ChangedMeanwhile,
    WallUnfit, WallNameTaken, WordsMissing, WordsTooLong.
    """
    require_operate(by)
    tiles = [tile.as_json() for tile in rules.arrangement(arrangement)]
    values: dict[str, Any] = {
        "name": require_title(name)[:NAME_LIMIT],
        "arrangement": {"tiles": tiles},
        "rotation_seconds": rules.require_rotation(rotation_seconds),
        "position": max(0, min(position, 1000)),
    }
    wall = _locked(wall_id) if wall_id else Wall(owner_agency=_centre(), changed_at=clock.now())
    if version is not None:
        wall.require_unchanged(version)
    same_name = Wall.objects.filter(owner_agency=wall.owner_agency_id, name=values["name"])
    if same_name.exclude(pk=wall.pk).exists():
        raise rules.WallNameTaken
    wall.take(values)
    wall.changed_at = clock.now()
    wall.save()
    _tell(by, wall.pk, "save_wall", wall.name)
    return wall


@transaction.atomic
def remove_wall(*, by: Actor, wall_id: UUID) -> None:
    """Raises NotYours, WallUnknown."""
    require_operate(by)
    wall = _locked(wall_id)
    wall.delete()
    _tell(by, wall_id, "remove_wall", wall.name)


def _tell(by: Actor, wall_id: UUID, what: str, name: str) -> None:
    subject = f"{SUBJECT}:{wall_id}"
    record_entry(by=by, action=f"incidents.{what}", subject=subject, details={"name": name})
    announce(WallChanged(wall_id), subject=subject, by=by)


def _locked(wall_id: UUID) -> Wall:
    wall: Wall | None = Wall.objects.select_for_update(of=("self",)).filter(pk=wall_id).first()
    if wall is None:
        raise WallUnknown
    return wall


def _centre() -> Agency:
    centre = Agency.objects.still_open().filter(kind=Agency.Kind.OPERATIONS_CENTRE).order_by("path").first()
    if centre is None:
        raise NoCentre
    return centre
