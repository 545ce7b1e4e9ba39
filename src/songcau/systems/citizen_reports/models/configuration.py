"""What a city sets up: categories with their terms, routing, outside bodies, other jurisdictions, standard answers."""

from django.db import models
from django.db.models import F, Q

from songcau.foundation.accounts.models import Agency, Versioned
from songcau.foundation.calendar.deadlines import Method
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports.models.columns import coded
from songcau.systems.citizen_reports.rules import BodyKind, OfficeTime, Urgency

CATEGORY_CODE = r"^[A-Z][A-Z0-9_]{1,39}$"


class CategoryQuerySet(models.QuerySet["Category"]):
    def in_use(self) -> "CategoryQuerySet":
        return self.filter(retired_on=None)

    def offered(self) -> "CategoryQuerySet":
        """What a citizen may choose: in use, not internal, and no mere heading over others."""
        headings = Category.objects.filter(parent__isnull=False, retired_on=None).values("parent")
        return self.in_use().filter(is_internal=False).exclude(pk__in=headings)


class Category(Versioned):
    """A kind of matter, with its questions and its time limits. Retired, never deleted: reports name it.

    `questions`: a list of {"key", "kind": TEXT|CHOICE|YES_NO|NUMBER, "label", "label_en", "required", "options":
    [{"value", "label", "label_en"}]}. `verify_hours` in working hours; `term_amount` in the unit of `term_method`.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    parent = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="children")
    name = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    # Words by which it is suggested, one phrase a line.
    keywords = models.TextField(blank=True)
    questions = models.JSONField(default=list, blank=True)
    urgency = coded(Urgency, 10, default=Urgency.NORMAL)
    verify_hours = models.PositiveSmallIntegerField(default=8)
    term_method = coded(Method, 20, default=Method.DAYS)
    term_amount = models.PositiveSmallIntegerField(default=5)
    # Whether reports of it may be published after moderation; internal ones are offered to nobody outside.
    is_public = models.BooleanField(default=True)
    is_internal = models.BooleanField(default=False)
    # What happens at homes: the published point is fuzzed.
    near_homes = models.BooleanField(default=False)
    needs_photo_after = models.BooleanField(default=True)
    retired_on = models.DateField(null=True, blank=True)
    replaced_by = models.ForeignKey("self", models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField(default=100)
    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["order", "code"]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CATEGORY_CODE), name="report_category_code"),
            models.CheckConstraint(condition=Q(term_amount__gte=1), name="report_category_has_a_term"),
            models.CheckConstraint(
                condition=Q(verify_hours__gte=1, verify_hours__lte=400), name="report_category_is_verified"
            ),
            models.CheckConstraint(
                condition=Q(replaced_by=None) | Q(retired_on__isnull=False),
                name="report_category_replaced_when_retired",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="report_category_not_its_own_parent"),
        ]

    def __str__(self) -> str:
        return self.name


class RoutingRule(models.Model):
    """Who gets a report: of a category (None: any), in a ward ("": any), in or outside office hours."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="rules")
    ward_code = models.CharField(max_length=10, blank=True)
    hours = coded(OfficeTime, 10, default=OfficeTime.ANY)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    order = models.PositiveSmallIntegerField(default=100)

    class Meta:
        ordering = ["order", "id"]
        constraints = [
            models.UniqueConstraint(fields=["category", "ward_code", "hours"], name="report_routing_rule_once"),
            models.UniqueConstraint(
                fields=["ward_code", "hours"], condition=Q(category=None), name="report_routing_rule_for_all_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.category_id} {self.ward_code} {self.hours} → {self.agency_id}"


class Jurisdiction(models.Model):
    """Another place that speaks Open311: reports are forwarded to it, or pulled from it, or both.

    `service_map`: its service code → ours for what is pulled; ours → its for what is forwarded, under "out".
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    base_url = models.URLField(max_length=300)
    jurisdiction_id = models.CharField(max_length=100, blank=True)
    api_key_sealed = models.TextField(blank=True)
    forwards = models.BooleanField(default=False)
    pulls = models.BooleanField(default=False)
    service_map = models.JSONField(default=dict, blank=True)
    pulled_until = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class ApiKey(models.Model):
    """With what an outside system sends reports by Open311. Only a hash of it is kept; `hint` is its beginning.

    `is_trusted`: a register that is taken over, whose reports say themselves when they came and how they stand.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    key_hash = models.CharField(max_length=64, unique=True, editable=False)
    hint = models.CharField(max_length=8, editable=False)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, null=True, blank=True, related_name="keys")
    is_trusted = models.BooleanField(default=False)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class OutsideBody(models.Model):
    """An agency that is none of the city's: power, water, telecom. It works its list, or gets reports by Open311."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    agency = models.OneToOneField(Agency, models.PROTECT, related_name="+")
    kind = coded(BodyKind, 12)
    hotline = models.CharField(max_length=30, blank=True)
    jurisdiction = models.ForeignKey(Jurisdiction, models.PROTECT, null=True, blank=True, related_name="bodies")

    class Meta:
        ordering = ["agency__path"]

    def __str__(self) -> str:
        return str(self.agency_id)


class AnswerTemplate(models.Model):
    """A standard text; `{code}`, `{category}`, `{ward}`, `{agency}`, `{due}` are filled in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120, unique=True)
    text = models.TextField()
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    order = models.PositiveSmallIntegerField(default=100)
    retired_on = models.DateField(null=True, blank=True)

    class Meta:
        ordering = ["order", "name"]

    def __str__(self) -> str:
        return self.name
