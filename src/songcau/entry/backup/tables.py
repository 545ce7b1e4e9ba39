"""Which tables and columns a city has at a given set of migrations: asked of Django's history, not of today's models.

So a backup made before an upgrade is read with the columns it had.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import DatabaseError
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ProjectState
from django.db.models import AutoField, BigAutoField, Field, ForeignKey, Model, SmallAutoField

from songcau.entry.backup.copytext import Column
from songcau.entry.backup.refusals import DatabaseAway, DatabaseNewer, DatabaseUnprepared

Migration = tuple[str, str]
# Who is signed in, counters of wrong passwords, workers that live, uploads (their bytes lie outside the store): after a
# restore they would be untrue. A session that was ended after the backup must not come back to life with it.
# Sums that follow from other tables are made anew (`restoring`).
PASSING = frozenset(
    {
        *("django_session", "usersessions_usersession", "shell_cache", "outbox_workerbeat", "files_upload"),
        *("citizen_reports_daytally", "citizen_reports_placetally"),
    }
)
OWN = frozenset({"django_migrations"})


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose rows are kept; `counter` is the column that counts by itself, or empty."""

    name: str
    columns: tuple[Column, ...]
    counter: str = ""

    @property
    def quoted_columns(self) -> str:
        return ", ".join(f'"{column.name}"' for column in self.columns)


def applied(connection: BaseDatabaseWrapper) -> list[Migration]:
    """The migrations the database has seen, in order. Raises DatabaseUnprepared, DatabaseNewer, DatabaseAway."""
    try:
        done = sorted(MigrationRecorder(connection).applied_migrations())
    except DatabaseError as error:
        raise DatabaseAway(reason=first_line(error)) from error
    if not done:
        raise DatabaseUnprepared
    if strange := unknown(done):
        raise DatabaseNewer(migration="/".join(strange[0]))
    return done


def unknown(done: Iterable[Migration]) -> list[Migration]:
    """Those that this version of songcau does not have."""
    nodes = MigrationLoader(None).graph.nodes
    return [migration for migration in done if migration not in nodes]


def leaves(graph: MigrationGraph, done: Iterable[Migration]) -> list[Migration]:
    """The last one of each line among `done`: to migrate to these makes exactly the tables of all of them."""
    there = set(done)
    followed = {parent.key for key in there for parent in graph.node_map[key].parents}
    return sorted(there - followed)


def state_at(done: Iterable[Migration]) -> ProjectState:
    loader = MigrationLoader(None)
    state: ProjectState = loader.project_state(leaves(loader.graph, done))
    return state


def tables_of(state: ProjectState) -> list[Table]:
    """Every table whose rows are kept, by name."""
    models = state.apps.get_models(include_auto_created=True)
    found = [_table(model) for model in models if model._meta.managed and not model._meta.proxy]
    return sorted((table for table in found if table.name not in PASSING), key=lambda table: table.name)


def known_tables() -> frozenset[str]:
    """The names of all tables any state of this version has."""
    loader = MigrationLoader(None)
    models = loader.project_state(loader.graph.leaf_nodes()).apps.get_models(include_auto_created=True)
    return OWN | PASSING | {model._meta.db_table for model in models}


def _table(model: type[Model]) -> Table:
    fields = [field for field in model._meta.local_concrete_fields if not getattr(field, "generated", False)]
    counters = [str(field.column) for field in fields if isinstance(field, AutoField | BigAutoField | SmallAutoField)]
    return Table(model._meta.db_table, tuple(_column(field) for field in fields), counters[0] if counters else "")


def _column(field: "Field[object, object]") -> Column:
    last = field
    while isinstance(last, ForeignKey):
        last = last.target_field
    return Column(str(field.column), last.get_internal_type(), getattr(last, "decimal_places", 0) or 0)


def first_line(error: BaseException) -> str:
    """What the database said, without its explanations."""
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:200]
