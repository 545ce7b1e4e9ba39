"""How much the journal takes at once and how long it waits; the defaults are measured ones (docs/decisions/0012)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pace:
    """Bounds of one journal.

    rows_before_a_sweep: how long the tail grows before snapshots are written; a start reads it in about 5 µs a row.
    entities_in_a_slice: how many snapshots ride with one commit. rows_in_one_commit: a commit takes no further
    request beyond that. bytes_that_may_wait: beyond that an append is refused. seconds_of_doubt: how long a commit
    without an answer is asked after. seconds_between_probes: how often an ill store is tried when nothing is written.
    """

    rows_before_a_sweep: int = 100_000
    entities_in_a_slice: int = 200
    rows_in_one_commit: int = 4000
    bytes_that_may_wait: int = 64 * 1024 * 1024
    seconds_of_doubt: float = 5.0
    seconds_between_probes: float = 1.0
