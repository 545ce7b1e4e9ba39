"""Database triggers: a look is never changed, and not deleted before its retention is over."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "personal_data_look"
REFUSAL = "looks at personal data are only appended, and kept until their day"
# INSERT is guarded too: SQLite's INSERT OR REPLACE deletes the old row without firing its DELETE trigger.
_SQLITE = {
    "personal_data_look_update": f"BEFORE UPDATE ON {TABLE}",
    "personal_data_look_delete": f"BEFORE DELETE ON {TABLE} WHEN OLD.keep_until > strftime('%Y-%m-%d %H:%M:%f', 'now')",
    "personal_data_look_insert": "BEFORE INSERT ON personal_data_look "
    "WHEN EXISTS (SELECT 1 FROM personal_data_look WHERE id = NEW.id)",
}
_FUNCTION = f"""
CREATE OR REPLACE FUNCTION personal_data_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF OLD.keep_until <= clock_timestamp() THEN RETURN OLD; END IF;
    END IF;
    RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
_POSTGRESQL = {
    "personal_data_look_rows": f"BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW",
    "personal_data_look_truncate": f"BEFORE TRUNCATE ON {TABLE} FOR EACH STATEMENT",
}


def raise_guards(connection: BaseDatabaseWrapper) -> None:
    """Put the triggers up; those that stand already are put up anew."""
    drop_guards(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_FUNCTION)
            for name, event in _POSTGRESQL.items():
                cursor.execute(f"CREATE TRIGGER {name} {event} EXECUTE FUNCTION personal_data_refuse()")
        else:
            for name, event in _SQLITE.items():
                cursor.execute(f"CREATE TRIGGER {name} {event} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END")


def drop_guards(connection: BaseDatabaseWrapper) -> None:
    """Take the triggers down."""
    with connection.cursor() as cursor:
        for name in _POSTGRESQL if connection.vendor == "postgresql" else _SQLITE:
            on = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{on}")


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
