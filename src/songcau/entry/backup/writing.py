"""A backup is made while the city runs: one moment of the database, then every file that moment knows."""

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from django.db.backends.base.base import BaseDatabaseWrapper

from songcau import __version__
from songcau.entry.backup import broker, files
from songcau.entry.backup.keys import city_id
from songcau.entry.backup.members import MemberWriter
from songcau.entry.backup.sealing import SealedWriter
from songcau.entry.backup.snapshots import Snapshot, snapshot_of
from songcau.entry.backup.tables import Table, applied, state_at, tables_of
from songcau.entry.settings import Settings
from songcau.foundation.files.holding import everything_held
from songcau.foundation.files.storage import store
from songcau.foundation.files.stores import ContentMissing

NAMED = 1000
KEYS = ("secret_key", "audit_key")


@dataclass(slots=True)
class Made:
    """What is in the backup. `lacking`: files the city needs whose bytes were missing or wrong in the store already.

    broker: what it holds of the context broker; None when there is none, or it was left out.
    """

    file: Path
    made_at: datetime
    encrypted: bool
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    files: int = 0
    bytes: int = 0
    lacking: int = 0
    named: list[str] = field(default_factory=list)
    broker: dict[str, Any] | None = None
    is_broker_left_out: bool = False

    @property
    def rows(self) -> int:
        return sum(told["rows"] for told in self.tables.values())


def make_backup(
    file: Path,
    *,
    settings: Settings,
    database: BaseDatabaseWrapper,
    passphrase: str | None,
    now: datetime,
    with_broker: bool = True,
) -> Made:
    """Write the backup to `file`: whole, or not at all.

    Raises BackupExists, NoRoom, CannotWrite, DatabaseUnprepared, DatabaseNewer, DatabaseAway, StoreAway,
    JournalUnreadable.
    """
    migrations = applied(database)
    tables = tables_of(state_at(migrations))
    made = Made(file, now, passphrase is not None)
    has_broker = broker.is_there(settings, encrypted=made.encrypted)
    made.is_broker_left_out = has_broker and not with_broker
    form = broker.FORMAT if has_broker and with_broker else 1
    with ExitStack() as stack:
        stream = stack.enter_context(files.written(file))
        wanted = stack.enter_context(tempfile.TemporaryFile("w+", dir=file.parent, encoding="ascii"))
        sealed = SealedWriter(stream, city=city_id(settings), made_at=now.isoformat(), passphrase=passphrase, form=form)
        out = MemberWriter(sealed)
        # Before the moment: what it knows cannot go any more.
        stack.enter_context(everything_held())
        with snapshot_of(database) as snapshot:
            out.put("start", _start(settings, snapshot, migrations, made))
            for table in tables:
                made.tables[table.name] = _put_table(out, snapshot, table)
            for digest, needed in snapshot.blobs():
                wanted.write(f"{digest} {needed:d}\n")
        if has_broker and with_broker:
            made.broker = broker.put_broker(out, settings, encrypted=made.encrypted)
        total = _put_files(out, wanted, made)
        out.put("end", {"tables": made.tables, "files": total, **({"broker": made.broker} if made.broker else {})})
        sealed.finish()
    return made


def _start(settings: Settings, snapshot: Snapshot, migrations: list[tuple[str, str]], made: Made) -> dict[str, Any]:
    told: dict[str, Any] = {
        "songcau": __version__,
        "engine": snapshot.engine,
        "made_at": made.made_at.isoformat(),
        "city": settings.city_name,
        "audit_key_id": city_id(settings),
        "migrations": migrations,
    }
    if made.encrypted:
        told["keys"] = {name: getattr(settings, name).get_secret_value() for name in KEYS}
    return told


def _put_table(out: MemberWriter, snapshot: Snapshot, table: Table) -> dict[str, Any]:
    rows = 0

    def counted() -> Iterator[bytes]:
        nonlocal rows
        for piece in snapshot.rows(table):
            rows += piece.count(b"\n")
            yield piece

    facts = {"name": table.name, "columns": [column.name for column in table.columns]}
    tail = out.put("table", facts, counted(), packed=True)
    return {"rows": rows, "sha256": tail["sha256"], "counter": snapshot.counter(table) if table.counter else 0}


def _put_files(out: MemberWriter, wanted: IO[str], made: Made) -> dict[str, Any]:
    """Every file whose bytes are right; the hash of their names, one after the other; and what was not right."""
    wanted.seek(0)
    names = hashlib.sha256()
    for line in wanted:
        digest, needed = line.split()
        try:
            pieces = store().read(digest)
        except ContentMissing:
            # A row nothing needs may be ahead of its bytes (an upload just now) or behind them (a deletion cut short).
            if needed == "1":
                _note(made, digest)
            continue
        tail = out.put("file", {"digest": digest}, pieces)
        if tail["sha256"] != digest:
            _note(made, digest)
            continue
        names.update(bytes.fromhex(digest))
        made.files += 1
        made.bytes += tail["size"]
    whole = {"count": made.files, "bytes": made.bytes, "sha256": names.hexdigest()}
    return {**whole, "lacking": made.lacking, "named": made.named}


def _note(made: Made, digest: str) -> None:
    made.lacking += 1
    if len(made.named) < NAMED:
        made.named.append(digest)
