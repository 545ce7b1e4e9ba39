"""What is set over the calendar of the law, every change of it, and the dates that were promised with it.

Nothing is overwritten: a row holds from the change that made it (`since`) up to the one that withdrew it (`until`).
So the calendar can be built as it was after any change.
"""

from datetime import date

from django.db import models
from django.db.models import F, Q

from songcau.foundation.accounts.models import Agency, under
from songcau.foundation.calendar.layers import LONGEST_DOCUMENT, LONGEST_REASON, Hours, Shut
from songcau.foundation.calendar.rules import (
    DAY_MINUTES,
    ChangeKind,
    ImpactState,
    Name,
    Override,
    PromiseState,
    Week,
)
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.ids import new_id

DECIDE = "calendar.decide_dates"


class Change(models.Model):
    """One change of the calendar. Changes are numbered without a gap, in the order of their commits.

    `agency` None: it concerns all. `first_on` to `last_on` (None: no end) are the days that may be other ones now.
    """

    number = models.PositiveBigIntegerField(primary_key=True)
    kind = models.CharField(max_length=20, choices=[(kind.value, kind.value) for kind in ChangeKind])
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    first_on = models.DateField()
    last_on = models.DateField(null=True, blank=True)
    document = models.CharField(max_length=LONGEST_DOCUMENT, blank=True)
    reason = models.CharField(max_length=LONGEST_REASON, blank=True)
    by_id = models.UUIDField()
    by_label = models.CharField(max_length=200)
    at = models.DateTimeField()
    # When every open promise had been looked at.
    assessed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-number"]

    def __str__(self) -> str:
        return f"{self.number} {self.kind}"


class Dated(models.Model):
    """Something set by a change and perhaps withdrawn by another."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    since = models.ForeignKey(Change, models.PROTECT, related_name="+")
    until = models.ForeignKey(Change, models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        abstract = True


class OfficeHours(Dated):
    """The hours of an agency from a day on. `days` are the windows of Monday to Sunday, `decreed` of a day made up."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="office_hours")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    days = models.JSONField()
    decreed = models.JSONField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="hours_end_after_they_begin"
            ),
            models.UniqueConstraint(
                fields=["agency", "valid_from"], condition=Q(until=None), name="hours_of_an_agency_begin_once_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.valid_from}"

    def as_hours(self) -> Hours:
        days = tuple(tuple((begin, end) for begin, end in windows) for windows in self.days)
        return Hours(self.valid_from, self.valid_to, Week(days, tuple((begin, end) for begin, end in self.decreed)))


class Decree(Dated):
    """A document that makes days off, or worked, for the whole country or for an agency and all under it.

    `settles_year`: with it the exchanged days of rest of its year are known.
    """

    agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="decrees")
    document = models.CharField(max_length=LONGEST_DOCUMENT)
    document_on = models.DateField()
    reason = models.CharField(max_length=LONGEST_REASON)
    reason_en = models.CharField(max_length=LONGEST_REASON, blank=True)
    off = models.JSONField(default=list)
    worked = models.JSONField(default=list)
    first_on = models.DateField()
    last_on = models.DateField()
    settles_year = models.PositiveSmallIntegerField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(document=""), name="decree_has_a_document"),
            models.CheckConstraint(condition=Q(last_on__gte=F("first_on")), name="decree_ends_after_it_begins"),
        ]

    def __str__(self) -> str:
        return self.document

    @property
    def off_on(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.off]

    @property
    def worked_on(self) -> list[date]:
        return [date.fromisoformat(day) for day in self.worked]

    def overrides(self) -> tuple[Override, ...]:
        name = Name(self.reason, self.reason_en or self.reason)
        days = [(day, False) for day in self.off_on] + [(day, True) for day in self.worked_on]
        return tuple(Override(on, works, self.document, name) for on, works in sorted(days))


