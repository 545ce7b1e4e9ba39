"""The chain of entries and its head. Database triggers (see `guards.py`) refuse to change or delete an entry."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import models

from songcau.foundation.audit import rules


class Head(models.Model):
    """The end of the chain: one row, locked while an entry is appended, so that entries stand one after another."""

    ONLY = 1

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    sequence = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64, default=rules.FIRST_HASH)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_head_is_one_row")]

    def __str__(self) -> str:
        return f"{self.sequence} {self.hash[:12]}"


class Entry(models.Model):
    """Who did what to which subject, when. `sequence` counts from 1 without gaps."""

    sequence = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField()
    actor_id = models.UUIDField()
    actor_label = models.CharField(max_length=200)
    action = models.CharField(max_length=120)
    subject = models.CharField(max_length=200)
    # Text, not a JSON column: what is signed is these very bytes, and PostgreSQL's jsonb would rewrite numbers.
    details_json = models.TextField()
    trace = models.CharField(max_length=80, blank=True)
    previous_hash = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["-sequence"]
        verbose_name_plural = "entries"
        indexes = [
            models.Index(fields=["actor_id", "-sequence"], name="audit_by_actor"),
            models.Index(fields=["subject", "-sequence"], name="audit_by_subject"),
            models.Index(fields=["action", "-sequence"], name="audit_by_action"),
            models.Index(fields=["at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.sequence} {self.action} {self.subject}"

    @property
    def details(self) -> Mapping[str, Any]:
        """What the action wrote about itself."""
        return dict(json.loads(self.details_json))

    def record(self) -> rules.Record:
        """The signed part of the row."""
        return rules.Record(
            sequence=self.sequence,
            at=self.at,
            actor_id=self.actor_id,
            actor_label=self.actor_label,
            action=self.action,
            subject=self.subject,
            details_json=self.details_json,
            trace=self.trace,
            previous_hash=self.previous_hash,
        )
