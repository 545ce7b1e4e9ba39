"""Stores for the tests that every database must pass: which one is the test's parameter."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from songcau.context.journal.postgresql_tables import SCHEMA, VERSION
from songcau.context.journal.store import Store
from songcau.context.journal.stores import store_at
from tools.capabilities import POSTGRESQL

DATABASE = f"songcau_journal_{os.environ.get('PYTEST_XDIST_WORKER', 'alone')}_{os.getpid()}"


class Chosen:
    """The address of the database of the present test; empty for SQLite."""

    address = ""


def new_store(folder: Path) -> Store:
    """The test's store: of SQLite one in each folder, of PostgreSQL one alone, empty at the beginning of the test."""
    return store_at(Chosen.address, folder)


@contextmanager
def own_database() -> Iterator[str]:
    """A database for this process; its address."""
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {DATABASE}")
    try:
        yield urlunsplit(urlsplit(POSTGRESQL)._replace(path=f"/{DATABASE}"))
    finally:
        with psycopg.connect(POSTGRESQL, autocommit=True) as server:
            server.execute(f"DROP DATABASE {DATABASE} WITH (FORCE)")


def emptied(address: str) -> None:
    """Tables as a new store has them; those of an earlier test are used again, since making them takes long."""
    tables = ("tenant", "author", "entity", "history", "snapshot", "document", "addition", "hidden")
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"SET search_path = {SCHEMA}")
        [(there,)] = connection.execute("SELECT to_regclass('mark')").fetchall()
        if there is not None:
            connection.execute("; ".join(f"DELETE FROM {table}" for table in tables))  # noqa: S608  # those above
            connection.execute("UPDATE mark SET value = 0 WHERE name <> 'version'")
            connection.execute("UPDATE mark SET value = %s WHERE name = 'version'", (VERSION,))
