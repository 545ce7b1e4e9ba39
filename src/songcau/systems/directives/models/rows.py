"""What hangs on a directive: the dates that held, extensions asked for, the timeline, files."""

from django.db import models
from django.db.models import Q

from songcau.foundation.accounts.models import Agency
from songcau.kernel.ids import new_id
from songcau.systems.directives.models.columns import coded
from songcau.systems.directives.models.directives import Directive
from songcau.systems.directives.rules import (
    LABEL_LIMIT,
    NOTE_LIMIT,
    WHOLE,
    DeadlineKind,
    EvidenceState,
    ExtensionState,
)


class Deadline(models.Model):
    """A date that holds, or held: the first one stays in sight with every later one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    directive = models.ForeignKey(Directive, models.PROTECT, related_name="deadlines")
    kind = coded(DeadlineKind)
    due_at = models.DateTimeField()
    set_at = models.DateTimeField()
    by_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    reason = models.CharField(max_length=NOTE_LIMIT, blank=True)

    class Meta:
        ordering = ["set_at", "id"]

    def __str__(self) -> str:
        return f"{self.directive_id} {self.kind}"


class Extension(models.Model):
    """More time asked for, and what came of it. `decided_due_at`: the date that was approved."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    directive = models.ForeignKey(Directive, models.PROTECT, related_name="extensions")
    state = coded(ExtensionState, default=ExtensionState.ASKED)
    due_before = models.DateTimeField()
    wanted_due_at = models.DateTimeField()
    reason = models.CharField(max_length=NOTE_LIMIT)
    asked_at = models.DateTimeField()
    by_id = models.UUIDField(null=True)
    by_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    decided_due_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=LABEL_LIMIT, blank=True)
    answer = models.CharField(max_length=NOTE_LIMIT, blank=True)

    class Meta:
        ordering = ["asked_at", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["directive"], condition=Q(state="ASKED"), name="directive_one_extension_waits"
            )
        ]

    def __str__(self) -> str:
        return f"{self.directive_id} {self.state}"


class Entry(models.Model):
    """A line of the timeline. `percent`: how far it was then. `agency` is whose line it is, where it is a report."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    directive = models.ForeignKey(Directive, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    step = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    percent = models.PositiveSmallIntegerField(null=True)
    params = models.JSONField(default=dict, blank=True)
    by_id = models.UUIDField(null=True, db_index=True)
    by_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["directive", "at"], name="directive_timeline")]
        constraints = [
            models.CheckConstraint(condition=Q(percent=None) | Q(percent__lte=WHOLE), name="directive_entry_percent")
        ]

    def __str__(self) -> str:
        return f"{self.directive_id} {self.step}"


class Evidence(models.Model):
    """A picture or document that came with a report. `file_id` is the file (files.FileLink) once it was taken in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    directive = models.ForeignKey(Directive, models.PROTECT, related_name="evidence")
    entry = models.ForeignKey(Entry, models.PROTECT, related_name="evidence")
    upload_id = models.UUIDField(unique=True)
    file_id = models.UUIDField(null=True)
    state = coded(EvidenceState, default=EvidenceState.WAITING)
    refusal = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=200)
    is_picture = models.BooleanField(default=False)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["state", "at"], name="directive_evidence_state")]

    def __str__(self) -> str:
        return f"{self.directive_id} {self.name}"
