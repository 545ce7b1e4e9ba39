"""Tampering by raw SQL, with the guards dropped, is found; with the guards up it is refused."""

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from songcau.foundation.audit import guards, queries
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.audit.models import Entry, Head
from songcau.foundation.audit.permissions import MayNotExportAudit, MayNotVerifyAudit, MayNotViewAudit
from songcau.foundation.audit.queries import Filters
from songcau.foundation.audit.rules import Anchor, Fault, Finding
from songcau.kernel import clock
from songcau.kernel.actor import NOBODY, SYSTEM, Actor, Grant

pytestmark = pytest.mark.django_db
START = datetime(2026, 3, 1, tzinfo=UTC)
REST = "at, actor_id, actor_label, action, subject, details_json, trace, previous_hash, hash"
ALICE = Actor(id=uuid4(), label="Chị An", grants=(Grant(frozenset({"audit.view"}), "/"),))


@pytest.fixture
def five() -> None:
    for n in range(5):
        with clock.frozen(START + timedelta(days=n)):
            by = ALICE if n % 2 else SYSTEM
            record_entry(by=by, action=f"app{n % 2}.do", subject=f"s:{n}", details={"số": n, "tỉ lệ": 1e23})


def sql(*statements: str) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def tampered(*statements: str) -> list[Finding]:
    with guards.ENTRIES.dropped(connection):
        sql(*statements)
    return list(queries.chain_verdict().findings)


@pytest.mark.usefixtures("five")
def test_the_chain_that_was_written_is_whole() -> None:
    verdict = queries.verify_chain(SYSTEM)
    assert (verdict.is_whole, verdict.entries) == (True, 5)
    assert verdict.head == Anchor(5, Head.objects.get().hash)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET subject = 's:x' WHERE sequence = 2",
        "DELETE FROM audit_entry WHERE sequence = 5",
        "DELETE FROM audit_entry",
        "DELETE FROM audit_head",
        "UPDATE audit_head SET sequence = 3",
        "UPDATE audit_head SET hash = 'f'",
        f"INSERT INTO audit_entry SELECT 0, {REST} FROM audit_entry WHERE sequence = 1",  # noqa: S608
        f"INSERT INTO audit_entry SELECT 9, {REST} FROM audit_entry WHERE sequence = 1",  # noqa: S608
    ],
)
def test_the_guards_refuse(statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic():
        sql(statement)
    assert queries.chain_verdict().is_whole


@pytest.mark.usefixtures("five")
def test_the_guards_refuse_what_is_particular_to_the_database() -> None:
    if connection.vendor == "postgresql":
        statements = ["TRUNCATE audit_entry", "TRUNCATE audit_head"]
    else:
        statements = [
            f"INSERT OR REPLACE INTO audit_entry SELECT 2, {REST} FROM audit_entry WHERE sequence = 1",  # noqa: S608
            "INSERT OR REPLACE INTO audit_head (id, sequence, hash) VALUES (1, 0, '')",
        ]
    for statement in statements:
        with pytest.raises(DatabaseError), transaction.atomic():
            sql(statement)
    assert queries.chain_verdict().is_whole


@pytest.mark.usefixtures("five")
def test_the_guards_stand_again_after_they_were_dropped() -> None:
    with guards.ENTRIES.dropped(connection):
        pass
    with pytest.raises(DatabaseError), transaction.atomic():
        sql("DELETE FROM audit_entry")


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    "change",
    [
        "actor_label = 'x'",
        "action = 'x'",
        "subject = 'x'",
        "details_json = '{}'",
        "trace = 'x'",
        "previous_hash = 'x'",
        "hash = 'x'",
        "at = '2020-01-01 00:00:00+00'",
        "actor_id = '00000000000000000000000000000009'",
    ],
)
def test_an_edited_column_is_found(change: str) -> None:
    if connection.vendor == "sqlite":
        change = change.replace("+00", "")
    assert Finding(3, Fault.EDITED) in tampered(f"UPDATE audit_entry SET {change} WHERE sequence = 3")  # noqa: S608


@pytest.mark.usefixtures("five")
def test_a_deleted_row_is_found() -> None:
    assert tampered("DELETE FROM audit_entry WHERE sequence = 2") == [Finding(2, Fault.MISSING)]


@pytest.mark.usefixtures("five")
def test_a_deleted_tail_is_found() -> None:
    assert tampered("DELETE FROM audit_entry WHERE sequence > 3") == [Finding(4, Fault.TAIL_MISSING)]


@pytest.mark.usefixtures("five")
def test_a_deleted_head_is_found_and_nothing_can_be_appended_as_if_it_were_new() -> None:
    assert tampered("DELETE FROM audit_head") == [Finding(5, Fault.HEAD_MISSING)]
    with pytest.raises(DatabaseError), transaction.atomic():
        record_entry(by=SYSTEM, action="a.b", subject="s:1")


