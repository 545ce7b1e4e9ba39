"""What the live city may know of a report: what kind, how it stands, where; no word that nobody looked at."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Coalesce

from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.rules import State, shown_code

# Nothing happened there, or nobody wants to have said so.
_OFF_THE_MAP = frozenset({State.REFUSED, State.WITHDRAWN})
# More of one hour no map of the past shows: those that came last.
MOST_THEN = 20_000


@dataclass(frozen=True, slots=True)
class OnTheMap:
    """Degrees in WGS 84, fuzzed near homes. `text` is empty until the centre published it."""

    code: str
    state: str
    is_open: bool
    is_urgent: bool
    is_demo: bool
    category: str
    category_name: str
    category_name_en: str
    ward_code: str
    longitude: float | None
    latitude: float | None
    text: str
    agency: str
    received_at: datetime
    due_at: datetime | None
    changed_at: datetime


def on_the_map(report_id: UUID) -> tuple[str, OnTheMap | None]:
    """The shown code, and what is said of the report now; None for one that is private, refused or taken back."""
    report = Report.objects.select_related("category", "agency").get(pk=report_id)
    code = shown_code(report.code)
    if report.is_private or report.withheld or report.state in _OFF_THE_MAP:
        return code, None
    return code, OnTheMap(
        code=code,
        state=str(report.state),
        is_open=report.is_open,
        is_urgent=report.urgency == "URGENT",
        is_demo=report.is_demo,
        category=report.category.code,
        category_name=report.category.name,
        category_name_en=report.category.name_en,
        ward_code=report.ward_code,
        longitude=report.public_longitude,
        latitude=report.public_latitude,
        text=report.shown_text if report.published_at else "",
        agency=report.agency.name if report.agency else "",
        received_at=report.received_at,
        due_at=report.due_at,
        changed_at=report.changed_at,
    )


@dataclass(frozen=True, slots=True)
class ThenOpen:
    """Where an open report stood on the map, fuzzed near homes. `ended_at` None: it is open still."""

    ward_code: str
    longitude: float
    latitude: float
    received_at: datetime
    ended_at: datetime | None


def open_between(begins: datetime, ends: datetime, wards: Collection[str] | None) -> list[ThenOpen]:
    """What the map showed of reports in that time, of these wards (None: all).

    One that was reopened counts as open from its beginning to its last end: when it rested is in its own story.
    """
    rows = (
        Report.objects.filter(received_at__lt=ends, public_longitude__isnull=False, is_private=False, withheld=False)
        .exclude(state__in=_OFF_THE_MAP)
        .filter(Q(is_open=True) | Q(closed_at__gt=begins) | Q(closed_at=None, resolved_at__gt=begins))
        .annotate(ended_at=Coalesce("closed_at", "resolved_at"))
        .order_by("-received_at")
    )
    if wards is not None:
        rows = rows.filter(ward_code__in=wards)
    facts = rows.values_list("ward_code", "public_longitude", "public_latitude", "received_at", "ended_at", "is_open")
    return [
        ThenOpen(ward, longitude or 0.0, latitude or 0.0, received_at, None if is_open else ended_at)
        for ward, longitude, latitude, received_at, ended_at, is_open in facts[:MOST_THEN]
    ]
