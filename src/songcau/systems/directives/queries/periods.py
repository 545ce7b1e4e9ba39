"""What was late in a span of time, and what months gave, ended and extended: for prints that show several systems."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet

from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Deadline, Directive, Extension
from songcau.systems.directives.models.directives import sees_everything
from songcau.systems.directives.queries import comparing
from songcau.systems.directives.queries.comparing import Month
from songcau.systems.directives.queries.lists import GIVEN, directives_of
from songcau.systems.directives.rules import ExtensionState, State

# From an instant on, and before another one.
Span = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class LateDirective:
    """A directive past a date. `missed_at` is the date that held then, `due_at` the one that holds now, `first_due_at`
    the one first given. `ended_at` None: it is late still; else it was done, withdrawn or given more time then.
    """

    code: str
    title: str
    lead: str
    lead_path: str
    first_due_at: datetime
    missed_at: datetime
    due_at: datetime
    ended_at: datetime | None
    state: State

    @property
    def was_extended(self) -> bool:
        """Whether more time ended its being late."""
        return self.due_at > self.missed_at


def late_directives_between(by: Actor, span: Span, now: datetime) -> list[LateDirective]:
    """Those that were late at some time of the span by the date that held then, of what the actor may see; the longest
    first. Two queries, however many directives.
    """
    begin, until = span
    missed = Deadline.objects.filter(directive=OuterRef("pk"), due_at__lt=until)
    over = Q(done_at__lte=begin) | Q(state=State.WITHDRAWN, closed_at__lte=begin)
    rows = directives_of(by).filter(GIVEN).filter(Exists(missed) | Q(due_at__lt=until)).exclude(over)
    found = [_late(row, span, now) for row in rows.prefetch_related("deadlines")]
    return sorted((one for one in found if one is not None), key=lambda one: (one.missed_at, one.code))


def _late(row: Directive, span: Span, now: datetime) -> LateDirective | None:
    """The last time of the span in which it was late; None: it never was."""
    begin, until = span
    for missed, since, ended in reversed(list(_times_late(row, now))):
        if since < until and (ended is None or ended > begin):
            assert row.first_due_at is not None and row.due_at is not None  # noqa: S101, PT018  # a constraint: given
            return LateDirective(
                code=row.code,
                title=row.title,
                lead=row.lead.name,
                lead_path=row.lead.path,
                first_due_at=row.first_due_at,
                missed_at=missed,
                due_at=row.due_at,
                ended_at=ended,
                state=State(row.state),
            )
    return None


def _times_late(row: Directive, now: datetime) -> Iterator[tuple[datetime, datetime, datetime | None]]:
    """The date missed, since when it was late by it, and until when; None: still."""
    held = [(one.due_at, one.set_at) for one in row.deadlines.all()]
    ended = row.done_at or (row.closed_at if row.state == State.WITHDRAWN else None)
    for nth, (due_at, set_at) in enumerate(held):
        is_last = nth == len(held) - 1
        # The date on the directive is the one that holds.
        missed = row.due_at if is_last and row.due_at is not None else due_at
        since = max(missed, set_at)
        until = ended if is_last else held[nth + 1][1] if ended is None else min(ended, held[nth + 1][1])
        if since < (until or now):
            yield missed, since, until


@dataclass(frozen=True, slots=True)
class DirectivesOfMonth:
    """`given` and `extended` (so many directives got more time) in the month; `due`: what fell due in it, and how that
    stands now.
    """

    given: int
    extended: int
    due: Month


@dataclass(frozen=True, slots=True)
class DirectivesInMonth:
    """Of the whole, and how many were given by the leading agency."""

    whole: DirectivesOfMonth
    given_by_lead: Mapping[UUID, int]


def directives_in_months(by: Actor, firsts: Sequence[date], now: datetime) -> list[DirectivesInMonth]:
    """For the months that begin on these days, of what the actor may see. Three queries a month."""
    return [_in_month(directives_of(by), first, now) for first in firsts]


def _in_month(rows: QuerySet[Directive], first: date, now: datetime) -> DirectivesInMonth:
    begin, until = comparing.midnight(first), comparing.midnight(comparing.month_after(first))
    given = rows.filter(given_at__gte=begin, given_at__lt=until).order_by().values("lead_id").annotate(many=Count("pk"))
    by_lead = {row["lead_id"]: row["many"] for row in given}
    more = Extension.objects.filter(state=ExtensionState.APPROVED, decided_at__gte=begin, decided_at__lt=until)
    extended = rows.filter(Exists(more.filter(directive=OuterRef("pk")))).count()
    due = comparing.month(rows, first, now)
    return DirectivesInMonth(DirectivesOfMonth(sum(by_lead.values()), extended, due), by_lead)


def directives_since() -> datetime | None:
    """When the first directive of the city was given: of the time before nothing is known. None: there is none."""
    found: datetime | None = Directive.objects.aggregate(first=Min("given_at"))["first"]
    return found


def sees_every_directive(by: Actor) -> bool:
    """Whether nothing of the city is left out for them."""
    return sees_everything(by)
