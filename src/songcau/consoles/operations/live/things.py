"""One entity of the live city, cut down to what a map and a wall show of it. Pure: no Django, no clock."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WARDS = "/wards/W"
# How old the newest observation of a kind may be before it is shown as old.
FRESH_SECONDS: Mapping[str, int] = {
    "TrafficFlowObserved": 15 * 60,
    "CrowdFlowObserved": 2 * 3600,
    "WeatherObserved": 45 * 60,
    "WaterObserved": 60 * 60,
    "AirQualityObserved": 2 * 3600,
    "Vehicle": 5 * 60,
}
FRESH_USUALLY = 30 * 60
# What somebody wrote stands until somebody writes again: it does not grow old.
LASTING = frozenset({"CitizenReport", "Alert", "Incident", "Ward"})
# What the centre counts of the city and of each ward (`telling`): figures of theirs, not of a device in them.
CITY_TOTALS, WARD_TOTALS = "CityTotals", "WardTotals"
_MEMBERS = frozenset({"id", "type", "scope", "@context", "createdAt", "modifiedAt", "deletedAt"})


@dataclass(frozen=True, slots=True)
class Reading:
    """A number that an attribute has, its unit (UN/CEFACT code, or empty), and when it was observed (seconds)."""

    value: float
    unit: str
    observed: float


@dataclass(frozen=True, slots=True)
class Thing:
    """`ward`: the code of its ward, or empty. `observed`: the newest instant anything of it was observed, in seconds
    since 1970; 0: nobody says. `longitude`, `latitude`: None where it has no place.
    """

    id: str
    kind: str
    ward: str
    longitude: float | None
    latitude: float | None
    observed: float
    name: str
    readings: Mapping[str, Reading]
    is_open: bool
    is_simulated: bool

    def is_stale(self, now: float) -> bool:
        """Whether what it says is too old to be taken for what is so now. What bears no instant is never fresh."""
        if self.kind in LASTING:
            return False
        return now - self.observed > fresh_seconds(self.kind)


def fresh_seconds(kind: str) -> int:
    return FRESH_SECONDS.get(kind, FRESH_USUALLY)


def thing_of(entity: Mapping[str, Any]) -> Thing:
    """From the normalized form."""
    readings, observed = {}, 0.0
    for name, attribute in _attributes(entity):
        at = seconds_of(attribute.get("observedAt"))
        observed = max(observed, at)
        value = attribute.get("value")
        if isinstance(value, int | float) and not isinstance(value, bool):
            readings[name] = Reading(float(value), str(attribute.get("unitCode", "")), at)
    longitude, latitude = _point(entity)
    return Thing(
        id=str(entity["id"]),
        kind=_kind(entity.get("type", "")),
        ward=ward_of(entity.get("scope")),
        longitude=longitude,
        latitude=latitude,
        observed=observed,
        name=_text(entity, "name") or _text(entity, "address"),
        readings=readings,
        is_open=_value(entity, "isOpen") is not False,
        is_simulated=_value(entity, "simulated") is True or _value(entity, "isDemonstration") is True,
    )


def ward_of(scope: Any) -> str:
    """The ward's code of `/wards/W05512`, or of a list with such a scope in it."""
    for one in scope if isinstance(scope, list) else [scope]:
        if isinstance(one, str) and one.startswith(WARDS):
            return one.removeprefix(WARDS).split("/")[0]
    return ""


def seconds_of(text: Any) -> float:
    """Since 1970; 0 for what is no instant."""
    if not isinstance(text, str):
        return 0.0
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return 0.0
    return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()


def _attributes(entity: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Of an attribute with several instances the first, which is the one without a datasetId where there is one."""
    for name, attribute in entity.items():
        if name in _MEMBERS:
            continue
        one = attribute[0] if isinstance(attribute, list) and attribute else attribute
        if isinstance(one, Mapping):
            yield name, one


def _kind(said: Any) -> str:
    return str(said[0] if isinstance(said, list) and said else said)


def _value(entity: Mapping[str, Any], name: str) -> Any:
    attribute = entity.get(name)
    return attribute.get("value") if isinstance(attribute, Mapping) else None


def _text(entity: Mapping[str, Any], name: str) -> str:
    value = _value(entity, name)
    return value if isinstance(value, str) else ""


def _point(entity: Mapping[str, Any]) -> tuple[float | None, float | None]:
    """Of a line or an area its first position: something to be found at."""
    shape = _value(entity, "location")
    place: Any = shape.get("coordinates") if isinstance(shape, Mapping) else None
    while isinstance(place, list) and place and isinstance(place[0], list):
        place = place[0]
    if not isinstance(place, list) or len(place) < 2 or not all(isinstance(one, int | float) for one in place[:2]):
        return None, None
    return float(place[0]), float(place[1])
