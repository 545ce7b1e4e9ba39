"""Which database the journal is kept in, by one setting."""

from pathlib import Path

from songcau.context.journal.sqlite import SqliteStore
from songcau.context.journal.store import Store, StoreError


def store_at(address: str, folder: Path) -> Store:
    """The SQLite file in the folder for an empty address, else the database that it names. StoreError if it is none."""
    if not address:
        return SqliteStore(folder)
    if address.startswith(("postgresql://", "postgres://")):
        # Only who uses it pays for the driver's memory.
        from songcau.context.journal.postgresql import PostgresqlStore

        return PostgresqlStore(address)
    raise StoreError(f"The journal cannot be kept at {address}: give postgresql://… or nothing.")
