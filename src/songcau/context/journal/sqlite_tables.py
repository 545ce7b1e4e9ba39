"""The tables of the journal in SQLite, and how those of an earlier version become these."""

import sqlite3
from collections.abc import Callable, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, Final

from songcau.context.journal.store import WrongVersion

VERSION: Final = 4

_FIRST: Final = """
CREATE TABLE tenant (number INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE author (number INTEGER PRIMARY KEY, label TEXT NOT NULL UNIQUE);
CREATE TABLE entity (
    number INTEGER PRIMARY KEY, tenant INTEGER NOT NULL, id TEXT NOT NULL, types TEXT NOT NULL, ended INTEGER
);
CREATE INDEX entity_by_id ON entity (id, tenant);
CREATE TABLE history (
    seq INTEGER PRIMARY KEY, previous INTEGER NOT NULL, skip INTEGER NOT NULL, entity INTEGER NOT NULL,
    place INTEGER NOT NULL, at INTEGER NOT NULL, kind INTEGER NOT NULL, author INTEGER NOT NULL,
    observed_from INTEGER, observed_to INTEGER, body BLOB NOT NULL
);
CREATE TABLE snapshot (
    entity INTEGER PRIMARY KEY, seq INTEGER NOT NULL, skip INTEGER NOT NULL, place INTEGER NOT NULL,
    observed_from INTEGER, observed_to INTEGER, document BLOB NOT NULL
);
CREATE TABLE document (
    kind TEXT NOT NULL, tenant TEXT NOT NULL, id TEXT NOT NULL, body BLOB NOT NULL, PRIMARY KEY (kind, tenant, id)
) WITHOUT ROWID;
CREATE TABLE mark (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
INSERT INTO mark VALUES ('covered', 0);
"""

# `ended` of an entity: NULL while it lives, else its last row; 0 if it never lived and is known from additions only.
_CORRECTIONS: Final = """
CREATE TABLE addition (
    number INTEGER PRIMARY KEY, entity INTEGER NOT NULL, name TEXT NOT NULL, dataset TEXT NOT NULL,
    instance TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX addition_by_entity ON addition (entity, name);
CREATE TABLE hidden (entity INTEGER NOT NULL, up_to INTEGER NOT NULL, name TEXT, dataset TEXT, place INTEGER);
CREATE INDEX hidden_by_entity ON hidden (entity);
INSERT INTO mark VALUES ('batch', 0), ('entity', 0);
"""

# What was observed when, so that adding to a long history does not read it whole; unknown for what was added before.
_OBSERVED_ADDITIONS: Final = """
ALTER TABLE addition ADD COLUMN observed INTEGER;
CREATE INDEX addition_by_time ON addition (entity, observed);
"""

_NUMBERED_HIDDEN: Final = """
ALTER TABLE hidden RENAME TO hidden_before;
DROP INDEX hidden_by_entity;
CREATE TABLE hidden (
    number INTEGER PRIMARY KEY, entity INTEGER NOT NULL, up_to INTEGER NOT NULL, name TEXT, dataset TEXT, place INTEGER
);
CREATE INDEX hidden_by_entity ON hidden (entity);
INSERT INTO hidden (entity, up_to, name, dataset, place) SELECT entity, up_to, name, dataset, place FROM hidden_before;
DROP TABLE hidden_before;
"""


def _each(statements: str) -> Callable[[sqlite3.Connection], None]:
    """Run the statements one by one: `executescript` would end the transaction that they belong to."""

    def run(connection: sqlite3.Connection) -> None:
        for statement in statements.split(";"):
            connection.execute(statement)

    return run


# From version → what makes the next one of it; 0 is an empty file.
MIGRATIONS: dict[int, Callable[[sqlite3.Connection], None]] = {
    0: _each(_FIRST),
    1: _each(_CORRECTIONS),
    2: _each(_OBSERVED_ADDITIONS),
    3: _each(_NUMBERED_HIDDEN),
}


def bring_up_to_date(connection: sqlite3.Connection, file: Path, *, until: int | None = None) -> None:
    """Make the tables, or change those of an earlier version, step by step. Raises WrongVersion, sqlite3.Error.

    until: the form to stop at, for rows that were written under it; None: this version's.
    """
    until = VERSION if until is None else until
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    if version > VERSION:
        raise WrongVersion(f"{file} was written by a newer version (form {version}; this one reads up to {VERSION}).")
    while version < until:
        step = MIGRATIONS.get(version)
        if step is None:
            raise WrongVersion(f"{file} is of form {version}, which this version can no longer bring up to date.")
        connection.execute("BEGIN IMMEDIATE")
        step(connection)
        version += 1
        connection.execute(f"PRAGMA user_version = {version}")
        connection.execute("COMMIT")


class Insert:
    """One statement for many rows: each step of `executemany` gives the interpreter's lock away and waits for it."""

    SIZES = (256, 64, 16, 4, 1)

    def __init__(self, start: str, columns: int) -> None:
        row = "(" + ",".join("?" * columns) + ")"
        self._statements = [(size * columns, f"{start} VALUES {','.join([row] * size)}") for size in self.SIZES]

    def __call__(self, database: sqlite3.Connection, rows: Sequence[tuple[Any, ...]]) -> None:
        values = list(chain.from_iterable(rows))
        start, end = 0, len(values)
        for width, statement in self._statements:
            while end - start >= width:
                database.execute(statement, values[start : start + width])
                start += width


INSERT_ROWS = Insert("INSERT INTO history", 11)
INSERT_SNAPSHOTS = Insert("INSERT OR REPLACE INTO snapshot", 7)
INSERT_ENTITIES = Insert("INSERT INTO entity", 5)
