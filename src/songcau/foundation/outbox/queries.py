"""What can be asked of the outbox: how far behind it is, what is dead, how the jobs and workers are."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from songcau.foundation.outbox.models import Delivery, JobRun, WorkerBeat
from songcau.foundation.outbox.permissions import require_view
from songcau.foundation.outbox.reactions import installed
from songcau.foundation.outbox.rules import State
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.paging import Page, page_of

# A worker beats every two seconds; one that has not for this long is gone or hangs.
ALIVE_FOR = timedelta(seconds=10)


@dataclass(frozen=True, slots=True)
class Backlog:
    """One reaction: `waiting` includes what is being delivered, `oldest_seconds` is the age of the oldest of these."""

    reaction: str
    waiting: int
    oldest_seconds: float
    dead: int
    delivered_last_hour: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A delivery that was given up, its event, and how many wait `behind` it in its line."""

    delivery_id: int
    reaction: str
    event_id: UUID
    event_name: str
    subject: str
    at: datetime
    actor_label: str
    attempts: int
    last_error: str
    behind: int


@dataclass(frozen=True, slots=True)
class JobFacts:
    """A job and its last run; None or an empty `result` when it has not run yet."""

    name: str
    schedule: str
    last_due_at: datetime | None
    started_at: datetime | None
    duration_ms: int | None
    result: str


@dataclass(frozen=True, slots=True)
class WorkerFacts:
    """A worker process and whether its last beat is recent."""

    name: str
    threads: int
    started_at: datetime
    beat_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Metrics:
    """Facts for a metrics endpoint; counters are by reaction and hold no personal data."""

    backlog: tuple[Backlog, ...]
    workers_alive: int


def backlog(by: Actor) -> tuple[Backlog, ...]:
    """Every reaction that is installed or has something unfinished, by name. Raises MayNotViewOutbox."""
    require_view(by)
    return _backlog()


def metrics() -> Metrics:
    """Facts without asking who: the metrics endpoint has its own lock."""
    alive = WorkerBeat.objects.filter(beat_at__gte=clock.now() - ALIVE_FOR).count()
    return Metrics(_backlog(), alive)


def dead_letters(by: Actor, *, reaction: str = "", page: int = 1) -> Page[DeadLetter]:
    """Dead letters, oldest event first, of one reaction or of all. Raises MayNotViewOutbox."""
    require_view(by)
    behind = (
        Delivery.objects.open(State.WAITING, State.CLAIMED)
        .filter(reaction=OuterRef("reaction"), subject=OuterRef("subject"), event_id__gt=OuterRef("event_id"))
        .order_by()
        .values("reaction")
        .annotate(number=Count("*"))
        .values("number")
    )
    dead = Delivery.objects.open(State.DEAD).select_related("event").order_by("event_id", "reaction")
    if reaction:
        dead = dead.filter(reaction=reaction)
    found: Page[Delivery] = page_of(dead, page)
    counts = dict(
        dead.filter(pk__in=[d.pk for d in found.items])
        .annotate(behind=Coalesce(Subquery(behind, output_field=IntegerField()), 0))
        .values_list("pk", "behind")
    )
    items = tuple(_dead_letter(delivery, counts.get(delivery.pk, 0)) for delivery in found.items)
    return Page(items=items, number=found.number, size=found.size, total=found.total)


def jobs(by: Actor) -> tuple[JobFacts, ...]:
    """The installed jobs by name with their last runs. Raises MayNotViewOutbox."""
    require_view(by)
    runs = JobRun.objects.in_bulk()
    return tuple(_job_facts(name, str(job.schedule), runs.get(name)) for name, job in sorted(installed().jobs.items()))


def workers(by: Actor) -> tuple[WorkerFacts, ...]:
    """Workers that beat within the last day, youngest beat first. Raises MayNotViewOutbox."""
    require_view(by)
    now = clock.now()
    beats = WorkerBeat.objects.filter(beat_at__gte=now - timedelta(days=1)).order_by("-beat_at")
    return tuple(
        WorkerFacts(beat.worker, beat.threads, beat.started_at, beat.beat_at, now - beat.beat_at <= ALIVE_FOR)
        for beat in beats
    )


def _backlog() -> tuple[Backlog, ...]:
    now = clock.now()
    live = Q(state__in=[State.WAITING, State.CLAIMED])
    rows = (
        Delivery.objects.open()
        .values("reaction")
        .annotate(
            waiting=Count("pk", filter=live), dead=Count("pk", filter=~live), oldest=Min("event__at", filter=live)
        )
    )
    recent = Delivery.objects.filter(
        finished_at__isnull=False, finished_at__gte=now - timedelta(hours=1), state=State.DELIVERED
    )
    delivered = dict(recent.values_list("reaction").annotate(number=Count("pk")))
    unfinished = {row["reaction"]: dict(row) for row in rows.order_by("reaction")}
    names = {*installed().reactions, *installed().carriers, *unfinished, *delivered}
    return tuple(_backlog_of(name, unfinished.get(name), delivered.get(name, 0), now) for name in sorted(names))


def _backlog_of(name: str, row: dict[str, Any] | None, delivered: int, now: datetime) -> Backlog:
    if row is None:
        return Backlog(name, 0, 0.0, 0, delivered)
    age = (now - row["oldest"]).total_seconds() if row["oldest"] else 0.0
    return Backlog(name, row["waiting"], max(0.0, age), row["dead"], delivered)


def _dead_letter(delivery: Delivery, behind: int) -> DeadLetter:
    event = delivery.event
    return DeadLetter(
        delivery_id=delivery.pk,
        reaction=delivery.reaction,
        event_id=event.identifier,
        event_name=event.name,
        subject=event.subject,
        at=event.at,
        actor_label=event.actor_label,
        attempts=delivery.attempts,
        last_error=delivery.last_error,
        behind=behind,
    )


def _job_facts(name: str, schedule: str, run: JobRun | None) -> JobFacts:
    if run is None:
        return JobFacts(name, schedule, None, None, None, "")
    return JobFacts(name, schedule, run.last_due_at, run.started_at, run.duration_ms, run.result)
