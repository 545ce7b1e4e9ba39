"""Alert rules with every version of them, maintenance windows, and what the engine keeps to go on after a kill."""

from django.db import models
from django.db.models import F, Q

from songcau.foundation.accounts.models import Agency, Versioned
from songcau.kernel.ids import new_id
from songcau.systems.incidents.models.columns import coded
from songcau.systems.incidents.rules.alerts import Grouping
from songcau.systems.incidents.rules.levels import Level

RULE_CODE = r"^[A-Z][A-Z0-9_]{1,39}$"
LONGEST_SUBJECT = 400


class AlertRule(Versioned):
    """When somebody is to be called, and how. `condition`: JSON as `rules.alert_rules` reads it.

    `condition_number` grows when the condition changes: the engine then begins anew. `escalate_minutes`: until each
    rung of the ladder. `owner_agency` None: the operations centre. Never deleted: alerts name it.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    name_vi = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    level = coded(Level, 12, default=Level.MEDIUM)
    condition = models.JSONField()
    condition_number = models.PositiveIntegerField(default=1, editable=False)
    owner_agency = models.ForeignKey(Agency, models.PROTECT, null=True, blank=True, related_name="+")
    due_minutes = models.PositiveIntegerField(default=30)
    escalate_minutes = models.JSONField(default=list, blank=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_until = models.TimeField(null=True, blank=True)
    group_by = coded(Grouping, 5, default=Grouping.NONE)
    group_minutes = models.PositiveIntegerField(default=30)
    enabled = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=RULE_CODE), name="alert_rule_code"),
            models.CheckConstraint(condition=Q(due_minutes__gte=1), name="alert_rule_has_a_due_time"),
            models.CheckConstraint(
                condition=Q(quiet_from=None, quiet_until=None) | Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="alert_rule_quiet_hours_have_both_ends",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class AlertRuleVersion(models.Model):
    """A rule as it was from one moment on, who made it so, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(AlertRule, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200)
    reason = models.CharField(max_length=500)
    document = models.JSONField()

    class Meta:
        ordering = ["rule", "-number"]
        constraints = [models.UniqueConstraint(fields=["rule", "number"], name="alert_rule_version_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.number}"


class MaintenanceWindow(models.Model):
    """While somebody works on a device nobody is called. rule None: any; subject and scope empty: everywhere."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(AlertRule, models.PROTECT, null=True, blank=True, related_name="windows")
    subject = models.CharField(max_length=300, blank=True)
    scope = models.CharField(max_length=100, blank=True)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    reason = models.CharField(max_length=500)
    by_label = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-starts_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("starts_at")), name="maintenance_window_has_a_length")
        ]

    def __str__(self) -> str:
        return f"{self.starts_at} – {self.ends_at}"


class EngineState(models.Model):
    """A row of the engine's state: of one rule, one part of it, one subject. `part` −1: that it stands."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule_id = models.UUIDField()
    part = models.SmallIntegerField()
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    content = models.TextField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule_id", "part", "subject"], name="engine_state_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.part} {self.subject}"


class EngineCheckpoint(models.Model):
    """Up to where the engine has followed the broker: one row, written in one transaction with what came of it.

    `owner`: the process that follows now; another that begins takes over, and this one then cannot write any more.
    `conditions`: rule → number of the condition that the state is of.
    """

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    owner = models.UUIDField(null=True)
    last_event = models.BigIntegerField(null=True)
    conditions = models.JSONField(default=dict)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="engine_checkpoint_is_one_row")]

    def __str__(self) -> str:
        return str(self.last_event)


class RefusedReadings(models.Model):
    """How many readings a rule did not compare, and why."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    rule = models.ForeignKey(AlertRule, models.CASCADE, related_name="refused")
    why = models.CharField(max_length=30)
    count = models.PositiveBigIntegerField(default=0)
    last_subject = models.CharField(max_length=300)
    last_at = models.DateTimeField()

    class Meta:
        ordering = ["rule", "why"]
        constraints = [models.UniqueConstraint(fields=["rule", "why"], name="refused_readings_once")]

    def __str__(self) -> str:
        return f"{self.rule_id} {self.why} {self.count}"
