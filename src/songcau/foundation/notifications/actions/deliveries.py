"""What administrators do with messages that were given up, and what time does with old notices."""

from datetime import timedelta
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.notifications.events import NoticeRetried
from songcau.foundation.notifications.models import Delivery, Notice
from songcau.foundation.notifications.permissions import require_manage, require_retry
from songcau.foundation.notifications.rules import NOTICE, Channel, State
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused

KEPT_FOR = timedelta(days=365)
RETRIED_AT_ONCE = 1000
PURGED_AT_ONCE = 1000


class DeliveryGone(Refused):
    """No message has this id."""

    code = "NOTICE_DELIVERY_GONE"


class NotGivenUp(Refused):
    """The message is in another state, perhaps since somebody else was faster."""

    code = "NOT_GIVEN_UP"
    conflict = True


@transaction.atomic
def retry_delivery(*, by: Actor, delivery_id: UUID) -> None:
    """Try a message again, with all its attempts. Raises MayNotRetryDeliveries, DeliveryGone, NotGivenUp."""
    require_retry(by)
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise DeliveryGone
    if delivery.state != State.GIVEN_UP:
        raise NotGivenUp
    _retry(by, delivery)


@transaction.atomic
def retry_all_given_up(*, by: Actor, channel: Channel) -> int:
    """Try again what was given up on a channel, the newest thousand; how many. Raises MayNotRetryDeliveries."""
    require_retry(by)
    given_up = Delivery.objects.filter(channel=channel, state=State.GIVEN_UP).order_by("-next_at", "id")
    found = list(given_up.select_for_update()[:RETRIED_AT_ONCE])
    for delivery in found:
        _retry(by, delivery)
    return len(found)


def _retry(by: Actor, delivery: Delivery) -> None:
    delivery.state = NOTICE.step(State(delivery.state), "retry")
    delivery.attempts, delivery.next_at, delivery.last_error = 0, clock.now(), ""
    delivery.save(update_fields=["state", "attempts", "next_at", "last_error"])
    subject = f"notifications.delivery:{delivery.pk}"
    record_entry(by=by, action="notifications.retry_delivery", subject=subject, details={"channel": delivery.channel})
    announce(NoticeRetried(delivery.notice_id), subject=subject, by=by)


@transaction.atomic
def purge_old_notices(*, by: Actor) -> int:
    """Delete notices older than a year, a thousand a call; how many. They are copies of what their subject tells."""
    require_manage(by)
    old = Notice.objects.filter(created_at__lt=clock.now() - KEPT_FOR).order_by("created_at")
    ids = list(old.values_list("pk", flat=True)[:PURGED_AT_ONCE])
    Notice.objects.filter(pk__in=ids).delete()
    return len(ids)
