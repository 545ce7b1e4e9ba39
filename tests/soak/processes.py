"""The processes that are killed: `python -m tests.soak.processes writer|worker …`."""

import argparse
import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import django


def write(log: Path, until: int, pause_seconds: float, threads: int) -> None:
    """Commit changes with their events until there are `until`; log each as soon as its commit was answered."""
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox import reactions
    from tests.soak.happenings import reactions as soaked

    reactions.install(soaked(), (), record=record_entry)
    with ThreadPoolExecutor(threads) as crew:
        for done in [crew.submit(_write, log, until, pause_seconds, f"{os.getpid()}-{n}") for n in range(threads)]:
            done.result()


def _write(log: Path, until: int, pause_seconds: float, name: str) -> None:
    from django.db import transaction

    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox.actions import announce
    from songcau.kernel.actor import SYSTEM
    from tests.soak.happenings import SUBJECTS, LampSwitched
    from tests.soak.models import Change

    while Change.objects.count() < until:
        token, subject = uuid4(), f"lamp:{random.randrange(SUBJECTS)}"
        is_kept = random.random() < 0.9
        with transaction.atomic():
            Change.objects.create(token=token, subject=subject)
            record_entry(by=SYSTEM, action="soak.switch", subject=subject)
            announce(LampSwitched(token), subject=subject, by=SYSTEM)
            time.sleep(random.uniform(0, 0.004))
            transaction.set_rollback(not is_kept)
        _say(log, f"{'C' if is_kept else 'R'} {name} {subject} {token}\n")
        time.sleep(random.uniform(0, 2 * pause_seconds))


def _say(log: Path, line: str) -> None:
    with log.open("ab", buffering=0) as stream:  # one write of one line: O_APPEND keeps lines whole
        stream.write(line.encode())
        os.fsync(stream.fileno())


def work(ready: Path, lease_seconds: int, is_sabotaged: bool) -> None:
    """A worker as `songcau` runs it, until SIGTERM."""
    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox import reactions, tasks
    from songcau.foundation.outbox.worker import run_worker
    from tests.soak.happenings import reactions as soaked

    if is_sabotaged:
        _sabotage()
    reactions.install([*tasks.REACTIONS, *soaked()], tasks.JOBS, record=record_entry)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    ready.touch()
    run_worker(stop, threads=2, lease_seconds=lease_seconds)


def _sabotage() -> None:
    """The mistake the soak must find: what is delivered is marked before it is handled."""
    from songcau.foundation.outbox import delivery

    right_handle, right_finish = delivery._handle, delivery._finish

    def finish_first(claimed: object, registry: object) -> None:
        right_finish(claimed)
        delivery._finish = lambda _: None
        right_handle(claimed, registry)

    delivery._handle = finish_first


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("kind", choices=["writer", "worker"])
    parser.add_argument("--file", type=Path, required=True)
    parser.add_argument("--until", type=int, default=0)
    parser.add_argument("--pause", type=float, default=0.0)
    parser.add_argument("--lease", type=int, default=1)
    parser.add_argument("--sabotage", action="store_true")
    given = parser.parse_args()
    django.setup()
    if given.kind == "writer":
        write(given.file, given.until, given.pause, threads=2)
    else:
        work(given.file, given.lease, given.sabotage)


if __name__ == "__main__":
    main()
