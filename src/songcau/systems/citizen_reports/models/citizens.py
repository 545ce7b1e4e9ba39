"""What citizens set up for themselves, and how those who abuse the reports stand."""

from django.db import models
from django.db.models import Q

from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports.models.configuration import Category


class AreaAlert(models.Model):
    """Somebody wants to be told of new public reports in a ward, or around a place (metres)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person_id = models.UUIDField(db_index=True)
    ward_code = models.CharField(max_length=10, blank=True, db_index=True)
    ward_name = models.CharField(max_length=120, blank=True)
    category = models.ForeignKey(Category, models.PROTECT, null=True, blank=True, related_name="+")
    longitude = models.FloatField(null=True)
    latitude = models.FloatField(null=True)
    radius_m = models.PositiveIntegerField(null=True)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["made_at"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(ward_code="") | Q(longitude__isnull=False, latitude__isnull=False, radius_m__isnull=False),
                name="area_alert_has_an_area",
            )
        ]

    def __str__(self) -> str:
        return f"{self.person_id} {self.ward_code}"


class Standing(models.Model):
    """Warnings and blocks of a source of reports, known by a keyed hash only. An appeal is read by the centre."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    source_hash = models.CharField(max_length=64, unique=True)
    warnings = models.PositiveSmallIntegerField(default=0)
    blocked_until = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)
    # The report that was the reason last.
    report_id = models.UUIDField(null=True)
    appeal_text = models.CharField(max_length=2000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["-changed_at"]

    def __str__(self) -> str:
        return self.source_hash[:12]
