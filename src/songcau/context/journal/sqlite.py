"""The journal's tables in one SQLite file: write-ahead log, an fsync for each commit."""

import os
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, Final

import orjson

from songcau.context.journal.rows import Row
from songcau.context.journal.store import Life, Living, Names, Period, StoreError, StoreInUse, WrongVersion
from songcau.context.journal.transaction import Batch

FILE: Final = "journal.sqlite3"
GUARD: Final = "journal.lock"
VERSION: Final = 1
BUSY_MILLISECONDS: Final = 2000

SCHEMA: Final = """
CREATE TABLE tenant (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE author (number INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);
CREATE TABLE entity (
    number INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id TEXT NOT NULL, types TEXT NOT NULL, ended INTEGER
);
CREATE INDEX entity_by_id ON entity (id, tenant);
CREATE TABLE history (
    seq INTEGER PRIMARY KEY, previous INTEGER NOT NULL, skip INTEGER NOT NULL, entity INTEGER NOT NULL,
    place INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, author INTEGER NOT NULL,
    observed_from INTEGER, observed_to INTEGER, body BLOB NOT NULL
);
CREATE TABLE snapshot (
    entity INTEGER PRIMARY KEY, seq INTEGER NOT NULL, skip INTEGER NOT NULL, place INTEGER NOT NULL,
    observed_from INTEGER, observed_to INTEGER, document BLOB NOT NULL
);
CREATE TABLE document (
    kind TEXT NOT NULL, tenant TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, tenant, id)
) WITHOUT ROWID;
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO mark VALUES ('covered', 0);
"""

# From version → what makes the next one of it.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {}


class _Insert:
    """One statement for many rows: each step of `executemany` gives the interpreter's lock away and waits for it."""

    SIZES = (256, 64, 16, 4, 1)

    def __init__(self, start: str, columns: int) -> None:
        row = "(" + ",".join("?" * columns) + ")"
        self._statements = [(size * columns, f"{start} VALUES {','.join([row] * size)}") for size in self.SIZES]

    def __call__(self, database: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        values = list(chain.from_iterable(rows))
        start, end = 0, len(values)
        for width, statement in self._statements:
            while end - start >= width:
                database.execute(statement, values[start : start + width])
                start += width


_INSERT_ROWS = _Insert("INSERT INTO history", 11)
_INSERT_SNAPSHOTS = _Insert("INSERT OR REPLACE INTO snapshot", 7)
_INSERT_ENTITIES = _Insert("INSERT INTO entity", 5)
_LINE = (
    "WITH RECURSIVE line AS (SELECT * FROM history WHERE seq = ?1"
    " UNION ALL SELECT history.* FROM line JOIN history ON history.seq = line.previous LIMIT ?2)"
    " SELECT * FROM line"
)
_CHAPTERS = (
    "WITH RECURSIVE chapter AS ("
    " SELECT seq, skip, place, at, observed_from, observed_to FROM history WHERE seq = ?1"
    " UNION ALL SELECT history.seq, history.skip, history.place, history.at, history.observed_from, history.observed_to"
    " FROM chapter JOIN history ON history.seq = chapter.skip WHERE chapter.at >= ?2"
    ") SELECT seq, place, at, observed_from, observed_to FROM chapter"
)
_DOCUMENT = "SELECT body FROM document WHERE kind = ? AND tenant = ? AND id = ?"
_LOST = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN}