class Closure(Dated):
    """An agency is closed, as in a storm, from a minute of a day to a minute of a day; `below`: with all under it."""

    agency = models.ForeignKey(Agency, models.PROTECT, related_name="closures")
    first_on = models.DateField()
    from_minute = models.PositiveSmallIntegerField(default=0)
    last_on = models.DateField()
    to_minute = models.PositiveSmallIntegerField(default=DAY_MINUTES)
    reason = models.CharField(max_length=LONGEST_REASON)
    document = models.CharField(max_length=LONGEST_DOCUMENT, blank=True)
    below = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(last_on__gt=F("first_on")) | Q(last_on=F("first_on"), to_minute__gt=F("from_minute")),
                name="closure_ends_after_it_begins",
            ),
            models.CheckConstraint(
                condition=Q(from_minute__lt=DAY_MINUTES, to_minute__gt=0, to_minute__lte=DAY_MINUTES),
                name="closure_lies_within_days",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agency_id} {self.first_on}"

    def as_shut(self) -> Shut:
        name = Name(self.reason, self.reason)
        return Shut(self.first_on, self.from_minute, self.last_on, self.to_minute, name, self.document, self.below)


class Promise(models.Model):
    """A date that somebody was told, for something of a system (`subject`, a kind and a UUID, never a foreign key).

    `due_at` is what holds; only a person's decision moves it, and `first_due_at` stays beside it. `reckoned_at` is what
    the calendar says after change number `seen`. `explained` is the sentence in both languages, as it was told.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subject_kind = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    label = models.CharField(max_length=200)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="promises")
    received_at = models.DateTimeField()
    received_on = models.DateField()
    method = models.CharField(max_length=20)
    amount = models.FloatField()
    cut_off = models.PositiveSmallIntegerField(null=True, blank=True)
    first_due_at = models.DateTimeField()
    due_at = models.DateTimeField()
    reckoned_at = models.DateTimeField()
    reckoned_on = models.DateField()
    seen = models.PositiveBigIntegerField()
    first_explained = models.JSONField()
    explained = models.JSONField()
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in PromiseState], default=PromiseState.OPEN
    )
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="calendar_promise_subject"),
            models.Index(fields=["seen"], condition=Q(state=PromiseState.OPEN), name="calendar_promise_seen"),
            models.Index(fields=["reckoned_on"], condition=Q(state=PromiseState.OPEN), name="calendar_promise_open"),
        ]

    def __str__(self) -> str:
        return f"{self.label} {self.due_at:%Y-%m-%d}"


class ImpactQuerySet(models.QuerySet["Impact"]):
    def visible_to(self, actor: Actor) -> "ImpactQuerySet":
        """Those whose dates the actor may decide."""
        scopes = actor.scopes(DECIDE)
        return self if EVERYWHERE in scopes else self.filter(under(scopes, "promise__agency__path"))

    def open(self) -> "ImpactQuerySet":
        return self.filter(state=ImpactState.OPEN)


class Impact(models.Model):
    """A promised date that the calendar would give otherwise after a change; a person decides whether it moves."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    promise = models.ForeignKey(Promise, models.PROTECT, related_name="impacts")
    change = models.ForeignKey(Change, models.PROTECT, related_name="impacts")
    old_due_at = models.DateTimeField()
    new_due_at = models.DateTimeField()
    state = models.CharField(
        max_length=10, choices=[(state.value, state.value) for state in ImpactState], default=ImpactState.OPEN
    )
    found_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by_id = models.UUIDField(null=True, blank=True)
    decided_by = models.CharField(max_length=200, blank=True)
    basis = models.CharField(max_length=LONGEST_REASON, blank=True)

    objects = ImpactQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["state", "new_due_at"], name="calendar_impact_open")]
        constraints = [
            models.UniqueConstraint(
                fields=["promise"], condition=Q(state=ImpactState.OPEN), name="promise_has_one_open_impact"
            ),
            models.UniqueConstraint(fields=["promise", "change"], name="impact_once_a_change"),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.change_id}"
