"""The worker process with real threads and real commits."""

import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction

from songcau.foundation.outbox import queries, reactions, worker
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.models import Delivery, Event, WorkerBeat
from songcau.foundation.outbox.reactions import Job
from songcau.foundation.outbox.rules import State, every
from songcau.foundation.outbox.tests.happenings import LampBroke, broke, collected, ignore, installing, reacting
from songcau.kernel.actor import SYSTEM

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(scope="module")
def empty_city(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None, django_db_blocker: Any) -> Path:
    """A database file with all tables and no rows, made once: SQLite's own test database is in memory."""
    file: Path = tmp_path_factory.mktemp("empty") / "worker.sqlite3"
    if connection.vendor != "postgresql":
        with django_db_blocker.unblock(), _another_file(file):
            call_command("migrate", verbosity=0)
    return file


@contextmanager
def _another_file(file: Path) -> Iterator[None]:
    name, test_name = connection.settings_dict["NAME"], connection.settings_dict["TEST"].get("NAME")
    held, connection.connection = connection.connection, None
    connection.settings_dict["NAME"] = str(file)
    yield
    connection.close()
    connection.settings_dict["NAME"], connection.settings_dict["TEST"]["NAME"] = name, test_name
    connection.connection = held


@pytest.fixture(autouse=True)
def _threads_may_share_the_test_database(empty_city: Path, tmp_path: Path) -> Iterator[None]:
    """Threads need a database in a file, as the city has."""
    if connection.vendor == "postgresql":
        yield
        return
    shutil.copy(empty_city, tmp_path / "worker.sqlite3")
    with _another_file(tmp_path / "worker.sqlite3"):
        yield


@contextmanager
def working(threads: int = 2, lease_seconds: int = 1) -> Iterator[threading.Event]:
    stop = threading.Event()
    thread = threading.Thread(target=worker.run_worker, args=(stop, threads, lease_seconds))
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join(20)
        assert not thread.is_alive()


def until(holds: Callable[[], bool], seconds: float = 15) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.02)
    return False


def all_done() -> bool:
    return not Delivery.objects.exclude(state=State.DELIVERED).exists()


def test_what_is_announced_before_and_while_a_worker_runs_is_delivered_in_order() -> None:
    with collected() as seen:
        broke("1", "2")
        with working():
            broke(*["1", "2"] * 5)
            assert until(all_done)
    assert sorted(seen) == ["1"] * 6 + ["2"] * 6


def test_a_worker_wakes_soon_after_a_commit() -> None:
    with collected() as seen, working():
        time.sleep(1.5)  # idle: the longest pause between polls is reached
        start = time.monotonic()
        broke("1")
        assert until(lambda: seen == ["1"])
        assert time.monotonic() - start < 0.6


def test_a_worker_beats_and_its_beat_goes_with_it() -> None:
    installing()
    with working():
        assert until(WorkerBeat.objects.exists)
        assert queries.metrics().workers_alive == 1
    assert not WorkerBeat.objects.exists()


def test_a_worker_that_is_told_to_stop_finishes_what_it_is_at() -> None:
    entered, seen = threading.Event(), []

    def slow(event: LampBroke, facts: object) -> None:
        entered.set()
        time.sleep(0.5)
        seen.append(event.lamp)

    reacting(slow)
    broke("1", "1", "1")
    with working(threads=1, lease_seconds=30) as stop:
        assert entered.wait(10)
        stop.set()
    assert seen == ["1"]
    states = Delivery.objects.order_by("event_id").values_list("state", flat=True)
    assert list(states) == [State.DELIVERED, State.WAITING, State.WAITING]


def test_a_worker_outlives_a_database_that_fails_for_a_while(monkeypatch) -> None:
    failures = iter([OperationalError("gone")] * 3 + [ValueError("a bug")])
    right = worker.claim_next

    def claim(*given: object, **more: object) -> Delivery | None:
        for error in failures:
            raise error
        return right(*given, **more)

    monkeypatch.setattr(worker, "claim_next", claim)
    with collected() as seen:
        broke("1")
        with working(threads=1):
            assert until(lambda: seen == ["1"])


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_a_worker_outlives_connections_that_the_server_ends() -> None:
    with collected() as seen, working():
        broke("1")
        assert until(lambda: seen == ["1"])
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            assert cursor.fetchone()[0] >= 2
        broke("2")
        assert until(lambda: seen == ["1", "2"])
        time.sleep(1)  # the listener is back
        start = time.monotonic()
        broke("3")
        assert until(lambda: seen[-1] == "3")
        assert time.monotonic() - start < 1.5


def test_a_connection_that_cannot_even_be_closed_is_forgotten(monkeypatch) -> None:
    def broken() -> None:
        raise OperationalError

    with monkeypatch.context() as patched:
        patched.setattr(connection, "close", broken)
        held = connection.connection
        assert worker._survive(broken) is None
        assert connection.connection is None
        connection.connection = held


def test_a_worker_runs_due_jobs() -> None:
    ran = threading.Event()
    installing(jobs=(Job("lamps.count", every(seconds=1), ran.set),))
    with working():
        assert ran.wait(15)
        assert until(lambda: bool(queries.jobs(SYSTEM)[0].result))


def test_a_worker_without_reactions_does_not_start(monkeypatch) -> None:
    monkeypatch.setattr(reactions, "_installed", [])
    with pytest.raises(reactions.NotInstalled):
        worker.run_worker(threading.Event(), 1, 1)


def in_thread(step: Callable[[], None]) -> threading.Thread:
    def run() -> None:
        try:
            step()
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_order_of_one_subject_is_the_order_of_its_commits_and_others_do_not_wait() -> None:
    reacting(ignore)
    announced, go, committed = threading.Event(), threading.Event(), []

    def slow() -> None:
        with transaction.atomic():
            announce(LampBroke("slow"), subject="lamp:1", by=SYSTEM)
            announced.set()
            go.wait(10)
        committed.append("slow")

    def quick() -> None:
        with transaction.atomic():
            announce(LampBroke("quick"), subject="lamp:1", by=SYSTEM)
        committed.append("quick")

    first = in_thread(slow)
    announced.wait(10)
    second = in_thread(quick)
    with transaction.atomic():
        announce(LampBroke("other"), subject="lamp:2", by=SYSTEM)
    time.sleep(0.3)
    assert committed == []
    go.set()
    first.join(10)
    second.join(10)
    line = Event.objects.filter(subject="lamp:1").order_by("sequence")
    assert [event.payload["lamp"] for event in line] == ["slow", "quick"]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_the_same_key_in_two_transactions_at_once_is_one_event() -> None:
    reacting(ignore)
    errors: list[Exception] = []
    barrier = threading.Barrier(4)

    def one(number: int) -> None:
        try:
            barrier.wait(10)
            with transaction.atomic():
                announce(LampBroke("1"), subject=f"lamp:{number}", by=SYSTEM, idempotency_key="k")
                time.sleep(0.05)
        except Exception as error:
            errors.append(error)

    for thread in [in_thread(lambda n=n: one(n)) for n in range(4)]:
        thread.join(10)
    assert errors == []
    assert Event.objects.count() == Delivery.objects.count() == 1
