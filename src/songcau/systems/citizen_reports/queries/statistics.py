"""How many came in, in time, late, reopened, and how content people are: by unit, ward, category or time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Avg, Count, QuerySet
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek
from django.utils import timezone

from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.worklist import OUTCOMES

MOST_LINES = 400


class By(StrEnum):
    """What the lines are."""

    UNIT = "UNIT"
    WARD = "WARD"
    CATEGORY = "CATEGORY"
    DAY = "DAY"
    WEEK = "WEEK"
    MONTH = "MONTH"


@dataclass(frozen=True, slots=True)
class Line:
    """`key` is what a list filters by (an id, a code, a first day), `name` what it is called; counts by outcome."""

    key: str
    name: str
    received: int
    counts: Mapping[str, int]
    rating: float | None

    @property
    def done(self) -> int:
        return self.counts["IN_TIME"] + self.counts["DONE_LATE"]

    @property
    def in_time_percent(self) -> float | None:
        """Of what is done or late, how much was in time."""
        judged = self.done + self.counts["OPEN_LATE"]
        return 100 * self.counts["IN_TIME"] / judged if judged else None

    @property
    def content_percent(self) -> float | None:
        rated = self.counts["RATED"]
        return 100 * self.counts["CONTENT"] / rated if rated else None


_GROUPS: Mapping[By, tuple[str, str]] = {
    By.UNIT: ("agency_id", "agency__name"),
    By.WARD: ("ward_code", "ward_name"),
    By.CATEGORY: ("category__code", "category__name"),
}
_PERIODS: Mapping[By, Any] = {By.DAY: TruncDay, By.WEEK: TruncWeek, By.MONTH: TruncMonth}


def received_between(rows: QuerySet[Report], first: date | None, last: date | None) -> QuerySet[Report]:
    """Received from a day to a day, both included, in the city's zone."""
    if first is not None:
        rows = rows.filter(received_at__gte=_midnight(first))
    if last is not None:
        rows = rows.filter(received_at__lt=_midnight(last + timedelta(days=1)))
    return rows


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def total(rows: QuerySet[Report], now: datetime) -> Line:
    """All of them as one line."""
    return _line("", "", rows.order_by().aggregate(**_counted(now)))


def lines(rows: QuerySet[Report], by: By, now: datetime) -> list[Line]:
    """A line for each unit, ward, category or period, the most first; periods in their order."""
    counted = _counted(now)
    if by in _PERIODS:
        grouped = rows.order_by().annotate(period=_PERIODS[by]("received_at")).values("period").annotate(**counted)
        found = grouped.order_by("period")[:MOST_LINES]
        return [_line(day.isoformat(), "", row) for row in found if (day := timezone.localdate(row["period"]))]
    key, name = _GROUPS[by]
    grouped = rows.order_by().values(key, name).annotate(**counted).order_by("-received", key)[:MOST_LINES]
    return [_line(str(row[key] or ""), row[name] or "", row) for row in grouped]


def _counted(now: datetime) -> dict[str, Any]:
    counts = {f"n_{code}": Count("pk", filter=condition(now)) for code, condition in OUTCOMES.items()}
    return {"received": Count("pk"), "stars": Avg("rating"), **counts}


def _line(key: str, name: str, row: Mapping[str, Any]) -> Line:
    return Line(key, name, row["received"], {code: row[f"n_{code}"] for code in OUTCOMES}, row["stars"])
