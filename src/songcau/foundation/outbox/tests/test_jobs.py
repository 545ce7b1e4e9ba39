"""Jobs: due once, run at least once, visible."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from songcau.foundation.outbox import queries, reactions, tasks
from songcau.foundation.outbox.delivery import claim_next, deliver
from songcau.foundation.outbox.models import Delivery, Event, JobRun, WorkerBeat
from songcau.foundation.outbox.reactions import Job, Reaction
from songcau.foundation.outbox.rules import State, daily, every
from songcau.foundation.outbox.scheduler import announce_due_jobs
from songcau.foundation.outbox.tests.happenings import LampBroke, broke, ignore, installing
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db
START = datetime(2026, 5, 1, 12, 1, tzinfo=UTC)


def at(**later: float):
    return clock.frozen(START + timedelta(**later))


@pytest.fixture
def ran() -> Iterator[list[datetime]]:
    runs: list[datetime] = []
    installing(jobs=(Job("lamps.count", every(minutes=5), lambda: runs.append(clock.now())),))
    with at():
        assert announce_due_jobs() == 0
    return runs


def work() -> list[State | None]:
    states = []
    while claimed := claim_next("w"):
        states.append(deliver(claimed))
    return states


def test_a_due_job_is_announced_once_however_many_workers_ask(ran: list[datetime]) -> None:
    with at(minutes=3):
        assert announce_due_jobs() == 0
    with at(minutes=4):
        assert [announce_due_jobs() for _ in range(3)] == [1, 0, 0]
        assert work() == [State.DELIVERED]
    assert len(ran) == 1
    with at(minutes=4):
        facts = queries.jobs(SYSTEM)[0]
    assert (facts.result, facts.last_due_at) == ("OK", START + timedelta(minutes=4))
    assert facts.started_at is not None
    assert facts.duration_ms is not None


def test_a_slot_another_worker_took_meanwhile_is_left(ran: list[datetime], monkeypatch) -> None:
    from songcau.foundation.outbox import scheduler

    with at(minutes=4):
        due = START + timedelta(minutes=4)
        assert scheduler._announce_once(reactions.installed().jobs["lamps.count"], due)
        assert not scheduler._announce_once(reactions.installed().jobs["lamps.count"], due)
    assert Event.objects.count() == 1


def test_workers_down_for_a_day_make_up_once(ran: list[datetime]) -> None:
    with at(days=1):
        assert announce_due_jobs() == 1
        work()
        assert announce_due_jobs() == 0
    assert len(ran) == 1


def test_a_run_that_waits_holds_back_the_next_and_a_dead_one_does_not() -> None:
    def fail() -> None:
        raise KeyError("0912 345 678")

    installing(jobs=(Job("lamps.count", every(minutes=5), fail),))
    with at():
        announce_due_jobs()
    with at(minutes=4):
        announce_due_jobs()
        assert work() == [State.WAITING]
    with at(minutes=9):
        assert announce_due_jobs() == 0
    assert JobRun.objects.get().result == "KeyError"
    Delivery.objects.update(state=State.DEAD)
    with at(minutes=9):
        assert announce_due_jobs() == 1
        assert work() == [State.WAITING]


def test_a_job_of_a_newer_or_older_version_is_told_by_its_error(ran: list[datetime]) -> None:
    with at(minutes=4):
        announce_due_jobs()
        installing()
        work()
    assert Delivery.objects.get().last_error == "JobUnknown"
    assert ran == []


def test_a_job_has_a_lease_of_its_own() -> None:
    installing(jobs=(Job("slow", daily(at="02:30"), lambda: None, lease_seconds=7200),))
    registry = reactions.installed()
    assert registry.lease_seconds("outbox.run_job", {"job": "slow"}) == 7200
    assert registry.lease_seconds("outbox.run_job", {"job": "gone"}) is None
    assert registry.lease_seconds("nobody", {}) is None


def test_old_events_are_purged_unless_something_is_unfinished(monkeypatch) -> None:
    monkeypatch.setattr(tasks, "PURGED_AT_ONCE", 2)
    installing(Reaction(LampBroke, ignore, "a"))
    with at():
        broke("1", "2", "3", "dead")
        Delivery.objects.filter(subject="lamp:dead").update(state=State.DEAD)
        work()
        WorkerBeat.objects.create(worker="old", threads=1, started_at=START, beat_at=START)
    with at(days=29):
        broke("young")
        work()
        tasks.purge_old_events()
        assert Event.objects.count() == 5
    with at(days=31):
        tasks.purge_old_events()
    assert set(Event.objects.values_list("subject", flat=True)) == {"lamp:dead", "lamp:young"}
    assert Delivery.objects.count() == 2
    assert not WorkerBeat.objects.exists()


def twice(thing: object) -> list[object]:
    return [thing, thing]


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"reactions": twice(Reaction(LampBroke, ignore, "a")), "jobs": []}, "Reaction a stands twice"),
        ({"reactions": tasks.REACTIONS, "jobs": twice(tasks.JOBS[0])}, "Job outbox.purge_old_events stands twice"),
        ({"reactions": [], "jobs": tasks.JOBS}, "would never run"),
        (
            {
                "reactions": [Reaction(LampBroke, ignore, "a")],
                "jobs": [],
                "carriers": [reactions.Carrier("a", lambda _: None)],
            },
            "both named a",
        ),
        (
            {
                "reactions": [
                    Reaction(LampBroke, ignore, "a"),
                    Reaction(type("LampBroke", (), {"__module__": LampBroke.__module__}), ignore, "b"),
                ],
                "jobs": [],
            },
            r"both named tests\.LampBroke",
        ),
    ],
)
def test_a_registry_that_cannot_be_right_is_refused(given: dict, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        reactions.install(given.pop("reactions"), given.pop("jobs"), record=lambda **_: None, **given)


def test_a_process_without_reactions_neither_announces_nor_delivers(monkeypatch) -> None:
    monkeypatch.setattr(reactions, "_installed", [])
    with pytest.raises(reactions.NotInstalled):
        broke("1")
    assert not Event.objects.exists()


def test_a_carrier_only_where_the_settings_name_a_server(settings) -> None:
    assert tasks.carriers() == ()
    settings.SONGCAU = settings.SONGCAU.model_copy(update={"nats": "nats://127.0.0.1:4222"})
    assert [carrier.name for carrier in tasks.carriers()] == ["outbox.nats"]
