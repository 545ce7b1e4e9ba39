"""The database a city is restored into: empty or not, in use or not, its tables made and filled."""

import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import islice
from pathlib import Path

import psycopg
from django.db import DatabaseError, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor
from psycopg import sql

from songcau.entry.backup.copytext import lines, to_sqlite, values_of
from songcau.entry.backup.files import NO_ROOM, force_folder
from songcau.entry.backup.placing import Mark, mark_of
from songcau.entry.backup.refusals import (
    CityRuns,
    RestoreInDoubt,
    RestoreNoRoom,
    RowsRefused,
    TargetHoldsStrangers,
    TargetNotEmpty,
)
from songcau.entry.backup.tables import Migration, Table, first_line, known_tables, leaves
from songcau.entry.processes import running

ROWS = 1000


def make_tables(database: BaseDatabaseWrapper, migrations: Sequence[Migration]) -> None:
    """The tables as they were at these migrations, without the rows that migrations bring along."""
    executor = MigrationExecutor(database)
    executor.migrate(leaves(executor.loader.graph, migrations))


def require_stopped(data: Path) -> None:
    """Raises CityRuns when a process of the city runs on this folder."""
    if found := running(data):
        raise CityRuns(who=", ".join(found))


class PostgresqlTarget:
    """Everything in one transaction: tables, rows, checks.

    `may_stand`: from here on the restored city may be what the database holds, so nothing it needs may be taken away.
    """

    unconfirmed = ""

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self.database = database
        self.may_stand = False
        self._old: list[str] = []
        self._triggers: set[str] = set()

    def require_free(self, *, replace: bool) -> None:
        with self.database.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )
            others = cursor.fetchone()[0]
            there = self.database.introspection.table_names(cursor)
        if there and not replace:
            raise TargetNotEmpty(where=self.database.settings_dict["NAME"])
        if strangers := sorted(set(there) - known_tables()):
            raise TargetHoldsStrangers(tables=", ".join(strangers[:5]))
        if there and others:
            raise CityRuns(who=f"{others} × PostgreSQL")
        self._old = there

    @contextmanager
    def filled(self) -> Iterator[None]:
        """Raises RestoreInDoubt when the connection broke at the COMMIT: nobody can tell then whether it was heard."""
        self.database.ensure_connection()
        line = self.database.connection
        try:
            with self._in_one_transaction():
                yield
        except DatabaseError as error:
            if not self.may_stand:
                raise
            # An answer that says no is an answer, and leaves the connection open. (Django has made another one by now.)
            self.may_stand = line.closed
            if self.may_stand:
                raise RestoreInDoubt(reason=first_line(error)) from error
            raise

    @contextmanager
    def _in_one_transaction(self) -> Iterator[None]:
        with transaction.atomic():
            with self.database.cursor() as cursor:
                for name in self._old:
                    cursor.execute(f'DROP TABLE IF EXISTS "{name}" CASCADE')
                # Rows that migrations bring along must not wait for their check when the next one changes the table.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            yield
            self.may_stand = True

    def mark(self) -> Mark:
        """How it is known later whether it took place: the transaction under way."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT txid_current()")
            return {"transaction": str(cursor.fetchone()[0])}

    def empty(self, tables: Iterable[str]) -> None:
        """Migrations may have brought rows; triggers stand aside until `settle`."""
        with self.database.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            for name in tables:
                cursor.execute(f'ALTER TABLE "{name}" DISABLE TRIGGER USER')
                self._triggers.add(name)
            for name in self._triggers:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  # names from migrations

    def load(self, table: Table, pieces: Iterator[bytes]) -> None:
        columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
        order = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), columns)
        with refusing(table.name), self.database.cursor() as cursor, cursor.copy(order) as copy:
            for piece in pieces:
                copy.write(piece)

    def set_counter(self, table: Table, last: int) -> None:
        with self.database.cursor() as cursor:
            cursor.execute(f'SELECT COALESCE(MAX("{table.counter}"), 0) FROM "{table.name}"')  # noqa: S608
            last = max(last, cursor.fetchone()[0])
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(quote_ident(%s), %s), %s, %s)",
                [table.name, table.counter, max(last, 1), last > 0],
            )

    def settle(self) -> None:
        with refusing("*"), self.database.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with self.database.cursor() as cursor:
            for name in self._triggers:
                cursor.execute(f'ALTER TABLE "{name}" ENABLE TRIGGER USER')


class SqliteTarget:
    """A new file beside the place of the database; it takes that place when it is whole.

    `may_stand`: it is there, or may be. `unconfirmed`: why the disk does not promise that it stays there.
    """

    def __init__(self, database: BaseDatabaseWrapper) -> None:
        self.database = database
        self.may_stand = False
        self.unconfirmed = ""
        self.file = Path(database.settings_dict["NAME"])
        self.beside = self.file.with_name(f".{self.file.name}.restoring")
        self._triggers: list[str] = []

    def require_free(self, *, replace: bool) -> None:
        if not self.file.exists() or self.file.stat().st_size == 0:
            return
        if not replace:
            raise TargetNotEmpty(where=self.file)
        self.database.close()
        self._require_unused()

    def _require_unused(self) -> None:
        """Leaving the write-ahead log is only allowed to the last connection; it also empties that log."""
        line = sqlite3.connect(self.file, isolation_level=None, timeout=1)
        try:
            line.execute("PRAGMA journal_mode = DELETE").fetchone()
        except sqlite3.OperationalError:
            raise CityRuns(who=self.file) from None
        finally:
            line.close()

    @contextmanager
    def filled(self) -> Iterator[None]:
        self._point_at(self.beside)
        self._remove_beside()
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            with self.database.cursor() as cursor:
                cursor.execute("PRAGMA journal_mode = MEMORY")
                # Forced to disk once, at the end; until then the file is nobody's database.
                cursor.execute("PRAGMA synchronous = OFF")
            yield
            self.database.close()
            self._take_place()
        finally:
            self._point_at(self.file)
            # What stays is the next restore's to remove; why this one failed is more worth telling.
            with suppress(OSError):
                self._remove_beside()

    def mark(self) -> Mark:
        """How it is known later whether it took its place: the file, which keeps its number under another name."""
        return {"file": str(self.file.resolve()), "is": mark_of(self.beside)}

    def _point_at(self, file: Path) -> None:
        self.database.close()
        self.database.settings_dict["NAME"] = str(file)

    def _remove_beside(self) -> None:
        for tail in ("", "-journal", "-wal", "-shm"):
            self.beside.with_name(self.beside.name + tail).unlink(missing_ok=True)

    def _take_place(self) -> None:
        with self.beside.open("rb") as stream:
            os.fsync(stream.fileno())
        if self.file.exists():
            self._require_unused()
        self.may_stand = True
        try:
            self.beside.replace(self.file)
        except OSError:
            self.may_stand = False
            raise
        try:
            force_folder(self.file.parent)
        except OSError as error:
            self.unconfirmed = error.strerror or type(error).__name__

    def empty(self, tables: Iterable[str]) -> None:
        """Migrations may have brought rows; triggers stand aside until `settle`."""
        with self.database.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            for name, words in cursor.fetchall():
                self._triggers.append(words)
                cursor.execute(f'DROP TRIGGER "{name}"')
            cursor.execute("PRAGMA foreign_keys = OFF")
            for name in tables:
                cursor.execute(f'DELETE FROM "{name}"')  # noqa: S608  # names from migrations

    def load(self, table: Table, pieces: Iterator[bytes]) -> None:
        turns = [to_sqlite(column) for column in table.columns]
        marks = ", ".join("?" * len(table.columns))
        order = f'INSERT INTO "{table.name}" ({table.quoted_columns}) VALUES ({marks})'  # noqa: S608
        rows = (values_of(line, turns) for line in lines(pieces))
        with refusing(table.name), transaction.atomic():
            line = self.database.connection
            while batch := list(islice(rows, ROWS)):
                sqlite3.Connection.executemany(line, order, batch)

    def set_counter(self, table: Table, last: int) -> None:
        with self.database.cursor() as cursor:
            cursor.execute("UPDATE sqlite_sequence SET seq = max(seq, %s) WHERE name = %s", [last, table.name])
            if cursor.rowcount == 0 and last:
                cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table.name, last])

    def settle(self) -> None:
        with refusing("*"):
            self.database.check_constraints()
        with self.database.cursor() as cursor:
            for words in self._triggers:
                cursor.execute(words)
            cursor.execute("PRAGMA foreign_keys = ON")


Target = PostgresqlTarget | SqliteTarget


def target_of(database: BaseDatabaseWrapper) -> Target:
    return SqliteTarget(database) if database.vendor == "sqlite" else PostgresqlTarget(database)


@contextmanager
def refusing(table: str) -> Iterator[None]:
    """What the database says against rows, in words. Raises RowsRefused, RestoreNoRoom."""
    try:
        yield
    except (DatabaseError, ValueError, sqlite3.Error, psycopg.Error) as error:
        if is_full(error):
            raise RestoreNoRoom from error
        raise RowsRefused(table=table, reason=first_line(error)) from error


def is_full(error: BaseException) -> bool:
    """Whether the error says, in the way of its origin, that a disk has no room."""
    if isinstance(error, OSError):
        return error.errno in NO_ROOM
    cause = error.__cause__ if isinstance(error, DatabaseError) else error
    return isinstance(cause, psycopg.errors.DiskFull) or "disk is full" in str(error)
