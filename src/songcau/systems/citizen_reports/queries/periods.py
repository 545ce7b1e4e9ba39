"""What was late in a span of time, and what months received and resolved: for prints that show several systems.

Nothing here says who reported, and of the words only those that everybody may read.
"""

import statistics
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, F, Min, Q

from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.queries.worklist import DONE, TURNED_DOWN, reports_of, sees_everything
from songcau.systems.citizen_reports.rules import State, shown_code

_DAY = timedelta(days=1)
# From an instant on, and before another one.
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class LateReport:
    """A report past its date. `due_at` holds now, `first_due_at` was promised first (None: nothing was promised yet).

    `ended_at` None: it is late still. `text` is what everybody may read; empty where it is not published. `agency` and
    its path in the tree are empty while it is with the operations centre.
    """

    code: str
    category: str
    category_en: str
    text: str
    ward_code: str
    ward_name: str
    due_at: datetime
    first_due_at: datetime | None
    ended_at: datetime | None
    state: State
    agency: str
    agency_path: str


def late_reports_between(by: Actor, span: Span) -> list[LateReport]:
    """Those that were late at some time of the span, of what the actor may see; the longest first.

    Late is as in every list: past what was promised, before that past the centre's own term. What was resolved before
    it was opened again is judged by its new date.
    """
    begin, until = span
    ended = Q(state__in=DONE, done_late=True, resolved_at__gt=begin)
    turned_down = Q(state__in=TURNED_DOWN, closed_at__gt=begin) & Q(closed_at__gt=F("asked_at"))
    rows = reports_of(by).filter(Q(is_open=True) | ended | turned_down, asked_at__lt=until)
    return [_late(row) for row in rows.order_by("asked_at", "pk")]


def _late(row: Report) -> LateReport:
    return LateReport(
        code=shown_code(row.code),
        category=row.category.name,
        category_en=row.category.name_en,
        text=row.shown_text if row.is_public else "",
        ward_code=row.ward_code,
        ward_name=row.ward_name,
        due_at=row.asked_at,
        first_due_at=row.first_due_at,
        ended_at=None if row.is_open else row.resolved_at if row.state in DONE else row.closed_at,
        state=State(row.state),
        agency=row.agency.name if row.agency else "",
        agency_path=row.agency.path if row.agency else "",
    )


@dataclass(frozen=True, slots=True)
class ReportsOfMonth:
    """Received in a span, and resolved in it whenever they came; `in_time` of the resolved. `median_days` from the
    receipt to the resolution, in days of 24 hours; None where nothing was resolved.
    """

    received: int = 0
    resolved: int = 0
    in_time: int = 0
    median_days: float | None = None

    @property
    def in_time_percent(self) -> float | None:
        return 100 * self.in_time / self.resolved if self.resolved else None


@dataclass(frozen=True, slots=True)
class ReportsInSpan:
    """Of the whole and by the ward's code; empty is the code of what lies in no known ward."""

    whole: ReportsOfMonth
    by_ward: Mapping[str, ReportsOfMonth]


def reports_in_spans(by: Actor, spans: Sequence[Span]) -> list[ReportsInSpan]:
    """For each span, of what the actor may see. Two queries a span, however many reports."""
    return [_in_span(by, span) for span in spans]


def _in_span(by: Actor, span: Span) -> ReportsInSpan:
    rows = Report.objects.visible_to(by).order_by()
    begin, until = span
    counted = rows.filter(received_at__gte=begin, received_at__lt=until).values("ward_code").annotate(many=Count("pk"))
    received = {row["ward_code"]: row["many"] for row in counted}
    resolved: dict[str, list[tuple[timedelta, bool]]] = defaultdict(list)
    ended = rows.filter(state__in=DONE, resolved_at__gte=begin, resolved_at__lt=until)
    facts: Any = ended.values_list("ward_code", "received_at", "resolved_at", "done_late")
    for ward, came, done, late in facts.iterator():
        resolved[ward].append((done - came, not late))
    by_ward = {ward: _of(received.get(ward, 0), resolved.get(ward, ())) for ward in {*received, *resolved}}
    everything = [one for some in resolved.values() for one in some]
    return ReportsInSpan(_of(sum(received.values()), everything), by_ward)


def _of(received: int, resolved: Iterable[tuple[timedelta, bool]]) -> ReportsOfMonth:
    spans = list(resolved)
    median = statistics.median(took / _DAY for took, _in_time in spans) if spans else None
    return ReportsOfMonth(received, len(spans), sum(in_time for _took, in_time in spans), median)


def reports_since() -> datetime | None:
    """When the first report of the city came in: of the time before nothing is known. None: there is none."""
    found: datetime | None = Report.objects.aggregate(first=Min("received_at"))["first"]
    return found


def sees_every_report(by: Actor) -> bool:
    """Whether nothing of the city is left out for them."""
    return sees_everything(by)
