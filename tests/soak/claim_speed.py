"""`python -m tests.soak.claim_speed [--database URL] [--delivered 100000] [--waiting 2000]`: deliveries a second.

One process, one thread, beside many delivered rows; prints the planner's answer too.
"""

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path

import django

from tests.soak.kill_worker import fresh_database


def fill(delivered: int, waiting: int) -> None:
    from django.db import connection, transaction

    from songcau.foundation.audit.actions import record_entry
    from songcau.foundation.outbox import reactions
    from songcau.foundation.outbox.models import Delivery, Event
    from songcau.foundation.outbox.reactions import Reaction
    from songcau.kernel import clock
    from songcau.kernel.actor import SYSTEM
    from tests.soak.happenings import LampSwitched

    reactions.install([Reaction(LampSwitched, lambda event, facts: None, "soak.nothing")], (), record=record_entry)
    now = clock.now()
    for start in range(0, delivered + waiting, 5000):
        numbers = range(start, min(start + 5000, delivered + waiting))
        with transaction.atomic():
            events = Event.objects.bulk_create(
                Event(
                    name="soak.LampSwitched",
                    subject=f"lamp:{n % 400}",
                    payload={"token": str(SYSTEM.id)},
                    actor_id=SYSTEM.id,
                    actor_label="",
                    at=now,
                )
                for n in numbers
            )
            Delivery.objects.bulk_create(
                Delivery(
                    event=event,
                    reaction="soak.nothing",
                    subject=event.subject,
                    next_at=now,
                    state="DELIVERED" if n < delivered else "WAITING",
                    finished_at=now if n < delivered else None,
                )
                for n, event in zip(numbers, events, strict=True)
            )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def measure(delivered: int, waiting: int) -> list[str]:
    from songcau.foundation.outbox.delivery import claim_next, deliver
    from songcau.foundation.outbox.models import Delivery
    from songcau.kernel import clock

    fill(delivered, waiting)
    plan = Delivery.objects.ready(clock.now())[:1].explain()
    claiming = done = 0.0
    number = 0
    start = time.perf_counter()
    while True:
        before = time.perf_counter()
        claimed = claim_next("speed", 600)
        claiming += time.perf_counter() - before
        if claimed is None:
            break
        deliver(claimed)
        number += 1
    done = time.perf_counter() - start
    return [
        plan,
        f"{number} delivered beside {delivered} delivered before",
        f"claims a second             {number / claiming:.0f}",
        f"claims with delivery a second {number / done:.0f}",
    ]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--database", default="")
    parser.add_argument("--delivered", type=int, default=100_000)
    parser.add_argument("--waiting", type=int, default=2000)
    given = parser.parse_args()
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.soak.settings"
    import logging

    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
    with tempfile.TemporaryDirectory(prefix="songcau-speed-") as folder, fresh_database(given.database, Path(folder)):
        django.setup()
        from django.core.management import call_command
        from django.db import connections

        call_command("migrate", verbosity=0, run_syncdb=True)
        for line in measure(given.delivered, given.waiting):
            sys.stdout.write(line + "\n")
        connections.close_all()


if __name__ == "__main__":
    main()
