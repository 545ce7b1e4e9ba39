"""The journal's tables in PostgreSQL: `COPY` for each commit, the log in partitions of a month.

An index finds the rows of an entity: unlike in SQLite a row of it costs no page of its own. One broker works at a time,
which a lock of its session says; the server lets go of it when the session ends.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import psycopg
from psycopg import Connection

from songcau.context.journal.postgresql_tables import SCHEMA, bring_up_to_date, partition_of
from songcau.context.journal.retention import Expired
from songcau.context.journal.rows import Row
from songcau.context.journal.sql_reading import BARE_COLUMNS, COLUMNS, LAST_AT, LAST_SEQ, NEVER, SqlReading
from songcau.context.journal.sql_writing import (
    is_written,
    write_documents,
    write_marks,
    write_names,
    write_removals,
    write_revocation,
)
from songcau.context.journal.store import Bound, Living, Names, Period, StoreError, StoreInUse
from songcau.context.journal.transaction import Batch

Database = Connection[tuple[Any, ...]]

# Any number that nobody else takes in the same database.
LOCK: Final = 4_919_131_752_989_213_764
ROW_TYPES: Final = ("int8",) * 4 + ("int2", "int8", "int2", "int4", "int8", "int8", "bytea")
CONNECTION: Final[dict[str, Any]] = {
    "connect_timeout": 5,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    "application_name": "songcau broker",
}
SETTINGS: Final = f"SET search_path = {SCHEMA}; SET synchronous_commit = on; SET statement_timeout = '60s'"
AT_ONCE: Final = 2000


class PostgresqlStore(SqlReading):
    """A schema of its own in the database that the address names."""

    seconds_for_the_lock = 5.0

    def __init__(self, address: str) -> None:
        self._address = address
        self._connection: Database | None = None
        self._idle: list[Database] = []
        self._months: set[int] = set()

    def open(self) -> None:
        try:
            self._connection = self._connect()
            self._keep_others_out(self._connection)
            bring_up_to_date(self._connection)
        except psycopg.Error as error:
            self.close()
            raise StoreError(f"The journal in PostgreSQL cannot be opened: {_sentence(error)}") from error
        except StoreError:
            self.close()
            raise

    def _connect(self) -> Database:
        connection = psycopg.connect(self._address, autocommit=True, **CONNECTION)
        connection.execute(SETTINGS)
        return connection

    def _keep_others_out(self, connection: Database) -> None:
        """Take the lock. The server may need a moment to notice that the session which had it is over."""
        deadline = time.monotonic() + self.seconds_for_the_lock
        while True:
            [(is_ours,)] = connection.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchall()
            if is_ours:
                return
            if time.monotonic() > deadline:
                raise StoreInUse(
                    "Another broker works in this database: one database belongs to one broker.", is_lost=True
                )
            time.sleep(0.05)

    @property
    def _database(self) -> Database:
        if self._connection is None:
            raise StoreError("The journal is not open.", is_lost=True)
        return self._connection

    def _fetch(self, statement: str, parameters: Sequence[Any]) -> list[Any]:
        cursor = self._database.execute(statement, parameters)
        return cursor.fetchall() if cursor.description else []

    # --- a start ---------------------------------------------------------------------------------

    def names(self) -> Names:
        fetch = self._fetch
        return Names(
            tenants=dict(fetch("SELECT name, number FROM tenant", ())),
            authors=dict(fetch("SELECT label, number FROM author", ())),
            last_entity=fetch(
                "SELECT greatest(value, (SELECT coalesce(max(number), 0) FROM entity)) FROM mark WHERE name = 'entity'",
                (),
            )[0][0],
            last_seq=fetch(LAST_SEQ, ())[0][0],
            last_at=next((at for (at,) in fetch(LAST_AT, ())), 0),
        )

    def living(self) -> Iterator[Living]:
        return self._stream(
            "SELECT number, tenant, id, coalesce(seq, 0), coalesce(skip, 0), coalesce(place, 0), observed_from,"
            " observed_to, document FROM entity LEFT JOIN snapshot ON entity = number WHERE ended IS NULL"
            " ORDER BY number"
        )

    def tail(self) -> Iterator[Row]:
        return self._stream(
            f"SELECT {COLUMNS} FROM history WHERE seq > (SELECT value FROM mark WHERE name = 'covered') ORDER BY seq"  # noqa: S608
        )

    def _stream(self, query: str) -> Iterator[Any]:
        """The rows of a query that may have very many, some at a time."""
        with self._database.transaction(), self._database.cursor("journal") as cursor:
            cursor.itersize = AT_ONCE
            cursor.execute(query, binary=True)
            yield from cursor

    # --- writing ---------------------------------------------------------------------------------

    def write(self, batch: Batch) -> None:
        database, fetch = self._database, self._fetch
        is_committing = False
        try:
            self._make_room(database, batch.rows)
            database.execute("BEGIN")
            write_names(fetch, batch)
            _copy(database, "entity (number, tenant, id, types)", ("int8", "int8", "text", "text"), batch.begun)
            _copy(database, "history", ROW_TYPES, batch.rows)
            self._write_snapshots(database, batch)
            write_marks(fetch, batch)
            write_documents(fetch, batch)
            write_removals(fetch, batch, self._delete_rows)
            is_committing = True
            database.execute("COMMIT")
        except psycopg.Error as error:
            raise self._failure(database, error, is_committing=is_committing) from error

    def _make_room(self, database: Database, rows: Sequence[Row]) -> None:
        """The partitions of the months that the rows fall into, in a transaction of their own."""
        for month in {_month(at) for at in {rows[0][5], rows[-1][5]}} - self._months if rows else ():
            database.execute(partition_of(month))
            self._months.add(month)

    def _delete_rows(self, number: int, rows: Sequence[int]) -> None:
        self._fetch("DELETE FROM history WHERE entity = %s AND seq = ANY(%s)", (number, list(rows)))

    def _write_snapshots(self, database: Database, batch: Batch) -> None:
        if batch.snapshots:
            numbers = [row[0] for row in batch.snapshots]
            database.execute("DELETE FROM snapshot WHERE entity = ANY(%s)", (numbers,))
            types = ("int8", "int8", "int8", "int2", "int8", "int8", "bytea")
            _copy(database, "snapshot", types, batch.snapshots)

    def _failure(self, database: Database, error: psycopg.Error, *, is_committing: bool) -> StoreError:
        """What the failed transaction means, after taking it back."""
        is_lost = database.closed or database.broken
        if not is_lost:
            try:
                database.execute("ROLLBACK")
            except psycopg.Error:
                is_lost = True
        return StoreError(f"PostgreSQL: {_sentence(error)}", is_lost=is_lost, is_doubtful=is_lost and is_committing)

    def reopen(self) -> None:
        self._let_go()
        try:
            connection = self._connect()
            self._connection = connection
            self._keep_others_out(connection)
        except psycopg.Error as error:
            raise StoreError(f"PostgreSQL: {_sentence(error)}", is_lost=True) from error
        except StoreError:
            self._let_go()
            raise

    def holds(self, batch: Batch) -> bool:
        try:
            return is_written(self._fetch, batch)
        except psycopg.Error as error:
            raise StoreError(f"PostgreSQL: {_sentence(error)}", is_lost=True) from error

    def revoke(self, batch: Batch) -> None:
        database = self._database
        try:
            database.execute("BEGIN")
            write_revocation(self._fetch, batch)
            database.execute("COMMIT")
        except psycopg.Error as error:
            raise self._failure(database, error, is_committing=False) from error

    # --- reading ---------------------------------------------------------------------------------

    def rows_of(self, newest: int, period: Period, bound: Bound) -> list[Row]:
        since = period.since if period.since is not None else NEVER
        until = period.until if period.until is not None else -NEVER
        within = "observed_to >= %s AND observed_from < %s" if period.observed else "at >= %s AND at < %s"
        return self._rows(newest, f" AND {within}", (since, until), bound)

    def expired(self, number: int, newest: int, cut: int | None, limit: int) -> Expired:
        hidden, covered = self.mask(number).everything, self._covered()
        rows = self._all(
            "SELECT seq FROM history WHERE entity = %s AND seq <= %s AND (seq <= %s OR at < %s) ORDER BY seq LIMIT %s",
            (number, covered, hidden, NEVER if cut is None else cut, limit),
        )
        seqs = [seq for (seq,) in rows]
        return Expired(seqs, is_all=not seqs or seqs[-1] == newest)

    def rows_back(self, newest: int, bound: Bound) -> Sequence[Row]:
        return self._rows(newest, "", (), bound)

    def _rows(self, newest: int, condition: str, parameters: tuple[int, ...], bound: Bound) -> list[Row]:
        # Sizes are summed up in the database: what is too much does not come over at all.
        return self._all(
            f"SELECT {BARE_COLUMNS} FROM (SELECT {COLUMNS}, sum(length(body)) OVER (ORDER BY seq DESC) AS size"  # noqa: S608
            " FROM history WHERE entity = (SELECT entity FROM history WHERE seq = %s) AND seq <= %s"
            f"{condition} ORDER BY seq DESC LIMIT %s) AS sized WHERE size - length(body) < %s ORDER BY seq DESC",
            (newest, newest, *parameters, bound.rows, bound.bytes),
        )

    def _all(self, query: str, parameters: Sequence[object]) -> list[Any]:
        with self._reader() as connection:
            return connection.execute(query, parameters).fetchall()

    @contextmanager
    def _reader(self) -> Iterator[Database]:
        """A connection that only reads. One that the server has closed meanwhile is replaced once."""
        try:
            connection = self._idle.pop() if self._idle else self._new_reader()
            if connection.closed or not _is_alive(connection):
                connection = self._new_reader()
            yield connection
        except psycopg.Error as error:
            raise StoreError(f"PostgreSQL: {_sentence(error)}") from error
        self._idle.append(connection)

    def _new_reader(self) -> Database:
        connection = self._connect()
        connection.execute("SET default_transaction_read_only = on")
        return connection

    def close(self) -> None:
        while self._idle:
            with suppress(psycopg.Error):
                self._idle.pop().close()
        self._let_go()

    def _let_go(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(psycopg.Error):
                connection.close()


def _copy(database: Database, table: str, types: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    if not rows:
        return
    with database.cursor() as cursor, cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
        copy.set_types(types)
        write: Callable[[Sequence[Any]], None] = copy.write_row
        for row in rows:
            write(row)


def _is_alive(connection: Database) -> bool:
    try:
        connection.execute("SELECT 1")
    except psycopg.Error:
        with suppress(psycopg.Error):
            connection.close()
        return False
    return True


def _month(at: int) -> int:
    """Months since 1970 of an instant in microseconds."""
    instant = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=at)
    return (instant.year - 1970) * 12 + instant.month - 1


def _sentence(error: psycopg.Error) -> str:
    """What the server or the driver says, on one line."""
    return " ".join(str(error).split()) or type(error).__name__
