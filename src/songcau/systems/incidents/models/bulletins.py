"""Public bulletins by ward."""

from datetime import datetime

from django.db import models
from django.db.models import F, Q

from songcau.foundation.accounts.models import Versioned
from songcau.kernel.ids import new_id
from songcau.systems.incidents.models.columns import coded
from songcau.systems.incidents.models.incidents import Incident
from songcau.systems.incidents.rules.levels import Level


class BulletinQuerySet(models.QuerySet["Bulletin"]):
    def in_force(self, now: datetime) -> "BulletinQuerySet":
        return self.filter(published_at__isnull=False, withdrawn_at=None, valid_from__lte=now, valid_to__gt=now)


class Bulletin(Versioned):
    """`is_whole_city`: every ward; else those of its rows."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, null=True, related_name="bulletins")
    level = coded(Level, 12)
    title_vi = models.CharField(max_length=200)
    title_en = models.CharField(max_length=200, blank=True)
    text_vi = models.TextField()
    text_en = models.TextField(blank=True)
    is_whole_city = models.BooleanField(default=False)
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField()
    made_at = models.DateTimeField()
    made_by_label = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True)
    published_by_label = models.CharField(max_length=200, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_label = models.CharField(max_length=200, blank=True)
    withdrawal_reason = models.TextField(blank=True)
    is_demo = models.BooleanField(default=False)
    objects = BulletinQuerySet.as_manager()

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(valid_to__gt=F("valid_from")), name="bulletin_ends_after_it_begins"),
        ]
        indexes = [models.Index(fields=["valid_to", "valid_from"], name="bulletin_in_force")]

    def __str__(self) -> str:
        return f"{self.number}"


class BulletinWard(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    bulletin = models.ForeignKey(Bulletin, models.CASCADE, related_name="wards")
    ward_code = models.CharField(max_length=10)
    ward_name = models.CharField(max_length=120)

    class Meta:
        ordering = ["ward_name"]
        constraints = [models.UniqueConstraint(fields=["bulletin", "ward_code"], name="bulletin_ward_once")]

    def __str__(self) -> str:
        return self.ward_name
