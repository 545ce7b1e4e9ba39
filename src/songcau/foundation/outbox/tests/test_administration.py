"""Replaying, skipping, and what can be asked."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from songcau.foundation.outbox import queries, words
from songcau.foundation.outbox.actions import (
    DeliveryUnknown,
    NotDead,
    ReasonMissing,
    replay_all_dead,
    replay_delivery,
    skip_delivery,
)
from songcau.foundation.outbox.delivery import claim_next, deliver, park_behind_dead_letters
from songcau.foundation.outbox.jetstream import NatsUnavailable
from songcau.foundation.outbox.models import Delivery, WorkerBeat
from songcau.foundation.outbox.permissions import MayNotReplay, MayNotViewOutbox
from songcau.foundation.outbox.reactions import Job, Reaction
from songcau.foundation.outbox.rules import State, every
from songcau.foundation.outbox.tests.happenings import LampBroke, broke, ignore, installing
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, Actor, Grant

pytestmark = pytest.mark.django_db
CLERK = Actor(id=uuid4(), label="Clerk", grants=(Grant(frozenset({"outbox.view"}), "/"),))
KEEPER = Actor(id=uuid4(), label="Keeper", grants=(Grant(frozenset({"outbox.view", "outbox.replay"}), "/"),))


@pytest.fixture
def recorded() -> list[dict[str, Any]]:
    """What was handed to the audit log; `tests/foundation` tries the real one."""
    return []


@pytest.fixture
def dead(recorded: list[dict[str, Any]]) -> Delivery:
    """A dead letter with two behind it, parked; and a delivery of another subject."""
    installing(Reaction(LampBroke, ignore, "lamps.note"), record=lambda **entry: recorded.append(entry))
    first = broke("1", "1", "1", "2")[0]
    Delivery.objects.filter(pk=first.pk).update(state=State.DEAD, attempts=8, faults=8, last_error="KeyError")
    park_behind_dead_letters()
    return first


def drained() -> list[int]:
    done = []
    while claimed := claim_next("w"):
        deliver(claimed)
        done.append(claimed.event_id)
    return done


def test_a_replayed_letter_goes_first_and_its_line_follows(dead: Delivery, recorded: list) -> None:
    replay_delivery(by=KEEPER, delivery_id=dead.pk)
    events = sorted(Delivery.objects.values_list("event_id", flat=True))
    done = drained()
    assert sorted(done) == events
    assert [e for e in done if e in events[:3]] == events[:3]
    (entry,) = recorded
    assert (entry["action"], entry["by"]) == ("outbox.replay_delivery", KEEPER)
    assert entry["subject"] == f"outbox.delivery:{dead.pk}"
    assert entry["details"] == {"event": dead.event_id, "reaction": "lamps.note", "subject": "lamp:1"}


def test_a_replayed_letter_has_all_its_attempts_again(dead: Delivery) -> None:
    replay_delivery(by=KEEPER, delivery_id=dead.pk)
    dead.refresh_from_db()
    assert (dead.state, dead.attempts, dead.faults) == (State.WAITING, 0, 0)


def test_a_skipped_letter_is_never_delivered_and_its_line_goes_on(dead: Delivery, recorded: list) -> None:
    skip_delivery(by=KEEPER, delivery_id=dead.pk, reason="  the lamp is  gone ")
    assert dead.event_id not in drained()
    assert Delivery.objects.filter(state=State.DELIVERED).count() == 3
    dead.refresh_from_db()
    assert dead.state == State.SKIPPED
    assert dead.finished_at is not None
    assert recorded[0]["details"]["reason"] == "the lamp is gone"


def test_replaying_all_of_a_reaction(dead: Delivery, recorded: list) -> None:
    assert replay_all_dead(by=KEEPER, reaction="other") == 0
    assert recorded == []
    assert replay_all_dead(by=KEEPER, reaction="lamps.note") == 1
    assert len(drained()) == 4
    assert [entry["details"] for entry in recorded] == [{"replayed": 1}]


def test_what_administrators_are_refused(dead: Delivery) -> None:
    with pytest.raises(DeliveryUnknown):
        replay_delivery(by=KEEPER, delivery_id=dead.pk + 1000)
    with pytest.raises(ReasonMissing):
        skip_delivery(by=KEEPER, delivery_id=dead.pk, reason=" \n")
    replay_delivery(by=KEEPER, delivery_id=dead.pk)
    with pytest.raises(NotDead) as refusal:
        replay_delivery(by=KEEPER, delivery_id=dead.pk)
    assert refusal.value.params["state"] == "WAITING"
    with pytest.raises(NotDead):
        skip_delivery(by=KEEPER, delivery_id=dead.pk, reason="twice")


def test_without_the_permission_nothing_is_done_or_shown(dead: Delivery) -> None:
    for refused in (
        lambda: replay_delivery(by=CLERK, delivery_id=dead.pk),
        lambda: skip_delivery(by=CLERK, delivery_id=dead.pk, reason="r"),
        lambda: replay_all_dead(by=CLERK, reaction="lamps.note"),
    ):
        with pytest.raises(MayNotReplay):
            refused()
    for hidden in (queries.backlog, queries.dead_letters, queries.jobs, queries.workers):
        with pytest.raises(MayNotViewOutbox):
            hidden(NOBODY)
    dead.refresh_from_db()
    assert dead.state == State.DEAD


def test_dead_letters_say_how_many_wait_behind(dead: Delivery) -> None:
    page = queries.dead_letters(CLERK)
    letter = page.items[0]
    assert (page.total, letter.delivery_id, letter.behind) == (1, dead.pk, 2)
    assert (letter.event_name, letter.subject, letter.last_error) == ("tests.LampBroke", "lamp:1", "KeyError")
    assert queries.dead_letters(CLERK, reaction="lamps.note").total == 1
    assert queries.dead_letters(CLERK, reaction="other").items == ()


def test_the_last_dead_letter_of_a_line_has_nothing_behind() -> None:
    installing(Reaction(LampBroke, ignore, "lamps.note"))
    Delivery.objects.filter(pk=broke("1")[0].pk).update(state=State.DEAD)
    assert queries.dead_letters(CLERK).items[0].behind == 0


def test_the_backlog_of_each_reaction(dead: Delivery) -> None:
    deliver(claim_next("w"))
    with clock.frozen(clock.now() + timedelta(seconds=90)):
        rows = {row.reaction: row for row in queries.backlog(CLERK)}
    note = rows["lamps.note"]
    assert (note.waiting, note.dead, note.delivered_last_hour) == (2, 1, 1)
    assert 90 <= note.oldest_seconds < 120
    assert rows["outbox.run_job"].waiting == 0
    with clock.frozen(clock.now() + timedelta(hours=2)):
        assert {r.reaction: r for r in queries.backlog(CLERK)}["lamps.note"].delivered_last_hour == 0


def test_a_backlog_of_dead_letters_only_has_no_age() -> None:
    installing(Reaction(LampBroke, ignore, "lamps.note"))
    Delivery.objects.filter(pk=broke("1")[0].pk).update(state=State.DEAD)
    row = queries.metrics().backlog[0]
    assert (row.reaction, row.waiting, row.oldest_seconds, row.dead) == ("lamps.note", 0, 0.0, 1)


def test_workers_and_metrics() -> None:
    now = clock.now()
    WorkerBeat.objects.create(worker="a", threads=2, started_at=now, beat_at=now)
    WorkerBeat.objects.create(worker="b", threads=2, started_at=now, beat_at=now - timedelta(minutes=1))
    WorkerBeat.objects.create(worker="c", threads=2, started_at=now, beat_at=now - timedelta(days=2))
    assert [(w.name, w.is_alive) for w in queries.workers(CLERK)] == [("a", True), ("b", False)]
    assert queries.metrics().workers_alive == 1


def test_jobs_that_have_not_run_are_listed() -> None:
    installing(jobs=(Job("b.job", every(minutes=5), lambda: None), Job("a.job", every(hours=1), lambda: None)))
    assert [(j.name, j.schedule, j.result) for j in queries.jobs(CLERK)] == [
        ("a.job", "every 1:00:00", ""),
        ("b.job", "every 0:05:00", ""),
    ]


def test_every_code_has_words() -> None:
    errors = (DeliveryUnknown, NotDead, ReasonMissing, MayNotReplay, MayNotViewOutbox, NatsUnavailable)
    assert set(words.REFUSALS) == {error.code for error in errors}
    assert set(words.STATES) == set(State)
