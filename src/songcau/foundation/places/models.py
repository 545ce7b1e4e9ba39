"""Administrative units, how one continues another, and their outlines, each with the dates in which it holds."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from songcau.foundation.places.rules import Level, Period, Relation
from songcau.kernel.ids import new_id
from songcau.kernel.text import list_key, search_key

# Three hexadecimal digits a letter of the longest name.
ORDER_KEY_LIMIT = 400


class UnitQuerySet(models.QuerySet["Unit"]):
    def in_force(self, on: date) -> "UnitQuerySet":
        """Those that exist on a day."""
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on)


class Unit(models.Model):
    """A province, district or ward in one period of its life. A code is used again by a successor, an id never."""

    class Kind(models.TextChoices):
        """The official title in front of the name."""

        PROVINCE = "PROVINCE"
        CITY = "CITY"
        DISTRICT = "DISTRICT"
        TOWN = "TOWN"
        WARD = "WARD"
        COMMUNE = "COMMUNE"
        TOWNSHIP = "TOWNSHIP"

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    level = models.CharField(max_length=10, choices=[(level, level) for level in Level])
    code = models.CharField(max_length=10)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    short_name = models.CharField(max_length=100)
    parent = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="children")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    area_km2 = models.FloatField(null=True)
    population = models.PositiveIntegerField(null=True)
    population_year = models.PositiveSmallIntegerField(null=True)
    agency_code = models.CharField(max_length=20, blank=True)
    agency_code_inferred = models.BooleanField(default=False)
    profile = models.CharField(max_length=20)
    search_key = models.CharField(max_length=250, editable=False, db_index=True)
    order_key = models.CharField(max_length=ORDER_KEY_LIMIT, editable=False, db_index=True)

    objects = UnitQuerySet.as_manager()

    class Meta:
        ordering = ("level", "code", "valid_from")
        constraints = (
            models.UniqueConstraint(fields=("level", "code", "valid_from"), name="places_unit_once"),
            models.UniqueConstraint(
                fields=("level", "code"), condition=Q(valid_to__isnull=True), name="places_unit_one_in_force"
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="places_unit_period"
            ),
        )

    def __str__(self) -> str:
        return self.name

    def save(self, *args: object, **kwargs: object) -> None:
        self.set_keys()
        super().save(*args, **kwargs)  # type: ignore[arg-type]

    def set_keys(self) -> None:
        """What the unit is found and sorted by, from its name: `save` does it, and who stores many at once."""
        self.search_key = search_key(self.name)
        self.order_key = list_key(self.name, ORDER_KEY_LIMIT)

    @property
    def period(self) -> Period:
        return Period(self.valid_from, self.valid_to)


class Succession(models.Model):
    """`successor` continues `predecessor`: many to many, since units merge and split."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    predecessor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="continued_by")
    successor = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="continues")
    relation = models.CharField(max_length=15, choices=[(relation, relation) for relation in Relation])

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("predecessor", "successor"), name="places_succession_once"),
            models.CheckConstraint(condition=~Q(predecessor=F("successor")), name="places_succession_of_another"),
        )

    def __str__(self) -> str:
        return f"{self.predecessor_id} → {self.successor_id}"


class BoundaryQuerySet(models.QuerySet["Boundary"]):
    def in_force(self, on: date) -> "BoundaryQuerySet":
        """Those that hold on a day, as is known today."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=on), valid_from__lte=on, superseded_at__isnull=True
        )


class Boundary(models.Model):
    """An outline of a unit (GeoJSON Polygon or MultiPolygon, WGS 84). None is deleted: a better one supersedes it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="boundaries")
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)
    geometry = models.JSONField()
    area_km2 = models.FloatField()
    source = models.CharField(max_length=200)
    approximate = models.BooleanField(default=False)
    recorded_at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True)

    objects = BoundaryQuerySet.as_manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("unit",),
                condition=Q(valid_to__isnull=True, superseded_at__isnull=True),
                name="places_boundary_one_in_force",
            ),
            models.CheckConstraint(
                condition=Q(valid_to__isnull=True) | Q(valid_to__gt=F("valid_from")), name="places_boundary_period"
            ),
        )
        indexes = (models.Index(fields=("unit", "valid_from"), name="places_boundary_by_unit"),)

    def __str__(self) -> str:
        return f"{self.unit_id} {self.valid_from}"

    @property
    def period(self) -> Period:
        return Period(self.valid_from, self.valid_to)


class Revision(models.Model):
    """One row, changed with every change of units or boundaries, so that each process knows its index is old."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    number = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)
