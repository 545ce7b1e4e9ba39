"""The history of what raised an alert, drawn small: asked of the live city when the page is made."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from songcau.context.public import ContextRefused
from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel.errors import Unavailable
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.rules.evidence import drawn_limit

WIDTH, HEIGHT, PAD = 640, 130, 6
BEFORE = timedelta(hours=6)
MOST = 400


@dataclass(frozen=True, slots=True)
class Spark:
    """`line` and `limit_y` in the drawing's own units; the rest for the words beside it."""

    line: str
    limit_y: float | None
    raised_x: float
    attribute: str
    lowest: float
    highest: float
    first_at: datetime
    last_at: datetime
    last: float


@dataclass(frozen=True, slots=True)
class Answer:
    """`is_away`: the live city did not answer; without a spark and not away: it knows no history of figures."""

    spark: Spark | None
    is_away: bool


def spark_of(alert: Alert) -> Answer:
    """From six hours before it was raised until now."""
    if not alert.subject.startswith("urn:"):
        return Answer(None, is_away=False)
    after = (alert.raised_at - BEFORE).isoformat()
    try:
        with city_context() as context:
            found = context.history(alert.subject, after=after, last=MOST)
    except (Unavailable, ContextRefused):
        return Answer(None, is_away=True)
    return Answer(_drawn(alert, found) if found else None, is_away=False)


def _drawn(alert: Alert, entity: Mapping[str, Any]) -> Spark | None:
    series = {name: points for name, one in entity.items() if len(points := list(_points(one))) > 1}
    name = _chosen(alert.last_values, series)
    if not name:
        return None
    points = sorted(series[name])
    values = [value for _at, value in points]
    limit = drawn_limit(alert.last_values)
    shown = values if limit is None else [*values, limit]
    low, high = min(shown), max(shown)
    first, last = points[0][0], points[-1][0]
    span = (last - first).total_seconds() or 1.0

    def x(at: datetime) -> float:
        inside = min(max((at - first).total_seconds() / span, 0.0), 1.0)
        return round(PAD + inside * (WIDTH - 2 * PAD), 1)

    def y(value: float) -> float:
        return round(HEIGHT - PAD - (value - low) / ((high - low) or 1.0) * (HEIGHT - 2 * PAD), 1)

    return Spark(
        line=" ".join(f"{x(at)},{y(value)}" for at, value in points),
        limit_y=None if limit is None else y(limit),
        raised_x=x(alert.raised_at),
        attribute=name,
        lowest=min(values),
        highest=max(values),
        first_at=first,
        last_at=last,
        last=values[-1],
    )


def _chosen(values: Mapping[str, Any], series: Mapping[str, list[tuple[datetime, float]]]) -> str:
    """The attribute that the rule names; else the one that had the value; else the first."""
    named = values.get("attribute")
    if isinstance(named, str) and named in series:
        return named
    value = values.get("value")
    return next((name for name, points in series.items() if any(one == value for _at, one in points)), "") or next(
        iter(series), ""
    )


def _points(attribute: Any) -> Iterable[tuple[datetime, float]]:
    instances = attribute if isinstance(attribute, list) else [attribute]
    for one in instances:
        value = one.get("value") if isinstance(one, Mapping) else None
        at = one.get("observedAt") if isinstance(one, Mapping) else None
        if _is_figure(value) and isinstance(at, str):
            yield datetime.fromisoformat(at), float(value)


def _is_figure(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)
