"""What stands how with time; the conditions here are those of every list, count and figure, so they cannot differ."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet

from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Directive, DirectiveQuerySet, Extension
from songcau.systems.directives.models.directives import drafts_for_everybody
from songcau.systems.directives.rules import AGENCY, FINISHED, GIVER, WORKING, ExtensionState, State, Timing

Condition = Callable[[datetime], Q]
_IS_LATE = Q(done_at__isnull=False, done_at__gt=F("due_at"))
GIVEN = Q(given_at__isnull=False)
# Each directive is in exactly one of these, and `rules.timing` gives the same.
TIMINGS: Mapping[Timing, Condition] = {
    Timing.NOT_GIVEN: lambda _now: Q(given_at=None),
    Timing.IN_TIME: lambda now: Q(state__in=WORKING, due_at__gte=now, soon_at__gt=now),
    Timing.SOON: lambda now: Q(state__in=WORKING, due_at__gte=now, soon_at__lte=now),
    Timing.LATE: lambda now: Q(state__in=WORKING, due_at__lt=now),
    Timing.DONE_IN_TIME: lambda _now: Q(state__in=FINISHED) & ~_IS_LATE,
    Timing.DONE_LATE: lambda _now: Q(state__in=FINISHED) & _IS_LATE,
    Timing.ENDED: lambda _now: GIVEN & Q(state=State.WITHDRAWN),
}
# What is counted of what was given.
PARTS = tuple(one for one in Timing if one is not Timing.NOT_GIVEN)


def directives_of(by: Actor) -> DirectiveQuerySet:
    """All that the actor may see, with what a line of a list shows."""
    rows: DirectiveQuerySet = Directive.objects.visible_to(by)
    return rows.select_related("lead", "giver_agency")


def late_ones(by: Actor, now: datetime) -> QuerySet[Directive]:
    """The longest late first."""
    return directives_of(by).filter(TIMINGS[Timing.LATE](now)).order_by("due_at", "pk")


def extension_waits() -> Q:
    asked = Extension.objects.filter(state=ExtensionState.ASKED).values("directive")
    return Q(pk__in=asked)


def of_my_agencies(by: Actor) -> DirectiveQuerySet:
    """What agencies lead or support in which the actor reports; nothing of drafts."""
    rows: DirectiveQuerySet = Directive.objects.of_agencies(by.scopes(AGENCY))
    return rows.select_related("lead", "giver_agency")


def decided_by(by: Actor) -> QuerySet[Directive]:
    """What was given, or is to be given, in the name of an agency in which the actor leads: not of those under it."""
    rows = Directive.objects.filter(giver_agency__path__in=by.scopes(GIVER))
    return rows.select_related("lead", "giver_agency")


def drafted_at_the_desk(by: Actor) -> QuerySet[Directive]:
    """Drafts that wait for a leader: the centre sees all, others their own."""
    rows = Directive.objects.filter(state=State.DRAFT).select_related("lead", "giver_agency")
    return rows if drafts_for_everybody(by) else rows.filter(drafter_id=by.id)


@dataclass(frozen=True, slots=True)
class Line:
    """A unit's figures. `counts`: by timing; `total`: all that was given to it as leading."""

    agency_id: UUID | None
    name: str
    total: int
    counts: Mapping[Timing, int]

    @property
    def done(self) -> int:
        return self.counts[Timing.DONE_IN_TIME] + self.counts[Timing.DONE_LATE]

    @property
    def in_time_percent(self) -> float | None:
        """Of what is done or late, how much was done in time."""
        judged = self.done + self.counts[Timing.LATE]
        return 100 * self.counts[Timing.DONE_IN_TIME] / judged if judged else None


def lines_by_unit(rows: QuerySet[Directive], now: datetime) -> list[Line]:
    """A line for each leading agency that has any, the most late first."""
    found = rows.filter(GIVEN).order_by().values("lead_id", "lead__name").annotate(**_counted(now))
    made = [_line(row["lead_id"], row["lead__name"], row) for row in found]
    return sorted(made, key=lambda line: (-line.counts[Timing.LATE], -line.total, line.name))


def total(rows: QuerySet[Directive], now: datetime) -> Line:
    """All of them as one line."""
    return _line(None, "", rows.filter(GIVEN).order_by().aggregate(**_counted(now)))


def _counted(now: datetime) -> dict[str, Count]:
    return {"n_all": Count("pk")} | {f"n_{one}": Count("pk", filter=TIMINGS[one](now)) for one in PARTS}


def _line(agency_id: UUID | None, name: str, row: Mapping[str, object]) -> Line:
    counts: dict[Timing, int] = {one: int(str(row[f"n_{one}"])) for one in PARTS}
    return Line(agency_id, name, int(str(row["n_all"])), counts)
