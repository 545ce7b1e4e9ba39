"""100,000 random terms, each beside a slow and obvious reference: `python -m bench.deadlines`.

Calendars with Saturday mornings, short Fridays, windows to 24:00, a change of hours, decreed days (Saturdays above all)
and closures; receipts at any hour; hours, days, calendar days, months; up to three pauses, across the end, at it, past
it, or open. The reference walks quarter by quarter or midnight by midnight. A single disagreement is an error.
"""

import os
import random
import sys
import time

CASES = 100_000
CASES_A_CALENDAR = 50
SEED = 2026


def measure() -> int:
    from songcau.foundation.calendar.deadlines import deadline
    from songcau.foundation.calendar.tests import reference

    chance = random.Random(SEED)
    own = slow = 0.0
    wrong = 0
    for number in range(CASES):
        if number % CASES_A_CALENDAR == 0:
            calendar, world = reference.random_calendar(chance)
        received, term, pauses = reference.random_case(chance)
        if not pauses and number % 2 and (end := deadline(calendar, received, term).due_at) is not None:
            pauses = [one for one in reference.pauses_at_the_end(chance, end) if one.begin >= received]
        begun = time.perf_counter()
        found = deadline(calendar, received, term, pauses=pauses).due_at
        own += time.perf_counter() - begun
        begun = time.perf_counter()
        expected = reference.due(world, received, term, pauses)
        slow += time.perf_counter() - begun
        if found != expected:
            wrong += 1
            print(f"received {received}, {term}, {pauses}: {found}, the reference says {expected}")
    print("| | cases | seconds | cases/s | against the reference |\n| --- | --- | --- | --- | --- |")
    print(f"| deadline | {CASES} | {own:.2f} | {CASES / own:.0f} | {slow / own:.1f} × |")
    print(f"| slow reference | {CASES} | {slow:.2f} | {CASES / slow:.0f} | agrees on {CASES - wrong} |")
    return wrong


def main() -> None:
    """Measure with the calendar that comes with songcau; nothing is read from a database."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    if wrong := measure():
        sys.exit(f"{wrong} of {CASES} disagree")


if __name__ == "__main__":
    main()
