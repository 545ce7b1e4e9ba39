"""Keeps the tail of the log short: writes the newest state of entities that changed, a few with each commit.

Belongs to the writer's thread. A sweep takes all entities that changed up to a row and writes them in slices; when the
last slice is on disk, a start needs nothing of the log up to that row.
"""

from collections.abc import Sequence

import orjson

from songcau.context.journal.pace import Pace
from songcau.context.journal.rows import Standing, standing
from songcau.context.journal.transaction import Batch, Transaction


class Snapshots:
    """`dirty`: entity number → where its chain stands and its newest state, for what is newer than its snapshot."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.dirty: dict[int, Standing] = {}
        self._sweep: list[int] = []
        self._sweep_to = 0
        self._rows = 0
        self._last = 0
        self._slice: list[int] = []

    def begin(self, tail: dict[int, Standing], rows: int, last: int) -> None:
        """What a start found in the log: `rows` of it, up to the row `last`, are in no snapshot."""
        self.dirty, self._rows, self._last = tail, rows, last

    def is_due(self) -> bool:
        return bool(self._sweep) or self._rows >= self._pace.rows_before_a_sweep

    def demand(self) -> None:
        """Make a sweep due, whatever the length of the tail."""
        if self.dirty:
            self._rows = self._pace.rows_before_a_sweep

    def add_slice(self, batch: Batch) -> None:
        """The next entities of the sweep, for the batch that is about to be written."""
        if not self.is_due():
            return
        if not self._sweep:
            self._sweep = sorted(self.dirty, reverse=True)
            self._sweep_to, self._rows = self._last, 0
        self._slice = self._sweep[-self._pace.entities_in_a_slice :]
        for number in self._slice:
            seq, skip, place, first, latest, entity = self.dirty[number]
            if entity is None:
                batch.forgotten.append((number,))
            else:
                document = orjson.dumps(entity.document())
                batch.snapshots.append((number, seq, skip, place, first, latest, document))
        if len(self._slice) == len(self._sweep):
            batch.covered = self._sweep_to

    def wrote(self, batch: Batch, transactions: Sequence[Transaction]) -> None:
        """The batch is on disk: its slice is clean, what it changed is not."""
        if self._slice:
            for number in self._slice:
                self.dirty.pop(number, None)
            del self._sweep[-len(self._slice) :]
            self._slice = []
        dirty = self.dirty
        for one in transactions:
            for row, change in zip(one.rows, one.changes, strict=True):
                dirty[row[3]] = standing(row, change.after)
        if batch.rows:
            self._last = batch.rows[-1][0]
            self._rows += len(batch.rows)

    def failed(self) -> None:
        """The batch is not on disk: its slice comes again."""
        self._slice = []
