"""What is done with events: announced in the transaction of their change; dead deliveries replayed or skipped."""

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from songcau.foundation.outbox import reactions
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.payloads import encoded, name_of
from songcau.foundation.outbox.permissions import require_replay
from songcau.foundation.outbox.rules import DELIVERY, State
from songcau.kernel import clock, trace
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal

CHANNEL = "songcau_outbox"


def announce(event: object, *, subject: str, by: Actor, idempotency_key: str | None = None) -> None:
    """Store the event and its deliveries in the caller's transaction; workers deliver it after the commit.

    `event` is an instance of a frozen dataclass of some `events.py`. Events of one subject are delivered in the
    order of their commits: from here to the commit nobody else announces about this subject. With an
    `idempotency_key` used before nothing happens (keys are forgotten when old events are purged).
    Raises TransactionManagementError outside of a transaction, TypeError for an event that cannot be stored,
    NotInstalled when the process has no reactions.
    """
    if not transaction.get_connection().in_atomic_block:
        raise TransactionManagementError("an event is announced in the transaction of what it tells about")
    names = reactions.installed().names_for(name_of(type(event)))
    payload = encoded(event)
    _hold_line(subject)
    stored = Event(
        name=name_of(type(event)),
        subject=subject,
        payload=payload,
        actor_id=by.id,
        actor_label=by.label[:200],
        trace=trace.current()[:80],
        at=clock.now(),
        idempotency_key=idempotency_key,
    )
    if not _is_new(stored):
        return
    Delivery.objects.bulk_create(
        Delivery(event=stored, reaction=name, subject=subject, next_at=stored.at) for name in names
    )
    if names and connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"NOTIFY {CHANNEL}")


def _hold_line(subject: str) -> None:
    """Until the commit no other transaction gets a sequence for this subject. SQLite has one writer anyway."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"outbox:{subject}"])


def _is_new(event: Event) -> bool:
    """Insert the event; False when its idempotency key is taken, also by a transaction that commits meanwhile."""
    key = event.idempotency_key
    if key is None:
        event.save(force_insert=True)
        return True
    if Event.objects.filter(idempotency_key=key).exists():
        return False
    try:
        with transaction.atomic():
            event.save(force_insert=True)
    except IntegrityError:
        if Event.objects.filter(idempotency_key=key).exists():
            return False
        raise
    return True


class DeliveryUnknown(Refused):
    """No delivery has this id."""

    code = "DELIVERY_UNKNOWN"


class NotDead(Refused):
    """The delivery is in another state than DEAD, perhaps since somebody else was faster; `state` says which."""

    code = "NOT_DEAD"
    conflict = True


class ReasonMissing(Refused):
    """A delivery is skipped for a reason that can be read later."""

    code = "SKIP_REASON_MISSING"


def replay_delivery(*, by: Actor, delivery_id: int) -> None:
    """Try a dead delivery again, with all its attempts. Raises MayNotReplay, DeliveryUnknown, NotDead."""
    require_replay(by)
    with transaction.atomic():
        delivery = _locked_dead(delivery_id)
        _replay(delivery)
        _record(by, "outbox.replay_delivery", delivery)


def skip_delivery(*, by: Actor, delivery_id: int, reason: str) -> None:
    """Never deliver a dead one, so that its line goes on without it.

    Raises MayNotReplay, DeliveryUnknown, NotDead, ReasonMissing.
    """
    require_replay(by)
    reason = normal(reason)
    if not reason:
        raise ReasonMissing
    with transaction.atomic():
        delivery = _locked_dead(delivery_id)
        delivery.state = DELIVERY.step(State(delivery.state), "skip")
        delivery.finished_at = clock.now()
        delivery.save(update_fields=["state", "finished_at"])
        _wake_line(delivery)
        _record(by, "outbox.skip_delivery", delivery, reason=reason)


def replay_all_dead(*, by: Actor, reaction: str) -> int:
    """Try all dead deliveries of a reaction again; how many. Raises MayNotReplay."""
    require_replay(by)
    with transaction.atomic():
        dead = Delivery.objects.open(State.DEAD).filter(reaction=reaction).order_by("event_id").select_for_update()
        replayed = 0
        for delivery in dead:
            _replay(delivery)
            replayed += 1
        if replayed:
            reactions.installed().record(
                by=by,
                action="outbox.replay_all_dead",
                subject=f"outbox.reaction:{reaction}",
                details={"replayed": replayed},
            )
    return replayed


def _locked_dead(delivery_id: int) -> Delivery:
    delivery = Delivery.objects.select_for_update().filter(pk=delivery_id).first()
    if delivery is None:
        raise DeliveryUnknown(delivery=delivery_id)
    if delivery.state != State.DEAD:
        raise NotDead(delivery=delivery_id, state=delivery.state)
    return delivery


def _replay(delivery: Delivery) -> None:
    delivery.state = DELIVERY.step(State(delivery.state), "replay")
    delivery.attempts = delivery.faults = 0
    delivery.next_at = clock.now()
    delivery.save(update_fields=["state", "attempts", "faults", "next_at"])
    _wake_line(delivery)


def _wake_line(delivery: Delivery) -> None:
    """What was parked behind the dead letter is looked at again."""
    line = Delivery.objects.open(State.WAITING).filter(reaction=delivery.reaction, subject=delivery.subject)
    line.filter(next_at__gt=clock.now(), attempts=0).update(next_at=clock.now())


def _record(by: Actor, action: str, delivery: Delivery, **details: object) -> None:
    reactions.installed().record(
        by=by,
        action=action,
        subject=f"outbox.delivery:{delivery.pk}",
        details={"event": delivery.event_id, "reaction": delivery.reaction, "subject": delivery.subject, **details},
    )
