"""How a person signs in without a password of ours: what providers vouch for, and codes sent to telephones.

Names point at `Person` by text, so that `models` can import this file.
"""

from datetime import datetime

from django.db import models
from django.db.models import Q

from songcau.foundation.accounts.sign_on.rules import LONGEST_SUBJECT, Assurance
from songcau.kernel import clock
from songcau.kernel.ids import new_id

PHONE_PROVIDER = "phone"
LEVELS = [(level.value, level.name) for level in Assurance]


class Identity(models.Model):
    """An account of a person at a provider, or a telephone number; the key is what the provider calls the subject."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey("accounts.Person", models.PROTECT, related_name="identities")
    # The provider's code in the settings; `phone` for a telephone number.
    provider = models.CharField(max_length=40)
    subject = models.CharField(max_length=LONGEST_SUBJECT)
    # The highest level there ever was; the session knows the present one. The rest is of the last sign-in.
    assurance = models.PositiveSmallIntegerField(choices=LEVELS)
    full_name = models.CharField(max_length=150, blank=True, default="")
    birth = models.CharField(max_length=10, blank=True, default="")
    phone = models.CharField(max_length=16, blank=True, default="")
    # A keyed hash of the personal identity number; the number itself is not kept.
    number_hash = models.CharField(max_length=64, blank=True, default="", db_index=True)
    linked_at = models.DateTimeField(default=clock.now, editable=False)
    last_used_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["linked_at"]
        verbose_name_plural = "identities"
        constraints = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_is_one_persons"),
            models.CheckConstraint(condition=~Q(subject=""), name="identity_has_a_subject"),
            models.CheckConstraint(
                condition=Q(birth__regex=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$"),
                name="identity_birth_is_as_exact_as_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.provider} – {self.person_id}"


class PhoneCodeQuerySet(models.QuerySet["PhoneCode"]):
    def since(self, at: datetime) -> "PhoneCodeQuerySet":
        return self.filter(asked_at__gt=at)


class PhoneCode(models.Model):
    """A code that was asked for. Number, address and code stand here as keyed hashes only; a day later not even so."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    phone_hash = models.CharField(max_length=64)
    address_hash = models.CharField(max_length=64)
    code_hash = models.CharField(max_length=64)
    asked_at = models.DateTimeField(default=clock.now, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True, blank=True)
    objects = PhoneCodeQuerySet.as_manager()

    class Meta:
        ordering = ["-asked_at"]
        indexes = [
            models.Index(fields=["phone_hash", "asked_at"], name="phone_code_by_phone"),
            models.Index(fields=["address_hash", "asked_at"], name="phone_code_by_address"),
        ]

    def __str__(self) -> str:
        return f"code of {self.asked_at:%Y-%m-%d %H:%M}"
