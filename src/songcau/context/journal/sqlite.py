"""The journal's tables in one SQLite file: write-ahead log, an fsync for each commit."""

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from songcau.context.journal.checkpoints import MOST_PAGES, Checkpoints
from songcau.context.journal.rows import Row
from songcau.context.journal.sql_reading import LAST_AT, LAST_SEQ
from songcau.context.journal.sql_writing import (
    is_written,
    write_documents,
    write_marks,
    write_names,
    write_removals,
    write_revocation,
)
from songcau.context.journal.sqlite_reading import SqliteReading
from songcau.context.journal.sqlite_tables import INSERT_ENTITIES, INSERT_ROWS, INSERT_SNAPSHOTS, bring_up_to_date
from songcau.context.journal.store import Living, Names, StoreError, StoreInUse
from songcau.context.journal.transaction import Batch

FILE: Final = "journal.sqlite3"
GUARD: Final = "journal.lock"
BUSY_MILLISECONDS: Final = 2000

_LOST = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN}


class SqliteStore(SqliteReading):
    """A file in the data folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / FILE)
        self._folder = folder
        self._guard: sqlite3.Connection | None = None
        self._connection: sqlite3.Connection | None = None
        self._checkpoints = Checkpoints(self._connect)

    def open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._guard = keep_others_out(self._folder)
            create_private(self.file)
            self._connection = self._connect()
            bring_up_to_date(self._connection, self.file)
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise StoreError(f"The journal in {self._folder} cannot be opened: {error}") from error
        except StoreError:
            self.close()
            raise

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.file, isolation_level=None, check_same_thread=False, timeout=BUSY_MILLISECONDS / 1000
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        connection.execute(f"PRAGMA wal_autocheckpoint = {MOST_PAGES}")
        return connection

    @property
    def _database(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StoreError("The journal is not open.", is_lost=True)
        return self._connection

    def names(self) -> Names:
        database = self._database
        return Names(
            tenants=dict(database.execute("SELECT name, number FROM tenant")),
            authors=dict(database.execute("SELECT label, number FROM author")),
            last_entity=database.execute(
                "SELECT max(value, (SELECT coalesce(max(number), 0) FROM entity)) FROM mark WHERE name = 'entity'"
            ).fetchone()[0],
            last_seq=database.execute(LAST_SEQ).fetchone()[0],
            last_at=(database.execute(LAST_AT).fetchone() or (0,))[0],
        )

    def living(self) -> Iterator[Living]:
        return self._database.execute(
            "SELECT number, tenant, id, coalesce(seq, 0), coalesce(skip, 0), coalesce(place, 0), observed_from,"
            " observed_to, document FROM entity LEFT JOIN snapshot ON entity = number WHERE ended IS NULL"
            " ORDER BY number"
        )

    def tail(self) -> Iterator[Row]:
        return self._database.execute(
            "SELECT * FROM history WHERE seq > (SELECT value FROM mark WHERE name = 'covered') ORDER BY seq"
        )

    def write(self, batch: Batch) -> None:
        database, fetch = self._database, self._fetch
        is_committing = False
        try:
            database.execute("BEGIN IMMEDIATE")
            write_names(fetch, batch)
            if batch.begun:
                INSERT_ENTITIES(database, [(*each, None) for each in batch.begun])
            INSERT_ROWS(database, batch.rows)
            if batch.snapshots:
                INSERT_SNAPSHOTS(database, batch.snapshots)
            write_marks(fetch, batch)
            write_documents(fetch, batch)
            write_removals(fetch, batch, self._delete_rows)
            is_committing = True
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure(database, error, is_committing=is_committing) from error
        self._checkpoints.written(database, batch.size)

    def _delete_rows(self, _number: int, rows: Sequence[int]) -> None:
        marks = ",".join("?" * len(rows))
        self._database.execute(f"DELETE FROM history WHERE seq IN ({marks})", rows)  # noqa: S608  # question marks

    def _fetch(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        return self._database.execute(statement.replace("%s", "?"), parameters).fetchall()

    def _failure(self, database: sqlite3.Connection, error: sqlite3.Error, *, is_committing: bool) -> StoreError:
        """What the failed transaction means, after taking it back.

        An I/O error while committing may be an fsync that failed: the file may hold a whole commit, or not.
        """
        is_lost = (getattr(error, "sqlite_errorcode", 0) & 0xFF) in _LOST
        if database.in_transaction:
            try:
                database.execute("ROLLBACK")
            except sqlite3.Error:
                is_lost = True
        return StoreError(f"SQLite: {error}", is_lost=is_lost, is_doubtful=is_lost and is_committing)

    def reopen(self) -> None:
        self._checkpoints.stop()
        if self._connection is not None:
            with suppress(sqlite3.Error):
                self._connection.close()
            self._connection = None
        try:
            connection = self._connect()
            connection.execute("SELECT count(*) FROM mark").fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"SQLite: {error}", is_lost=True) from error
        self._connection = connection

    def holds(self, batch: Batch) -> bool:
        try:
            if not is_written(self._fetch, batch):
                return False
            # What a failed fsync left in the write-ahead log goes to the file itself, with an fsync that succeeds.
            busy, _, _ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"SQLite: {error}", is_lost=True) from error
        if busy:
            raise StoreError("SQLite: readers keep the write-ahead log from being carried over.")
        return True

    def revoke(self, batch: Batch) -> None:
        database = self._database
        try:
            database.execute("BEGIN IMMEDIATE")
            write_revocation(self._fetch, batch)
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure(database, error, is_committing=False) from error

    def close(self) -> None:
        super().close()
        self._checkpoints.stop()
        for connection in (self._connection, self._guard):
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
        self._connection = self._guard = None


def keep_others_out(folder: Path) -> sqlite3.Connection:
    """The folder is ours until this is closed: an exclusive lock on a file of its own.

    The operating system takes it back when the process ends. Raises StoreInUse, OSError, sqlite3.Error.
    """
    create_private(folder / GUARD)
    guard = sqlite3.connect(folder / GUARD, timeout=0, isolation_level=None, check_same_thread=False)
    try:
        guard.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        guard.close()
        raise StoreInUse(f"Another broker works in {folder}: one folder belongs to one broker.") from error
    return guard


def create_private(file: Path) -> None:
    """The file, for its owner only; SQLite gives the files beside it the same rights.

    One that is there is not touched: closing it would drop the locks that this process holds on it.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
