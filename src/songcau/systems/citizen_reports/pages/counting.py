"""How many rows a list has that is longer than lists count by themselves: exact wherever a figure leads to it."""

from collections.abc import Callable
from datetime import datetime

from django.db.models import QuerySet

from songcau.foundation.shell.lists import State
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Category, DayTally, Report
from songcau.systems.citizen_reports.pages.listing import NOBODY
from songcau.systems.citizen_reports.queries import statistics
from songcau.systems.citizen_reports.queries.worklist import sees_everything

_KINDS = {
    "unit": DayTally.Kind.UNIT,
    "ward": DayTally.Kind.WARD,
    "category": DayTally.Kind.CATEGORY,
    "channel": DayTally.Kind.CHANNEL,
}
# With any of these, and no unit, ward or category, counting would look at every report there is.
_WIDE = ("state", "urgency")


def exact_of(by: Actor, *, whole: bool = False) -> Callable[[State, QuerySet[Report]], int | None]:
    """What a list of theirs is counted by; `whole`: it starts from everything that they may see."""

    def exact(state: State, rows: QuerySet[Report]) -> int | None:
        values = {name: value for name, value in state.values.items() if value and value != (None, None)}
        if "q" in values:
            return None
        narrowed = [name for name in _KINDS if name in values]
        is_everything = whole and sees_everything(by)
        if is_everything and len(narrowed) <= 1 and not values.keys() - {*_KINDS, "outcome", "received"}:
            return _summed(values, narrowed, clock.now())
        is_wide = is_everything and not {"unit", "ward", "category"} & values.keys()
        return None if is_wide and any(name in values for name in _WIDE) else rows.order_by().count()

    return exact


def _summed(values: dict[str, object], narrowed: list[str], now: datetime) -> int:
    span = values.get("received", (None, None))
    kind, key = (_KINDS[narrowed[0]], _key(narrowed[0], str(values[narrowed[0]]))) if narrowed else ("", "")
    return statistics.kept_count(span, kind, key, str(values.get("outcome", "")), now)  # type: ignore[arg-type]


def _key(name: str, value: str) -> str:
    """As the sums have it."""
    if value == NOBODY:
        return ""
    if name == "category":
        return Category.objects.get(code=value).pk.hex
    return value.replace("-", "") if name == "unit" else value
