"""The log about itself: verifications and exports are entries of the chain they are about."""

import json

import pytest
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from songcau.foundation.audit import actions, guards, queries
from songcau.foundation.audit.models import Entry
from songcau.foundation.audit.permissions import MayNotExportAudit, MayNotVerifyAudit, MayNotViewAudit
from songcau.kernel.actor import NOBODY, SYSTEM

pytestmark = pytest.mark.django_db


def test_a_verification_is_an_entry_and_the_last_one_is_told() -> None:
    assert queries.last_verification(SYSTEM).at is None
    assert queries.length() == 0
    assert actions.verify_chain(by=SYSTEM, asked_by="An").is_whole
    assert actions.verify_chain(by=SYSTEM).entries == 1
    last = queries.last_verification(SYSTEM)
    assert (last.is_whole, last.entries, last.faults, last.findings, last.asked_by) == (True, 1, 0, (), "")
    assert queries.length() == 2


def test_a_fault_is_noted_where_it_is() -> None:
    for _n in range(3):
        actions.verify_chain(by=SYSTEM)
    with guards.ENTRIES.dropped(connection), connection.cursor() as cursor:
        cursor.execute("UPDATE audit_entry SET subject = 'x' WHERE sequence = 2")
    actions.verify_chain(by=SYSTEM)
    last = queries.last_verification(SYSTEM)
    assert (last.is_whole, last.faults, last.findings) == (False, 1, ((2, "EDITED"),))


def test_a_wish_stands_until_a_verification_follows_it() -> None:
    with transaction.atomic():
        actions.ask_verification(by=SYSTEM)
    assert queries.last_verification(SYSTEM).asked is not None
    actions.verify_chain(by=SYSTEM)
    assert queries.last_verification(SYSTEM).asked is None
    with transaction.atomic():
        actions.ask_verification(by=SYSTEM)
    assert queries.last_verification(SYSTEM).asked is not None


@pytest.mark.django_db(transaction=True)
def test_a_wish_belongs_into_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        actions.ask_verification(by=SYSTEM)


def test_who_may_not_is_refused_and_nothing_is_written() -> None:
    with pytest.raises(MayNotVerifyAudit):
        actions.verify_chain(by=NOBODY)
    with pytest.raises(MayNotVerifyAudit):
        actions.ask_verification(by=NOBODY)
    with pytest.raises(MayNotExportAudit):
        actions.record_export(by=NOBODY, form="csv", filters="", rows=0)
    with pytest.raises(MayNotExportAudit):
        queries.export_rows(NOBODY, Entry.objects.all())
    with pytest.raises(MayNotViewAudit):
        queries.last_verification(NOBODY)
    assert not Entry.objects.exists()


def test_an_export_is_noted_with_what_and_how_much() -> None:
    actions.record_export(by=SYSTEM, form="jsonl", filters="who=an", rows=3)
    entry = Entry.objects.get()
    assert (entry.action, entry.details) == ("audit.export_entries", {"form": "jsonl", "filters": "who=an", "rows": 3})
    line = json.loads("".join(queries.export_rows(SYSTEM, Entry.objects.all())))
    assert (line["hash"], line["previous_hash"]) == (entry.hash, entry.previous_hash)


def test_what_stands_on_one_subject_newest_first() -> None:
    for n in range(3):
        actions.record_export(by=SYSTEM, form="csv", filters="", rows=n)
    assert [entry.sequence for entry in queries.entries_on("audit.chain", most=2)] == [3, 2]
    assert queries.entries_on("audit.nothing", most=2) == ()
