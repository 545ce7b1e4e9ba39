"""Months beside each other, and what a week left late: for the printed sheets."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils import timezone

from songcau.systems.directives.models import Directive
from songcau.systems.directives.queries.lists import GIVEN, TIMINGS
from songcau.systems.directives.rules import Timing


@dataclass(frozen=True, slots=True)
class Month:
    """What fell due in a month, and how that stands now."""

    first: date
    due: int
    in_time: int
    late: int
    still_late: int

    @property
    def in_time_percent(self) -> float | None:
        """Of what is done or late, how much was done in time."""
        judged = self.in_time + self.late + self.still_late
        return 100 * self.in_time / judged if judged else None


def month_before(first: date, months: int = 1) -> date:
    """The first day of the month so many months before."""
    for _n in range(months):
        first = (first - timedelta(days=1)).replace(day=1)
    return first


def month_after(first: date) -> date:
    return (first.replace(day=28) + timedelta(days=4)).replace(day=1)


def midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def due_between(rows: QuerySet[Directive], first: date, until: date) -> QuerySet[Directive]:
    """Due from a day on, and before another one, in the city's zone."""
    return rows.filter(GIVEN, due_at__gte=midnight(first), due_at__lt=midnight(until))


def month(rows: QuerySet[Directive], first: date, now: datetime) -> Month:
    within = due_between(rows, first, month_after(first)).exclude(TIMINGS[Timing.ENDED](now))
    return _month(first, within.order_by().aggregate(**_counted(now)))


def by_unit(rows: QuerySet[Directive], first: date, now: datetime) -> dict[UUID, tuple[str, Month]]:
    """Leading agency → its name and its month."""
    within = due_between(rows, first, month_after(first)).exclude(TIMINGS[Timing.ENDED](now))
    found = within.order_by().values("lead_id", "lead__name").annotate(**_counted(now))
    return {row["lead_id"]: (row["lead__name"], _month(first, row)) for row in found}


def done_late_between(rows: QuerySet[Directive], first: date, last: date, now: datetime) -> QuerySet[Directive]:
    """Reported as done on the days of a span, both included, and late."""
    within = rows.filter(done_at__gte=midnight(first), done_at__lt=midnight(last + timedelta(days=1)))
    return within.filter(TIMINGS[Timing.DONE_LATE](now)).order_by("lead__order_key", "due_at", "pk")


def _counted(now: datetime) -> dict[str, Count]:
    parts = {"in_time": Timing.DONE_IN_TIME, "late": Timing.DONE_LATE, "still_late": Timing.LATE}
    counts = {f"n_{name}": Count("pk", filter=TIMINGS[timing](now)) for name, timing in parts.items()}
    return {"n_due": Count("pk"), **counts}


def _month(first: date, row: Mapping[str, Any]) -> Month:
    return Month(first, row["n_due"], row["n_in_time"], row["n_late"], row["n_still_late"])
