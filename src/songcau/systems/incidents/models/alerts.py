"""Alerts: what a rule said, how often, who has it; and every instant at which its condition began anew."""

from django.db import models
from django.db.models import Q

from songcau.foundation.accounts.models import Agency
from songcau.kernel.actor import Actor
from songcau.kernel.ids import new_id
from songcau.kernel.text import search_key
from songcau.systems.incidents.models.columns import coded
from songcau.systems.incidents.models.incidents import Incident
from songcau.systems.incidents.models.reach import own_agencies, own_wards, sees_all
from songcau.systems.incidents.rules.alerts import State
from songcau.systems.incidents.rules.levels import Level, rank_of


class AlertQuerySet(models.QuerySet["Alert"]):
    def visible_to(self, actor: Actor) -> "AlertQuerySet":
        """The centre and who stands above it: all. Others: those their agencies own, and those of their wards."""
        if sees_all(actor):
            return self
        return self.filter(Q(owner_agency__in=own_agencies(actor)) | Q(ward_code__in=own_wards(actor)))

    def still_open(self) -> "AlertQuerySet":
        return self.filter(is_open=True)

    def lines(self) -> "AlertQuerySet":
        """What stands as a line of its own: alone, or as the first of a group."""
        return self.filter(head=None)


class Alert(models.Model):
    """One rule and one subject whose condition began to hold.

    What is needed of the rule is copied, so that an alert stands when the rule is changed or deleted. `head`: the
    alert under which it stands in a group. `cleared_at`: the condition has gone; somebody still has to close it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_id = models.UUIDField(db_index=True)
    rule_code = models.CharField(max_length=60, blank=True)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    level = coded(Level, 12)
    level_rank = models.PositiveSmallIntegerField(editable=False)
    # Who looks after it; None: the operations centre.
    owner_agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    # As the rule had them when it was raised: the ladder and the quiet hours of this alert.
    escalate_minutes = models.JSONField(default=list)
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    due_at = models.DateTimeField()
    is_demo = models.BooleanField(default=False)

    subject = models.CharField(max_length=300)
    # As the live city last named it: it stays when the entity is deleted there.
    subject_name = models.CharField(max_length=300, blank=True)
    ward_code = models.CharField(max_length=10, blank=True)
    ward_name = models.CharField(max_length=120, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    first_values = models.JSONField(default=dict)
    last_values = models.JSONField(default=dict)
    evidence = models.JSONField(default=list)

    state = coded(State, 14, default=State.RAISED)
    state_rank = models.PositiveSmallIntegerField(default=0, editable=False)
    is_open = models.BooleanField(default=True, editable=False)
    rung = models.PositiveSmallIntegerField(default=0)
    # When somebody was called first; None: it was raised in quiet hours, or stands under another.
    called_at = models.DateTimeField(null=True)
    repeats = models.PositiveIntegerField(default=1)
    raised_at = models.DateTimeField()
    received_at = models.DateTimeField()
    last_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by_id = models.UUIDField(null=True)
    acknowledged_by_label = models.CharField(max_length=200, blank=True)
    closed_at = models.DateTimeField(null=True)
    closed_by_id = models.UUIDField(null=True)
    closed_by_label = models.CharField(max_length=200, blank=True)
    closing_note = models.TextField(blank=True)
    # What those that stand together have in common (`rules.alerts.group_key`).
    group_key = models.CharField(max_length=120, blank=True)
    head = models.ForeignKey("self", models.PROTECT, null=True, related_name="members")
    members_count = models.PositiveIntegerField(default=0)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="alerts")
    search_key = models.TextField(editable=False, blank=True)
    objects = AlertQuerySet.as_manager()

    class Meta:
        ordering = ["level_rank", "state_rank", "-raised_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["rule_id", "subject"], condition=Q(is_open=True), name="alert_open_once_a_subject"
            ),
            models.CheckConstraint(condition=Q(is_open=True) | ~Q(closing_note=""), name="alert_closed_with_a_note"),
        ]
        indexes = [
            models.Index(
                fields=["level_rank", "state_rank", "-raised_at", "id"],
                condition=Q(is_open=True, head__isnull=True),
                name="alert_queue",
            ),
            models.Index(fields=["-raised_at", "id"], name="alert_by_time"),
            models.Index(fields=["group_key", "-raised_at"], condition=Q(is_open=True), name="alert_by_group"),
            models.Index(fields=["ward_code", "-raised_at"], name="alert_by_ward"),
            models.Index(fields=["owner_agency", "-raised_at"], name="alert_by_owner"),
        ]

    def __str__(self) -> str:
        return f"{self.name_vi}: {self.subject_name or self.subject}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.derive()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def derive(self) -> None:
        """Set what follows from the other columns, for rows that are written at once; `save` does it by itself."""
        self.level_rank = rank_of(self.level)
        self.state_rank = list(State).index(State(self.state))
        self.is_open = self.state != State.CLOSED
        self.search_key = search_key(
            f"{self.name_vi} {self.name_en} {self.subject_name} {self.subject} {self.ward_name} {self.rule_code}"
        )


class AlertOccurrence(models.Model):
    """One time that the condition began; the alert counts them. It names the finding, so that none counts twice."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="occurrences")
    rule_id = models.UUIDField()
    subject = models.CharField(max_length=300)
    began_at = models.DateTimeField()
    received_at = models.DateTimeField()
    cleared_at = models.DateTimeField(null=True)
    values = models.JSONField(default=dict)

    class Meta:
        ordering = ["began_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["rule_id", "subject", "began_at"], name="alert_occurrence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} {self.began_at:%Y-%m-%d %H:%M:%S}"


class AlertEntry(models.Model):
    """A line of what was done with an alert. `text` is somebody's own words."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    alert = models.ForeignKey(Alert, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    step = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["alert", "at"], name="alert_timeline")]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.step}"
