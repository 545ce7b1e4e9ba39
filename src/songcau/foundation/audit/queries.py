"""What can be asked of the audit log: entries by filters, all of them as a file, and whether the chain is whole."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet

from songcau.foundation.audit.models import Entry, Head
from songcau.foundation.audit.permissions import require_export, require_verify, require_view
from songcau.foundation.audit.rules import ASK_VERIFICATION, VERIFY_CHAIN, Anchor, Verdict, Walk
from songcau.kernel.actor import Actor
from songcau.kernel.paging import Page, page_of

CHUNK = 2000
COLUMNS = (
    "sequence",
    "at",
    "actor_id",
    "actor_label",
    "action",
    "subject",
    "details",
    "trace",
    "previous_hash",
    "hash",
)


@dataclass(frozen=True, slots=True)
class Filters:
    """What to look for; None or empty means any. Instants are aware, `since` inclusive, `before` exclusive."""

    actor_id: UUID | None = None
    action_prefix: str = ""
    subject: str = ""
    since: datetime | None = None
    before: datetime | None = None


def entries(by: Actor, filters: Filters | None = None, *, page: int = 1, size: int = 50) -> Page[Entry]:
    """One page of entries, newest first. Raises MayNotViewAudit."""
    require_view(by)
    found: Page[Entry] = page_of(_filtered(filters or Filters()), page, size)
    return found


def export_entries(
    by: Actor, filters: Filters | None = None, *, form: Literal["csv", "jsonl"] = "csv"
) -> Iterator[str]:
    """The entries oldest first, line by line, in constant memory. Raises MayNotExportAudit at the call.

    CSV has a head and RFC 4180 quoting; a cell that a spreadsheet would take for a formula gets an apostrophe.
    """
    require_export(by)
    rows = _filtered(filters or Filters()).order_by("sequence").iterator(CHUNK)
    return _csv(rows) if form == "csv" else _jsonl(rows)


def export_rows(by: Actor, rows: QuerySet[Entry]) -> Iterator[str]:
    """These entries as JSON lines with their hashes, in constant memory. Raises MayNotExportAudit at the call."""
    require_export(by)
    return _jsonl(rows.iterator(CHUNK))


def entries_on(subject: str, *, most: int) -> tuple[Entry, ...]:
    """The newest entries on one subject. For a person about their own account: the caller answers for whose it is."""
    return tuple(Entry.objects.filter(subject=subject).order_by("-sequence")[:most])


@dataclass(frozen=True, slots=True)
class Verification:
    """How the last walk over the chain ended, and whether another was asked for since. `findings`: sequence, fault."""

    at: datetime | None
    by: str
    asked_by: str
    entries: int
    faults: int
    findings: tuple[tuple[int, str], ...]
    asked: Entry | None

    @property
    def is_whole(self) -> bool:
        return self.at is not None and self.faults == 0


def last_verification(by: Actor) -> Verification:
    """Raises MayNotViewAudit."""
    require_view(by)
    done = Entry.objects.filter(action=VERIFY_CHAIN).order_by("-sequence").first()
    asked = Entry.objects.filter(action=ASK_VERIFICATION).order_by("-sequence").first()
    if asked and done and asked.sequence < done.sequence:
        asked = None
    if done is None:
        return Verification(None, "", "", 0, 0, (), asked)
    told = done.details
    findings = tuple((int(sequence), str(fault)) for sequence, fault in told["findings"])
    return Verification(
        done.at, done.actor_label, str(told["asked_by"]), told["entries"], told["faults"], findings, asked
    )


def length() -> int:
    """How many entries there are, without counting them: the chain has no gaps."""
    head = Head.objects.filter(pk=Head.ONLY).first()
    return head.sequence if head else 0


def verify_chain(by: Actor, anchor: Anchor | None = None) -> Verdict:
    """Walk the whole chain and say what is wrong at which sequence. Raises MayNotVerifyAudit.

    `anchor` is a head noted outside the database: only it can find a tail that was cut off together with the head.
    """
    require_verify(by)
    return chain_verdict(anchor)


def chain_verdict(anchor: Anchor | None = None) -> Verdict:
    """`verify_chain` for the command line and tests, where nobody is signed in."""
    with transaction.atomic():
        if connection.vendor == "postgresql" and not connection.savepoint_ids:
            # Head and entries of one moment, though others append meanwhile.
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        head = Head.objects.filter(pk=Head.ONLY).first()
        chain = ((entry.record(), entry.hash) for entry in Entry.objects.order_by("sequence").iterator(CHUNK))
        end = Anchor(head.sequence, head.hash) if head else None
        return Walk(settings.AUDIT_KEY.encode(), anchor).over(chain, end)


def _filtered(filters: Filters) -> QuerySet[Entry]:
    wanted = {
        "actor_id": filters.actor_id,
        "action__startswith": filters.action_prefix,
        "subject": filters.subject,
        "at__gte": filters.since,
        "at__lt": filters.before,
    }
    return Entry.objects.filter(**{name: value for name, value in wanted.items() if value}).order_by("-sequence")


def _plain(entry: Entry) -> dict[str, Any]:
    return {
        **{name: getattr(entry, name) for name in COLUMNS},
        "at": entry.at.isoformat(),
        "actor_id": str(entry.actor_id),
    }


def _csv(rows: Iterator[Entry]) -> Iterator[str]:
    yield _line(COLUMNS)
    for entry in rows:
        yield _line(_cell(value) for value in {**_plain(entry), "details": entry.details_json}.values())


def _jsonl(rows: Iterator[Entry]) -> Iterator[str]:
    for entry in rows:
        yield json.dumps(_plain(entry), ensure_ascii=False) + "\n"


def _line(cells: Any) -> str:
    stream = io.StringIO()
    csv.writer(stream).writerow(cells)
    return stream.getvalue()


def _cell(value: object) -> str:
    text = str(value)
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text
