"""One delivery from claim to end.

A claim is a short transaction that writes a new fence value and a lease into the row. The end is written only
where that value still stands, in the same transaction as the handler's own effects: a worker that hung past its
lease finds the fence moved and loses its effects, so they happen exactly once.
"""

import random
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import uuid4

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import Exists

from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.events import DeliveryDied
from songcau.foundation.outbox.models import Deliveries, Delivery
from songcau.foundation.outbox.payloads import PayloadUnreadable, decoded, name_of
from songcau.foundation.outbox.reactions import DeliveryFacts, Registry, installed
from songcau.foundation.outbox.rules import (
    DELIVERY,
    Failures,
    State,
    after_failure,
    after_lost_lease,
)
from songcau.kernel import clock, trace
from songcau.kernel.actor import SYSTEM
from songcau.kernel.errors import Anticipated, Unavailable

log = structlog.get_logger(__name__)

OUTAGES = (Unavailable, OperationalError, InterfaceError)
# How long what stands behind a dead letter is not looked at; replaying or skipping wakes it at once.
PARKED_FOR = timedelta(seconds=60)
LEASE_EXPIRED = "LEASE_EXPIRED"


class ClaimLost(Exception):
    """The lease ended and the delivery is no longer ours; what its handler wrote is rolled back."""


class ReactionUnknown(Exception):
    """No reaction of this name is installed."""

    code = "REACTION_UNKNOWN"


class EventUnknown(Exception):
    """No installed reaction names this event."""

    code = "EVENT_UNKNOWN"


def claim_next(worker: str, lease_seconds: int | None = None, *, quick_first: bool = False) -> Delivery | None:
    """Claim the next delivery that is ready, for `worker`; None when there is none.

    quick_first: one that may take long only when nothing else is ready, so that an alert is not told of behind a
    hundred pictures.
    """
    slow = installed().slow if quick_first else ()
    if slow and (claimed := _claim(worker, lease_seconds, slow)) is not None:
        return claimed
    return _claim(worker, lease_seconds, ())


def _claim(worker: str, lease_seconds: int | None, passed_over: Collection[str]) -> Delivery | None:
    now = clock.now()
    # SQLite's transactions are writers from their first statement: an idle worker only reads.
    if not connection.features.has_select_for_update and not _ready(now, passed_over).exists():
        return None
    with transaction.atomic():
        ready = _ready(now, passed_over).select_for_update(skip_locked=True, of=("self",))
        claimed = ready.select_related("event").first()
        if claimed is None:
            return None
        wanted = installed().lease_seconds(claimed.reaction, claimed.event.payload)
        lease = wanted or lease_seconds or settings.SONGCAU.outbox_lease_seconds
        claimed.state = DELIVERY.step(State(claimed.state), "claim")
        claimed.attempts += 1
        claimed.claim = uuid4()
        claimed.claimed_by = worker
        claimed.claimed_until = now + timedelta(seconds=lease)
        claimed.save(update_fields=["state", "attempts", "claim", "claimed_by", "claimed_until"])
    return claimed


def _ready(now: datetime, passed_over: Collection[str]) -> Deliveries:
    rows = Delivery.objects.ready(now)
    return rows.exclude(reaction__in=passed_over) if passed_over else rows


def deliver(claimed: Delivery) -> State | None:
    """Hand a claimed delivery to its reaction and store the end; the new state, or None when the claim was lost.

    Raises only what the database raises when not even the failure can be stored; the lease mends that.
    """
    words = log.bind(event_name=claimed.event.name, reaction=claimed.reaction, attempt=claimed.attempts)
    with trace.tracing(claimed.event.trace or str(claimed.event.identifier)):
        try:
            _handle(claimed, installed())
        except ClaimLost:
            words.warning("outbox.claim_lost")
            return None
        except Exception as error:  # a handler may raise anything: it is stored, and tried again
            return _fail(claimed, error, words)
    words.debug("outbox.delivered")
    return State.DELIVERED


def facts_of(delivery: Delivery) -> DeliveryFacts:
    """What a handler is told."""
    event = delivery.event
    return DeliveryFacts(
        event_id=event.identifier,
        sequence=event.sequence,
        name=event.name,
        subject=event.subject,
        payload=event.payload,
        at=event.at,
        actor_id=event.actor_id,
        actor_label=event.actor_label,
        trace=event.trace,
        reaction=delivery.reaction,
        attempt=delivery.attempts,
    )


