"""The report itself. Nothing in this table says who sent it; that stands in `rows.Reporter` alone."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from songcau.foundation.accounts.models import Agency, Versioned, under
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports.models.columns import coded
from songcau.systems.citizen_reports.models.configuration import ApiKey, Category
from songcau.systems.citizen_reports.rules import (
    Channel,
    PlaceDoubt,
    RefusalReason,
    State,
    Urgency,
    amber_at,
    is_open,
    shown_code,
    thrice_due_at,
    words_to_find,
)

VIEW = "citizen_reports.view_reports"
TEXT_LIMIT = 4000
_WITH_THE_CENTRE = (State.NEW, State.ACCEPTED, State.REOPENED)


# What lists are filtered by and figures are made of: in the indexes, so that counting reads no report.
_FACTS = ("received_on", "channel", "state", "urgency", "done_late", "rating", "reopenings", "is_open")
_OPEN_FACTS = (
    *("id", "agency", "amber_at", "black_at", "thrice_due_at", "is_open", "received_at", "received_on"),
    *("ward_code", "category", "channel", "state", "urgency", "officer_id", "latitude", "longitude"),
)


def _found_by(text: str) -> str:
    return " ".join(words_to_find(text))


def sees_everything(actor: Actor) -> bool:
    """Whether `visible_to` leaves nothing out for them."""
    return EVERYWHERE in actor.scopes(VIEW) or _sits_at_the_centre(actor)


def _sits_at_the_centre(actor: Actor) -> bool:
    return Agency.objects.filter(
        path__in=actor.scopes("citizen_reports.moderate"), kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None
    ).exists()


def oversees_the_centre(actor: Actor) -> bool:
    """Whether reports are seen where the centre stands too: who leads the city, and the centre itself."""
    centres = Agency.objects.filter(kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None).filter(
        under(actor.scopes(VIEW), "path")
    )
    return bool(centres.exists())


class ReportQuerySet(models.QuerySet["Report"]):
    def visible_to(self, actor: Actor) -> "ReportQuerySet":
        """Those their agency, or one above it, has; what nobody has yet is seen by the centre and those above it."""
        if sees_everything(actor):
            return self
        # Their agencies by name and not by a join: so the lists of a unit are read from the index of that unit.
        mine = Agency.objects.filter(under(actor.scopes(VIEW), "path")).values_list("pk", flat=True)
        seen = Q(agency__in=list(mine))
        return self.filter(seen | Q(agency=None) if oversees_the_centre(actor) else seen)

    def still_open(self) -> "ReportQuerySet":
        return self.filter(is_open=True)

    def public(self) -> "ReportQuerySet":
        """What everybody may see: published by the centre and not taken back."""
        return self.filter(published_at__isnull=False, withheld=False)

    def late_anywhere(self, now: datetime) -> "ReportQuerySet":
        """Past what was promised, or with the centre past its own term. What waits for the sender is not the centre's
        to hurry, and what follows another report is late with that one.
        """
        with_the_centre = Q(due_at=None, parent=None, state__in=_WITH_THE_CENTRE, verify_due_at__lt=now)
        return self.filter(Q(due_at__lt=now) | with_the_centre, is_open=True)

    def overdue(self, now: datetime) -> "ReportQuerySet":
        # `asked_at` is `due_at` where there is one, and in the index.
        return self.filter(is_open=True, asked_at__lt=now, due_at__lt=now)


class Report(Versioned):
    """What somebody reported, where, and what is being done about it.

    `text` is shown to whoever handles it: contacts in it are masked. `longitude`, `latitude` in degrees (WGS 84) are
    the exact place; `public_longitude`, `public_latitude` what others see. `received_at` starts the one clock there
    is: a report that goes to another agency keeps it, and `first_due_at` keeps the date first promised.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=12, unique=True, editable=False)
    secret_hash = models.CharField(max_length=64, editable=False)
    # Made by the sender: the same report sent again is the same report.
    submission_id = models.UUIDField(unique=True, editable=False)
    state = coded(State, default=State.NEW)
    is_open = models.BooleanField(default=True, editable=False)
    # Here and at the agency: the indexes below begin with it.
    category = models.ForeignKey(Category, models.PROTECT, related_name="reports", db_index=False)
    urgency = coded(Urgency, 10, default=Urgency.NORMAL)
    text = models.TextField(max_length=TEXT_LIMIT)
    answers = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=2, default="vi")
    channel = coded(Channel, 10)
    # The outside system that sent it (Open311): it may ask how its own reports stand.
    api_key = models.ForeignKey(ApiKey, models.PROTECT, null=True, related_name="+")
    is_demo = models.BooleanField(default=False)

    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    public_longitude = models.FloatField(null=True)
    public_latitude = models.FloatField(null=True)
    place_words = models.CharField(max_length=300, blank=True)
    # The ward of the place on the day it was received (places.Unit).
    ward_unit_id = models.UUIDField(null=True)
    ward_code = models.CharField(max_length=10, blank=True)
    ward_name = models.CharField(max_length=120, blank=True)
    place_doubt = coded(PlaceDoubt, 12, blank=True, default="")

    agency = models.ForeignKey(Agency, models.PROTECT, null=True, related_name="+", db_index=False)
    officer_id = models.UUIDField(null=True)
    officer_label = models.CharField(max_length=200, blank=True)
    promise_id = models.UUIDField(null=True)
    received_at = models.DateTimeField()
    # Its day in the city, for sums by days.
    received_on = models.DateField(editable=False)
    verify_due_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    # received_at + 3 × the term: kept, so that a list of a million needs no arithmetic.
    thrice_due_at = models.DateTimeField(null=True)
    # By when something must happen (what was promised, before that the centre's own term), and from when it is amber
    # and black: kept for the same reason.
    asked_at = models.DateTimeField(editable=False)
    amber_at = models.DateTimeField(editable=False)
    black_at = models.DateTimeField(editable=False)
    due_explained = models.JSONField(default=dict, blank=True)
    plan_due_on = models.DateField(null=True)
    plan_text = models.CharField(max_length=1000, blank=True)

    accepted_at = models.DateTimeField(null=True)
    assigned_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    resolved_at = models.DateTimeField(null=True)
    # Resolved after the date it was promised for.
    done_late = models.BooleanField(default=False, editable=False)
    # Reopened: the clock begins anew.
    reopened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    refusal_reason = coded(RefusalReason, 30, blank=True, default="")
    refusal_text = models.CharField(max_length=1000, blank=True)
    closing_text = models.TextField(blank=True)
    waiting_for = models.CharField(max_length=500, blank=True)

    rating = models.PositiveSmallIntegerField(null=True)
    rating_text = models.CharField(max_length=1000, blank=True)
    rated_at = models.DateTimeField(null=True)
    reopened_by_reporter = models.BooleanField(default=False)
    reopenings = models.PositiveSmallIntegerField(default=0)
    parent = models.ForeignKey("self", models.PROTECT, null=True, related_name="children")
    duplicate_of = models.ForeignKey("self", models.PROTECT, null=True, related_name="duplicates")

    # The sender asked that it be shown to nobody but those who handle it.
    is_private = models.BooleanField(default=False)
    published_at = models.DateTimeField(null=True)
    # The text as the public reads it, when the centre shortened it; empty: `text`.
    public_text = models.TextField(blank=True, max_length=TEXT_LIMIT)
    withheld = models.BooleanField(default=False)
    escalation = models.PositiveSmallIntegerField(default=0)
    nudges = models.PositiveSmallIntegerField(default=0)
    nudged_at = models.DateTimeField(null=True)
    search_key = models.TextField(editable=False, blank=True)
    # Of what the public reads, empty while it reads nothing: a search over hidden words would tell them.
    public_search_key = models.TextField(editable=False, blank=True, default="")
    objects = ReportQuerySet.as_manager()

    class Meta:
        ordering = ["-received_at", "-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(longitude=None, latitude=None)
                | Q(longitude__gte=-180, longitude__lte=180, latitude__gte=-90, latitude__lte=90),
                name="report_place_is_on_earth",
            ),
            models.CheckConstraint(condition=Q(rating=None) | Q(rating__gte=1, rating__lte=5), name="report_rating"),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="report_is_not_its_own_parent"),
            models.CheckConstraint(condition=~Q(duplicate_of=F("id")), name="report_is_not_its_own_duplicate"),
            models.CheckConstraint(
                condition=Q(published_at=None) | Q(is_private=False), name="report_private_is_not_published"
            ),
        ]
        indexes = [
            models.Index(fields=["agency", "asked_at", "id"], condition=Q(is_open=True), name="report_worklist"),
            models.Index(fields=["asked_at", *_OPEN_FACTS], condition=Q(is_open=True), name="report_open_by_asked"),
            models.Index(
                fields=["state", "verify_due_at", "id"], condition=Q(is_open=True), name="report_open_by_state"
            ),
            models.Index(
                fields=["officer_label", "officer_id"],
                condition=Q(is_open=True, officer_id__isnull=False),
                name="report_open_by_officer",
            ),
            models.Index(fields=["agency", "-received_at", "ward_code", "category", *_FACTS], name="report_by_agency"),
            models.Index(fields=["state", "received_at"], name="report_by_state"),
            models.Index(
                fields=["category", "-received_at", "ward_code", "agency", *_FACTS], name="report_by_category"
            ),
            models.Index(fields=["ward_code", "-received_at", "category", "agency", *_FACTS], name="report_by_ward"),
            models.Index(fields=["-received_at", "ward_code", "category", "agency", *_FACTS], name="report_by_time"),
            models.Index(fields=["asked_at", "ward_code", "category", "agency", "state"], name="report_by_asked"),
            models.Index(fields=["changed_at"], name="report_by_change"),
            models.Index(
                fields=[
                    *("public_latitude", "public_longitude", "received_at"),
                    *("is_open", "state", "published_at", "withheld", "code"),
                ],
                name="report_by_public_place",
            ),
            models.Index(
                fields=["latitude", "longitude", "received_at", "is_open", "state", "asked_at", "code"],
                name="report_by_place",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: object, **kwargs: object) -> None:
        self.derive()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def derive(self) -> None:
        """Set what follows from the other columns, for rows that are written at once; `save` does it by itself."""
        self.is_open = is_open(State(self.state))
        self.received_on = timezone.localdate(self.received_at)
        self.asked_at = self.due_at or self.verify_due_at
        self.amber_at = amber_at(self.clock_from, self.asked_at)
        self.black_at = thrice_due_at(self.clock_from, self.asked_at)
        self.done_late = bool(self.due_at and self.resolved_at and self.resolved_at > self.due_at)
        self.search_key = _found_by(
            f"{self.code} {shown_code(self.code)} {self.text} {self.place_words} {self.ward_name}"
        )
        shown = f"{self.code} {shown_code(self.code)} {self.shown_text} {self.ward_name}"
        self.public_search_key = _found_by(shown) if self.is_public else ""

    @property
    def clock_from(self) -> datetime:
        """From when the term of now is counted: from the receipt, or from when it was opened again."""
        return self.reopened_at or self.received_at

    @property
    def is_public(self) -> bool:
        """Whether everybody may see it, as `ReportQuerySet.public` picks them."""
        return self.published_at is not None and not self.withheld

    @property
    def shown_text(self) -> str:
        """What the public reads."""
        return self.public_text or self.text
