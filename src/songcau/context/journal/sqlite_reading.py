"""Reading the journal's SQLite file beside the writer: each call with a connection that only reads."""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import zip_longest
from pathlib import Path
from typing import Any

from songcau.context.journal.retention import Expired, may_go
from songcau.context.journal.rows import Row
from songcau.context.journal.sql_reading import NEVER, SqlReading
from songcau.context.journal.store import Bound, Period, StoreError

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


class SqliteReading(SqlReading):
    """Connections that are done wait for the next call."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self._idle: list[sqlite3.Connection] = []

    def rows_of(self, newest: int, period: Period, bound: Bound) -> list[Row]:
        found: list[Row] = []
        left = bound
        with self._reader() as connection:
            for last, place in _chapters(connection, newest, period):
                some = _within(connection.execute(_LINE, (last, min(place, left.rows))), left)
                found += some
                left = left.without(len(some), sum(len(row[-1]) for row in some))
                if left.is_used_up:
                    break
        return found

    def expired(self, number: int, newest: int, cut: int | None, limit: int) -> Expired:
        """The chain must go from its far end, or what is beyond a gap would never be found again."""
        mask, covered = self.mask(number), self._covered()
        found = Expired(is_all=True)
        with self._reader() as connection:
            chapters = [row[:2] for row in connection.execute(_CHAPTERS, (newest, NEVER)).fetchall()]
            for last, place in reversed(chapters):
                rows = [(row[0], row[5]) for row in connection.execute(_LINE, (last, place))]
                for seq, at in reversed(rows):
                    if seq > covered or not may_go(seq, at, cut, mask) or len(found.rows) >= limit:
                        found.is_all = False
                        return found
                    found.rows.append(seq)
        return found

    def newest(self) -> int:
        """The number of the newest row of the log; older numbers than that mark were given, too, and went."""
        newest: int = self._all("SELECT coalesce(max(seq), 0) FROM history", ())[0][0]
        return newest

    def rows_back(self, newest: int, bound: Bound) -> Sequence[Row]:
        with self._reader() as connection:
            return _within(connection.execute(_LINE, (newest, bound.rows)), bound)

    def close(self) -> None:
        while self._idle:
            with suppress(sqlite3.Error):
                self._idle.pop().close()

    def _all(self, query: str, parameters: Sequence[object]) -> list[Any]:
        with self._reader() as connection:
            return connection.execute(query.replace("%s", "?"), parameters).fetchall()

    @contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        """StoreError if it cannot be read."""
        try:
            connection = self._idle.pop() if self._idle else self._new()
            yield connection
        except sqlite3.Error as error:
            raise StoreError(f"SQLite: {error}") from error
        self._idle.append(connection)

    def _new(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            f"{self.file.absolute().as_uri()}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA query_only = ON")
        return connection


def _within(rows: Iterable[Row], bound: Bound) -> list[Row]:
    """Row by row, up to the one that uses the bytes up: even those of one chapter may be more than memory has."""
    found: list[Row] = []
    left = bound.bytes
    for row in rows:
        found.append(row)
        left -= len(row[-1])
        if left <= 0:
            break
    return found


def _chapters(connection: sqlite3.Connection, newest: int, period: Period) -> Iterator[tuple[int, int]]:
    """(last row, number of rows) of the chapters that touch the period, newest first.

    A chapter's rows are younger than the last row of the chapter before it, which the next step tells.
    """
    oldest = period.since if period.since is not None and not period.observed else NEVER
    rows = connection.execute(_CHAPTERS, (newest, oldest)).fetchall()
    for (seq, place, at, first, latest), before in zip_longest(rows, rows[1:]):
        begun = before[2] if before is not None else NEVER
        if period.touches(first, latest) if period.observed else period.touches(begun, at):
            yield seq, place
