"""Totals for screens that show several systems: how much is open, late, urgent, came today; by ward, by hour."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q
from django.db.models.functions import ExtractHour

from songcau.foundation.calendar.queries import local
from songcau.kernel.actor import SYSTEM, Actor
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.worklist import OUTCOMES, reports_of
from songcau.systems.citizen_reports.rules import Urgency, shown_code

_DAY = timedelta(days=1)
_METRES_A_DEGREE = 111_195


@dataclass(frozen=True, slots=True)
class ReportTotals:
    """What the actor may see. `came`, `ended`, `turned_late`: in the last 24 hours; `today_before`: yesterday up to the
    same time of day.
    """

    still_open: int
    late: int
    urgent: int
    today: int
    today_before: int
    came: int
    ended: int
    turned_late: int


@dataclass(frozen=True, slots=True)
class WardTotals:
    still_open: int
    late: int
    today: int


@dataclass(frozen=True, slots=True)
class FieldReport:
    """An open report. `metres`: how far it is from where was asked; None: that was not asked."""

    id: UUID
    code: str
    category: str
    category_en: str
    place: str
    urgent: bool
    due_at: datetime
    metres: int | None


def open_urgent() -> Q:
    return Q(is_open=True, urgency=Urgency.URGENT)


def report_totals(by: Actor, now: datetime) -> ReportTotals:
    """The counts of `open/`, `late/`, `open/?urgency=URGENT`, `reports/` of today, as those lists count."""
    today, day_before = local(now).date(), now - _DAY
    ended = Q(closed_at__gt=day_before) | Q(closed_at=None, resolved_at__gt=day_before)
    found = (
        Report.objects.visible_to(by)
        .order_by()
        .filter(Q(is_open=True) | Q(received_at__gt=day_before - _DAY) | ended)
        .aggregate(
            still_open=Count("pk", filter=Q(is_open=True)),
            late=Count("pk", filter=OUTCOMES["OPEN_LATE"](now)),
            urgent=Count("pk", filter=open_urgent()),
            today=Count("pk", filter=Q(received_on=today)),
            today_before=Count("pk", filter=Q(received_on=today - _DAY, received_at__lte=day_before)),
            came=Count("pk", filter=Q(received_at__gt=day_before)),
            ended=Count("pk", filter=Q(is_open=False) & ended),
            turned_late=Count("pk", filter=Q(is_open=True, asked_at__lt=now, asked_at__gte=day_before)),
        )
    )
    return ReportTotals(**found)


def ward_totals(now: datetime, *, by: Actor = SYSTEM) -> Mapping[str, WardTotals]:
    """By the ward's code, of the whole city: numbers only, which everybody who watches the city may see.

    `by`: only what they may see one by one, as the lists count it.
    """
    today = local(now).date()
    rows = (
        Report.objects.visible_to(by)
        .order_by()
        .filter(Q(is_open=True) | Q(received_on=today))
        .values("ward_code")
        .annotate(
            still_open=Count("pk", filter=Q(is_open=True)),
            late=Count("pk", filter=OUTCOMES["OPEN_LATE"](now)),
            today=Count("pk", filter=Q(received_on=today)),
        )
    )
    return {row["ward_code"]: WardTotals(row["still_open"], row["late"], row["today"]) for row in rows}


def received_by_hour(by: Actor, day: date) -> list[int]:
    """How many came in each of the 24 hours of a day of the city."""
    rows = (
        Report.objects.visible_to(by)
        .order_by()
        .filter(received_on=day)
        .annotate(hour=ExtractHour("received_at"))
        .values("hour")
        .annotate(many=Count("pk"))
    )
    found = {row["hour"]: row["many"] for row in rows}
    return [found.get(hour, 0) for hour in range(24)]


def reports_near(by: Actor, longitude: float, latitude: float, *, metres: int, most: int = 50) -> list[FieldReport]:
    """Open ones the actor may see within so many metres, the nearest first."""
    high = metres / _METRES_A_DEGREE
    wide = high / max(math.cos(math.radians(latitude)), 0.01)
    rows = reports_of(by).filter(
        is_open=True,
        latitude__range=(latitude - high, latitude + high),
        longitude__range=(longitude - wide, longitude + wide),
    )[:2_000]
    found = [(_metres(row, longitude, latitude), row) for row in rows]
    near = sorted((one for one in found if one[0] <= metres), key=lambda one: one[0])
    return [_field(row, away) for away, row in near[:most]]


def reports_mine(by: Actor, *, most: int = 50) -> list[FieldReport]:
    """Open ones that are the actor's own to handle, the most urgent first."""
    rows = reports_of(by).filter(is_open=True, officer_id=by.id).order_by("asked_at", "pk")
    return [_field(row, None) for row in rows[:most]]


def _metres(row: Report, longitude: float, latitude: float) -> int:
    x = ((row.longitude or 0) - longitude) * math.cos(math.radians(latitude))
    return round(math.hypot(x, (row.latitude or 0) - latitude) * _METRES_A_DEGREE)


def _field(row: Report, metres: int | None) -> FieldReport:
    return FieldReport(
        id=row.pk,
        code=shown_code(row.code),
        category=row.category.name,
        category_en=row.category.name_en,
        place=row.place_words or row.ward_name,
        urgent=row.urgency == Urgency.URGENT,
        due_at=row.asked_at,
        metres=metres,
    )
