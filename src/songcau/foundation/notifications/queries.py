"""What can be asked: one's own notices, and how the channels are."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Max, Min, Q, QuerySet

from songcau.foundation.notifications.adapters.port import Readiness
from songcau.foundation.notifications.models import Delivery, Notice, Preference, ZaloToken
from songcau.foundation.notifications.permissions import require_view
from songcau.foundation.notifications.readiness import readiness_of
from songcau.foundation.notifications.rules import OPEN, OUTSIDE, Channel, State
from songcau.kernel.actor import Actor


def unread_count(person_id: UUID) -> int:
    return Notice.objects.filter(person_id=person_id).unread().count()


def inbox(by: Actor) -> QuerySet[Notice]:
    """One's own notices, newest first."""
    return Notice.objects.of(by.id)


def choices_of(person_id: UUID) -> dict[tuple[str, Channel], bool]:
    """What the person chose, (kind, channel) → wanted; what is not there is as the kind has it."""
    rows = Preference.objects.filter(person_id=person_id)
    return {(row.kind, Channel(row.channel)): row.is_on for row in rows}


def deliveries(by: Actor) -> QuerySet[Delivery]:
    """What went, or should go, out of the house. Raises MayNotViewDeliveries."""
    require_view(by)
    return Delivery.objects.filter(channel__in=OUTSIDE).select_related("person", "notice")


@dataclass(frozen=True, slots=True)
class ChannelFacts:
    """How a channel is. `failing`: how many were tried in vain and are tried again."""

    channel: Channel
    readiness: Readiness
    waiting: int
    held: int
    failing: int
    given_up: int
    oldest_at: datetime | None
    last_sent_at: datetime | None
    last_error: str


def channel_facts(by: Actor) -> tuple[ChannelFacts, ...]:
    """Every way out of the house. Raises MayNotViewDeliveries."""
    require_view(by)
    rows = Delivery.objects.filter(channel__in=OUTSIDE).order_by()
    counted = rows.values("channel").annotate(
        waiting=Count("pk", filter=Q(state=State.QUEUED)),
        held=Count("pk", filter=Q(state=State.HELD)),
        failing=Count("pk", filter=Q(state=State.FAILED)),
        given_up=Count("pk", filter=Q(state=State.GIVEN_UP)),
        oldest=Min("notice__created_at", filter=Q(state__in=OPEN)),
        last=Max("sent_at"),
    )
    found = {row["channel"]: dict(row) for row in counted}
    return tuple(_facts(channel, found.get(channel, {})) for channel in OUTSIDE)


def _facts(channel: Channel, row: dict[str, object]) -> ChannelFacts:
    failed = Delivery.objects.filter(channel=channel, state=State.FAILED).order_by("-next_at")
    number = {name: row.get(name) or 0 for name in ("waiting", "held", "failing", "given_up")}
    return ChannelFacts(
        channel=channel,
        readiness=readiness_of(channel),
        oldest_at=row.get("oldest"),  # type: ignore[arg-type]
        last_sent_at=row.get("last"),  # type: ignore[arg-type]
        last_error=failed.values_list("last_error", flat=True).first() or "",
        **number,  # type: ignore[arg-type]
    )


@dataclass(frozen=True, slots=True)
class ZaloFacts:
    """The authorisation of the Official Account, without its tokens."""

    authorised: bool
    refused_at: datetime | None
    expires_at: datetime | None
    changed_at: datetime | None


def zalo_facts(by: Actor) -> ZaloFacts:
    """Raises MayNotViewDeliveries."""
    require_view(by)
    row = ZaloToken.objects.filter(pk=ZaloToken.ONLY).first()
    if row is None:
        return ZaloFacts(authorised=False, refused_at=None, expires_at=None, changed_at=None)
    return ZaloFacts(bool(row.refresh_token), row.refused_at, row.expires_at, row.changed_at)
