"""The worker process: threads that deliver, one that keeps house, and on PostgreSQL one that listens."""

import os
import random
import socket
import threading
import time
from collections.abc import Callable
from uuid import uuid4

import psycopg
import structlog
from django.db import DatabaseError, InterfaceError, connection
from psycopg.conninfo import make_conninfo

from songcau.foundation.outbox.actions import CHANNEL
from songcau.foundation.outbox.delivery import claim_next, deliver, park_behind_dead_letters, release_lost_leases
from songcau.foundation.outbox.models import WorkerBeat
from songcau.foundation.outbox.reactions import installed
from songcau.foundation.outbox.scheduler import announce_due_jobs
from songcau.kernel import clock

log = structlog.get_logger(__name__)

BEAT_SECONDS = 2.0
TICK_SECONDS = 0.5
PARK_SECONDS = 5.0
# PostgreSQL tells of new events; polling is for retries whose time has come and for a lost listener.
POLL_SECONDS = {"postgresql": (0.5, 1.0), "sqlite": (0.1, 0.2)}
LONGEST_PAUSE_SECONDS = 5.0


def run_worker(stop: threading.Event, threads: int, lease_seconds: int) -> None:
    """Deliver until `stop` is set, then let each thread finish the delivery it is at, and return.

    Whatever the database does meanwhile (restarts, is locked, has no room) is logged and waited out.
    Raises NotInstalled before anything starts.
    """
    installed()
    worker = f"{socket.gethostname()[:60]}:{os.getpid()}:{uuid4().hex[:6]}"
    wake = threading.Event()
    crew = [
        threading.Thread(target=_deliver_until, args=(stop, wake, worker, lease_seconds, n > 0), name=f"deliver-{n}")
        for n in range(threads)
    ]
    if connection.vendor == "postgresql":
        crew.append(threading.Thread(target=_listen_until, args=(stop, wake), name="listen"))
    log.info("worker.started", worker=worker, threads=threads)
    for thread in crew:
        thread.start()
    _keep_house_until(stop, worker, threads)
    for thread in crew:
        thread.join()
    _survive(lambda: WorkerBeat.objects.filter(worker=worker).delete())
    connection.close()
    log.info("worker.stopped", worker=worker)


def _deliver_until(
    stop: threading.Event, wake: threading.Event, worker: str, lease_seconds: int, quick_first: bool
) -> None:
    """The first thread takes what comes, so that nothing waits for ever; the others what is quick first."""
    shortest, longest = POLL_SECONDS[connection.vendor]
    pause = shortest
    failures = 0

    def one() -> bool:
        claimed = claim_next(worker, lease_seconds, quick_first=quick_first)
        if claimed is not None:
            deliver(claimed)
        return claimed is not None

    while not stop.is_set():
        found = _survive(one)
        if found is None:
            failures += 1
            stop.wait(_pause(failures))
            continue
        failures = 0
        pause = shortest if found else min(pause * 1.2, longest)
        if not found:
            wake.wait(pause)
            wake.clear()
    connection.close()


def _keep_house_until(stop: threading.Event, worker: str, threads: int) -> None:
    chores: list[tuple[float, Callable[[], object]]] = [
        (BEAT_SECONDS, lambda: _beat(worker, threads)),
        (TICK_SECONDS, release_lost_leases),
        (TICK_SECONDS, announce_due_jobs),
        (PARK_SECONDS, park_behind_dead_letters),
    ]
    due = [0.0] * len(chores)
    while not stop.is_set():
        for number, (period, chore) in enumerate(chores):
            if time.monotonic() >= due[number]:
                _survive(chore)
                due[number] = time.monotonic() + period
        stop.wait(TICK_SECONDS / 2)


def _beat(worker: str, threads: int) -> None:
    now = clock.now()
    WorkerBeat.objects.update_or_create(
        worker=worker,
        defaults={"beat_at": now, "threads": threads},
        create_defaults={"beat_at": now, "threads": threads, "started_at": now},
    )


def _survive(step: Callable[[], object]) -> object | None:
    """What `step` returns, or None after logging what it raised: a worker outlives its database."""
    try:
        return step()
    except Exception as error:
        log.warning("worker.step_failed", error=type(error).__name__, exc_info=not _is_storage(error))
        _forget_connection()
        return None


def _is_storage(error: Exception) -> bool:
    return isinstance(error, DatabaseError | InterfaceError)


def _forget_connection() -> None:
    try:
        connection.close()
    except Exception as error:  # a connection that is gone may not even close
        log.warning("worker.close_failed", error=type(error).__name__)
        connection.connection = None


def _pause(failures: int) -> float:
    longest = min(LONGEST_PAUSE_SECONDS, 0.1 * (1 << min(failures, 10)))
    return longest * (0.5 + random.random() / 2)  # noqa: S311 - spreads retries


def _listen_until(stop: threading.Event, wake: threading.Event) -> None:
    """Set `wake` at each commit that announced something."""
    failures = 0
    while not stop.is_set():
        try:
            with psycopg.connect(_listening_to(), autocommit=True) as listener:
                listener.execute(f"LISTEN {CHANNEL}")
                failures = 0
                while not stop.is_set():
                    for _ in listener.notifies(timeout=0.5, stop_after=1):
                        wake.set()
        except psycopg.Error as error:
            failures += 1
            log.warning("worker.listener_lost", error=type(error).__name__)
            stop.wait(_pause(failures))


def _listening_to() -> str:
    database = connection.settings_dict
    named = {
        "dbname": database["NAME"],
        "user": database["USER"],
        "password": database["PASSWORD"],
        "host": database["HOST"],
        "port": database["PORT"],
    }
    return make_conninfo(**{name: value for name, value in named.items() if value})
