"""What is done with events: announced in the transaction of their change; dead deliveries replayed or skipped."""

from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError

from songcau.foundation.outbox import reactions
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.payloads import encoded, name_of
from songcau.kernel import clock, trace
from songcau.kernel.actor import Actor

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
