"""`python -m tests.soak.torn_backup --to FILE`: what the soak must find: each table is read at its own moment."""

import sys
import time
from collections.abc import Iterator

from songcau.entry.backup import snapshots
from songcau.entry.backup.tables import Table
from songcau.entry.command_line import main


def sabotage() -> None:
    right_sqlite, right_postgresql = snapshots.SqliteSnapshot, snapshots.PostgresqlSnapshot

    class TornSqlite(right_sqlite):
        def rows(self, table: Table) -> Iterator[bytes]:
            self._connection.execute("COMMIT")
            time.sleep(0.2)
            self._connection.execute("BEGIN")
            yield from super().rows(table)

    class TornPostgresql(right_postgresql):
        def rows(self, table: Table) -> Iterator[bytes]:
            self._connection.commit()
            time.sleep(0.2)
            yield from super().rows(table)

    snapshots.SqliteSnapshot, snapshots.PostgresqlSnapshot = TornSqlite, TornPostgresql


if __name__ == "__main__":
    sabotage()
    sys.argv[1:1] = ["backup"]
    main()
