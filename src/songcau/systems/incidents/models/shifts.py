"""The duty roster, shifts, their log, and the note by which one gives over to the next."""

from django.db import models
from django.db.models import Q

from songcau.kernel.ids import new_id
from songcau.systems.incidents.models.columns import coded
from songcau.systems.incidents.rules.shifts import Slot, State


class Duty(models.Model):
    """Somebody stands for a part of a day."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    slot = coded(Slot, 10)
    person_id = models.UUIDField()
    person_label = models.CharField(max_length=200)
    is_lead = models.BooleanField(default=False)

    class Meta:
        ordering = ["day", "slot", "-is_lead", "person_label"]
        constraints = [
            models.UniqueConstraint(fields=["day", "slot", "person_id"], name="duty_once"),
            models.UniqueConstraint(fields=["day", "slot"], condition=Q(is_lead=True), name="duty_one_lead"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.slot}"


class Shift(models.Model):
    """`carried`: the open alerts and incidents when it was given over, as the next lead read them."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    day = models.DateField()
    slot = coded(Slot, 10)
    state = coded(State, 20, default=State.RUNNING)
    is_current = models.BooleanField(default=True, editable=False)
    lead_id = models.UUIDField()
    lead_label = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    note = models.TextField(blank=True)
    # Raised with every new note: who signs, signs for the one that was on the screen.
    revision = models.PositiveIntegerField(default=0)
    carried = models.JSONField(default=dict)
    handed_over_at = models.DateTimeField(null=True)
    signed_at = models.DateTimeField(null=True)
    signed_by_id = models.UUIDField(null=True)
    signed_by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            # One runs at a time: the last one is given over before the next begins.
            models.UniqueConstraint(fields=["is_current"], condition=Q(is_current=True), name="shift_one_runs"),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.slot}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.is_current = self.state != State.HANDED_OVER
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class ShiftEntry(models.Model):
    """A line of the log."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    shift = models.ForeignKey(Shift, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    text = models.TextField()
    by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.shift_id} {self.at:%H:%M}"
