"""Keeps the tail of the log short: writes the newest state of entities that changed, a few after each commit.

Belongs to the event loop. A sweep goes once through all slots; when its last slice is on disk, a start needs nothing of
the log up to the row that was the newest when it began. A slice is a transaction like any other: what it holds of an
entity was appended before it, so that it is on disk before it, or fails with it.
"""

from collections.abc import Callable

import orjson

from songcau.context.entities.entity import Entity
from songcau.context.journal.pace import Pace
from songcau.context.journal.register import Register
from songcau.context.journal.transaction import Transaction

Present = Callable[[str, str], Entity | None]


class Snapshots:
    """present: gives an entity as it is now; without it nothing is swept, and the tail grows."""

    def __init__(self, register: Register, pace: Pace, tail_rows: int) -> None:
        self._register = register
        self._pace = pace
        self._rows = tail_rows
        self._is_sweeping = False
        self._is_whole = True
        self._cursor = 0
        self._sweep_to = 0
        self.present: Present | None = None

    @property
    def is_due(self) -> bool:
        return self.present is not None and (self._is_sweeping or self._rows >= self._pace.rows_before_a_sweep)

    def committed(self, rows: int) -> None:
        """So many rows are on disk and in no snapshot."""
        self._rows += rows

    def demand(self) -> None:
        """Make a sweep due, whatever the length of the tail."""
        if self._rows:
            self._rows = self._pace.rows_before_a_sweep

    def fill(self, transaction: Transaction, size: int) -> None:
        """The next entities of the sweep, or its end."""
        if not self._is_sweeping:
            self._is_sweeping, self._is_whole = True, True
            self._cursor, self._rows = 0, 0
            self._sweep_to = self._register.next_seq - 1
        slots = self._register.changed_slots(self._cursor, size)
        for slot in slots:
            self._take(slot, transaction)
        if len(slots) == size:
            self._cursor = slots[-1] + 1
            return
        self._is_sweeping = False
        if self._is_whole:
            transaction.covered = self._sweep_to

    def _take(self, slot: int, transaction: Transaction) -> None:
        register, present = self._register, self.present
        entity = present(*register.name_of(slot)) if present is not None else None
        if entity is None:  # the log knows of an entity that nobody has: its rows must stay part of the tail
            self._is_whole = False
            return
        register.changed[slot] = 0
        transaction.swept.append(slot)
        transaction.snapshots.append((*register.chain_of(slot), orjson.dumps(entity.document())))

    def failed(self, transaction: Transaction) -> None:
        """A slice is not on disk: it comes again, with a new sweep."""
        for slot in transaction.swept:
            self._register.changed[slot] = 1
        self._is_sweeping = False
        self._rows = max(self._rows, self._pace.rows_before_a_sweep)
