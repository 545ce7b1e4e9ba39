"""What is written in the same words into every database, inside a transaction that the store has begun.

`Fetch` runs one statement and returns its rows. Parameters are written %s; a database may say them otherwise.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import Any, Final

from songcau.context.journal.sql_corrections import correct
from songcau.context.journal.transaction import Batch

Fetch = Callable[[str, Sequence[Any]], list[Any]]

# Documents in one statement: each statement of its own costs a journey to a database of its own process, and everybody
# whose changes are in the same commit waits for all of them.
DOCUMENTS_AT_ONCE: Final = 100

_PUT_DOCUMENTS = "INSERT INTO document (kind, tenant, id, body) VALUES "
_PUT_DOCUMENT = f"{_PUT_DOCUMENTS}(%s, %s, %s, %s)"
_FORGET_DOCUMENT = "DELETE FROM document WHERE kind = %s AND tenant = %s AND id = %s"
_SNAPSHOT = "entity, seq, skip, place, observed_from, observed_to, document"
_PUT_SNAPSHOT = f"INSERT INTO snapshot ({_SNAPSHOT}) VALUES (%s, %s, %s, %s, %s, %s, %s)"  # noqa: S608  # names


def write_names(fetch: Fetch, batch: Batch) -> None:
    """Tenants and authors that are new."""
    _each(fetch, "INSERT INTO tenant (number, name) VALUES (%s, %s)", batch.tenants)
    _each(fetch, "INSERT INTO author (number, label) VALUES (%s, %s)", batch.authors)


def write_marks(fetch: Fetch, batch: Batch) -> None:
    """Entities that changed their types or ended (they may have begun in the same batch), and the store's marks."""
    _each(fetch, "UPDATE entity SET types = %s WHERE number = %s", batch.retyped)
    _each(fetch, "UPDATE entity SET ended = %s WHERE number = %s", batch.ended)
    for _, number in batch.ended:
        gone = fetch(f"DELETE FROM snapshot WHERE entity = %s RETURNING {_SNAPSHOT}", (number,))  # noqa: S608  # names
        batch.inverse += [(_PUT_SNAPSHOT, tuple(row)) for row in gone]
    if batch.is_probe:
        fetch("UPDATE mark SET value = value", ())
    if batch.covered is not None:
        fetch("UPDATE mark SET value = %s WHERE name = 'covered'", (batch.covered,))


def write_documents(fetch: Fetch, batch: Batch) -> None:
    """Documents and corrections, each with the statement that takes it back."""
    for start in range(0, len(batch.documents), DOCUMENTS_AT_ONCE):
        _write_some(fetch, batch.documents[start : start + DOCUMENTS_AT_ONCE], batch.inverse)
    for correction in batch.corrections:
        correct(fetch, correction, batch.inverse)
        if correction.at:
            write_newest(fetch, correction.at)
    if batch.documents or batch.corrections:
        # What tells, after a commit without an answer, whether it took place.
        batch.stamp = fetch("UPDATE mark SET value = value + 1 WHERE name = 'batch' RETURNING value", ())[0][0]


def _write_some(
    fetch: Fetch, documents: Sequence[tuple[str, str, str, bytes | None]], inverse: list[tuple[str, tuple[Any, ...]]]
) -> None:
    groups: dict[tuple[str, str], dict[str, bytes | None]] = {}
    for kind, tenant, name, body in documents:
        # Of a document that comes several times the last one is what it becomes.
        groups.setdefault((kind, tenant), {})[name] = body
    for (kind, tenant), bodies in groups.items():
        marks = ",".join(["%s"] * len(bodies))
        gone = fetch(
            f"DELETE FROM document WHERE kind = %s AND tenant = %s AND id IN ({marks})"  # noqa: S608  # marks
            " RETURNING kind, tenant, id, body",
            (kind, tenant, *bodies),
        )
        inverse += [(_PUT_DOCUMENT, tuple(row)) for row in gone]
        put = [(kind, tenant, name, body) for name, body in bodies.items() if body is not None]
        if put:
            rows = ",".join(["(%s, %s, %s, %s)"] * len(put))
            fetch(_PUT_DOCUMENTS + rows, tuple(chain.from_iterable(put)))
            inverse += [(_FORGET_DOCUMENT, row[:3]) for row in put]


def write_removals(fetch: Fetch, batch: Batch, delete_rows: Callable[[int, Sequence[int]], object]) -> None:
    """What is too old, or hidden, leaves the disk. Done twice it is done once: it needs no way back.

    delete_rows: deletes rows of an entity by the way that the store finds them best.
    """
    if batch.removals:
        for (at,) in fetch("SELECT at FROM history ORDER BY seq DESC LIMIT 1", ()):
            write_newest(fetch, at)
    for removal in batch.removals:
        number = removal.number
        delete_rows(number, removal.rows)
        if removal.before is not None:
            fetch("DELETE FROM addition WHERE entity = %s AND observed < %s", (number, removal.before))
        if removal.is_last and not fetch("SELECT 1 FROM addition WHERE entity = %s LIMIT 1", (number,)):
            fetch("DELETE FROM hidden WHERE entity = %s", (number,))
            fetch("DELETE FROM entity WHERE number = %s", (number,))
            fetch("UPDATE mark SET value = %s WHERE name = 'entity' AND value < %s", (number, number))


def write_newest(fetch: Fetch, at: int) -> None:
    """Note an instant that a start could not find in the log, so that none before it is given again."""
    fetch(
        "INSERT INTO mark (name, value) VALUES ('at', %s)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE excluded.value > mark.value",
        (at,),
    )


def is_written(fetch: Fetch, batch: Batch) -> bool:
    """Whether a batch took place whose commit gave no answer."""
    if batch.rows:
        return bool(fetch("SELECT 1 FROM history WHERE seq = %s", (batch.rows[-1][0],)))
    return bool(fetch("SELECT 1 FROM mark WHERE name = 'batch' AND value >= %s", (batch.stamp,)))


def write_revocation(fetch: Fetch, batch: Batch) -> None:
    """Take a batch back that was answered with a failure."""
    _each(fetch, "DELETE FROM history WHERE seq = %s", [(row[0],) for row in batch.rows])
    _each(fetch, "UPDATE entity SET ended = NULL WHERE number = %s", [(row[1],) for row in batch.ended])
    _each(fetch, "DELETE FROM entity WHERE number = %s", [(row[0],) for row in batch.begun])
    for statement, parameters in reversed(batch.inverse):
        fetch(statement, parameters)
    _each(fetch, "DELETE FROM tenant WHERE number = %s", [(number,) for number, _ in batch.tenants])
    _each(fetch, "DELETE FROM author WHERE number = %s", [(number,) for number, _ in batch.authors])


def _each(fetch: Fetch, statement: str, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        fetch(statement, row)
