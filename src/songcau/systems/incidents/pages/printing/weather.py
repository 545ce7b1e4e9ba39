"""What the live city says of the weather, for the daily bulletin: the newest, or that it does not answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from songcau.context.public import ContextRefused
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel.errors import Unavailable
from songcau.systems.incidents.rules.receiving import name_of

TYPES = "WeatherObserved"
MOST = 4
FIGURES = ("temperature", "precipitation", "relativeHumidity", "windSpeed")


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


def _read(entity: Mapping[str, Any]) -> Observation:
    figures: dict[str, float] = {}
    at = ""
    for name in FIGURES:
        attribute = entity.get(name)
        value = attribute.get("value") if isinstance(attribute, Mapping) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            figures[name] = float(value)
            at = max(at, str(attribute.get("observedAt", ""))) if isinstance(attribute, Mapping) else at
    return Observation(name_of(entity) or str(entity.get("id", "")).rpartition(":")[2], figures, at)
