"""What one `append` asks of the disk, and what many of them make together."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from songcau.context.entities.entity import Change
from songcau.context.journal.corrections import Correction
from songcau.context.journal.retention import Removal
from songcau.context.journal.rows import Row

# (entity, seq, skip, place, observed from, observed to, document)
Snapshot = tuple[int, int, int, int, int | None, int | None, bytes]


class Transaction:
    """One request's changes and documents: on disk together or not at all.

    begun, ended, retyped: entities that appear, go, or change their types, for the table of names; `names` tells the
    first two to the register, in order: (tenant, id, slot, whether it begins). snapshots: of the slots that were swept;
    covered: every row up to this one is contained in the snapshots once this transaction is on disk.
    `future` is answered with the sequence number of the last row.
    """

    __slots__ = (
        "authors",
        "begun",
        "changes",
        "corrections",
        "covered",
        "documents",
        "ended",
        "future",
        "names",
        "removals",
        "retyped",
        "rows",
        "size",
        "slots",
        "snapshots",
        "swept",
        "tenants",
    )

    def __init__(self, changes: Sequence[Change], future: asyncio.Future[int]) -> None:
        self.changes = changes
        self.future = future
        self.rows: list[Row] = []
        self.slots: list[int] = []
        self.size = 0
        self.tenants: list[tuple[int, str]] = []
        self.authors: list[tuple[int, str]] = []
        self.begun: list[tuple[int, int, str, str]] = []
        self.names: list[tuple[str, str, int, bool]] = []
        self.retyped: list[tuple[str, int]] = []
        self.ended: list[tuple[int, int]] = []
        self.documents: list[tuple[str, str, str, bytes | None]] = []
        self.corrections: list[Correction] = []
        self.removals: list[Removal] = []
        self.snapshots: list[Snapshot] = []
        self.swept: list[int] = []
        self.covered: int | None = None


@dataclass(slots=True)
class Batch:
    """All that one commit writes.

    size: about how many bytes it writes. inverse: the statements that take names, documents and corrections back, noted
    by the store while it writes; stamp: the store's own mark of a batch that has documents or corrections.
    is_probe: write something even if there is nothing to write, to see whether the store can.
    """

    rows: list[Row] = field(default_factory=list)
    size: int = 0
    tenants: list[tuple[int, str]] = field(default_factory=list)
    authors: list[tuple[int, str]] = field(default_factory=list)
    begun: list[tuple[int, int, str, str]] = field(default_factory=list)
    ended: list[tuple[int, int]] = field(default_factory=list)
    retyped: list[tuple[str, int]] = field(default_factory=list)
    documents: list[tuple[str, str, str, bytes | None]] = field(default_factory=list)
    corrections: list[Correction] = field(default_factory=list)
    removals: list[Removal] = field(default_factory=list)
    inverse: list[tuple[str, tuple[Any, ...]]] = field(default_factory=list)
    stamp: int = 0
    snapshots: list[Snapshot] = field(default_factory=list)
    covered: int | None = None
    is_probe: bool = False

    @classmethod
    def of(cls, transactions: Sequence[Transaction]) -> "Batch":
        """All of them, in order."""
        batch = cls()
        for one in transactions:
            batch.rows += one.rows
            batch.size += one.size
            for part in _SELDOM:
                if some := getattr(one, part):
                    getattr(batch, part).extend(some)
            if one.covered is not None:
                batch.covered = one.covered
        return batch


_SELDOM = ("tenants", "authors", "begun", "ended", "retyped", "documents", "corrections", "removals", "snapshots")
