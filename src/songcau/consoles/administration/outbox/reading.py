"""What the pages of the outbox show: jobs with their next instant, and the list of dead letters."""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.consoles.administration.outbox import words
from songcau.foundation.outbox import queries
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.permissions import require_view
from songcau.foundation.outbox.queries import JobFacts
from songcau.foundation.outbox.reactions import installed
from songcau.foundation.outbox.rules import State
from songcau.foundation.shell.filters import Choice, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class JobLine:
    """A job as the page shows it. `is_due`: its time has come and no worker has taken it up."""

    facts: JobFacts
    words: str | Promise
    schedule: str
    result: str
    next_at: datetime | None
    is_due: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything on the outbox's first page."""

    backlog: tuple[queries.Backlog, ...]
    workers: tuple[queries.WorkerFacts, ...]
    jobs: tuple[JobLine, ...]

    @property
    def alive(self) -> int:
        return sum(worker.is_alive for worker in self.workers)

    @property
    def waiting(self) -> int:
        return sum(line.waiting for line in self.backlog)

    @property
    def dead(self) -> int:
        return sum(line.dead for line in self.backlog)

    @property
    def oldest_seconds(self) -> float:
        return max((line.oldest_seconds for line in self.backlog), default=0.0)


def overview(by: Actor) -> Overview:
    """Raises MayNotViewOutbox."""
    return Overview(queries.backlog(by), queries.workers(by), tuple(_line(facts) for facts in queries.jobs(by)))


def _line(facts: JobFacts) -> JobLine:
    schedule, zone, now = installed().jobs[facts.name].schedule, settings.SONGCAU.time_zone, clock.now()
    is_due = facts.last_due_at is not None and schedule.latest(facts.last_due_at, now, zone) is not None
    return JobLine(
        facts=facts,
        words=words.jobs().get(facts.name, facts.name),
        schedule=words.schedule(schedule),
        result="" if facts.result in ("", "OK") else words.error(facts.result),
        next_at=words.next_due(schedule, now, zone),
        is_due=is_due,
    )


def dead_letters(by: Actor) -> QuerySet[Delivery]:
    """Oldest event first, each with `behind`: how many wait for it in its line. Raises MayNotViewOutbox."""
    require_view(by)
    behind = (
        Delivery.objects.open(State.WAITING, State.CLAIMED)
        .filter(reaction=OuterRef("reaction"), subject=OuterRef("subject"), event_id__gt=OuterRef("event_id"))
        .order_by()
        .values("reaction")
        .annotate(number=Count("*"))
        .values("number")
    )
    return (
        Delivery.objects.open(State.DEAD)
        .select_related("event")
        .annotate(behind=Coalesce(Subquery(behind, output_field=IntegerField()), 0))
        .order_by("event_id", "reaction")
    )


def delivery(by: Actor, delivery_id: int) -> Delivery | None:
    """One delivery with its event, whatever its state. Raises MayNotViewOutbox."""
    require_view(by)
    found: Delivery | None = Delivery.objects.select_related("event").filter(pk=delivery_id).first()
    return found


def waiting_behind(of: Delivery) -> int:
    """How many deliveries wait for this one."""
    line = Delivery.objects.open(State.WAITING, State.CLAIMED).filter(reaction=of.reaction, subject=of.subject)
    return line.filter(event_id__gt=of.event_id).count()


def _choices(field: str) -> list[tuple[str, str]]:
    dead = Delivery.objects.open(State.DEAD).order_by(field).values_list(field, flat=True).distinct()
    return [(str(name), str(name)) for name in dead]


DEAD_LETTERS = Listing(
    title=_("Dead letters"),
    columns=(
        Column(
            "at",
            _("Happened"),
            lambda row: row.event.at,
            sort="event__at",
            link=lambda row: reverse("administration:delivery", args=[row.pk]),
        ),
        Column("event", _("Event"), lambda row: row.event.name, sort="event__name"),
        Column("reaction", _("Reaction"), lambda row: row.reaction, sort="reaction"),
        Column("subject", _("About"), lambda row: row.subject, template="administration/outbox/subject.html"),
        Column(
            "error",
            _("Last error"),
            lambda row: words.error(row.last_error),
            template="administration/outbox/error.html",
        ),
        Column("attempts", _("Attempts"), lambda row: row.attempts, sort="attempts", numeric=True),
        Column("behind", _("Waiting behind"), lambda row: row.behind, sort="behind", numeric=True),
    ),
    filters=(
        Search(fields=("subject",), name="subject", label=_("About"), hint=_("Id or subject")),
        Choice("reaction", _("Reaction"), lambda: _choices("reaction")),
        Choice("event", _("Event"), lambda: _choices("event__name"), field="event__name"),
    ),
    file_name="thu-chet",
    empty_title=_("There are no dead letters"),
    empty_text=_("Every event has reached whom it concerns, or is still being tried. Nothing needs to be done here."),
)
