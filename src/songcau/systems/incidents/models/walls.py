"""Saved arrangements of the operations centre's big screens."""

from django.db import models

from songcau.foundation.accounts.models import Agency, Versioned
from songcau.kernel.ids import new_id


class Wall(Versioned):
    """`arrangement` as `rules.walls.arrangement` reads it. Walls of one owner turn in the order of their position."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    owner_agency = models.ForeignKey(Agency, models.PROTECT, related_name="+")
    name = models.CharField(max_length=120)
    arrangement = models.JSONField()
    rotation_seconds = models.PositiveIntegerField(default=0)
    position = models.PositiveSmallIntegerField(default=0)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["position", "name", "id"]
        constraints = [models.UniqueConstraint(fields=["owner_agency", "name"], name="wall_name_once")]

    def __str__(self) -> str:
        return self.name
