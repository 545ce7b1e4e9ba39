"""The worker's part: claims what is due, hands it to its channel, stores the end.

A claim is a short transaction (rows that another worker is at are skipped), which counts the attempt and writes a
fence and a lease. The message is sent outside of any transaction, and its end is written where the fence still
stands. A worker that dies in between leaves a lease that runs out: the message is sent again. At least once, then;
twice only after such a death, or when a server died after taking the message.
"""

import random
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import override

from songcau.foundation.notifications import rendering, rules
from songcau.foundation.notifications.adapters.port import (
    ChannelAway,
    Message,
    MessageRejected,
    Readiness,
    Receipt,
)
from songcau.foundation.notifications.channels import port_of
from songcau.foundation.notifications.kinds import known
from songcau.foundation.notifications.models import Delivery, ZaloFollower, quiet_of
from songcau.foundation.notifications.readiness import readiness_of
from songcau.foundation.notifications.rules import NOTICE, SHORT, Channel, State, Urgency
from songcau.kernel import clock

log = structlog.get_logger(__name__)

# Longer than a message can take: each channel has a limit for the whole of one (`LONGEST_SECONDS`, `WHOLE_SECONDS`),
# and what is left over is for names that are looked up slowly and for addresses tried one after another.
LEASE = timedelta(minutes=5)
# What is left after this long is taken up by the next run.
BUDGET_SECONDS = 45.0
MOST_TOGETHER = 50
TOLD_IN_FULL = 20
NOT_FOLLOWING = "NOT_FOLLOWING"


@dataclass(frozen=True, slots=True)
class Claimed:
    """One message: a notice, or several of one kind for one person, on one channel."""

    claim: UUID
    deliveries: tuple[Delivery, ...]

    @property
    def leader(self) -> Delivery:
        return self.deliveries[0]


def send_due(among: Collection[UUID] = (), *, seconds: float = BUDGET_SECONDS) -> int:
    """Send what is due, of these notices or of all, until nothing is or the time is over; how many messages."""
    until, sent = time.monotonic() + seconds, 0
    while time.monotonic() < until and (claimed := claim_next(among)) is not None:
        send(claimed)
        sent += 1
    return sent


def claim_next(among: Collection[UUID] = ()) -> Claimed | None:
    """Claim the next message; None when nothing is due. What falls into its person's quiet hours is held instead."""
    now = clock.now()
    due = Delivery.objects.due(now)
    if among:
        due = due.filter(notice_id__in=among)
    while True:
        # SQLite's transactions are writers from their first statement: who only looks does not open one.
        if not connection.features.has_select_for_update and not due.exists():
            return None
        with transaction.atomic():
            leader = due.select_for_update(skip_locked=True, of=("self",)).select_related("notice", "person").first()
            if leader is None:
                return None
            if not _held(leader, now):
                return _claimed(leader, now)


def _held(delivery: Delivery, now: datetime) -> bool:
    """Hold what may not go now; let go what was held and may."""
    if delivery.state == State.HELD:
        delivery.state = NOTICE.step(State.HELD, "release")
    urgency, zone = Urgency(delivery.urgency), settings.SONGCAU.time_zone
    until = rules.held_until(now, quiet_of(delivery.person_id), urgency, zone)
    if until is None:
        return False
    delivery.state, delivery.next_at = NOTICE.step(State(delivery.state), "hold"), until
    delivery.save(update_fields=["state", "next_at"])
    return True


def _claimed(leader: Delivery, now: datetime) -> Claimed:
    together = [leader]
    if leader.urgency == Urgency.NORMAL:
        with_it = Delivery.objects.companions(leader, now).select_for_update(skip_locked=True, of=("self",))
        together += with_it.select_related("notice", "person")[:MOST_TOGETHER]
    claim = uuid4()
    for delivery in together:
        if delivery.state == State.HELD:
            delivery.state = NOTICE.step(State.HELD, "release")
        delivery.attempts += 1
        delivery.claim, delivery.claimed_until = claim, now + LEASE
        delivery.save(update_fields=["state", "attempts", "claim", "claimed_until"])
    return Claimed(claim, tuple(together))


