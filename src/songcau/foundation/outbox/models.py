"""Events, their deliveries, the runs of jobs, and the workers that beat."""

from datetime import datetime

from django.db import models
from django.db.models import Exists, OuterRef, Q

from songcau.foundation.outbox.rules import FINISHED, UNFINISHED, State
from songcau.kernel import clock
from songcau.kernel.ids import new_id

UNFINISHED_ROWS = Q(finished_at__isnull=True)


class Event(models.Model):
    """Something that happened, stored with the change it tells about.

    `sequence` grows; for one subject it grows in the order of commits. `identifier` is what others know it by.
    """

    sequence = models.BigAutoField(primary_key=True)
    identifier = models.UUIDField(unique=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    payload = models.JSONField()
    actor_id = models.UUIDField()
    actor_label = models.CharField(max_length=200)
    trace = models.CharField(max_length=80, blank=True)
    at = models.DateTimeField()
    idempotency_key = models.CharField(max_length=200, unique=True, null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["at"], name="outbox_event_at"),
            models.Index(fields=["subject", "sequence"], name="outbox_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.name} {self.subject}"


class Deliveries(models.QuerySet["Delivery"]):
    """Rows of deliveries, asked for in the words of the outbox."""

    def open(self, *states: State) -> "Deliveries":
        """Unfinished ones, in these states only when any is named."""
        rows = self.filter(UNFINISHED_ROWS)
        return rows.filter(state__in=states) if states else rows

    def earlier_in_line(self) -> "Deliveries":
        """Inside a subquery: the unfinished ones that an outer delivery waits for."""
        return self.open().filter(
            reaction=OuterRef("reaction"), subject=OuterRef("subject"), event_id__lt=OuterRef("event_id")
        )

    def ready(self, now: datetime) -> "Deliveries":
        """Those that may be claimed: their time has come and nothing earlier in their line is unfinished."""
        waiting = self.filter(UNFINISHED_ROWS, state=State.WAITING, next_at__lte=now)
        return waiting.filter(~Exists(Delivery.objects.earlier_in_line())).order_by("next_at", "id")


class Delivery(models.Model):
    """One event on its way to one reaction. `claim` is the fence: another claim makes it another value."""

    event = models.ForeignKey(Event, on_delete=models.CASCADE, related_name="deliveries", db_index=False)
    reaction = models.CharField(max_length=160)
    subject = models.CharField(max_length=200)
    state = models.CharField(max_length=12, choices=[(s, s) for s in State], default=State.WAITING)
    attempts = models.PositiveIntegerField(default=0)
    # Those of the attempts that ended by a bug or a lost worker, not by an outage.
    faults = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    claimed_by = models.CharField(max_length=120, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=160, blank=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = Deliveries.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["event", "reaction"], name="outbox_once_per_reaction"),
            models.CheckConstraint(
                condition=Q(state=State.CLAIMED, claim__isnull=False, claimed_until__isnull=False)
                | (~Q(state=State.CLAIMED) & Q(claim__isnull=True, claimed_until__isnull=True)),
                name="outbox_claim_while_claimed",
            ),
            models.CheckConstraint(
                condition=Q(state__in=UNFINISHED, finished_at__isnull=True)
                | Q(state__in=FINISHED, finished_at__isnull=False),
                name="outbox_finished_when_finished",
            ),
        ]
        # Partial, so that the delivered rows, however many, are in none of those that claiming reads; by IS NULL,
        # because SQLite uses a partial index only where the query repeats its condition without parameters.
        indexes = [
            models.Index(fields=["state", "next_at", "id"], condition=UNFINISHED_ROWS, name="outbox_open"),
            models.Index(fields=["reaction", "subject", "event"], condition=UNFINISHED_ROWS, name="outbox_line"),
            models.Index(fields=["finished_at", "reaction"], condition=~UNFINISHED_ROWS, name="outbox_finished"),
        ]

    def __str__(self) -> str:
        return f"{self.event_id} → {self.reaction}: {self.state}"


class JobRun(models.Model):
    """A job's schedule and its last run: one row a job. `last_due_at` is the last due instant taken up."""

    job = models.CharField(max_length=120, primary_key=True)
    last_due_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True, blank=True)
    duration_ms = models.PositiveIntegerField(null=True, blank=True)
    result = models.CharField(max_length=160, blank=True)

    def __str__(self) -> str:
        return f"{self.job}: {self.result}"


class WorkerBeat(models.Model):
    """A worker process that lives, or lived until `beat_at`."""

    worker = models.CharField(max_length=120, primary_key=True)
    threads = models.PositiveSmallIntegerField()
    started_at = models.DateTimeField(default=clock.now)
    beat_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.worker
