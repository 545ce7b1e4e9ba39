"""What is slow and comes out the same each time is worked out once: statements of migrations, keys of passphrases.

Django works the statements out from its history of the models, which takes seconds. Said again they make the same
tables on the same kind of database in a moment.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

import pytest
from django.core.management import call_command
from django.db.backends.base.base import BaseDatabaseWrapper

from songcau.entry.backup import restoring, sealing
from songcau.entry.backup.tables import Migration

Make = Callable[[BaseDatabaseWrapper, Sequence[Migration]], None]
Statement = tuple[str, Any]
# Transactions are the business of whoever says it: what is said again stands in those of the restore.
OF_TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Heard:
    """Makes tables in an empty database as `make` does: by it the first time, and by what it said from then on."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._said: dict[tuple[str, frozenset[Migration]], list[Statement]] = {}

    def __call__(self, database: BaseDatabaseWrapper, migrations: Sequence[Migration] = ()) -> None:
        what = (database.vendor, frozenset(migrations))
        if what not in self._said:
            self._said[what] = self._listen(database, migrations)
            return
        with database.cursor() as cursor:
            for words, values in self._said[what]:
                cursor.execute(words, values)

    def _listen(self, database: BaseDatabaseWrapper, migrations: Sequence[Migration]) -> list[Statement]:
        said: list[Statement] = []

        def hear(execute: Callable[..., object], words: str, values: Any, many: bool, context: object) -> object:
            assert not many
            if not str(words).startswith(OF_TRANSACTIONS):
                said.append((words, values))
            return execute(words, values, many, context)

        with database.execute_wrapper(hear):
            self._make(database, migrations)
        return said if database.vendor == "sqlite" else [(in_one(database, said), None)]


def in_one(database: BaseDatabaseWrapper, said: Sequence[Statement]) -> str:
    """All statements with their values as one text: PostgreSQL takes it at one go, without a journey for each.

    It is one transaction then, in which rows must not wait for their check when the next statement changes the table.
    """
    compose = database.ops.compose_sql  # type: ignore[attr-defined]
    texts = [str(words) if values is None else compose(str(words), values) for words, values in said]
    return ";\n".join(["SET CONSTRAINTS ALL IMMEDIATE", *texts])


def _migrate(_database: BaseDatabaseWrapper, _migrations: Sequence[Migration]) -> None:
    call_command("migrate", verbosity=0, interactive=False)


TABLES = Heard(restoring.make_tables)
MIGRATED = Heard(_migrate)
KEYS = cache(sealing.keys_from)


def migrate_default(database: BaseDatabaseWrapper) -> None:
    """As `migrate` does, in the empty database of the city that Django knows at the moment."""
    if database.vendor == "sqlite":
        with database.cursor() as cursor:
            # Forcing hundreds of statements to the disk takes longer than they do.
            cursor.execute("PRAGMA synchronous = OFF")
    MIGRATED(database)
    database.close()


@contextmanager
def worked_out_once() -> Iterator[None]:
    """Whoever looks at what a restore does to rows and files need not wait for what is the same in every restore."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(restoring, "make_tables", TABLES)
        patched.setattr(sealing, "keys_from", KEYS)
        yield
