"""Corrections of a history, written into the SQLite tables.

Every step notes the statement that takes it back: for a commit that is answered with a failure and took place.
"""

import sqlite3
from typing import Any

from songcau.context.journal.corrections import EVERY_DATASET, Correction, Hidden

Inverse = list[tuple[str, tuple[Any, ...]]]


def correct(database: sqlite3.Connection, correction: Correction, inverse: Inverse) -> None:
    """Hide, then add. What is added belongs to a life that was never lived, which is begun if there is none."""
    lives = database.execute(
        "SELECT number, ended FROM entity WHERE id = ? AND tenant = ?", (correction.entity_id, correction.tenant_number)
    ).fetchall()
    unlived = next((number for number, ended in lives if ended == 0), None)
    if correction.is_forgotten:
        _forget(database, lives, inverse)
        return
    for hidden in correction.hidden:
        _hide_added(database, unlived, hidden, inverse)
        for number, ended in lives:
            if ended != 0:
                _hide_told(database, number, hidden, inverse)
    if not correction.added:
        return
    if unlived is None:
        unlived = correction.number
        _begin(database, correction, inverse)
    for added in correction.added:
        values = (unlived, added.name, added.dataset or "", added.instance_id, added.body)
        made = database.execute(
            "INSERT INTO addition (entity, name, dataset, instance, body) VALUES (?, ?, ?, ?, ?)", values
        )
        inverse.append(("DELETE FROM addition WHERE number = ?", (made.lastrowid,)))


def _begin(database: sqlite3.Connection, correction: Correction, inverse: Inverse) -> None:
    values = (correction.number, correction.tenant_number, correction.entity_id, " ".join(correction.types))
    database.execute("INSERT INTO entity VALUES (?, ?, ?, ?, 0)", values)
    inverse.append(("DELETE FROM entity WHERE number = ?", values[:1]))


def _forget(database: sqlite3.Connection, lives: list[tuple[int, int | None]], inverse: Inverse) -> None:
    """The dead and the unlived lose their name; of the living everything up to now is hidden."""
    for number, ended in lives:
        if ended is None:
            _hide_told(database, number, Hidden(), inverse)
            continue
        for statement, again in (
            ("DELETE FROM addition WHERE entity = ? RETURNING *", "INSERT INTO addition VALUES (?, ?, ?, ?, ?, ?)"),
            ("DELETE FROM hidden WHERE entity = ? RETURNING *", "INSERT INTO hidden VALUES (?, ?, ?, ?, ?)"),
            ("DELETE FROM entity WHERE number = ? RETURNING *", "INSERT INTO entity VALUES (?, ?, ?, ?, ?)"),
        ):
            inverse += [(again, row) for row in database.execute(statement, (number,)).fetchall()]
        # Its rows stay in the log: another entity must not get its number.
        database.execute("UPDATE mark SET value = max(value, ?) WHERE name = 'entity'", (number,))


def _hide_added(database: sqlite3.Connection, number: int | None, hidden: Hidden, inverse: Inverse) -> None:
    if number is None:
        return
    condition: str
    parameters: tuple[str | None, ...]
    if hidden.instance_id is not None:
        condition, parameters = "name = ? AND instance = ?", (hidden.name, hidden.instance_id)
    elif hidden.name is None:
        condition, parameters = "1", ()
    elif hidden.is_every_dataset:
        condition, parameters = "name = ?", (hidden.name,)
    else:
        condition, parameters = "name = ? AND dataset = ?", (hidden.name, hidden.dataset or "")
    rows = database.execute(
        f"DELETE FROM addition WHERE entity = ? AND {condition} RETURNING *",  # noqa: S608  # one of the four above
        (number, *parameters),
    ).fetchall()
    inverse += [("INSERT INTO addition VALUES (?, ?, ?, ?, ?, ?)", row) for row in rows]


def _hide_told(database: sqlite3.Connection, number: int, hidden: Hidden, inverse: Inverse) -> None:
    """Rows of a life up to now, or one instance of it."""
    place = None
    if hidden.instance_id is not None:
        found = hidden.place()
        if found is None or not _is_of(database, found[0], number):
            return
        up_to, place = found
    else:
        up_to = database.execute("SELECT coalesce(max(seq), 0) FROM history").fetchone()[0]
    dataset = EVERY_DATASET if hidden.is_every_dataset else hidden.dataset or ""
    made = database.execute("INSERT INTO hidden VALUES (?, ?, ?, ?, ?)", (number, up_to, hidden.name, dataset, place))
    inverse.append(("DELETE FROM hidden WHERE rowid = ?", (made.lastrowid,)))


def _is_of(database: sqlite3.Connection, seq: int, number: int) -> bool:
    row = database.execute("SELECT entity FROM history WHERE seq = ?", (seq,)).fetchone()
    return row is not None and row[0] == number
