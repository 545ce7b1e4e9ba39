"""Claims, fences, lines, failures."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, transaction

from songcau.foundation.outbox import delivery, reactions
from songcau.foundation.outbox.delivery import claim_next, deliver, park_behind_dead_letters, release_lost_leases
from songcau.foundation.outbox.models import Delivery, Event
from songcau.foundation.outbox.reactions import Carrier, Reaction
from songcau.foundation.outbox.rules import State
from songcau.foundation.outbox.tests.happenings import LampBroke, broke, collected, ignore, installing, reacting
from songcau.kernel import clock, trace
from songcau.kernel.actor import SYSTEM
from songcau.kernel.errors import Refused, Unavailable

pytestmark = pytest.mark.django_db(transaction=True)


def drained(limit: int = 100) -> list[State | None]:
    """Deliver until nothing is ready; the states that came of it."""
    states = []
    while (claimed := claim_next("w")) and len(states) < limit:
        states.append(deliver(claimed))
    return states


def later(seconds: float):
    return clock.frozen(clock.now() + timedelta(seconds=seconds))


def an_effect() -> None:
    Event.objects.create(name="effect", subject="e", payload={}, actor_id=SYSTEM.id, actor_label="", at=clock.now())


def failing(error: Exception):
    def handle(event: object, facts: object) -> None:
        an_effect()
        raise error

    return handle


def test_events_are_delivered_in_order_with_their_facts() -> None:
    told = []
    reacting(lambda event, facts: told.append((event, facts, trace.current())))
    with trace.tracing("t-9"):
        broke("1", "1", "1")
    assert drained() == [State.DELIVERED] * 3
    assert [facts.sequence for _, facts, _ in told] == sorted(facts.sequence for _, facts, _ in told)
    event, facts, traced = told[0]
    assert event == LampBroke("1")
    assert (facts.name, facts.subject, facts.attempt, facts.trace, traced) == (
        "tests.LampBroke", "lamp:1", 1, "t-9", "t-9",
    )  # fmt: skip
    assert facts.idempotency_key == f"{facts.event_id}:lamps.note"
    stored = Delivery.objects.first()
    assert stored.finished_at is not None
    assert (stored.claim, stored.claimed_until) == (None, None)


def test_an_empty_outbox_gives_nothing_to_claim() -> None:
    assert claim_next("w") is None


def test_a_subject_waits_for_its_earlier_event_and_others_do_not() -> None:
    with collected() as seen:
        broke("1", "1", "2")
        first = claim_next("a")
        second = claim_next("b")
        assert (first.subject, second.subject) == ("lamp:1", "lamp:2")
        assert claim_next("c") is None
        deliver(second)
        assert claim_next("c") is None
        deliver(first)
        assert drained() == [State.DELIVERED]
    assert seen == ["2", "1", "1"]


def test_what_may_take_long_holds_nothing_quick_up() -> None:
    """A thread that takes what is quick first takes the rest when there is nothing else; the other takes what comes."""
    installing(Reaction(LampBroke, ignore, "a.slow", is_slow=True), Reaction(LampBroke, ignore, "quick"))
    broke("1", "2", "3")
    first = claim_next("w")
    assert first is not None
    assert first.reaction == "a.slow"
    preferring = [claim_next("w", quick_first=True) for _ in range(6)]
    assert [one.reaction if one else None for one in preferring] == ["quick"] * 3 + ["a.slow"] * 2 + [None]
    reacting(ignore)
    assert claim_next("w", quick_first=True) is None


def test_one_reaction_does_not_wait_for_another() -> None:
    installing(Reaction(LampBroke, failing(ValueError()), "a"), Reaction(LampBroke, ignore, "b"))
    broke("1", "1")
    drained()
    assert Delivery.objects.filter(reaction="b", state=State.DELIVERED).count() == 2
    assert Delivery.objects.filter(reaction="a", state=State.WAITING).count() == 2


def test_a_handler_that_raises_leaves_no_effect_and_is_tried_again_later() -> None:
    reacting(failing(ValueError("Nguyễn Văn A, 0912 345 678")))
    broke("1")
    assert drained() == [State.WAITING]
    stored = Delivery.objects.get()
    assert (stored.attempts, stored.faults, stored.last_error) == (1, 1, "ValueError")
    assert not Event.objects.filter(name="effect").exists()
    assert claim_next("w") is None
    with later(5):
        assert claim_next("w").attempts == 2


def test_a_bug_dies_after_eight_attempts_and_holds_its_subject() -> None:
    reacting(failing(ValueError()))
    broke("1", "1")
    states = []
    for n in range(10):
        with later(400 * n):
            states += drained()
    assert states == [State.WAITING] * 7 + [State.DEAD]
    assert Delivery.objects.filter(state=State.WAITING, attempts=0).count() == 1


class Other: ...


class Down(Unavailable):
    code = "DOWN"


class Wrong(Refused):
    code = "WRONG"


@pytest.mark.parametrize(
    ("error", "faults", "code"),
    [
        (Down(host="secret"), 0, "Down DOWN"),
        (OperationalError("disk"), 0, "OperationalError"),
        (Wrong(name="secret"), 1, "Wrong WRONG"),
        (KeyError("secret"), 1, "KeyError"),
    ],
)
def test_outages_and_bugs_are_told_apart_and_no_text_is_kept(error: Exception, faults: int, code: str) -> None:
    reacting(failing(error))
    broke("1")
    drained()
    stored = Delivery.objects.get()
    assert (stored.faults, stored.last_error, stored.state) == (faults, code, State.WAITING)


def test_a_reaction_or_event_that_is_no_longer_known_dies_with_a_clear_code() -> None:
    reacting(ignore)
    broke("1")
    installing()
    drained()
    assert Delivery.objects.get().last_error == "ReactionUnknown REACTION_UNKNOWN"
    installing(Reaction(Other, ignore, "lamps.note"))
    with later(10):
        drained()
    assert Delivery.objects.get().last_error == "EventUnknown EVENT_UNKNOWN"
    for n in range(1, 8):
        with later(400 * n):
            drained()
    assert Delivery.objects.get().state == State.DEAD


def test_a_payload_that_no_longer_fits_is_told_by_its_code() -> None:
    reacting(ignore)
    broke("1")
    Event.objects.update(payload={"lamp": 5})
    drained()
    assert Delivery.objects.get().last_error == "PAYLOAD_UNREADABLE"


def test_a_worker_that_hung_past_its_lease_loses_its_effects() -> None:
    ran = []

    def slow(event: object, facts: reactions.DeliveryFacts) -> None:
        an_effect()
        ran.append(facts.attempt)

    reacting(slow)
    broke("1")
    hung = claim_next("hung", lease_seconds=1)
    with later(2):
        assert release_lost_leases() == 1
        taken = claim_next("other")
        assert deliver(taken) is State.DELIVERED
    assert deliver(hung) is None
    assert ran == [2, 1]
    assert Event.objects.filter(name="effect").count() == 1
    assert Delivery.objects.get().state == State.DELIVERED


def test_a_failure_of_a_lost_claim_changes_nothing() -> None:
    reacting(failing(ValueError()))
    broke("1")
    hung = claim_next("hung", lease_seconds=1)
    with later(2):
        release_lost_leases()
        again = claim_next("other")
    assert deliver(hung) is None
    stored = Delivery.objects.get()
    assert (stored.state, stored.claim, stored.faults) == (State.CLAIMED, again.claim, 1)


def test_a_lease_that_ended_but_was_not_taken_is_still_ours() -> None:
    with collected() as seen:
        broke("1")
        late = claim_next("late", lease_seconds=1)
        with later(60):
            assert deliver(late) is State.DELIVERED
    assert seen == ["1"]


def test_a_running_lease_is_left_alone() -> None:
    reacting(ignore)
    broke("1")
    claim_next("w", lease_seconds=30)
    assert release_lost_leases() == 0
    assert claim_next("x") is None


def test_what_kills_its_worker_eight_times_is_a_dead_letter() -> None:
    reacting(ignore)
    broke("1")
    for n in range(8):
        with later(n * 100):
            assert claim_next("w", lease_seconds=1) is not None
        with later(n * 100 + 2):
            assert release_lost_leases() == 1
    stored = Delivery.objects.get()
    assert (stored.state, stored.last_error) == (State.DEAD, "LEASE_EXPIRED")


def test_a_reaction_may_ask_for_a_longer_lease() -> None:
    reacting(ignore, lease_seconds=600)
    broke("1")
    with clock.frozen(clock.now() + timedelta(seconds=1)):
        assert claim_next("w", lease_seconds=1).claimed_until == clock.now() + timedelta(seconds=600)


def test_a_handler_for_the_outside_runs_outside_of_a_transaction() -> None:
    inside = []
    reacting(lambda event, facts: inside.append(connection.in_atomic_block), outside=True)
    broke("1")
    assert drained() == [State.DELIVERED]
    assert inside == [False]


def test_a_carrier_gets_every_event_but_the_outbox_own() -> None:
    carried = []
    installing(carriers=[Carrier("far", lambda facts: carried.append((facts.name, facts.payload)))])
    broke("1")
    with transaction.atomic():
        from songcau.foundation.outbox.actions import announce
        from songcau.foundation.outbox.events import JobDue

        announce(JobDue("x", clock.now()), subject="outbox.job:x", by=SYSTEM)
    assert Delivery.objects.filter(reaction="far").count() == 1
    drained()
    assert carried == [("tests.LampBroke", {"lamp": "1"})]


def test_what_waits_behind_a_dead_letter_is_looked_away_from_and_nothing_else() -> None:
    reacting(ignore)
    broke("1", "1", "1", "2")
    Delivery.objects.filter(pk=Delivery.objects.order_by("event_id").first().pk).update(state=State.DEAD)
    now = clock.now()
    assert park_behind_dead_letters() == 2
    assert park_behind_dead_letters() == 0
    assert Delivery.objects.filter(next_at__gt=now, subject="lamp:1", state=State.WAITING).count() == 2
    assert drained() == [State.DELIVERED]


def test_an_unknown_state_or_half_a_claim_cannot_be_stored() -> None:
    from django.db import IntegrityError

    reacting(ignore)
    broke("1")
    for wrong in ({"state": "LOST"}, {"state": "CLAIMED"}, {"state": "DELIVERED"}, {"finished_at": clock.now()}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Delivery.objects.update(**wrong)


def test_facts_are_frozen() -> None:
    reacting(ignore)
    broke("1")
    facts = delivery.facts_of(claim_next("w"))
    assert replace(facts, attempt=2).idempotency_key == facts.idempotency_key
