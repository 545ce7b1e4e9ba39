"""Incidents and what hangs on them: wards, entities, checklist, timeline, review."""

from django.db import models
from django.db.models import Q

from songcau.foundation.accounts.models import Agency, Versioned
from songcau.kernel.actor import Actor
from songcau.kernel.ids import new_id
from songcau.kernel.text import search_key
from songcau.systems.incidents.models.columns import coded
from songcau.systems.incidents.models.reach import own_agencies, own_wards, sees_all
from songcau.systems.incidents.rules.incidents import EntryKind, Kind, State
from songcau.systems.incidents.rules.levels import Level, rank_of


class IncidentQuerySet(models.QuerySet["Incident"]):
    def visible_to(self, actor: Actor) -> "IncidentQuerySet":
        """The centre and who stands above it: all. Others: those that their agencies lead or support, or in their
        wards.
        """
        if sees_all(actor):
            return self
        mine = own_agencies(actor)
        wards = IncidentWard.objects.filter(ward_code__in=own_wards(actor)).values("incident")
        supported = Incident.supporting.through.objects.filter(agency_id__in=mine).values("incident_id")
        return self.filter(Q(lead_agency__in=mine) | Q(pk__in=supported) | Q(pk__in=wards))

    def underway(self) -> "IncidentQuerySet":
        """Those that somebody works on: neither resolved nor closed."""
        return self.filter(is_underway=True)


class Incident(Versioned):
    """`area`: a GeoJSON polygon in WGS 84, or nothing; the wards stand in rows of their own."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    title = models.CharField(max_length=200)
    kind = coded(Kind, 14)
    level = coded(Level, 12)
    level_rank = models.PositiveSmallIntegerField(editable=False)
    state = coded(State, 16, default=State.OPEN)
    is_underway = models.BooleanField(default=True, editable=False)
    description = models.TextField(blank=True)
    place_words = models.CharField(max_length=300, blank=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    area = models.JSONField(null=True)
    lead_agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+")
    supporting = models.ManyToManyField(Agency, related_name="+", blank=True)
    # The playbook it was opened with, and its name of then.
    playbook_id = models.UUIDField(null=True)
    playbook_name = models.CharField(max_length=200, blank=True)
    is_demo = models.BooleanField(default=False)
    began_at = models.DateTimeField()
    opened_at = models.DateTimeField()
    opened_by_label = models.CharField(max_length=200, blank=True)
    controlled_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    reopenings = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()
    search_key = models.TextField(editable=False, blank=True)
    objects = IncidentQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="incident_place_is_on_earth",
            ),
        ]
        indexes = [
            models.Index(fields=["level_rank", "-number"], condition=Q(is_underway=True), name="incident_underway"),
            models.Index(fields=["state", "-number"], name="incident_by_state"),
        ]

    def __str__(self) -> str:
        return f"#{self.number}"

    def save(self, *args: object, **kwargs: object) -> None:
        self.level_rank = rank_of(self.level)
        self.is_underway = self.state in (State.OPEN, State.UNDER_CONTROL)
        self.search_key = search_key(f"#{self.number} {self.number} {self.title} {self.description} {self.place_words}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]


class IncidentWard(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.CASCADE, related_name="wards")
    ward_code = models.CharField(max_length=10)
    ward_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["ward_name"]
        constraints = [models.UniqueConstraint(fields=["incident", "ward_code"], name="incident_ward_once")]
        indexes = [models.Index(fields=["ward_code"], name="incident_by_ward")]

    def __str__(self) -> str:
        return self.ward_name


class IncidentSubject(models.Model):
    """An entity of the live city that it is about. The name stays when the entity is deleted there."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="subjects")
    entity_id = models.CharField(max_length=300)
    last_name = models.CharField(max_length=300)
    seen_at = models.DateTimeField()
    # Since when the live city knows it no more.
    gone_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["last_name", "id"]
        constraints = [models.UniqueConstraint(fields=["incident", "entity_id"], name="incident_subject_once")]

    def __str__(self) -> str:
        return self.last_name


class ChecklistItem(models.Model):
    """Copied from the playbook: a playbook changed later changes no incident."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="checklist")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=120)
    text_vi = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500, blank=True)
    due_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True)
    done_by_label = models.CharField(max_length=200, blank=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.position}"


class EntryIsImmutable(TypeError):
    """A line of the timeline is written once: an error in the programme."""


class IncidentEntry(models.Model):
    """A line of the timeline, written once. `happened_at` as who writes says; `at` when it was written."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="entries")
    at = models.DateTimeField()
    happened_at = models.DateTimeField()
    kind = coded(EntryKind, 12)
    # For lines that songcau writes: which step or change.
    step = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    params = models.JSONField(default=dict, blank=True)
    by_label = models.CharField(max_length=200, blank=True)
    agency_name = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["happened_at", "at", "id"]
        indexes = [models.Index(fields=["incident", "happened_at"], name="incident_timeline")]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.kind} {self.step}"

    def save(self, *args: object, **kwargs: object) -> None:
        if not self._state.adding:
            raise EntryIsImmutable
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def delete(self, *_args: object, **_kwargs: object) -> tuple[int, dict[str, int]]:
        raise EntryIsImmutable


class IncidentFile(models.Model):
    """An attachment: `upload_id` until it is taken in, then `file_id` (files.FileLink)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="files")
    upload_id = models.UUIDField(unique=True)
    file_id = models.UUIDField(null=True)
    name = models.CharField(max_length=250)
    # Why it could not be taken in: a code.
    refusal = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.name


class Review(models.Model):
    """What was learnt, written after it was resolved; a later one replaces the words, and the timeline tells so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    incident = models.OneToOneField(Incident, models.PROTECT, related_name="review")
    what_happened = models.TextField()
    went_well = models.TextField()
    to_improve = models.TextField()
    measures = models.TextField(blank=True)
    at = models.DateTimeField()
    by_label = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        return str(self.incident_id)
