"""A journal as lines of text: read out while a broker writes, and made anew from them.

A line is one row, as a JSON array. What stands in a column of bytes is JSON itself and is written as text; bytes that
are no text, which no table has today, become `{"base64": …}`. So the lines are of no database's own form.
"""

import base64
import os
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from songcau.context.journal.recovery import recover
from songcau.context.journal.sqlite import FILE, SqliteStore, create_private
from songcau.context.journal.sqlite_tables import VERSION, bring_up_to_date
from songcau.context.journal.store import StoreError, WrongVersion

PATIENCE_SECONDS: Final = 20
WRITE_AHEAD: Final = ("-wal", "-shm")


@dataclass(frozen=True, slots=True)
class Extent:
    """How much a journal holds: entities that live now, and the number of the newest row of its log."""

    entities: int
    sequence: int


def is_kept_in(folder: Path) -> bool:
    """Whether there is a journal in the folder; a file without content is none yet."""
    with suppress(OSError):
        return (folder / FILE).stat().st_size > 0
    return False


def size_in(folder: Path) -> int:
    """Bytes that the journal in a folder takes: its file, and its write-ahead log."""
    total = 0
    for name in (FILE, *(FILE + tail for tail in WRITE_AHEAD)):
        with suppress(OSError):
            total += (folder / name).stat().st_size
    return total


class Moment:
    """The journal as it was when this was made: a read transaction, behind which the broker goes on writing.

    form: the version of its tables. Every method reads as it is iterated, in little memory, and raises StoreError.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        # The transaction sees the moment of the first reading after it began.
        connection.execute("BEGIN")
        self.form: int = connection.execute("PRAGMA user_version").fetchone()[0]
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        self.tables: list[str] = [name for (name,) in names] if self.form else []

    def extent(self) -> Extent:
        if not self.form:
            return Extent(0, 0)
        with _told():
            found = self._connection.execute(
                "SELECT (SELECT count(*) FROM entity WHERE ended IS NULL), (SELECT coalesce(max(seq), 0) FROM history)"
            ).fetchone()
        return Extent(*found)

    def columns(self, table: str) -> list[str]:
        return list(_columns(self._connection, table))

    def lines(self, table: str) -> Iterator[bytes]:
        """All rows, each with its end of line."""
        with _told():
            blobs = _blobs(_columns(self._connection, table))
            for row in self._connection.execute(f'SELECT * FROM "{table}"'):  # noqa: S608  # a name from the database
                yield orjson.dumps(_as_text(row, blobs), default=_in_base64, option=orjson.OPT_APPEND_NEWLINE)


@contextmanager
def moment_of(folder: Path) -> Iterator[Moment]:
    """A moment of the journal in a folder, on a connection of its own. Raises StoreError, WrongVersion."""
    file = folder / FILE
    with _told():
        connection = sqlite3.connect(
            f"{file.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None, timeout=PATIENCE_SECONDS
        )
    with closing(connection):
        with _told():
            moment = Moment(connection)
        if moment.form > VERSION:
            raise WrongVersion(f"{file} was written by a newer version (form {moment.form}, known up to {VERSION}).")
        yield moment
        with suppress(sqlite3.Error):
            connection.execute("COMMIT")
            # While the moment was read the write-ahead log only grew. Carrying it over here, where nobody waits for
            # it, spares the broker a long commit; a passive one hinders no writer.
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()


class Rebuilt:
    """A journal made of lines, in a folder where none is. Nobody's until it is closed: only then is it on disk."""

    def __init__(self, folder: Path, form: int) -> None:
        """Raises WrongVersion, StoreError."""
        self._file = folder / FILE
        if form > VERSION:
            raise WrongVersion(f"The journal is of form {form}; this version reads up to {VERSION}.")
        with _told():
            create_private(self._file)
            self._connection = sqlite3.connect(self._file, isolation_level=None)
            self._connection.execute("PRAGMA journal_mode = OFF")
            self._connection.execute("PRAGMA synchronous = OFF")
            if form:
                bring_up_to_date(self._connection, self._file, until=form)
            self._connection.execute("BEGIN")

    def load(self, table: str, columns: Iterable[str], lines: Iterable[str]) -> None:
        """Rows in the place of those that a new table has. Raises StoreError, ValueError for a line that is no row."""
        with _told():
            there = _columns(self._connection, table)
            named = {name: there[name] for name in columns if name in there}
            if not there or list(named) != list(columns):
                raise StoreError(f"{table} is no table of this journal, or has other columns.")
            blobs = _blobs(named)
            marks, names = ", ".join("?" * len(named)), ", ".join(f'"{name}"' for name in named)
            self._connection.execute(f'DELETE FROM "{table}"')  # noqa: S608  # a name that is there
            order = f'INSERT INTO "{table}" ({names}) VALUES ({marks})'  # noqa: S608  # names that are there
            self._connection.executemany(order, (_as_row(orjson.loads(line), blobs) for line in lines))

    def close(self) -> None:
        with _told():
            self._connection.execute("COMMIT")
            self._connection.close()

    def abandon(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()


def extent_at_a_start(folder: Path) -> Extent:
    """What a broker that starts in this folder finds; the journal is brought up to date and forced to disk by it.

    Raises StoreError, also for one that a start cannot read.
    """
    store = SqliteStore(folder)
    try:
        store.open()
        recovered, newest = recover(store), store.newest()
    except (ValueError, KeyError, TypeError, sqlite3.Error) as error:
        raise StoreError(f"The journal cannot be read: {type(error).__name__}: {error}") from error
    finally:
        store.close()
    file = folder / FILE
    if left := [tail for tail in WRITE_AHEAD if file.with_name(file.name + tail).exists()]:
        raise StoreError(f"The journal was not carried over whole: {FILE}{left[0]} is left.")
    with file.open("rb") as stream:
        os.fsync(stream.fileno())
    return Extent(sum(map(len, recovered.entities.values())), newest)


@contextmanager
def _told() -> Iterator[None]:
    """What SQLite and the disk say, as StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreError(f"SQLite: {error}") from error


def _columns(connection: sqlite3.Connection, table: str) -> dict[str, str]:
    """Name → declared type, in the order of the table; empty when there is none."""
    rows = connection.execute("SELECT name, type FROM pragma_table_info(?)", (table,))
    return {str(name): str(kind) for name, kind in rows}


def _blobs(columns: dict[str, str]) -> list[int]:
    return [place for place, kind in enumerate(columns.values()) if kind == "BLOB"]


def _as_text(row: tuple[Any, ...], blobs: list[int]) -> list[Any]:
    cells = list(row)
    for place in blobs:
        with suppress(UnicodeDecodeError, AttributeError):
            cells[place] = cells[place].decode()
    return cells


def _in_base64(value: object) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} is no value of a row")


def _as_row(cells: object, blobs: list[int]) -> list[Any]:
    if not isinstance(cells, list):
        raise ValueError("a row is an array")  # noqa: TRY004  # a line that cannot be read, not a caller's mistake
    row: list[Any] = [base64.b64decode(cell["base64"]) if isinstance(cell, dict) else cell for cell in cells]
    for place in blobs:
        if isinstance(row[place], str):
            row[place] = row[place].encode()
    return row