def send(claimed: Claimed) -> None:
    """Hand a claimed message to its channel, and store how it ended."""
    leader = claimed.leader
    channel = Channel(leader.channel)
    words = log.bind(
        channel=leader.channel, kind=leader.kind, attempt=leader.attempts, together=len(claimed.deliveries)
    )
    try:
        receipt = port_of(channel).send(message_of(claimed))
    except MessageRejected as error:
        _fail(claimed, error.reason, may_help=False)
        if error.reason == NOT_FOLLOWING:
            ZaloFollower.objects.filter(person_id=leader.person_id).update(follows=False)
        words.warning("notice.rejected", reason=error.reason)
    except ChannelAway as error:
        _fail(claimed, error.reason, may_help=True)
        words.warning("notice.failed", reason=error.reason)
    except Exception as error:  # a bug with one message must not hold back the others
        _fail(claimed, f"BUG {type(error).__name__}"[:60], may_help=True)
        words.exception("notice.bug")
    else:
        _succeed(claimed, receipt, simulated=readiness_of(channel) is Readiness.SIMULATED)
        words.info("notice.sent")


def message_of(claimed: Claimed) -> Message:
    """The message in the person's language; only e-mail says what has happened. Raises MessageRejected."""
    leader, count = claimed.leader, len(claimed.deliveries)
    channel, language = Channel(leader.channel), rendering.language_of(leader.person)
    link = rendering.address_of(leader.notice_id) if count == 1 else rendering.inbox_address()
    to = _address(leader)
    with override(language):
        text = ("", (rendering.short(leader.kind, count),)) if channel in SHORT else _in_full(claimed)
    return Message(to=to, title=text[0], lines=text[1], link=link, language=language, key=str(leader.pk))


def _in_full(claimed: Claimed) -> tuple[str, tuple[str, ...]]:
    texts = [rendering.full(one.kind, one.notice.params) for one in claimed.deliveries[:TOLD_IN_FULL]]
    if len(claimed.deliveries) == 1:
        return texts[0].title, (texts[0].body,)
    return rendering.several(claimed.leader.kind, len(claimed.deliveries)), tuple(text.title for text in texts)


def _address(delivery: Delivery) -> str:
    person, kind = delivery.person, known(delivery.kind)
    if not person.is_active and not (kind is not None and kind.to_closed_accounts):
        raise MessageRejected("ACCOUNT_CLOSED")
    found = {Channel.EMAIL: person.email, Channel.SMS: person.phone}.get(Channel(delivery.channel))
    if found is None:
        found = ZaloFollower.objects.filter(person=person, follows=True).values_list("user_id", flat=True).first()
    if not found:
        raise MessageRejected("NO_ADDRESS")
    return str(found)


def _succeed(claimed: Claimed, receipt: Receipt, *, simulated: bool) -> None:
    step = "confirm" if receipt.delivered else "send"
    now = clock.now()

    def end(delivery: Delivery) -> None:
        delivery.state = NOTICE.step(State(delivery.state), step)
        delivery.message_id, delivery.sent_at = receipt.message_id[:200], now
        delivery.last_error, delivery.simulated = "", simulated

    _finish(claimed, end)


def _fail(claimed: Claimed, reason: str, *, may_help: bool) -> None:
    jitter = random.random()  # noqa: S311 - spreads retries, guards nothing

    def end(delivery: Delivery) -> None:
        delivery.state, delivery.next_at = rules.after_failure(
            State(delivery.state), delivery.attempts, may_help=may_help, now=clock.now(), jitter=jitter
        )
        delivery.last_error = reason

    _finish(claimed, end)


def _finish(claimed: Claimed, end: Callable[[Delivery], None]) -> None:
    with transaction.atomic():
        ours = list(Delivery.objects.filter(claim=claimed.claim).select_for_update())
        for delivery in ours:
            end(delivery)
            delivery.claim = delivery.claimed_until = None
            delivery.save()
    if len(ours) < len(claimed.deliveries):
        log.warning("notice.claim_lost", expected=len(claimed.deliveries), found=len(ours))
