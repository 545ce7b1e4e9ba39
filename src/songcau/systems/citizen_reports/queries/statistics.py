"""How many came in, in time, late, reopened, and how content people are: by unit, ward, category or time."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from django.db.models import QuerySet
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


_FIELDS: Mapping[By, str] = {By.UNIT: "agency_id", By.WARD: "ward_code", By.CATEGORY: "category_id"}
_PERIODS = (By.DAY, By.WEEK, By.MONTH)


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
    return _tallied("", "", tallied.of_all(rows, now))


def lines(rows: QuerySet[Report], by: By, now: datetime) -> list[Line]:
    """A line for each unit, ward, category or period, the most first; periods in their order."""
    if by in _PERIODS:
        return _periods(tallied.of_rows(rows, "received_on", now), by)
    return _named(tallied.of_rows(rows, _FIELDS[by], now), by)


def whole_total(span: Span, now: datetime) -> Line:
    """As `total`, of everything that was received on the days of a span: from the sums that are kept."""
    return _tallied("", "", tallied.in_all(span, now))


def whole_lines(span: Span, by: By, now: datetime) -> list[Line]:
    """As `lines`, of everything that was received on the days of a span: from the sums that are kept."""
    if by in _PERIODS:
        return _periods(tallied.by_day(span, now), by)
    return _named(tallied.by_key(by.value, span, now), by)


def kept_count(span: Span, kind: str, key: str, outcome: str, now: datetime) -> int:
    """How many were received on the days of a span (and went that way, where an outcome is named): in all, or those of
    one unit, ward, category or channel."""
    sums = tallied.of_one(kind, key, span, now) if kind else tallied.in_all(span, now)
    return sums[outcome or "received"]


def _named(found: Mapping[str, Mapping[str, int]], by: By) -> list[Line]:
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


def _tallied(key: str, name: str, sums: Mapping[str, int]) -> Line:
    rated = sums["RATED"]
    counts = {code: sums[code] for code in OUTCOMES}
    return Line(key, name, sums["received"], counts, sums["stars"] / rated if rated else None)
