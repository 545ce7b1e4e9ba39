"""What an entity says at one moment, read off its NGSI-LD document: only what some rule watches."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an entity is. scope: `/wards/W05512`, or empty; point: longitude, latitude."""

    scope: str
    point: tuple[float, float] | None


class Said:
    """One attribute as it was said. at: when it was observed (POSIX seconds), None where it does not say."""

    __slots__ = ("at", "unit", "value")

    def __init__(self, value: Any, unit: str, at: float | None) -> None:
        self.value = value
        self.unit = unit
        self.at = at


@lru_cache(maxsize=65_536)
def seconds_of(text: str) -> float | None:
    """POSIX seconds of an instant with a zone; None when it is none."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.timestamp()


def said(attribute: object) -> Said | None:
    """What an attribute says; of several instances the one without a `datasetId`. None: nothing comparable."""
    if type(attribute) is list:
        attribute = next((one for one in attribute if isinstance(one, dict) and "datasetId" not in one), None)
    if type(attribute) is not dict or "value" not in attribute:
        return None
    at = attribute.get("observedAt")
    unit = attribute.get("unitCode")
    return Said(
        attribute["value"],
        unit if type(unit) is str else "",
        seconds_of(at) if type(at) is str else None,
    )


def types_in(document: Document) -> tuple[str, ...]:
    found = document.get("type", ())
    return (found,) if isinstance(found, str) else tuple(found)


def place_of(document: Document) -> Place:
    """The first scope, and the point of `location` (of another shape: its first position)."""
    scope = document.get("scope", "")
    if isinstance(scope, list | tuple):
        scope = scope[0] if scope else ""
    return Place(str(scope), _point(document.get("location")))


def _point(location: object) -> tuple[float, float] | None:
    value = location.get("value") if isinstance(location, dict) else None
    position = value.get("coordinates") if isinstance(value, dict) else None
    while isinstance(position, list) and position and isinstance(position[0], list):
        position = position[0]
    if not isinstance(position, list) or len(position) < 2:
        return None
    longitude, latitude = position[:2]
    if isinstance(longitude, int | float) and isinstance(latitude, int | float):
        return float(longitude), float(latitude)
    return None


def is_within(scope: str, path: str) -> bool:
    """Whether a scope is the path or lies below it."""
    return scope == path or scope.startswith(path + "/")