@pytest.mark.usefixtures("five")
def test_reordered_rows_are_found() -> None:
    found = tampered(
        "UPDATE audit_entry SET sequence = 99 WHERE sequence = 2",
        "UPDATE audit_entry SET sequence = 2 WHERE sequence = 3",
        "UPDATE audit_entry SET sequence = 3 WHERE sequence = 99",
    )
    assert {finding.sequence for finding in found if finding.fault == Fault.EDITED} == {2, 3}


@pytest.mark.usefixtures("five")
def test_an_inserted_row_is_found() -> None:
    found = tampered(
        "INSERT INTO audit_entry SELECT 6, at, actor_id, actor_label, action, subject, details_json, trace, hash, hash "
        "FROM audit_entry WHERE sequence = 5"
    )
    assert set(found) == {Finding(6, Fault.EDITED), Finding(6, Fault.BEYOND_HEAD)}


@pytest.mark.usefixtures("five")
def test_a_tail_cut_off_with_its_head_is_found_by_the_anchor_noted_before() -> None:
    anchor = queries.chain_verdict().head
    fourth = Entry.objects.get(sequence=4).hash
    cut = ["DELETE FROM audit_entry WHERE sequence = 5", f"UPDATE audit_head SET sequence = 4, hash = '{fourth}'"]  # noqa: S608
    assert tampered(*cut) == []
    assert queries.chain_verdict(anchor).findings == (Finding(5, Fault.ANCHOR_DIFFERS),)


@pytest.mark.usefixtures("five")
def test_another_key_is_found(settings) -> None:
    settings.AUDIT_KEY = "another-" + "k" * 32
    assert queries.chain_verdict().findings == (Finding(1, Fault.WRONG_KEY),)


@pytest.mark.usefixtures("five")
@pytest.mark.parametrize(
    ("filters", "sequences"),
    [
        (Filters(), [5, 4, 3, 2, 1]),
        (Filters(actor_id=ALICE.id), [4, 2]),
        (Filters(action_prefix="app0."), [5, 3, 1]),
        (Filters(action_prefix="app"), [5, 4, 3, 2, 1]),
        (Filters(action_prefix="app_."), []),
        (Filters(subject="s:3"), [4]),
        (Filters(since=START + timedelta(days=3)), [5, 4]),
        (Filters(before=START + timedelta(days=3)), [3, 2, 1]),
        (Filters(actor_id=ALICE.id, since=START + timedelta(days=2)), [4]),
        (Filters(subject="nothing"), []),
    ],
)
def test_entries_are_found_by_filters_newest_first(filters: Filters, sequences: list[int]) -> None:
    assert [entry.sequence for entry in queries.entries(ALICE, filters).items] == sequences


@pytest.mark.usefixtures("five")
def test_pages_of_entries() -> None:
    page = queries.entries(ALICE, page=2, size=2)
    assert ([e.sequence for e in page.items], page.total) == ([3, 2], 5)


@pytest.mark.usefixtures("five")
def test_the_export_as_jsonl_holds_every_column_and_can_be_verified_from_outside() -> None:
    rows = [json.loads(line) for line in queries.export_entries(SYSTEM, Filters(action_prefix="app1"), form="jsonl")]
    assert [row["sequence"] for row in rows] == [2, 4]
    assert set(rows[0]) == set(queries.COLUMNS)
    assert rows[0]["details"] == {"số": 1, "tỉ lệ": 1e23}


def test_the_export_as_csv_is_quoted_and_holds_no_formula() -> None:
    evil = Actor(id=uuid4(), label='=HYPERLINK("http://x","y"),\nz')
    record_entry(by=evil, action="a.b", subject="s:1")
    text = "".join(queries.export_entries(SYSTEM, form="csv"))
    head, row = list(csv.reader(io.StringIO(text)))
    assert tuple(head) == queries.COLUMNS
    assert row[3] == "'" + evil.label
    assert row[6] == "{}"


def test_an_empty_log_exports_its_head_only() -> None:
    assert len(list(queries.export_entries(SYSTEM))) == 1
    assert list(queries.export_entries(SYSTEM, form="jsonl")) == []
    assert queries.chain_verdict().is_whole


def test_nobody_reads_exports_or_verifies_without_the_permission() -> None:
    with pytest.raises(MayNotViewAudit):
        queries.entries(NOBODY)
    with pytest.raises(MayNotExportAudit):
        queries.export_entries(ALICE)
    with pytest.raises(MayNotVerifyAudit):
        queries.verify_chain(ALICE)
    assert queries.entries(ALICE).total == 0


def test_every_code_has_words() -> None:
    from songcau.foundation.audit import words

    assert set(words.FAULTS) == set(Fault)
    assert set(words.REFUSALS) == {e.code for e in (MayNotViewAudit, MayNotExportAudit, MayNotVerifyAudit)}
