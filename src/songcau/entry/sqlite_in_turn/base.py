"""Django's SQLite, except that the threads of a process wait for one another before they wait for the database.

SQLite lets one write at a time. Who finds it taken sleeps and tries again, up to a tenth of a second later, however
early it came: under a flood most of the time nobody writes, and some try in vain until their patience ends. In a line
the next begins at once. Other processes are met as before, by SQLite's own lock.
"""

import threading
from collections import defaultdict

from django.db.backends.sqlite3 import base
from django.db.utils import OperationalError

_lines: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)


class DatabaseWrapper(base.DatabaseWrapper):
    """A transaction has its turn from its beginning to its end."""

    # `django-stubs` leave out what is overridden here.
    _turn: "threading.Lock | None" = None

    def _start_transaction_under_autocommit(self) -> None:
        self._wait_for_turn()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _wait_for_turn(self) -> None:
        if self._turn is not None or self.is_in_memory_db():
            return
        line = _lines[str(self.settings_dict["NAME"])]
        if not line.acquire(timeout=self.settings_dict["OPTIONS"].get("timeout", 5.0)):
            raise OperationalError("database is locked")
        self._turn = line

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()

    def _commit(self) -> None:
        super()._commit()  # type: ignore[misc]
        self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()
