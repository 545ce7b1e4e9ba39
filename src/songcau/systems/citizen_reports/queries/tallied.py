"""Figures and clusters of everything, from the sums that are kept (`models.tallies`) instead of from the reports; and
the same figures of a part, from the indexes of the reports.

Only what is late, or open at three times its term, depends on the moment of asking: it is counted among the open
reports, which are few.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, FloatField, QuerySet, Sum, Value
from django.db.models.functions import Cast, Floor

from songcau.systems.citizen_reports.models import DayTally, PlaceTally, Report
from songcau.systems.citizen_reports.models.tallies import CELLS_PER_DEGREE, PLACE_UNITS
from songcau.systems.citizen_reports.queries.worklist import OUTCOMES

Span = tuple[date | None, date | None]
Sums = dict[str, int]
SUMS = {
    "received": "received",
    "IN_TIME": "in_time",
    "DONE_LATE": "done_late",
    "TURNED_DOWN": "turned_down",
    "REOPENED": "reopened",
    "RATED": "rated",
    "CONTENT": "content",
    "UNHAPPY": "unhappy",
    "stars": "stars",
}
_NEVER = datetime.max.replace(tzinfo=UTC)
OF_THE_MOMENT = ("OPEN", "OPEN_LATE", "THREE_TIMES")
# How the reports themselves are grouped for each kind of tally.
_KEYS = {
    DayTally.Kind.UNIT: "agency_id",
    DayTally.Kind.WARD: "ward_code",
    DayTally.Kind.CATEGORY: "category_id",
    DayTally.Kind.CHANNEL: "channel",
}


def by_key(kind: str, span: Span, now: datetime) -> dict[str, Sums]:
    """The sums of the days of a span (both included; None: without an end) by unit, ward or category."""
    rows = _of(kind, span).values("key").annotate(**_summed())
    found = {row["key"]: _plain(row) for row in rows}
    return _with_open(found, span, now, _KEYS[DayTally.Kind(kind)])


def by_day(span: Span, now: datetime) -> dict[date, Sums]:
    """The same by day of receipt."""
    rows = _of(DayTally.Kind.ALL, span).values("day").annotate(**_summed())
    found = {row["day"]: _plain(row) for row in rows}
    return _with_open(found, span, now, "received_on")


def in_all(span: Span, now: datetime) -> Sums:
    """The same as one line."""
    row = _of(DayTally.Kind.ALL, span).aggregate(**_summed())
    return {**_plain(row), **_open(span).aggregate(**_counted(now))}


def of_one(kind: str, key: str, span: Span, now: datetime) -> Sums:
    """The sums of one unit, ward, category or channel."""
    row = _of(kind, span).filter(key=key).aggregate(**_summed())
    field, value = _KEYS[DayTally.Kind(kind)], key or (None if kind == DayTally.Kind.UNIT else "")
    return {**_plain(row), **_open(span).filter(**{field: value}).aggregate(**_counted(now))}


def of_rows(rows: QuerySet[Report], field: str, now: datetime) -> dict[Any, Sums]:
    """The sums of these reports by a field; a key as the tallies have it."""
    rows = rows.order_by()
    found = {row[field]: _plain(row) for row in rows.values(field).annotate(**_from_facts())}
    return _told(found, rows.filter(is_open=True), now, field)


def of_all(rows: QuerySet[Report], now: datetime) -> Sums:
    """The sums of these reports."""
    rows = rows.order_by()
    return {
        **_plain(rows.aggregate(**_from_facts())),
        **rows.filter(is_open=True).aggregate(**_counted(now)),
    }


def _from_facts() -> dict[str, Any]:
    """As `_summed`, of reports. What is open is counted apart: from the index of the open ones, with their dates."""
    counts = {code: Count("is_open", filter=OUTCOMES[code](_NEVER)) for code in SUMS if code in OUTCOMES}
    named = {"received": Count("*"), **counts, "stars": Sum("rating")}
    return {f"sum_{name}": what for name, what in named.items()}


def _of(kind: str, span: Span) -> QuerySet[DayTally]:
    first, last = span
    rows = DayTally.objects.filter(kind=kind)
    rows = rows if first is None else rows.filter(day__gte=first)
    return rows if last is None else rows.filter(day__lte=last)


def _open(span: Span) -> QuerySet[Report]:
    first, last = span
    rows = Report.objects.still_open().order_by()
    rows = rows if first is None else rows.filter(received_on__gte=first)
    return rows if last is None else rows.filter(received_on__lte=last)


def _summed() -> dict[str, Sum]:
    return {f"sum_{name}": Sum(column) for name, column in SUMS.items()}


def _counted(now: datetime) -> dict[str, Count]:
    return {code: Count("is_open", filter=OUTCOMES[code](now)) for code in OF_THE_MOMENT}


def _plain(row: Mapping[str, Any]) -> Sums:
    return {name: row[f"sum_{name}"] or 0 for name in SUMS}


def _with_open(found: dict[Any, Sums], span: Span, now: datetime, field: str) -> dict[Any, Sums]:
    return _told(found, _open(span), now, field)


def _told(found: dict[Any, Sums], still_open: QuerySet[Report], now: datetime, field: str) -> dict[Any, Sums]:
    none = dict.fromkeys(OF_THE_MOMENT, 0)
    told = {_plain_key(key): {**sums, **none} for key, sums in found.items() if sums["received"]}
    for row in still_open.values(field).annotate(**_counted(now)):
        if (key := _plain_key(row[field])) in told:
            told[key] |= {code: row[code] for code in OF_THE_MOMENT}
    return told


def _plain_key(key: Any) -> Any:
    return key.hex if isinstance(key, UUID) else key if key is not None else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """Reports that lie close together, in the cell `x`, `y` (counted from 0°): how many, how many of them open, their
    middle in degrees, and the borders of the cell.
    """

    x: int
    y: int
    many: int
    still_open: int
    longitude: float
    latitude: float
    box: tuple[float, float, float, float]


def cells(kind: str, box: tuple[float, float, float, float] | None, degrees: float, most: int) -> list[Cell]:
    """What lies in a box (west, south, east, north), in cells so many degrees broad; the largest first."""
    rows = PlaceTally.objects.filter(kind=kind)
    if box is not None:
        west, south, east, north = box
        rows = rows.filter(
            x__range=(_nth(west, 180), _nth(east, 180)),
            y__range=(_nth(south, 90), _nth(north, 90)),
        )
    grouped = (
        rows.annotate(cell_x=_group("x", 180, degrees), cell_y=_group("y", 90, degrees))
        .values("cell_x", "cell_y")
        .annotate(
            reports=Sum("many"),
            opened=Sum("still_open"),
            sum_east=Sum("east"),
            sum_north=Sum("north"),
        )
        .filter(reports__gt=0)
        .order_by("-reports", "cell_x", "cell_y")[:most]
    )
    return [_cell(row, degrees) for row in grouped]


def many_in(found: Iterable[Cell]) -> int:
    return sum(cell.many for cell in found)


def cell_of(longitude: float, latitude: float, degrees: float) -> tuple[int, int]:
    """In which of the broader cells a report is counted: that of the middle of the kept cell it lies in."""
    (by, east), (_by, north) = _scale(180, degrees), _scale(90, degrees)
    return math.floor(_nth(longitude, 180) * by + east), math.floor(_nth(latitude, 90) * by + north)


def _scale(zero: int, degrees: float) -> tuple[float, float]:
    """How the number of a kept cell becomes that of the broader cell its middle lies in: times one, plus the other."""
    return 1 / CELLS_PER_DEGREE / degrees, (0.5 / CELLS_PER_DEGREE - zero) / degrees


def _cell(row: Mapping[str, Any], degrees: float) -> Cell:
    many, x, y = row["reports"], int(row["cell_x"]), int(row["cell_y"])
    west, south = x * degrees, y * degrees
    return Cell(
        x,
        y,
        many,
        row["opened"],
        row["sum_east"] / many / PLACE_UNITS,
        row["sum_north"] / many / PLACE_UNITS,
        (west, south, west + degrees, south + degrees),
    )


def _nth(degrees: float, zero: int) -> int:
    return int((degrees + zero) * CELLS_PER_DEGREE)


def _group(field: str, zero: int, degrees: float) -> Floor:
    """In which of the broader cells a kept cell lies, by its middle. Floats: PostgreSQL is slow with its decimals."""
    by, more = (Cast(Value(number), FloatField()) for number in _scale(zero, degrees))
    return Floor(Cast(field, FloatField()) * by + more)
