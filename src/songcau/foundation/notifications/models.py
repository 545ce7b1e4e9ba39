"""Notices, their way on each channel, what people chose, and what Zalo needs to be remembered."""

from datetime import datetime, time
from uuid import UUID

from django.db import models
from django.db.models import Q

from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.rules import OPEN, USUAL_QUIET, Channel, Quiet, State, Urgency
from songcau.kernel.ids import new_id


class Notices(models.QuerySet["Notice"]):
    def of(self, person_id: UUID) -> "Notices":
        """Somebody's own, newest first. There is no other way to read them."""
        return self.filter(person_id=person_id).order_by("-created_at", "-id")

    def unread(self) -> "Notices":
        return self.filter(read_at__isnull=True)


class Notice(models.Model):
    """Something a person was told. `params` fill the words of its kind; `link` is a path of this site, or empty."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    person = models.ForeignKey(Person, models.CASCADE, related_name="notices", db_index=False)
    kind = models.CharField(max_length=80)
    params = models.JSONField(default=dict)
    subject = models.CharField(max_length=200)
    link = models.CharField(max_length=500, blank=True)
    key = models.CharField(max_length=160, blank=True)
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = Notices.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "kind", "subject", "key"], name="notice_once"),
        ]
        indexes = [
            models.Index(fields=["person", "-created_at"], name="notice_inbox"),
            models.Index(fields=["person"], condition=Q(read_at__isnull=True), name="notice_unread"),
            models.Index(fields=["created_at"], name="notice_age"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.person_id}"


class Deliveries(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "Deliveries":
        """Those whose time has come and that no worker is at; the longest waiting first."""
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(free, state__in=OPEN, next_at__lte=now).order_by("next_at", "id")

    def companions(self, of: "Delivery", now: datetime) -> "Deliveries":
        """What goes along with a message: the same kind to the same person by the same channel, not sent yet."""
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        same = self.filter(free, person=of.person_id, kind=of.kind, channel=of.channel, state__in=OPEN)
        return same.filter(urgency=Urgency.NORMAL).exclude(pk=of.pk).order_by("id")


class Delivery(models.Model):
    """A notice on its way by one channel. `claim` is the fence of the worker that is sending it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    person = models.ForeignKey(Person, models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=[(c, c) for c in Channel])
    urgency = models.CharField(max_length=10, choices=[(u, u) for u in Urgency])
    state = models.CharField(max_length=10, choices=[(s, s) for s in State], default=State.QUEUED)
    attempts = models.PositiveIntegerField(default=0)
    next_at = models.DateTimeField()
    claim = models.UUIDField(null=True, blank=True)
    claimed_until = models.DateTimeField(null=True, blank=True)
    last_error = models.CharField(max_length=60, blank=True)
    # What the other side calls the message. Messages put together share it.
    message_id = models.CharField(max_length=200, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    simulated = models.BooleanField(default=False)

    objects = Deliveries.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notice", "channel"], name="notice_delivery_once"),
            models.CheckConstraint(
                condition=Q(claim__isnull=True, claimed_until__isnull=True)
                | Q(claim__isnull=False, claimed_until__isnull=False),
                name="notice_delivery_claim_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["next_at", "id"], condition=Q(state__in=OPEN), name="notice_delivery_open"),
            models.Index(fields=["person", "kind", "channel", "-sent_at"], name="notice_delivery_burst"),
            models.Index(fields=["state", "channel"], name="notice_delivery_state"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} → {self.channel}: {self.state}"


class Preference(models.Model):
    """What a person chose for a kind on a channel; without a row the kind decides."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=80)
    channel = models.CharField(max_length=10, choices=[(c, c) for c in Channel])
    is_on = models.BooleanField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["person", "kind", "channel"], name="notice_preference_once")]

    def __str__(self) -> str:
        return f"{self.person_id} {self.kind} {self.channel}: {self.is_on}"


class QuietHours(models.Model):
    """A person's quiet hours, where they differ from the usual ones; equal times: none."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="+")
    begins = models.TimeField(default=time(21))
    ends = models.TimeField(default=time(7))

    def __str__(self) -> str:
        return f"{self.begins:%H:%M}–{self.ends:%H:%M}"

    @property
    def quiet(self) -> Quiet:
        return Quiet(self.begins, self.ends)


def quiet_of(person_id: UUID) -> Quiet:
    """The quiet hours of a person, the usual ones where nothing was chosen."""
    chosen = QuietHours.objects.filter(pk=person_id).first()
    return chosen.quiet if chosen else USUAL_QUIET


class ZaloFollower(models.Model):
    """Which Zalo user a person is, towards our Official Account. Not following: nothing can be sent."""

    person = models.OneToOneField(Person, models.CASCADE, primary_key=True, related_name="zalo")
    user_id = models.CharField(max_length=64, unique=True)
    follows = models.BooleanField(default=True)
    linked_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.person_id}: {'follows' if self.follows else 'does not follow'}"


class ZaloToken(models.Model):
    """The authorisation of the Official Account: one row. Tokens are sealed; a refresh token is good for one use.

    `spending_until`: a worker is exchanging the refresh token. `refused_at`: Zalo took it no more; a person must
    authorise again. `generation` counts the exchanges.
    """

    ONLY = 1
    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY)
    access_token = models.TextField(blank=True)
    refresh_token = models.TextField(blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    generation = models.PositiveIntegerField(default=0)
    spending_until = models.DateTimeField(null=True, blank=True)
    refused_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="zalo_token_is_one")]

    def __str__(self) -> str:
        return f"generation {self.generation}"
