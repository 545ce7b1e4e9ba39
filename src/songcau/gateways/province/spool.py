"""What the province shall have and has not taken yet: on disk, in the order in which it came.

The broker gives a letter up after an outage of days or a handful of refusals; what stands here waits as long as it
takes, and goes out within seconds when the province answers again.
"""

import sqlite3
import threading
from dataclasses import dataclass
from pathlib import Path

MOST_BYTES = 4 * 1024**3
_TABLE = "CREATE TABLE IF NOT EXISTS letters (number INTEGER PRIMARY KEY AUTOINCREMENT, feed TEXT, body BLOB)"


class SpoolFull(Exception):
    """No more is taken until the province has taken some."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Letters of one feed, oldest first: to be removed up to `last` when they were taken."""

    feed: str
    bodies: list[bytes]
    last: int


class Spool:
    """A queue in a SQLite file. Used by several threads, one at a time."""

    def __init__(self, file: Path, *, most_bytes: int = MOST_BYTES) -> None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._most_bytes = most_bytes
        self._lock = threading.Lock()
        self._database = sqlite3.connect(file, check_same_thread=False, isolation_level=None)
        self._database.execute("PRAGMA journal_mode=WAL")
        self._database.execute("PRAGMA synchronous=FULL")
        self._database.execute(_TABLE)
        self._bytes = self._database.execute("SELECT coalesce(sum(length(body)), 0) FROM letters").fetchone()[0]

    def put(self, feed: str, body: bytes) -> None:
        """On return it is on disk. Raises SpoolFull, sqlite3.Error."""
        with self._lock:
            if self._bytes + len(body) > self._most_bytes:
                raise SpoolFull
            self._database.execute("INSERT INTO letters (feed, body) VALUES (?, ?)", (feed, body))
            self._bytes += len(body)

    def waiting(self, most: int = 50) -> Waiting | None:
        """The oldest letter and those of the same feed right behind it; None: nothing waits."""
        with self._lock:
            rows = self._database.execute(
                "SELECT number, feed, body FROM letters ORDER BY number LIMIT ?", (most,)
            ).fetchall()
        if not rows:
            return None
        feed = rows[0][1]
        same = []
        for row in rows:
            if row[1] != feed:
                break
            same.append(row)
        return Waiting(feed, [row[2] for row in same], same[-1][0])

    def remove(self, taken: Waiting) -> None:
        with self._lock:
            self._database.execute("DELETE FROM letters WHERE number <= ?", (taken.last,))
            self._bytes -= sum(map(len, taken.bodies))

    def count(self) -> int:
        with self._lock:
            return int(self._database.execute("SELECT count(*) FROM letters").fetchone()[0])

    def close(self) -> None:
        with self._lock:
            self._database.close()
