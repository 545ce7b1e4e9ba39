"""What waits for whom, by colour; the conditions here are those of every list, count and figure.

A figure of the statistics and the list behind it use the same condition, so that they cannot differ.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db.models import BooleanField, Case, Count, Q, QuerySet, When

from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.models import Report, ReportQuerySet
from songcau.systems.citizen_reports.models.reports import sees_everything
from songcau.systems.citizen_reports.rules import Colour, State

QUEUE = (State.NEW, State.ACCEPTED, State.REOPENED, State.WAITING_REPORTER_FIRST)
DONE = (State.RESOLVED, State.CLOSED)
TURNED_DOWN = (State.REFUSED, State.WITHDRAWN)
CONTENT_FROM = 4
UNHAPPY_TO = 2

__all__ = [
    "DONE",
    "OUTCOMES",
    "PARTS",
    "QUEUE",
    "colour_is",
    "counted_by_colour",
    "has_unit",
    "late_reports",
    "moderation_queue",
    "near_its_end",
    "reports_of",
    "sees_everything",
    "three_times",
]
Condition = Callable[[datetime], Q]


def reports_of(by: Actor) -> ReportQuerySet:
    """Every report the actor may see, with what a line of a list shows."""
    rows: ReportQuerySet = Report.objects.visible_to(by)
    # Fetched after the page was cut, not joined: a join may lead a database away from the index of the order.
    return rows.prefetch_related("category", "agency")


def moderation_queue(by: Actor) -> ReportQuerySet:
    """What the centre has to look at: new, accepted and not given to anybody, reopened, or asked about."""
    return reports_of(by).filter(is_open=True, state__in=QUEUE)


def colour_is(colour: Colour, now: datetime) -> Q:
    """The reports that `rules.colour` shows in this colour."""
    if colour is Colour.GREY:
        return Q(is_open=False)
    found = {
        Colour.BLACK: Q(asked_at__lt=now, black_at__lte=now),
        Colour.RED: Q(asked_at__lt=now, black_at__gt=now),
        Colour.AMBER: Q(asked_at__gte=now, amber_at__lte=now),
        Colour.GREEN: Q(asked_at__gte=now, amber_at__gt=now),
    }
    return Q(is_open=True) & found[colour]


def has_unit() -> Case:
    """Some unit has it. Written so that no index over units is taken for it: nearly all reports have one."""
    return Case(When(agency__isnull=False, then=True), default=False, output_field=BooleanField())


def counted_by_colour(rows: QuerySet[Report], now: datetime) -> dict[Colour, int]:
    """How many of the rows are open in each colour, in one go."""
    open_ones = (Colour.BLACK, Colour.RED, Colour.AMBER, Colour.GREEN)
    counts = {str(one): Count("is_open", filter=colour_is(one, now)) for one in open_ones}
    found = rows.order_by().filter(is_open=True).aggregate(**counts)
    return {one: found[str(one)] for one in open_ones}


def three_times(now: datetime) -> Q:
    """Open at three times the term, or later. Only what was promised has a term."""
    return Q(is_open=True, thrice_due_at__lte=now)


# How it went, as the statistics count it. The first five take every report exactly once.
OUTCOMES: Mapping[str, Condition] = {
    "IN_TIME": lambda _now: Q(state__in=DONE, done_late=False),
    "DONE_LATE": lambda _now: Q(state__in=DONE, done_late=True),
    "OPEN": lambda now: Q(is_open=True, asked_at__gte=now),
    "OPEN_LATE": lambda now: Q(is_open=True, asked_at__lt=now),
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
    return reports_of(by).filter(OUTCOMES["OPEN_LATE"](now)).order_by("asked_at", "pk")


def near_its_end(by: Actor, now: datetime, within: timedelta) -> ReportQuerySet:
    """Open, in time, and due within the span."""
    return reports_of(by).filter(is_open=True, due_at__isnull=False, asked_at__gte=now, asked_at__lte=now + within)
