"""Database triggers that refuse to change, delete or insert audit entries out of turn.

They stop mistakes and the application itself; somebody with the database's own password can drop them, and is
found by `queries.verify_chain` all the same. Tests that flush tables use `dropped` (see `conftest.py` at the root).
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

REFUSAL = "audit entries are only ever appended"

# INSERT is guarded too: SQLite's INSERT OR REPLACE deletes the old row without firing its DELETE trigger.
_SQLITE = {
    "audit_entry_update": "BEFORE UPDATE ON audit_entry",
    "audit_entry_delete": "BEFORE DELETE ON audit_entry",
    "audit_entry_insert": "BEFORE INSERT ON audit_entry "
    "WHEN NEW.sequence IS NOT (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_entry)",
    "audit_head_update": "BEFORE UPDATE ON audit_head WHEN NEW.sequence IS NOT OLD.sequence + 1",
    "audit_head_delete": "BEFORE DELETE ON audit_head",
    "audit_head_insert": "BEFORE INSERT ON audit_head WHEN EXISTS (SELECT 1 FROM audit_head)",
}

_POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.sequence = (SELECT COALESCE(MAX(sequence), 0) + 1 FROM audit_entry) THEN RETURN NEW; END IF;
    ELSIF TG_OP = 'UPDATE' AND TG_TABLE_NAME = 'audit_head' THEN
        IF NEW.sequence = OLD.sequence + 1 THEN RETURN NEW; END IF;
    END IF;
    RAISE EXCEPTION 'audit entries are only ever appended' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = {
    "audit_entry_rows": "BEFORE INSERT OR UPDATE OR DELETE ON audit_entry FOR EACH ROW",
    "audit_entry_truncate": "BEFORE TRUNCATE ON audit_entry FOR EACH STATEMENT",
    "audit_head_rows": "BEFORE UPDATE OR DELETE ON audit_head FOR EACH ROW",
    "audit_head_truncate": "BEFORE TRUNCATE ON audit_head FOR EACH STATEMENT",
}


def raise_guards(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers up; those that stand already are put up anew."""
    drop_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_POSTGRESQL_FUNCTION)
            for name, event in _POSTGRESQL.items():
                cursor.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION audit_refuse()")
        else:
            for name, event in _SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers down."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for name in _POSTGRESQL:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name} ON {name.rpartition('_')[0]}")
        else:
            for name in _SQLITE:
                cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@contextmanager
def dropped(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """The triggers are down inside the block only. For tests."""
    with transaction.atomic(using=connection.alias):
        drop_guards(connection)
    try:
        yield
    finally:
        with transaction.atomic(using=connection.alias):
            raise_guards(connection)
