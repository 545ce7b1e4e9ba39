"""Database triggers that refuse to change, delete or insert rows of a table that is only appended to.

They stop mistakes and the application itself; somebody with the database's own password can drop them, and is
found by `queries.verify_chain` all the same. Tests that flush tables use `dropped` (see `conftest.py` at the root).
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper


@dataclass(frozen=True, slots=True)
class Guards:
    """Triggers of both databases: name → when they fire. What fires on SQLite is refused with `refusal`.

    On PostgreSQL each calls `function`, which is made by `function_body` (PL/pgSQL, between BEGIN and END) and
    decides; what it does not let pass is refused.
    """

    refusal: str
    sqlite: Mapping[str, str]
    postgresql: Mapping[str, str]
    function: str
    function_body: str

    def put_up(self, connection: BaseDatabaseWrapper) -> None:
        """Put the triggers up; those that stand already are put up anew."""
        self.take_down(connection)
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute(
                    f"CREATE OR REPLACE FUNCTION {self.function}() RETURNS trigger LANGUAGE plpgsql AS $$ "
                    f"BEGIN {self.function_body} "
                    f"RAISE EXCEPTION '{self.refusal}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
                )
                for name, event in self.postgresql.items():
                    cursor.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION {self.function}()")
            else:
                for name, event in self.sqlite.items():
                    cursor.execute(f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{self.refusal}'); END")

    def take_down(self, connection: BaseDatabaseWrapper) -> None:
        """Take the triggers down."""
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                for name in self.postgresql:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {name.rpartition('_')[0]}")
            else:
                for name in self.sqlite:
                    cursor.execute(f"DROP TRIGGER IF EXISTS {name}")

    @contextmanager
    def dropped(self, connection: BaseDatabaseWrapper) -> Iterator[None]:
        """The triggers are down inside the block only. For tests."""
        with transaction.atomic(using=connection.alias):
            self.take_down(connection)
        try:
            yield
        finally:
            with transaction.atomic(using=connection.alias):
                self.put_up(connection)


# INSERT is guarded too: SQLite's INSERT OR REPLACE deletes the old row without firing its DELETE trigger.
ENTRIES = Guards(
    refusal="audit entries are only ever appended",
    sqlite={
        "audit_entry_update": "BEFORE UPDATE ON audit_entry",
        "audit_entry_delete": "BEFORE DELETE ON audit_entry",
        "audit_entry_insert": "BEFORE INSERT ON audit_entry "
        "WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_entry)",
        "audit_head_update": "BEFORE UPDATE ON audit_head WHEN NEW.sequence IS NOT OLD.sequence + 1",
        "audit_head_delete": "BEFORE DELETE ON audit_head",
        "audit_head_insert": "BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)",
    },
    postgresql={
        "audit_entry_rows": "BEFORE INSERT OR UPDATE OR DELETE ON audit_entry FOR EACH ROW",
        "audit_entry_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
        "audit_head_rows": "BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW",
        "audit_head_truncate": "BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT",
    },
    function="audit_refuse",
    function_body="""
    IF TG_OP = 'INSERT' THEN
        IF NEW.sequence = (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_entry) THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_head' THEN
        IF NEW.sequence = OLD.sequence + 1 THEN RETURN NEW; END IF;
    END IF;""",
)
