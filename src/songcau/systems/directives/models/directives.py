"""The directive itself, and the agencies that support it."""

from django.db import models
from django.db.models import Q

from songcau.foundation.accounts.models import Agency, Versioned, under
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.ids import new_id
from songcau.kernel.text import search_key
from songcau.systems.directives.models.columns import coded
from songcau.systems.directives.rules import (
    ADDRESS_LIMIT,
    CONTENT_LIMIT,
    LABEL_LIMIT,
    TITLE_LIMIT,
    WHOLE,
    SourceKind,
    State,
    Told,
)

VIEW, GIVE, DRAFT = "directives.view", "directives.give", "directives.draft"


def drafts_for_everybody(actor: Actor) -> bool:
    """Whether they draft at the operations centre's desk."""
    scopes = actor.scopes(DRAFT)
    centres = Agency.objects.filter(path__in=scopes, kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None)
    return EVERYWHERE in scopes or centres.exists()


def sees_everything(actor: Actor) -> bool:
    """Whether `visible_to` leaves nothing out for them: who sees the whole city, and the operations centre's desk."""
    return EVERYWHERE in actor.scopes(VIEW) or drafts_for_everybody(actor)


class DirectiveQuerySet(models.QuerySet["Directive"]):
    def visible_to(self, actor: Actor) -> "DirectiveQuerySet":
        """What was given to an agency of theirs, as leading or supporting, or by one where they lead; own drafts.

        A draft is not for the agency it would be given to.
        """
        if sees_everything(actor):
            return self
        mine = list(Agency.objects.filter(under(actor.scopes(VIEW), "path")).values_list("pk", flat=True))
        led = list(Agency.objects.filter(under(actor.scopes(GIVE), "path")).values_list("pk", flat=True))
        supported = Supporting.objects.filter(agency__in=mine).values("directive")
        given = Q(given_at__isnull=False) & (Q(lead__in=mine) | Q(pk__in=supported))
        return self.filter(given | Q(giver_agency__in=led) | Q(drafter_id=actor.id))

    def given(self) -> "DirectiveQuerySet":
        """Drafts, and what never became more, left out."""
        return self.filter(given_at__isnull=False)

    def at_work(self) -> "DirectiveQuerySet":
        return self.filter(state__in=[State.GIVEN, State.IN_PROGRESS])

    def of_agencies(self, scopes: tuple[str, ...]) -> "DirectiveQuerySet":
        """Those that agencies under these paths lead or support."""
        mine = Agency.objects.filter(under(scopes, "path")).values("pk")
        supported = Supporting.objects.filter(agency__in=mine).values("directive")
        return self.given().filter(Q(lead__in=mine) | Q(pk__in=supported))


class Numbering(models.Model):
    """The last number given out in a year; its row is held while one is given."""

    year = models.PositiveSmallIntegerField(primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.year}: {self.last}"


class Directive(Versioned):
    """A task given by a leader: what, to whom, by when, how far it is.

    `giver_agency` is the agency in whose name it is given: whoever leads there decides on it later. `first_due_at`
    keeps the date first given; each later one stands in `Deadline`. What it came from is another system's: a plain id.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=20, unique=True, editable=False)
    # Made by the sender: the same directive sent again is the same one.
    submission_id = models.UUIDField(unique=True, editable=False)
    state = coded(State, default=State.DRAFT)
    title = models.CharField(max_length=TITLE_LIMIT)
    content = models.TextField(max_length=CONTENT_LIMIT)
    is_urgent = models.BooleanField(default=False)
    is_demo = models.BooleanField(default=False)
    source_kind = coded(SourceKind, default=SourceKind.BY_HAND)
    source_id = models.UUIDField(null=True)
    source_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    source_address = models.CharField(max_length=ADDRESS_LIMIT, blank=True)

    giver_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    giver_id = models.UUIDField(null=True)
    giver_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    drafter_id = models.UUIDField(null=True)
    drafter_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    lead = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    officer_id = models.UUIDField(null=True)
    officer_label = models.CharField(max_length=LABEL_LIMIT, blank=True)
    percent = models.PositiveSmallIntegerField(default=0)

    # What was asked for: a term in working days, or an instant.
    term_days = models.PositiveSmallIntegerField(null=True)
    wanted_due_at = models.DateTimeField(null=True)
    promise_id = models.UUIDField(null=True)
    drafted_at = models.DateTimeField()
    given_at = models.DateTimeField(null=True)
    first_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    # From when its end is near: kept, so that lists and the schedule need no arithmetic.
    soon_at = models.DateTimeField(null=True)
    due_explained = models.JSONField(default=dict, blank=True)
    told = coded(Told, default=Told.NOTHING)
    started_at = models.DateTimeField(null=True)
    reported_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()
    sent_back = models.PositiveSmallIntegerField(default=0)
    nudged_at = models.DateTimeField(null=True)
    search_key = models.TextField(editable=False, blank=True)
    objects = DirectiveQuerySet.as_manager()

    class Meta:
        ordering = ["-drafted_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(percent__lte=WHOLE), name="directive_percent"),
            models.CheckConstraint(
                condition=Q(given_at=None, due_at=None, first_due_at=None, soon_at=None)
                | Q(given_at__isnull=False, due_at__isnull=False, first_due_at__isnull=False, soon_at__isnull=False),
                name="directive_given_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["DRAFT", "REFUSED", "WITHDRAWN"]) | Q(given_at__isnull=False),
                name="directive_at_work_was_given",
            ),
            models.CheckConstraint(
                condition=Q(term_days=None, wanted_due_at__isnull=False)
                | Q(term_days__isnull=False, wanted_due_at=None),
                name="directive_has_a_term_or_a_date",
            ),
        ]
        indexes = [
            models.Index(fields=["lead", "state", "due_at"], name="directive_by_lead"),
            models.Index(fields=["giver_agency", "state"], name="directive_by_giver"),
            models.Index(fields=["state", "due_at"], name="directive_by_due"),
            models.Index(fields=["-given_at"], name="directive_by_time"),
            models.Index(fields=["source_kind", "source_id"], name="directive_by_source"),
        ]

    def __str__(self) -> str:
        return self.code

    def save(self, *args: object, **kwargs: object) -> None:
        self.search_key = search_key(f"{self.code} {self.title} {self.content} {self.source_label}")
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    @property
    def was_moved(self) -> bool:
        """Whether another date holds than the first."""
        return self.due_at != self.first_due_at


class Supporting(models.Model):
    """An agency that helps the leading one."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    directive = models.ForeignKey(Directive, models.PROTECT, related_name="supporting")
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    contributed_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["agency__order_key", "id"]
        constraints = [models.UniqueConstraint(fields=["directive", "agency"], name="directive_supported_once")]

    def __str__(self) -> str:
        return f"{self.directive_id} {self.agency_id}"
