"""Carries SQLite's write-ahead log over into the file, beside the commits.

SQLite by itself does this within the commit that has filled the log: everybody who waits for that commit, and all who
come meanwhile, then wait until the disk has taken thousands of pages.
"""

import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Final

PAGE: Final = 4096
# Written since the log was last carried over: so much, and it is done again.
BYTES_BETWEEN: Final = 4 * 1024 * 1024
# Pages in the log from which on it should begin anew from its start, which needs a moment in which nothing is written.
RIPE_PAGES: Final = 4096
# When nobody has found that moment, SQLite makes one within a commit.
MOST_PAGES: Final = 16_384


class Checkpoints:
    """A thread that has a connection of its own and begins with the first `written`.

    What it cannot do it leaves: the log grows to MOST_PAGES, and then the writer meets the same error and tells it.
    """

    def __init__(self, connect: Callable[[], sqlite3.Connection], bytes_between: int = BYTES_BETWEEN) -> None:
        self._connect = connect
        self._between = bytes_between
        self._bytes = 0
        self._bell = threading.Event()
        self._is_ending = False
        self._thread: threading.Thread | None = None
        self._is_ripe = False

    def written(self, database: sqlite3.Connection, size: int) -> None:
        """Called by the writer after each commit; size: about how many bytes it brought."""
        if self._is_ripe:
            # Nearly all is carried over already. Nobody writes now, so this carries the rest, and the next commit
            # begins the log anew.
            self._is_ripe = False
            with suppress(sqlite3.Error):
                database.execute("PRAGMA wal_checkpoint(PASSIVE)")
        self._bytes += size + PAGE
        if self._bytes >= self._between:
            self._bytes = 0
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="checkpoints", daemon=True)
                self._thread.start()
            self._bell.set()

    def stop(self) -> None:
        """Waits until the thread has ended; a later `written` begins another."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._is_ending = True
            self._bell.set()
            thread.join()
            self._is_ending = False
            self._bell.clear()

    def _run(self) -> None:
        connection: sqlite3.Connection | None = None
        while self._bell.wait() and not self._is_ending:
            self._bell.clear()
            try:
                connection = connection or self._connect()
                _, pages, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
                if pages >= RIPE_PAGES:
                    # Once more, so that little is left for the writer.
                    connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
                    self._is_ripe = True
            except sqlite3.Error:
                continue
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()