def _handle(claimed: Delivery, registry: Registry) -> None:
    facts = facts_of(claimed)
    if carrier := registry.carriers.get(claimed.reaction):
        carrier.carry(facts)
        _finish(claimed)
        return
    reaction = registry.reactions.get(claimed.reaction)
    if reaction is None:
        raise ReactionUnknown
    event_class = registry.events.get(facts.name)
    if event_class is None:
        raise EventUnknown
    event = decoded(event_class, facts.payload)
    if reaction.outside:
        reaction.handle(event, facts)
        _finish(claimed)
        return
    with transaction.atomic():
        reaction.handle(event, facts)
        _finish(claimed)


def _ours(claimed: Delivery) -> Deliveries:
    return Delivery.objects.filter(pk=claimed.pk, state=State.CLAIMED, claim=claimed.claim)


def _finish(claimed: Delivery) -> None:
    state = DELIVERY.step(State.CLAIMED, "deliver")
    ended = {"claim": None, "claimed_until": None, "last_error": ""}
    if not _ours(claimed).update(state=state, finished_at=clock.now(), **ended):
        raise ClaimLost


def _fail(claimed: Delivery, error: Exception, words: structlog.stdlib.BoundLogger) -> State | None:
    is_outage = isinstance(error, OUTAGES)
    faults = claimed.faults + (not is_outage)
    jitter = random.random()  # noqa: S311 - spreads retries, guards nothing
    state, next_at = after_failure(
        Failures(claimed.attempts, faults), is_outage=is_outage, now=clock.now(), jitter=jitter
    )
    code = code_of(error)
    with transaction.atomic():
        kept = _ours(claimed).update(
            state=state, next_at=next_at, faults=faults, claim=None, claimed_until=None, last_error=code
        )
        if kept and state is State.DEAD:
            _tell_of_death(claimed)
    words.warning("outbox.failed", error=code, state=str(state) if kept else "CLAIM_LOST")
    return state if kept else None


def _tell_of_death(delivery: Delivery) -> None:
    """Announce a dead letter; that of such an announcement itself is told to nobody, or it would go on for ever."""
    name = delivery.event.name
    if name != name_of(DeliveryDied):
        died = DeliveryDied(delivery.pk, delivery.reaction, name)
        announce(died, subject=f"outbox.delivery:{delivery.pk}", by=SYSTEM)


def code_of(error: Exception) -> str:
    """The type of an error and its code where it has one: never its text, which may hold personal data."""
    code = error.code if isinstance(error, Anticipated | ReactionUnknown | EventUnknown) else ""
    name = "PAYLOAD_UNREADABLE" if isinstance(error, PayloadUnreadable) else type(error).__name__
    return f"{name} {code}".strip()[:160]


def release_lost_leases() -> int:
    """Give deliveries whose lease ended back to the line, or to the dead letters; how many there were."""
    now = clock.now()
    expired = Delivery.objects.open(State.CLAIMED).filter(claimed_until__lt=now)
    if not expired.exists():
        return 0
    released = 0
    with transaction.atomic():
        for lost in expired.select_related("event").select_for_update(skip_locked=True, of=("self",)):
            lost.faults += 1
            lost.state = after_lost_lease(Failures(lost.attempts, lost.faults))
            lost.next_at, lost.last_error = now, LEASE_EXPIRED
            log.warning("outbox.lease_expired", reaction=lost.reaction, worker=lost.claimed_by, state=str(lost.state))
            lost.claim = lost.claimed_until = None
            lost.save(update_fields=["state", "faults", "next_at", "last_error", "claim", "claimed_until"])
            if lost.state == State.DEAD:
                _tell_of_death(lost)
            released += 1
    return released


def park_behind_dead_letters() -> int:
    """Look away for a while from what cannot be claimed, so that a long line behind a dead letter slows nobody."""
    now = clock.now()
    held = Exists(Delivery.objects.earlier_in_line().filter(state=State.DEAD))
    blocked = Delivery.objects.open(State.WAITING).filter(held, next_at__lte=now)
    return blocked.update(next_at=now + PARKED_FOR) if blocked.exists() else 0
