"""What one subscription still has to be told: a line, in the order of the changes.

A line holds little. What does not fit is not kept in memory but left in the journal: the line is *behind*, remembers
after which sequence number, and reads on from there when it has told what it holds.
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from songcau.context.entities.entity import Entity
from songcau.context.subscriptions.carriers import Recipient
from songcau.context.subscriptions.occurrences import Occurrence

MOST_WAITING = 500
MOST_WAITING_WHEN_FAILING = 20
MOST_IN_LETTER = 50
MOST_IN_THROTTLED_LETTER = 500


@dataclass(slots=True)
class Letter:
    """One notification on its way: the same id however often it is tried, so that a receiver knows it again.

    at: its notifiedAt. entities: their present state, for a subscription by time; nothing is owed of them. body: as it
    was sent before, of a dead letter that is tried again; dead is then that letter's id.
    """

    id: str
    at: str
    occurrences: Sequence[Occurrence]
    entities: Sequence[Entity] = ()
    body: bytes | None = None
    dead: str = ""
    attempts: int = 0


@dataclass(slots=True)
class Tally:
    """What a subscription says of its notifications (5.2.14.2). Instants are texts as they are shown, or empty."""

    times_sent: int = 0
    times_failed: int = 0
    last_notification: str = ""
    last_success: str = ""
    last_failure: str = ""
    last_error: str = ""
    is_failing: bool = False


class Waiting(Protocol):
    """Occurrences that wait for a letter."""

    def push(self, occurrence: Occurrence) -> None: ...

    def take(self) -> list[Occurrence]:
        """Those of the next letter, taken out; at least one when there is any."""

    def first(self) -> int:
        """A sequence number before which nothing waits; only asked when something does."""

    def trim(self, most: int) -> int | None:
        """Keep the first `most`; the sequence number after which what was dropped begins, or None."""

    def __len__(self) -> int: ...


class InOrder:
    """Every change is told. A letter holds an entity once, so that its states come one after the other."""

    __slots__ = ("_waiting",)

    def __init__(self) -> None:
        self._waiting: deque[Occurrence] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def push(self, occurrence: Occurrence) -> None:
        self._waiting.append(occurrence)

    def first(self) -> int:
        return self._waiting[0].sequence

    def take(self) -> list[Occurrence]:
        waiting = self._waiting
        taken = [waiting.popleft()]
        if not waiting:
            return taken
        told = {taken[0].change.entity_id}
        while waiting and len(taken) < MOST_IN_LETTER and waiting[0].change.entity_id not in told:
            taken.append(waiting.popleft())
            told.add(taken[-1].change.entity_id)
        return taken

    def trim(self, most: int) -> int | None:
        waiting = self._waiting
        if len(waiting) <= most:
            return None
        while len(waiting) > most:
            dropped = waiting.pop()
        return dropped.sequence - 1


class Newest:
    """Of each entity only the newest state is told: for a subscription with throttling."""

    __slots__ = ("_begin", "_waiting")

    def __init__(self) -> None:
        self._waiting: dict[str, Occurrence] = {}
        self._begin = 0

    def __len__(self) -> int:
        return len(self._waiting)

    def push(self, occurrence: Occurrence) -> None:
        if not self._waiting:
            self._begin = occurrence.sequence
        # Its place in the letter is that of its newest state.
        self._waiting.pop(occurrence.change.entity_id, None)
        self._waiting[occurrence.change.entity_id] = occurrence

    def first(self) -> int:
        return self._begin

    def take(self) -> list[Occurrence]:
        taken = list(self._waiting.values())[:MOST_IN_THROTTLED_LETTER]
        for occurrence in taken:
            del self._waiting[occurrence.change.entity_id]
        if self._waiting:
            self._begin = min(occurrence.sequence for occurrence in self._waiting.values())
        return taken

    def trim(self, most: int) -> int | None:
        if len(self._waiting) <= most:
            return None
        begin = self._begin
        self._waiting.clear()
        return begin - 1


class Writer(Protocol):
    """Makes the body of a letter."""

    def __call__(self, letter: Letter) -> bytes: ...


@dataclass(slots=True, eq=False)
class Line:
    """The line of one subscription.

    recipient, write: where its letters go and how they read; another pair after an update. throttling: seconds that lie
    between two letters at least. again: dead letters to be tried again, before anything else. behind: everything after
    this sequence number is in the journal only; None when the line is up to date. seen: changes up to this one were
    looked at for it, or came before it. is_closed: nothing is told now. is_gone: the subscription is no more. next_at:
    the loop's time before which nothing goes out.
    """

    id: str
    tenant: str
    recipient: Recipient
    write: Writer
    throttling: float = 0.0
    waiting: Waiting = field(default_factory=InOrder)
    letter: Letter | None = None
    again: deque[Letter] = field(default_factory=deque)
    seen: int = 0
    behind: int | None = None
    is_queued: bool = False
    is_under_way: bool = False
    is_closed: bool = True
    is_gone: bool = False
    failures: int = 0
    next_at: float = 0.0
    failing_since: float = 0.0
    tally: Tally = field(default_factory=Tally)

    def push(self, occurrence: Occurrence) -> bool:
        """Take an occurrence; False when the line is behind and does not hold it."""
        if self.behind is not None:
            return False
        most = MOST_WAITING_WHEN_FAILING if self.failures else MOST_WAITING
        if len(self.waiting) >= most:
            self.fall_behind(most)
            if self.behind is None:
                self.behind = occurrence.sequence - 1
            return False
        self.waiting.push(occurrence)
        return True

    def fall_behind(self, most: int) -> None:
        """Hold at most so many; the rest is in the journal."""
        dropped = self.waiting.trim(most)
        if dropped is not None:
            self.behind = dropped if self.behind is None else min(dropped, self.behind)

    @property
    def has_work(self) -> bool:
        return self.letter is not None or len(self.waiting) > 0 or len(self.again) > 0

    def settled(self, head: int) -> int:
        """Up to here everything was told or given up; `head` is the newest sequence number that was told to anybody."""
        begins = [occurrence.sequence - 1 for occurrence in self.letter.occurrences] if self.letter is not None else []
        if len(self.waiting):
            begins.append(self.waiting.first() - 1)
        if self.behind is not None:
            begins.append(self.behind)
        return min(begins, default=head)
