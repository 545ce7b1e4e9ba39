"""What hangs on a report: who sent it (a table of its own), pictures, the timeline, checks, links to other systems."""

from django.db import models
from django.db.models import Q

from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports.models.columns import coded
from songcau.systems.citizen_reports.models.configuration import Jurisdiction
from songcau.systems.citizen_reports.models.reports import Report
from songcau.systems.citizen_reports.rules import (
    AttachmentKind,
    AttachmentState,
    BlurState,
    Direction,
    LinkState,
    Verdict,
    Visibility,
)


class Reporter(models.Model):
    """Who sent a report. Read by the centre's desk alone, through `actions.look_at_reporter`; nothing links back here.

    Its id is what logs, events and files know instead of the person (`permissions.reporter_actor`).
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.OneToOneField(Report, models.PROTECT, related_name="+")
    # The account it was sent from (accounts.Person); None without one.
    person_id = models.UUIDField(null=True, db_index=True)
    name = models.CharField(max_length=120, blank=True)
    phone = models.CharField(max_length=16, blank=True)
    email = models.EmailField(blank=True)
    hide_name = models.BooleanField(default=True)
    keeps_original = models.BooleanField(default=False)
    # What was typed, where contacts were masked in the report's own text.
    text_as_sent = models.TextField(blank=True)
    # Keyed hash of the account, telephone or address it came from, for limits on abuse.
    source_hash = models.CharField(max_length=64, blank=True, db_index=True)
    made_at = models.DateTimeField()
    forgotten_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["source_hash", "made_at"], name="reporter_pace")]

    def __str__(self) -> str:
        return str(self.id)


class Attachment(models.Model):
    """A picture or film of a report. `file_id` is the cleaned file (files.FileLink) once it was taken in.

    `boxes`: a list of {"x", "y", "width", "height", "kind"} in parts of the picture, blurred in the public copy.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="attachments")
    kind = coded(AttachmentKind, 10)
    upload_id = models.UUIDField(unique=True, null=True)
    file_id = models.UUIDField(null=True)
    state = coded(AttachmentState, 10, default=AttachmentState.WAITING)
    refusal = models.CharField(max_length=40, blank=True)
    # Where an outside system has it, until it was fetched.
    source_url = models.URLField(max_length=1000, blank=True)
    is_picture = models.BooleanField(default=True)
    by_reporter = models.BooleanField(default=True)
    public_file_id = models.UUIDField(null=True, db_index=True)
    blur_state = coded(BlurState, 10, default=BlurState.NONE)
    boxes = models.JSONField(default=list, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["blur_state", "at"], name="report_picture_review")]
        constraints = [
            models.CheckConstraint(
                condition=Q(public_file_id=None) | Q(blur_state="APPROVED"), name="report_picture_public_if_approved"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.kind}"


class Entry(models.Model):
    """A line of the timeline. `by_label` names an official, an agency or "reporter"; never a citizen."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    step = models.CharField(max_length=40)
    visibility = coded(Visibility, 10)
    text = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    agency_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["report", "at"], name="report_timeline")]

    def __str__(self) -> str:
        return f"{self.report_id} {self.step}"


class AddressPace(models.Model):
    """How many reports came from one address in its latest minute and hour. The address is a keyed hash, kept a day.

    Written with the report itself, so that counting costs no write of its own; minutes and hours are counted from 1970.
    """

    address_hash = models.CharField(max_length=64, primary_key=True)
    minute = models.BigIntegerField()
    in_minute = models.PositiveIntegerField()
    hour = models.BigIntegerField()
    in_hour = models.PositiveIntegerField()

    class Meta:
        indexes = [models.Index(fields=["hour"], name="report_pace_hour")]

    def __str__(self) -> str:
        return f"{self.in_minute} {self.in_hour}"


class SpotCheck(models.Model):
    """A closed report drawn for a leader to look at again."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.OneToOneField(Report, models.PROTECT, related_name="spot_check")
    chosen_at = models.DateTimeField()
    verdict = coded(Verdict, 6, blank=True, default="")
    note = models.CharField(max_length=1000, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-chosen_at"]

    def __str__(self) -> str:
        return str(self.report_id)


class OutsideLink(models.Model):
    """A report that another jurisdiction has too, under its own number."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    report = models.ForeignKey(Report, models.PROTECT, related_name="links")
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, related_name="links")
    direction = coded(Direction, 4)
    state = coded(LinkState, 10)
    remote_id = models.CharField(max_length=120, blank=True)
    token = models.CharField(max_length=120, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.CharField(max_length=300, blank=True)
    remote_status = models.CharField(max_length=20, blank=True)
    remote_notes = models.TextField(blank=True)
    remote_updated_at = models.DateTimeField(null=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["jurisdiction", "remote_id"], condition=~Q(remote_id=""), name="report_link_remote_once"
            ),
            models.UniqueConstraint(fields=["report", "jurisdiction"], name="report_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.report_id} {self.direction} {self.remote_id}"
