"""Playbooks: who does what within how many minutes. Copied into an incident when it opens."""

from django.db import models

from songcau.foundation.accounts.models import Versioned
from songcau.kernel.ids import new_id
from songcau.systems.incidents.models.columns import coded
from songcau.systems.incidents.rules.incidents import Kind


class Playbook(Versioned):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    code = models.CharField(max_length=40, unique=True)
    kind = coded(Kind, 14)
    name_vi = models.CharField(max_length=200)
    name_en = models.CharField(max_length=200, blank=True)
    retired_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField()

    class Meta:
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class PlaybookItem(models.Model):
    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    playbook = models.ForeignKey(Playbook, models.CASCADE, related_name="items")
    position = models.PositiveSmallIntegerField()
    role = models.CharField(max_length=120)
    minutes = models.PositiveIntegerField()
    text_vi = models.CharField(max_length=500)
    text_en = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["position", "id"]

    def __str__(self) -> str:
        return f"{self.playbook_id} {self.position}"