class SqliteStore:
    """A file in the data folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._guard: sqlite3.Connection | None = None
        self._connection: sqlite3.Connection | None = None
        self._idle: list[sqlite3.Connection] = []

    @property
    def file(self) -> Path:
        return self._folder / FILE

    def open(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._keep_others_out()
            _create_private(self.file)
            self._connection = self._connect()
            self._prepare(self._connection)
        except (OSError, sqlite3.Error) as error:
            self.close()
            raise StoreError(f"The journal in {self._folder} cannot be opened: {error}") from error
        except StoreError:
            self.close()
            raise

    def _keep_others_out(self) -> None:
        """An exclusive lock on a file of its own, which the operating system takes back when the process ends."""
        _create_private(self._folder / GUARD)
        guard = sqlite3.connect(self._folder / GUARD, timeout=0, isolation_level=None, check_same_thread=False)
        try:
            guard.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            guard.close()
            raise StoreInUse(f"Another broker works in {self._folder}: one folder belongs to one broker.") from error
        self._guard = guard

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.file, isolation_level=None, check_same_thread=False, timeout=BUSY_MILLISECONDS / 1000
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA journal_size_limit = 67108864")
        return connection

    def _prepare(self, connection: sqlite3.Connection) -> None:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if version > VERSION:
            raise WrongVersion(
                f"{self.file} was written by a newer version (form {version}; this one reads up to {VERSION})."
            )
        if version == 0:
            connection.executescript(f"BEGIN IMMEDIATE;{SCHEMA}PRAGMA user_version = {VERSION};COMMIT;")
            return
        while version < VERSION:
            step = MIGRATIONS.get(version)
            if step is None:
                raise WrongVersion(
                    f"{self.file} is of form {version}, which this version can no longer bring up to date."
                )
            connection.execute("BEGIN IMMEDIATE")
            step(connection)
            version += 1
            connection.execute(f"PRAGMA user_version = {version}")
            connection.execute("COMMIT")

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
            last_entity=database.execute("SELECT coalesce(max(number), 0) FROM entity").fetchone()[0],
            last_seq=database.execute("SELECT coalesce(max(seq), 0) FROM history").fetchone()[0],
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
        database = self._database
        is_committing = False
        try:
            database.execute("BEGIN IMMEDIATE")
            self._write_names(database, batch)
            _INSERT_ROWS(database, batch.rows)
            self._write_rest(database, batch)
            is_committing = True
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure(database, error, is_committing=is_committing) from error

    def _write_names(self, database: sqlite3.Connection, batch: Batch) -> None:
        if batch.tenants:
            database.executemany("INSERT INTO tenant VALUES (?, ?)", batch.tenants)
        if batch.authors:
            database.executemany("INSERT INTO author VALUES (?, ?)", batch.authors)
        if batch.begun:
            _INSERT_ENTITIES(database, [(*each, None) for each in batch.begun])
        if batch.retyped:
            database.executemany("UPDATE entity SET types = ? WHERE number = ?", batch.retyped)
        if batch.ended:
            database.executemany("UPDATE entity SET ended = ? WHERE number = ?", batch.ended)

    def _write_rest(self, database: sqlite3.Connection, batch: Batch) -> None:
        for kind, tenant, name, body in batch.documents:
            found = database.execute(_DOCUMENT, (kind, tenant, name)).fetchone()
            batch.replaced.append((kind, tenant, name, found[0] if found else None))
            if body is None:
                database.execute("DELETE FROM document WHERE kind = ? AND tenant = ? AND id = ?", (kind, tenant, name))
            else:
                database.execute("INSERT OR REPLACE INTO document VALUES (?, ?, ?, ?)", (kind, tenant, name, body))
        if batch.snapshots:
            _INSERT_SNAPSHOTS(database, batch.snapshots)
        if batch.forgotten:
            database.executemany("DELETE FROM snapshot WHERE entity = ?", batch.forgotten)
        if batch.is_probe:
            database.execute("UPDATE mark SET value = value")
        if batch.covered is not None:
            database.execute("UPDATE mark SET value = ? WHERE name = 'covered'", (batch.covered,))

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
            if not self._is_there(batch):
                return False
            # What a failed fsync left in the write-ahead log goes to the file itself, with an fsync that succeeds.
            busy, _, _ = self._database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error as error:
            raise StoreError(f"SQLite: {error}", is_lost=True) from error
        if busy:
            raise StoreError("SQLite: readers keep the write-ahead log from being carried over.")
        return True

    def _is_there(self, batch: Batch) -> bool:
        if batch.rows:
            query = "SELECT EXISTS (SELECT 1 FROM history WHERE seq = ?)"
            return bool(self._database.execute(query, (batch.rows[-1][0],)).fetchone()[0])
        wanted = {(kind, tenant, name): body for kind, tenant, name, body in batch.documents}
        found = {key: self._database.execute(_DOCUMENT, key).fetchone() for key in wanted}
        return all((row[0] if row else None) == wanted[key] for key, row in found.items())

    def revoke(self, batch: Batch) -> None:
        undone = Batch(documents=batch.replaced[::-1])
        try:
            database = self._database
            database.execute("BEGIN IMMEDIATE")
            database.executemany("DELETE FROM history WHERE seq = ?", [(row[0],) for row in batch.rows])
            database.executemany("DELETE FROM tenant WHERE number = ?", [(number,) for number, _ in batch.tenants])
            database.executemany("DELETE FROM author WHERE number = ?", [(number,) for number, _ in batch.authors])
            database.executemany("DELETE FROM entity WHERE number = ?", [(row[0],) for row in batch.begun])
            database.executemany("UPDATE entity SET ended = NULL WHERE number = ?", [(row[1],) for row in batch.ended])
            self._write_rest(database, undone)
            database.execute("COMMIT")
        except sqlite3.Error as error:
            raise self._failure(self._database, error, is_committing=False) from error

    def documents(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        with self._reader() as connection:
            rows = connection.execute(
                "SELECT tenant, id, body FROM document WHERE kind = ? ORDER BY tenant, id", (kind,)
            ).fetchall()
        return [(tenant, name, orjson.loads(body)) for tenant, name, body in rows]

    def lives(self, tenant: str, entity_id: str) -> list[Life]:
        with self._reader() as connection:
            rows = connection.execute(
                "SELECT number, ended, types FROM entity WHERE id = ?"
                " AND tenant = (SELECT number FROM tenant WHERE name = ?) ORDER BY number",
                (entity_id, tenant),
            ).fetchall()
        return [Life(number, ended, tuple(types.split())) for number, ended, types in rows]

    def rows_of(self, newest: int, period: Period, limit: int) -> list[Row]:
        found: list[Row] = []
        with self._reader() as connection:
            for last, place in _chapters(connection, newest, period):
                found += connection.execute(_LINE, (last, min(place, limit - len(found)))).fetchall()
                if len(found) >= limit:
                    break
        return found

    def rows_after(self, after: int, limit: int) -> Sequence[tuple[str, str, Row]]:
        with self._reader() as connection:
            rows = connection.execute(
                "SELECT tenant.name, entity.id, history.* FROM history JOIN entity ON entity.number = history.entity"
                " JOIN tenant ON tenant.number = entity.tenant WHERE seq > ? ORDER BY seq LIMIT ?",
                (after, limit),
            ).fetchall()
        return [(tenant, entity_id, tuple(row)) for tenant, entity_id, *row in rows]

    def rows_back(self, newest: int, limit: int) -> Sequence[Row]:
        with self._reader() as connection:
            return connection.execute(_LINE, (newest, limit)).fetchall()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads, one that lies idle or a new one. StoreError if it cannot."""
        try:
            connection = self._idle.pop() if self._idle else self._reading()
            yield connection
        except sqlite3.Error as error:
            raise StoreError(f"SQLite: {error}") from error
        self._idle.append(connection)

    def _reading(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        return connection

    def close(self) -> None:
        for connection in (*self._idle, self._connection, self._guard):
            if connection is not None:
                with suppress(sqlite3.Error):
                    connection.close()
        self._connection = self._guard = None
        self._idle = []


def _create_private(file: Path) -> None:
    """The file, for its owner only; SQLite gives the files beside it the same rights.

    One that is there is not touched: closing it would drop the locks that this process holds on it.
    """
    with suppress(FileExistsError):
        os.close(os.open(file, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))


def _chapters(connection: sqlite3.Connection, newest: int, period: Period) -> Iterator[tuple[int, int]]:
    """(last row, number of rows) of the chapters that touch the period, newest first.

    A chapter's rows are younger than the last row of the chapter before it, which the next step tells.
    """
    oldest = period.since if period.since is not None and not period.observed else -(1 << 62)
    rows = connection.execute(_CHAPTERS, (newest, oldest)).fetchall()
    for (seq, place, at, first, latest), before in zip_longest(rows, rows[1:]):
        begun = before[2] if before is not None else -(1 << 62)
        if period.touches(first, latest) if period.observed else period.touches(begun, at):
            yield seq, place
