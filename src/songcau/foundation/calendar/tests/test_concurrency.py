"""Two at once. SQLite has one writer; PostgreSQL needs the lock of `numbering` and those of promises."""

from datetime import date

import pytest
from django.db import connection

from songcau.foundation.accounts.tests.test_concurrency import at_once
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.layers import DayDecreedAlready
from songcau.foundation.calendar.models import Change, Decree, Impact
from songcau.foundation.calendar.tests.conftest import Promised, Town
from songcau.foundation.calendar.tests.test_changes import decree
from songcau.kernel.actor import SYSTEM
from songcau.kernel.workflow import TransitionRefused

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]


@pytest.mark.parametrize("_again", range(3))
def test_a_day_is_decreed_once_and_numbers_have_no_gap(town: Town, _again: int) -> None:
    same = [lambda n=n: decree(town, document=f"{n}/QĐ") for n in range(3)]
    other = [lambda: decree(town, document="9/QĐ", off=[date(2026, 12, 3)], worked=[])]
    results = at_once(*same, *other)
    assert sum(isinstance(one, DayDecreedAlready) for one in results) == 2
    assert Decree.objects.count() == 2
    assert sorted(Change.objects.values_list("number", flat=True)) == [1, 2]


@pytest.mark.parametrize("_again", range(3))
def test_a_date_is_decided_or_settled_first_and_never_both(town: Town, promised: Promised, _again: int) -> None:
    promise = promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    actions.find_impacts(by=SYSTEM, upto=1)
    chosen = [Impact.objects.get().pk]
    results = at_once(
        lambda: actions.decide_impacts(by=town.root, impact_ids=chosen, move=True, basis="dời"),
        lambda: actions.decide_impacts(by=town.root, impact_ids=chosen, move=False, basis="giữ"),
        lambda: actions.settle_promise(by=SYSTEM, promise_id=promise.pk),
    )
    refused = [isinstance(one, TransitionRefused) for one in results[:2]]
    assert sum(refused) in (1, 2)
    promise.refresh_from_db()
    moved = promise.due_at != promise.first_due_at
    assert (promise.state, moved) == ("SETTLED", results[0] == 1)
    assert Impact.objects.get().state in ("MOVED", "KEPT", "OVERTAKEN")


def test_impacts_are_found_once_by_two_workers(town: Town, promised: Promised) -> None:
    promised()
    decree(town, off=[date(2026, 12, 1)], worked=[])
    found = at_once(*[lambda: actions.find_impacts(by=SYSTEM, upto=1)] * 2)
    assert sorted(found) == [0, 1]
    assert Impact.objects.count() == 1
