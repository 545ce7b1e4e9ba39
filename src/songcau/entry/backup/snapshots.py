"""One moment of the database, read while others go on writing."""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any, Protocol, cast

import psycopg
from django.db.backends.base.base import BaseDatabaseWrapper
from psycopg import sql

from songcau.entry.backup.copytext import from_sqlite, line_of
from songcau.entry.backup.refusals import DatabaseAway
from songcau.entry.backup.tables import Table, first_line

BATCH = 1 << 18
ROWS = 500
PATIENCE_SECONDS = 20
# Bytes that something needs must be in the store; for others the row may be ahead of the bytes, or behind them.
BLOBS = """
SELECT digest,
       EXISTS (SELECT 1 FROM files_filelink WHERE blob_id = files_blob.id OR original_id = files_blob.id)
       OR EXISTS (SELECT 1 FROM files_preview WHERE image_id = files_blob.id)
FROM files_blob ORDER BY digest
"""


class Snapshot(Protocol):
    """What is read from the moment. Every method reads as it is iterated, in little memory."""

    engine: str

    def rows(self, table: Table) -> Iterator[bytes]:
        """All rows as COPY text."""
        ...

    def counter(self, table: Table) -> int:
        """The last number the table's counter gave out, 0 when none."""
        ...

    def blobs(self) -> Iterator[tuple[str, bool]]:
        """Digest, and whether anything needs the bytes."""
        ...


class SqliteSnapshot:
    """A read transaction: writers go on in the write-ahead log, and what they write is not seen."""

    engine = "sqlite"

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM django_migrations").fetchone()

    def rows(self, table: Table) -> Iterator[bytes]:
        turns = [from_sqlite(column) for column in table.columns]
        cursor = self._connection.execute(f'SELECT {table.quoted_columns} FROM "{table.name}"')  # noqa: S608  # names from migrations
        lines = (line_of(row, turns).encode() for batch in iter(lambda: cursor.fetchmany(ROWS), []) for row in batch)
        return batched(lines)

    def counter(self, table: Table) -> int:
        found = self._connection.execute("SELECT seq FROM sqlite_sequence WHERE name = ?", (table.name,)).fetchone()
        return int(found[0]) if found else 0

    def blobs(self) -> Iterator[tuple[str, bool]]:
        for digest, needed in self._connection.execute(BLOBS):
            yield digest, bool(needed)


class PostgresqlSnapshot:
    """One REPEATABLE READ transaction; each table streamed by COPY."""

    engine = "postgresql"

    def __init__(self, connection: "psycopg.Connection[tuple[Any, ...]]") -> None:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        self._connection = connection
        for setting in ("DateStyle TO 'ISO, YMD'", "TimeZone TO 'UTC'", "IntervalStyle TO 'postgres'"):
            connection.execute(f"SET LOCAL {setting}")
        connection.execute("SET LOCAL bytea_output TO 'hex'")
        connection.execute("SELECT count(*) FROM django_migrations").fetchone()

    def rows(self, table: Table) -> Iterator[bytes]:
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
        wanted = sql.SQL("COPY {} ({}) TO STDOUT").format(sql.Identifier(table.name), columns)
        with self._connection.cursor() as cursor, cursor.copy(wanted) as copy:
            yield from batched(bytes(piece) for piece in copy)

    def counter(self, table: Table) -> int:
        named = self._connection.execute(
            "SELECT pg_get_serial_sequence(quote_ident(%s), %s)", (table.name, table.counter)
        ).fetchone()
        if named is None or named[0] is None:
            return 0
        # Its name comes quoted from the server itself.
        asked = f"SELECT CASE WHEN is_called THEN last_value ELSE last_value - 1 END FROM {named[0]}"  # noqa: S608
        found = self._connection.execute(cast("Any", asked)).fetchone()
        return int(found[0]) if found else 0

    def blobs(self) -> Iterator[tuple[str, bool]]:
        with self._connection.cursor("blobs") as cursor:
            cursor.execute(BLOBS)
            yield from cursor


@contextmanager
def snapshot_of(database: BaseDatabaseWrapper) -> Iterator[Snapshot]:
    """The database as it is now, on a connection of its own. Raises DatabaseAway."""
    named = database.settings_dict
    try:
        if database.vendor == "sqlite":
            address = f"{Path(named['NAME']).resolve().as_uri()}?mode=rw"
            with closing(
                sqlite3.connect(address, uri=True, isolation_level=None, timeout=PATIENCE_SECONDS)
            ) as connection:
                yield SqliteSnapshot(connection)
        else:
            with psycopg.connect(**address_of(database), connect_timeout=PATIENCE_SECONDS) as line:
                yield PostgresqlSnapshot(line)
    except (sqlite3.OperationalError, psycopg.OperationalError) as error:
        raise DatabaseAway(reason=first_line(error)) from error


def address_of(database: BaseDatabaseWrapper) -> dict[str, Any]:
    """How psycopg reaches the database that Django is connected to."""
    named = database.settings_dict
    told = {key: named[name.upper()] for key, name in (("dbname", "name"), ("user", "user"), ("password", "password"))}
    told |= {key: named[key.upper()] for key in ("host", "port")}
    return {key: value for key, value in told.items() if value}


def batched(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of a good size."""
    batch = bytearray()
    for piece in pieces:
        batch += piece
        if len(batch) >= BATCH:
            yield bytes(batch)
            batch.clear()
    if batch:
        yield bytes(batch)
