"""What waits for whom, by colour; the conditions here are those of every list, count and figure.

A figure of the statistics and the list behind it use the same condition, so that they cannot differ.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db.models import DateTimeField, DurationField, ExpressionWrapper, F, Q, Value
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan, LessThanOrEqual

from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Report, ReportQuerySet
from songcau.systems.citizen_reports.rules import Colour, State

# By when something must happen: what was promised, before that the centre's own term.
ASKED_AT = Coalesce("due_at", "verify_due_at")
# From when the term of now is counted, as `Report.clock_from`.
_BEGAN = Coalesce("reopened_at", "received_at")
# The last quarter of the term is amber: left × 4 ≤ term, which is left × 3 ≤ gone.
_AMBER = 3
_BLACK = 3
QUEUE = (State.NEW, State.ACCEPTED, State.REOPENED, State.WAITING_REPORTER_FIRST)
DONE = (State.RESOLVED, State.CLOSED)
TURNED_DOWN = (State.REFUSED, State.WITHDRAWN)
CONTENT_FROM = 4
UNHAPPY_TO = 2

Condition = Callable[[datetime], Q]


def reports_of(by: Actor) -> ReportQuerySet:
    """Every report the actor may see, with what a line of a list shows."""
    rows: ReportQuerySet = Report.objects.visible_to(by).select_related("category", "agency")
    return rows.annotate(asked_at=ASKED_AT)


def moderation_queue(by: Actor) -> ReportQuerySet:
    """What the centre has to look at: new, accepted and not given to anybody, reopened, or asked about."""
    return reports_of(by).filter(state__in=QUEUE)


def colour_is(colour: Colour, now: datetime) -> Q:
    """The reports that `rules.colour` shows in this colour."""
    if colour is Colour.GREY:
        return Q(is_open=False)
    moment = Value(now, output_field=DateTimeField())
    gone = _span(moment, _BEGAN)
    is_over = LessThan(ASKED_AT, moment)
    is_black = GreaterThanOrEqual(gone, _times(_BLACK, _span(ASKED_AT, _BEGAN)))
    is_amber = LessThanOrEqual(_times(_AMBER, _span(ASKED_AT, moment)), gone)
    found = {
        Colour.BLACK: Q(is_over) & Q(is_black),
        Colour.RED: Q(is_over) & ~Q(is_black),
        Colour.AMBER: ~Q(is_over) & Q(is_amber),
        Colour.GREEN: ~Q(is_over) & ~Q(is_amber),
    }
    return Q(is_open=True) & found[colour]


def _span(later: Any, earlier: Any) -> Any:
    return ExpressionWrapper(later - earlier, output_field=DurationField())


def _times(many: int, span: Any) -> Any:
    total = span
    for _more in range(many - 1):
        total = total + span
    return ExpressionWrapper(total, output_field=DurationField())


def three_times(now: datetime) -> Q:
    """Open at three times the term, or later. Only what was promised has a term."""
    return Q(is_open=True, thrice_due_at__lte=now)


def _open(now: datetime, *, is_late: bool) -> Q:
    late = Q(due_at__lt=now) | Q(due_at=None, verify_due_at__lt=now)
    return Q(is_open=True) & (late if is_late else ~late)


_IS_LATE = Q(due_at__isnull=False, resolved_at__isnull=False, resolved_at__gt=F("due_at"))
# How it went, as the statistics count it. The first five take every report exactly once.
OUTCOMES: Mapping[str, Condition] = {
    "IN_TIME": lambda _now: Q(state__in=DONE) & ~_IS_LATE,
    "DONE_LATE": lambda _now: Q(state__in=DONE) & _IS_LATE,
    "OPEN": lambda now: _open(now, is_late=False),
    "OPEN_LATE": lambda now: _open(now, is_late=True),
    "TURNED_DOWN": lambda _now: Q(state__in=TURNED_DOWN),
    "REOPENED": lambda _now: Q(reopenings__gt=0),
    "RATED": lambda _now: Q(rating__isnull=False),
    "CONTENT": lambda _now: Q(rating__gte=CONTENT_FROM),
    "UNHAPPY": lambda _now: Q(rating__lte=UNHAPPY_TO),
    "THREE_TIMES": three_times,
}
PARTS = ("IN_TIME", "DONE_LATE", "OPEN", "OPEN_LATE", "TURNED_DOWN")


def late_reports(by: Actor, now: datetime) -> ReportQuerySet:
    """Open and past the date, the longest first."""
    return reports_of(by).filter(OUTCOMES["OPEN_LATE"](now)).order_by(ASKED_AT, "pk")


def near_its_end(by: Actor, now: datetime, within: timedelta) -> ReportQuerySet:
    """Open, in time, and due within the span."""
    return reports_of(by).filter(is_open=True, due_at__gte=now, due_at__lte=now + within)
