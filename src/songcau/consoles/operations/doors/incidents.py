"""Alerts, incidents, the shift and saved walls, by the door of incidents."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import get_language

from songcau.kernel.actor import Actor
from songcau.systems.incidents import public as door

VIEW, OPERATE = "incidents.view", "incidents.operate"
UNDERWAY = {"standing": "UNDERWAY"}
NOT_TAKEN = frozenset({"RAISED"})


@dataclass(frozen=True, slots=True)
class AlertLine:
    """`level` is CRITICAL … INFORMATION; `is_taken`: somebody acknowledged it. No name of a person."""

    id: UUID
    level: str
    words: str
    where: str
    raised_at: datetime
    count: int
    is_taken: bool
    address: str


@dataclass(frozen=True, slots=True)
class IncidentLine:
    id: UUID
    number: int
    level: str
    title: str
    where: str
    began_at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Wall:
    """`tiles`: each with kind, x, y, width, height, options, in cells of a grid of 24 by 16."""

    id: str
    name: str
    tiles: Sequence[Mapping[str, Any]]
    rotation_seconds: int
    version: int


@dataclass(frozen=True, slots=True)
class ShiftFacts:
    slot: str
    on_duty: int


@dataclass(frozen=True, slots=True)
class Named:
    """How a directive that comes from it calls it, as a label and as a first title, and where its page is."""

    label: str
    title: str
    address: str


def sees(by: Actor) -> bool:
    return by.may(VIEW)


def alert_named(alert_id: UUID) -> Named | None:
    found = door.alert_facts(alert_id)
    if found is None:
        return None
    where = found.subject_name or found.ward_name
    words = f"{found.name_vi}, {where}".strip(", ")
    return Named(words, words, door.alert_address(alert_id))


def incident_named(incident_id: UUID) -> Named | None:
    found = door.incident_facts(incident_id)
    if found is None:
        return None
    return Named(f"#{found.number} {found.title}", found.title, door.incident_address(incident_id))


def alert_counts(by: Actor) -> Mapping[str, int]:
    """Open ones by level, as `alerts_address` lists them."""
    return door.open_alert_counts(by)


def alerts_address(level: str = "") -> str:
    return door.alerts_page_address({"level": level} if level else None)


def newest_alerts(by: Actor, most: int) -> list[AlertLine]:
    return [
        AlertLine(
            id=one.id,
            level=one.level,
            words=one.name_en if get_language() == "en" and one.name_en else one.name_vi,
            where=" · ".join(dict.fromkeys(part for part in (one.subject_name, one.ward_name) if part)),
            raised_at=one.raised_at,
            count=one.repeats + one.members,
            is_taken=one.state not in NOT_TAKEN,
            address=door.alert_address(one.id),
        )
        for one in door.newest_alerts(by, most)
    ]


def open_incidents(by: Actor, most: int) -> tuple[int, list[IncidentLine]]:
    """How many somebody works on, and the most serious of them."""
    lines = [
        IncidentLine(
            id=one.id,
            number=one.number,
            level=one.level,
            title=one.title,
            where=", ".join(one.wards[:3]),
            began_at=one.began_at,
            address=door.incident_address(one.id),
        )
        for one in door.open_incidents(by, most)
    ]
    return door.open_incidents_count(by), lines


def incidents_address() -> str:
    return door.incidents_page_address(UNDERWAY)


def alert_totals_by_ward(by: Actor) -> Mapping[str, tuple[int, int]]:
    """Ward code → open, late: totals of all wards."""
    if not sees(by):
        return {}
    return {code: (still_open, late) for code, _name, still_open, late in door.totals_by_ward(by)}


def shift_now() -> ShiftFacts:
    """Which part of the day it is, and how many are on duty; nobody's name."""
    found = door.shift_now()
    return ShiftFacts(found.slot, found.on_duty)


def hand_over_addresses(by: Actor) -> dict[str, str]:
    """Of the page of the shift, and of the sheet signed last; empty for who does not work at the centre."""
    if not door.may_operate(by):
        return {"shift_page": "", "signed_sheet": ""}
    return {"shift_page": door.shift_page_address(), "signed_sheet": door.last_signed_sheet_address()}


def may_save_walls(by: Actor) -> bool:
    return door.may_operate(by)


def saved_walls() -> list[Wall]:
    return [Wall(str(one.id), one.name, one.tiles, one.rotation_seconds, one.version) for one in door.saved_walls()]


def save_wall(
    *, by: Actor, wall_id: UUID | None, version: int | None, name: str, tiles: Any, rotation_seconds: int
) -> str:
    """Gives its id. Raises as the action does: NotYours and refusals in codes."""
    saved = door.save_wall(
        by=by,
        name=name,
        arrangement={"tiles": tiles},
        rotation_seconds=rotation_seconds,
        wall_id=wall_id,
        version=version,
    )
    return str(saved.pk)


def remove_wall(*, by: Actor, wall_id: UUID) -> None:
    door.remove_wall(by=by, wall_id=wall_id)
