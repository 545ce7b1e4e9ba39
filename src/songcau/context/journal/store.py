"""What the journal needs of a database; one file for each database keeps it.

A store is used by one thread at a time: the one that opens it, then the writer's. From `documents` on its methods may
be called from any thread at any time: they have connections of their own.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from songcau.context.journal.corrections import Mask
from songcau.context.journal.retention import Expired, Known
from songcau.context.journal.rows import Row
from songcau.context.journal.transaction import Batch


class StoreError(Exception):
    """The database did not take or give something; the sentence says what it answered.

    is_lost: the connection is of no more use. is_doubtful: whether a commit is on disk is not known.
    """

    def __init__(self, detail: str, *, is_lost: bool = False, is_doubtful: bool = False) -> None:
        super().__init__(detail)
        self.is_lost = is_lost
        self.is_doubtful = is_doubtful


class StoreInUse(StoreError):
    """Another broker holds this store."""


class WrongVersion(StoreError):
    """The store was written by a version that this one cannot read."""


# Where an entity's chain stands: (seq, skip, place, observed from, observed to) of its newest row.
Chain = tuple[int, int, int, int | None, int | None]

# A living entity before the tail: (number, tenant, id, *Chain, document); all of a chain is 0 and the document None
# when it began in the tail.
Living = tuple[int, int, str, int, int, int, int | None, int | None, bytes | None]


# (attribute, instanceId, the instance as JSON)
Addition = tuple[str, str, bytes]


@dataclass(slots=True)
class Names:
    """The numbers given so far, and the newest instant (microseconds since 1970) of what was ever written.

    Of what has left the disk, too: a number or an instant must not be given a second time.
    """

    tenants: dict[str, int] = field(default_factory=dict)
    authors: dict[str, int] = field(default_factory=dict)
    last_entity: int = 0
    last_seq: int = 0
    last_at: int = 0


@dataclass(frozen=True, slots=True)
class Life:
    """One life of an entity, from its creation to its deletion. newest: its last row, None while it lives.

    An entity that is known from additions to its history has a life that it never lived: newest is 0.
    """

    number: int
    newest: int | None
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Period:
    """From `since` on, before `until`, in microseconds: of a row's own instant or of what it observed."""

    observed: bool = False
    since: int | None = None
    until: int | None = None

    def touches(self, first: int | None, latest: int | None) -> bool:
        """Whether an interval with both ends, or none at all, has something in common with it."""
        if first is None or latest is None:
            return False
        return (self.since is None or latest >= self.since) and (self.until is None or first < self.until)


@dataclass(frozen=True, slots=True)
class Bound:
    """How much of the log is read for one question: so many rows, and so many bytes of their bodies."""

    rows: int
    bytes: int

    def without(self, rows: int, size: int) -> "Bound":
        """What is left of it."""
        return Bound(max(0, self.rows - rows), max(0, self.bytes - size))

    @property
    def is_used_up(self) -> bool:
        return self.rows <= 0 or self.bytes <= 0


class Store(Protocol):
    """One database."""

    def open(self) -> None:
        """Connect, make or bring up to date the tables, keep others out. StoreError if that fails."""

    def names(self) -> Names: ...

    def living(self) -> Iterator[Living]:
        """The living entities by number, which is the order in which they began."""

    def tail(self) -> Iterator[Row]:
        """The rows that no snapshot is sure to contain, oldest first."""

    def write(self, batch: Batch) -> None:
        """One transaction, on disk when this returns. After a StoreError nothing of it is there, unless in doubt."""

    def reopen(self) -> None:
        """A new connection in the place of a lost one."""

    def holds(self, batch: Batch) -> bool:
        """Whether a batch whose commit gave no answer is there; if so, it is on disk when this returns."""

    def revoke(self, batch: Batch) -> None:
        """Take a batch out again that was answered with a failure."""

    def documents(self, kind: str) -> list[tuple[str, str, dict[str, Any]]]:
        """(tenant, id, document), by tenant and id."""

    def lives(self, tenant: str, entity_id: str) -> list[Life]:
        """The lives of an entity, oldest first."""

    def gone(self, tenant: str) -> list[tuple[str, tuple[str, ...]]]:
        """(id, types) of every life that ended or was never lived, in the order in which they began."""

    def additions(self, number: int, period: Period, bound: Bound) -> list[Addition]:
        """What was added to the history of an entity, kept under the number of the life that it never lived.

        At least what was observed in the period; all if the period is not of observations. What uses the bound up is
        the last that is given.
        """

    def mask(self, number: int) -> Mask:
        """What is hidden of a life."""

    def known(self, after: int, limit: int) -> list[Known]:
        """Every life, by number, from the one after a number on; also those whose history was forgotten."""

    def hidden_numbers(self) -> set[int]:
        """The numbers of lives of which something is hidden."""

    def expired(self, number: int, newest: int, cut: int | None, limit: int) -> Expired:
        """Rows of a life, oldest first, that may go: covered by snapshots, and before the cut or hidden altogether."""

    def rows_of(self, newest: int, period: Period, bound: Bound) -> list[Row]:
        """Rows of one life, newest first, from the row `newest` back; at least those that fall into the period.

        The row that uses the bound up is the last that is given.
        """

    def rows_after(self, after: int, bound: Bound) -> Sequence[tuple[str, str, Row]]:
        """(tenant, entity's id, row) of the rows that follow a sequence number, oldest first; none at the end only."""

    def rows_back(self, newest: int, bound: Bound) -> Sequence[Row]:
        """A row and those before it of the same entity, newest first."""

    def close(self) -> None: ...
