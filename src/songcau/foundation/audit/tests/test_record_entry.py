"""An entry is written with its change, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry, Head
from songcau.foundation.audit.queries import chain_verdict
from songcau.kernel import clock, trace
from songcau.kernel.actor import SYSTEM


@pytest.mark.django_db(transaction=True)
def test_an_entry_outside_of_a_transaction_is_refused() -> None:
    with pytest.raises(TransactionManagementError):
        record_entry(by=SYSTEM, action="a.b", subject="s:1")
    assert not Entry.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_an_entry_goes_with_its_transaction_and_leaves_no_gap() -> None:
    with transaction.atomic():
        record_entry(by=SYSTEM, action="a.b", subject="s:1")
        transaction.set_rollback(True)
    with transaction.atomic():
        record_entry(by=SYSTEM, action="a.b", subject="s:2")
    assert list(Entry.objects.values_list("sequence", "subject")) == [(1, "s:2")]


@pytest.mark.django_db
def test_an_entry_holds_who_what_when_and_the_trace() -> None:
    at = datetime(2026, 2, 3, 4, 5, 6, 789012, tzinfo=UTC)
    with clock.frozen(at), trace.tracing("t-1"):
        record_entry(by=SYSTEM, action="accounts.grant_role", subject="accounts.person:1", details={"vai trò": 1.0})
    entry = Entry.objects.get()
    assert (entry.at, entry.actor_id, entry.actor_label) == (at, SYSTEM.id, "songcau")
    assert (entry.action, entry.subject, entry.trace) == ("accounts.grant_role", "accounts.person:1", "t-1")
    assert entry.details == {"vai trò": 1.0}
    head = Head.objects.get()
    assert (head.sequence, head.hash) == (1, entry.hash)


@pytest.mark.django_db
@pytest.mark.parametrize("details", [{"a": object()}, {"a": float("nan")}, {("a",): 1}])
def test_details_that_json_cannot_hold_are_a_type_error(details: dict) -> None:
    with pytest.raises(TypeError):
        record_entry(by=SYSTEM, action="a.b", subject="s:1", details=details)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
def test_entries_of_many_connections_at_once_are_one_whole_chain() -> None:
    def append(number: int) -> None:
        try:
            for n in range(20):
                with transaction.atomic():
                    record_entry(by=SYSTEM, action="a.b", subject=f"s:{number}.{n}")
                    transaction.set_rollback(n % 5 == 4)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as crew:
        for done in [crew.submit(append, number) for number in range(4)]:
            done.result()
        verdict = chain_verdict()
    assert (verdict.is_whole, verdict.entries) == (True, 64)


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
def test_a_chain_verified_while_it_grows_is_whole() -> None:
    stop = Event()

    def append() -> None:
        try:
            while not stop.is_set():
                with transaction.atomic():
                    record_entry(by=SYSTEM, action="a.b", subject="s:1")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as crew:
        growing = crew.submit(append)
        verdicts = [chain_verdict() for _ in range(30)]
        stop.set()
        growing.result()
    assert all(verdict.is_whole for verdict in verdicts)
    assert verdicts[-1].entries > verdicts[0].entries
