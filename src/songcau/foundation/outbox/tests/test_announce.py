"""Announcing: with the change, in order, once per key, or refused at once."""

from dataclasses import dataclass
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

from songcau.foundation.outbox import reactions
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.reactions import Reaction
from songcau.kernel.actor import SYSTEM


@dataclass(frozen=True)
class LampBroke:
    """Test event."""

    lamp: str


@dataclass(frozen=True)
class Unstorable:
    thing: object


def ignore(event: object, facts: object) -> None: ...


@pytest.fixture
def two_reactions() -> None:
    pair = [Reaction(LampBroke, ignore, "a"), Reaction(LampBroke, ignore, "b")]
    reactions.install(pair, (), record=lambda **_: None)


@pytest.mark.django_db(transaction=True)
def test_announcing_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        announce(LampBroke("1"), subject="lamp:1", by=SYSTEM)


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("two_reactions")
def test_an_event_goes_with_its_transaction() -> None:
    with transaction.atomic():
        announce(LampBroke("1"), subject="lamp:1", by=SYSTEM)
        transaction.set_rollback(True)
    assert not Event.objects.exists()
    with transaction.atomic():
        announce(LampBroke("2"), subject="lamp:2", by=SYSTEM)
    assert sorted(Delivery.objects.values_list("reaction", "subject", "state")) == [
        ("a", "lamp:2", "WAITING"),
        ("b", "lamp:2", "WAITING"),
    ]


@pytest.mark.django_db
@pytest.mark.usefixtures("two_reactions")
def test_a_second_announcement_with_the_same_key_is_nothing() -> None:
    for _ in range(2):
        announce(LampBroke("1"), subject="lamp:1", by=SYSTEM, idempotency_key="k")
    assert Event.objects.count() == 1
    assert Delivery.objects.count() == 2


@pytest.mark.django_db
def test_an_event_that_cannot_be_stored_is_a_type_error_naming_the_field() -> None:
    with pytest.raises(TypeError, match=r"Unstorable\.thing: object"):
        announce(Unstorable(object()), subject="x:1", by=SYSTEM)
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.usefixtures("two_reactions")
def test_a_key_that_another_transaction_takes_meanwhile_is_nothing(monkeypatch) -> None:
    announce(LampBroke("1"), subject="lamp:1", by=SYSTEM, idempotency_key="k")
    right, asked = QuerySet.exists, []

    def blind_at_first(rows: QuerySet) -> bool:
        asked.append(rows)
        return len(asked) > 1 and right(rows)

    monkeypatch.setattr(QuerySet, "exists", blind_at_first)
    announce(LampBroke("1"), subject="lamp:2", by=SYSTEM, idempotency_key="k")
    assert len(asked) == 2
    assert Event.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.usefixtures("two_reactions")
def test_another_breach_of_a_constraint_is_not_taken_for_a_known_key(monkeypatch) -> None:
    monkeypatch.setattr(Event._meta.get_field("identifier"), "_get_default", lambda: UUID(int=5))
    announce(LampBroke("1"), subject="lamp:1", by=SYSTEM, idempotency_key="k")
    with pytest.raises(IntegrityError):
        announce(LampBroke("1"), subject="lamp:1", by=SYSTEM, idempotency_key="l")


@pytest.mark.django_db
def test_an_event_nobody_reacts_to_is_stored_all_the_same() -> None:
    announce(LampBroke("1"), subject="lamp:1", by=SYSTEM)
    assert (Event.objects.count(), Delivery.objects.count()) == (1, 0)
