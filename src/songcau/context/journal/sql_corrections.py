"""Corrections of a history, in the same words for every database.

Every step notes the statement that takes it back: for a commit that is answered with a failure and took place.
"""

from collections.abc import Callable, Sequence
from typing import Any

from songcau.context.journal.corrections import EVERY_DATASET, Correction, Hidden

Fetch = Callable[[str, Sequence[Any]], list[Any]]
Inverse = list[tuple[str, tuple[Any, ...]]]

_ADDITION = "number, entity, name, dataset, instance, body, observed"
_ADD_AGAIN = f"INSERT INTO addition ({_ADDITION}) VALUES (%s, %s, %s, %s, %s, %s, %s)"  # noqa: S608  # column names
_ENTITY = "number, tenant, id, types, ended"


def correct(fetch: Fetch, correction: Correction, inverse: Inverse) -> None:
    """Hide, then add. What is added belongs to a life that was never lived, which is begun if there is none."""
    lives = fetch(
        "SELECT number, ended FROM entity WHERE id = %s AND tenant = %s",
        (correction.entity_id, correction.tenant_number),
    )
    unlived = next((number for number, ended in lives if ended == 0), None)
    if correction.is_forgotten:
        _forget(fetch, lives, inverse)
        return
    for hidden in correction.hidden:
        _hide_added(fetch, unlived, hidden, inverse)
        for number, ended in lives:
            if ended != 0:
                _hide_told(fetch, number, hidden, inverse)
    if correction.added:
        _add(fetch, correction, unlived, inverse)


def _add(fetch: Fetch, correction: Correction, unlived: int | None, inverse: Inverse) -> None:
    if unlived is None:
        unlived = correction.number
        values = (unlived, correction.tenant_number, correction.entity_id, " ".join(correction.types))
        fetch("INSERT INTO entity (number, tenant, id, types, ended) VALUES (%s, %s, %s, %s, 0)", values)
        inverse.append(("DELETE FROM entity WHERE number = %s", (unlived,)))
    for added in correction.added:
        made = fetch(
            "INSERT INTO addition (entity, name, dataset, instance, body, observed) VALUES (%s, %s, %s, %s, %s, %s)"
            " RETURNING number",
            (unlived, added.name, added.dataset or "", added.instance_id, added.body, added.observed),
        )
        inverse.append(("DELETE FROM addition WHERE number = %s", tuple(made[0])))


def _forget(fetch: Fetch, lives: Sequence[tuple[int, int | None]], inverse: Inverse) -> None:
    """Everything up to now is hidden, and what was added goes; retention takes the rest from the disk."""
    for number, ended in lives:
        if ended == 0:
            _hide_added(fetch, number, Hidden(), inverse)
            rows = fetch(f"DELETE FROM entity WHERE number = %s RETURNING {_ENTITY}", (number,))  # noqa: S608  # names
            again = f"INSERT INTO entity ({_ENTITY}) VALUES (%s, %s, %s, %s, %s)"  # noqa: S608  # column names
            inverse += [(again, tuple(row)) for row in rows]
        else:
            _hide_told(fetch, number, Hidden(), inverse)


def _hide_added(fetch: Fetch, number: int | None, hidden: Hidden, inverse: Inverse) -> None:
    if number is None:
        return
    condition, parameters = _condition(hidden)
    rows = fetch(
        f"DELETE FROM addition WHERE entity = %s{condition} RETURNING {_ADDITION}",  # noqa: S608  # one of four
        (number, *parameters),
    )
    inverse += [(_ADD_AGAIN, tuple(row)) for row in rows]


def _condition(hidden: Hidden) -> tuple[str, tuple[str | None, ...]]:
    if hidden.instance_id is not None:
        return " AND name = %s AND instance = %s", (hidden.name, hidden.instance_id)
    if hidden.name is None:
        return "", ()
    if hidden.is_every_dataset:
        return " AND name = %s", (hidden.name,)
    return " AND name = %s AND dataset = %s", (hidden.name, hidden.dataset or "")


def _hide_told(fetch: Fetch, number: int, hidden: Hidden, inverse: Inverse) -> None:
    """Rows of a life up to now, or one instance of it."""
    place = None
    if hidden.instance_id is not None:
        found = hidden.place()
        if found is None or not fetch("SELECT 1 FROM history WHERE seq = %s AND entity = %s", (found[0], number)):
            return
        up_to, place = found
    else:
        up_to = fetch("SELECT coalesce(max(seq), 0) FROM history", ())[0][0]
    dataset = EVERY_DATASET if hidden.is_every_dataset else hidden.dataset or ""
    made = fetch(
        "INSERT INTO hidden (entity, up_to, name, dataset, place) VALUES (%s, %s, %s, %s, %s) RETURNING number",
        (number, up_to, hidden.name, dataset, place),
    )
    inverse.append(("DELETE FROM hidden WHERE number = %s", tuple(made[0])))
