"""What the live city says of the weather, for the daily bulletin: now, on a day, or that it does not answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from songcau.context.public import ContextRefused
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel.errors import Unavailable
from songcau.systems.incidents.queries.context_history import history_of
from songcau.systems.incidents.rules.receiving import name_of

TYPES = "WeatherObserved"
MOST = 4
FIGURES = ("temperature", "precipitation", "relativeHumidity", "windSpeed")


@dataclass(frozen=True, slots=True)
class Observed:
    """`ranges`: lowest and highest by the attribute's name."""

    name: str
    ranges: dict[str, tuple[float, float]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observation:
    """`figures` by the attribute's name; what a station does not measure is missing. `at`: ISO 8601, or empty."""

    name: str
    figures: Mapping[str, float]
    at: str


def observations() -> list[Observation] | None:
    """None: the live city does not answer now."""
    try:
        with city_context() as context:
            return [_read(one) for one in islice(context.query(type=TYPES), MOST)]
    except (Unavailable, ContextRefused):
        return None


def observed_between(first: datetime, last: datetime) -> list[Observed] | None:
    """Of stations that observed something from one instant until another. None: the live city does not answer now."""
    found: list[Observed] = []
    try:
        with city_context() as context:
            for entity in context.query(type=TYPES):
                one = Observed(_name(entity))
                for _at, document in history_of(context, entity, FIGURES, after=first, before=last):
                    _widen(one.ranges, document)
                if one.ranges:
                    found.append(one)
                if len(found) == MOST:
                    break
    except (Unavailable, ContextRefused):
        return None
    return found


def _widen(ranges: dict[str, tuple[float, float]], document: Mapping[str, Any]) -> None:
    for name in FIGURES:
        value = _number(document.get(name))
        if value is not None:
            low, high = ranges.get(name, (value, value))
            ranges[name] = min(low, value), max(high, value)


def _read(entity: Mapping[str, Any]) -> Observation:
    figures: dict[str, float] = {}
    at = ""
    for name in FIGURES:
        attribute = entity.get(name)
        value = _number(attribute)
        if value is not None and isinstance(attribute, Mapping):
            figures[name] = value
            at = max(at, str(attribute.get("observedAt", "")))
    return Observation(_name(entity), figures, at)


def _number(attribute: object) -> float | None:
    value = attribute.get("value") if isinstance(attribute, Mapping) else None
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _name(entity: Mapping[str, Any]) -> str:
    return name_of(entity) or str(entity.get("id", "")).rpartition(":")[2]
