"""How many came in, in time, late, reopened, and how content people are: by unit, ward, category or time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from django.db.models import Avg, Count, QuerySet
from django.db.models.functions import TruncDay, TruncMonth, TruncWeek
from django.utils import timezone

from songcau.foundation.accounts.models import Agency
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.queries import tallied
from songcau.systems.citizen_reports.queries.tallied import Span
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


def whole_total(span: Span, now: datetime) -> Line:
    """As `total`, of everything that was received on the days of a span: from the sums that are kept."""
    return _tallied("", "", tallied.in_all(span, now))


def whole_lines(span: Span, by: By, now: datetime) -> list[Line]:
    """As `lines`, of everything that was received on the days of a span: from the sums that are kept."""
    if by in _PERIODS:
        return _periods(tallied.by_day(span, now), by)
    found = tallied.by_key(by.value, span, now)
    names = _names(by)
    told = [_tallied(*names.get(key, (key, "")), sums) for key, sums in found.items()]
    return sorted(told, key=lambda line: (-line.received, line.key))[:MOST_LINES]


def _periods(found: Mapping[date, Mapping[str, int]], by: By) -> list[Line]:
    sums: dict[date, Counter[str]] = {}
    for day, counts in found.items():
        first = {By.DAY: day, By.WEEK: day - timedelta(days=day.weekday()), By.MONTH: day.replace(day=1)}[by]
        sums.setdefault(first, Counter()).update(counts)
    return [_tallied(first.isoformat(), "", sums[first]) for first in sorted(sums)][:MOST_LINES]


def _names(by: By) -> dict[str, tuple[str, str]]:
    """Key of the tally → what a list filters by, and the name."""
    if by is By.UNIT:
        return {pk.hex: (str(pk), name) for pk, name in Agency.objects.values_list("pk", "name")}
    if by is By.CATEGORY:
        rows = Category.objects.values_list("pk", "code", "name")
        return {pk.hex: (code, name) for pk, code, name in rows}
    wards = Unit.objects.filter(level=Level.WARD).order_by("valid_from").values_list("code", "name")
    return {code: (code, name) for code, name in wards}


def _counted(now: datetime) -> dict[str, Any]:
    counts = {f"n_{code}": Count("pk", filter=condition(now)) for code, condition in OUTCOMES.items()}
    return {"received": Count("pk"), "stars": Avg("rating"), **counts}


def _line(key: str, name: str, row: Mapping[str, Any]) -> Line:
    return Line(key, name, row["received"], {code: row[f"n_{code}"] for code in OUTCOMES}, row["stars"])


def _tallied(key: str, name: str, sums: Mapping[str, int]) -> Line:
    rated = sums["RATED"]
    counts = {code: sums[code] for code in OUTCOMES}
    return Line(key, name, sums["received"], counts, sums["stars"] / rated if rated else None)
