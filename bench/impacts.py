"""10,000 open promises of 40 agencies, and a holiday decreed in the middle of them: `python -m bench.impacts`.

What a person waits for is the preview; what the worker does afterwards is finding the impacts and storing them. At last
500 of the dates are moved by one decision.
"""

import random
import subprocess
import sys
import tempfile
import time
from copy import copy
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

PROMISES, AGENCIES, MOST_AT_ONCE, PROMISED_ONE_BY_ONE = 10_000, 40, 500, 400
BEGUN = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DECREE = {
    "agency_id": None,
    "document": "15/QĐ-TTg",
    "document_on": date(2026, 11, 20),
    "reason": "nghỉ bù",
    "off": [date(2026, 12, 1)],
    "worked": [date(2026, 12, 12)],
}


def prepare() -> None:
    from django.core.management import call_command
    from django.db import transaction

    from songcau.foundation.accounts.actions import add_agency
    from songcau.foundation.calendar.models import Promise
    from songcau.foundation.calendar.public import Method, PromisedFor, Term, promise_date
    from songcau.kernel.actor import SYSTEM
    from songcau.kernel.ids import new_id

    call_command("migrate", verbosity=0)
    opened = {"kind": "OFFICE", "opened_on": date(2020, 1, 1)}
    top = add_agency(by=SYSTEM, code="C", name="C", parent_id=None, **opened)
    agencies = [add_agency(by=SYSTEM, code=f"A{n}", name=f"A {n}", parent_id=top.pk, **opened) for n in range(AGENCIES)]
    dice = random.Random(2026)
    terms = [Term(Method.DAYS, 20), Term(Method.DAYS, 7), Term(Method.HOURS, 80), Term(Method.CALENDAR_DAYS, 30)]
    begun, cases = now(), []
    with transaction.atomic():
        for n in range(PROMISED_ONE_BY_ONE):
            cases.append(
                promise_date(
                    by=SYSTEM,
                    subject=PromisedFor("bench.dossier", UUID(int=n + 1), f"Hồ sơ {n}"),
                    agency_id=dice.choice(agencies).pk,
                    received_at=BEGUN + timedelta(minutes=dice.randrange(40 * 24 * 60)),
                    term=dice.choice(terms),
                )
            )
    took("promising a date", begun, PROMISED_ONE_BY_ONE)
    copies = [copy(cases[n % len(cases)]) for n in range(PROMISES - len(cases))]
    for one in copies:
        one.pk, one.agency = new_id(), dice.choice(agencies)
    Promise.objects.bulk_create(copies, batch_size=500)


def now() -> tuple[float, float]:
    return time.perf_counter(), time.process_time()


def took(what: str, begun: tuple[float, float], dates: int) -> None:
    wall, processor = (after - before for before, after in zip(begun, now(), strict=True))
    print(f"| {what} | {dates} | {wall:.2f} | {processor:.2f} |")


def measure() -> None:
    from songcau.foundation.calendar import actions
    from songcau.foundation.calendar.models import Impact
    from songcau.foundation.calendar.planning import plan_decree
    from songcau.kernel.actor import SYSTEM

    print("| | dates | seconds | of them processor |\n| --- | --- | --- | --- |")
    prepare()
    begun = now()
    touched = plan_decree(by=SYSTEM, **DECREE).promises_in_question()
    took("preview", begun, touched)
    begun = now()
    actions.record_decree(by=SYSTEM, **DECREE)
    took("recording the change", begun, 0)
    begun = now()
    found = actions.find_impacts(by=SYSTEM, upto=1)
    took("finding and storing the impacts", begun, found)
    chosen = list(Impact.objects.values_list("pk", flat=True)[:MOST_AT_ONCE])
    begun = now()
    took(
        "one decision that moves them",
        begun,
        actions.decide_impacts(by=SYSTEM, impact_ids=chosen, move=True, basis="x"),
    )
    if found != touched:
        raise SystemExit("the preview and what was found differ")


def main() -> None:
    """Measure in a process of its own: the settings are read once in a process."""
    with tempfile.TemporaryDirectory(prefix="songcau-bench-") as folder:
        subprocess.run([sys.executable, "-m", "bench.impacts", folder], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        import os

        os.environ["SONGCAU_DATA"] = sys.argv[1]
        os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
        from songcau.entry.start import start_django

        start_django()
        measure()
