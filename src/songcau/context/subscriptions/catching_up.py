"""Lines that are behind are filled from the journal: after a start, and after an endpoint was away for long.

All of them are filled in one reading, from the place of the one that is furthest behind, so that a thousand
subscriptions to one endpoint that comes back cost one reading and not a thousand.
"""

import logging
from asyncio import AbstractEventLoop, CancelledError, Task
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Protocol

from songcau.context.entities.entity import Change
from songcau.context.subscriptions.lines import MOST_WAITING, MOST_WAITING_WHEN_FAILING, Line
from songcau.context.subscriptions.occurrences import Occurrence, occurrence
from songcau.context.subscriptions.subscription import Subscription

SLICE = 500
# Who is further behind than so many changes is told that it missed some: reading them all would take minutes.
MOST_OWED = 2_000_000
RETRY_SECONDS = 5.0

_log = logging.getLogger(__name__)


class Past(Protocol):
    """A reading of the journal, forward."""

    async def after(self, sequence: int, limit: int) -> list[tuple[int, Change]]: ...


class CatchingUp:
    """Fills lines that are behind.

    past: begins a reading. head: the newest sequence number that was told. interested: the subscriptions that a change
    can concern. filled: called for each line that got something to tell, or is up to date.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        *,
        past: Callable[[], Past],
        head: Callable[[], int],
        interested: Callable[[Change], Iterable[Subscription]],
        filled: Callable[[Line], None],
        missed: Callable[[Line, int], None],
    ) -> None:
        self._loop = loop
        self._past = past
        self._head = head
        self._interested = interested
        self._filled = filled
        self._missed = missed
        self._waiting: dict[Line, None] = {}  # for a reading, or to join the one under way
        self._hungry: dict[Line, None] = {}  # filled by the reading under way
        self._task: Task[None] | None = None

    def ask(self, line: Line) -> None:
        """Fill the line, soon."""
        if line.behind is None or line.is_closed:
            return
        if line.behind >= self._head():
            self._up_to_date(line)
            return
        self._waiting[line] = None
        if self._task is None or self._task.done():
            self._task = self._loop.create_task(self._run())

    def forget(self, line: Line) -> None:
        self._hungry.pop(line, None)
        self._waiting.pop(line, None)

    async def stop(self) -> None:
        """Read no more."""
        self._waiting.clear()
        self._hungry.clear()
        if self._task is not None:
            self._task.cancel()
            with suppress(CancelledError):
                await self._task

    async def _run(self) -> None:
        while self._waiting:
            self._hungry, self._waiting = self._waiting, {}
            begin = self._begin()
            try:
                await self._read(self._past(), begin)
            except Exception:
                _log.exception("the journal cannot be read for subscribers who are behind; tried again soon")
                self._loop.call_later(RETRY_SECONDS, self._again, [*self._hungry, *self._waiting])
                self._hungry.clear()
                self._waiting.clear()

    async def _read(self, past: Past, begin: int) -> None:
        while self._hungry:
            changes = await past.after(begin, SLICE)
            if changes:
                begin = self._tell(changes)
                self._let_join(begin)
                continue
            for line in tuple(self._hungry):
                self._settle(line, begin)

    def _let_join(self, place: int) -> None:
        """Lines that became hungry meanwhile and are not further behind than the reading is."""
        for line in tuple(self._waiting):
            if line.behind is not None and line.behind >= place:
                del self._waiting[line]
                self._hungry[line] = None

    def _again(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self.ask(line)

    def _begin(self) -> int:
        """The place of the line that is furthest behind."""
        oldest = self._head() - MOST_OWED
        for line in self._hungry:
            behind = line.behind if line.behind is not None else oldest
            if behind < oldest:
                self._missed(line, oldest - behind)
                line.behind = oldest
        return min((line.behind for line in self._hungry if line.behind is not None), default=self._head())

    def _tell(self, changes: list[tuple[int, Change]]) -> int:
        """Put a slice of the journal into the lines; the place up to which they are told of it."""
        full: dict[Line, int] = {}
        for sequence, change in changes:
            told = occurrence(sequence, change)
            if told is not None:
                self._offer(told, full)
        for line, place in full.items():
            line.behind = max(place, line.behind or 0)
            del self._hungry[line]
            self._filled(line)
        reached = changes[-1][0]
        for line in tuple(self._hungry):
            line.behind = max(reached, line.behind or 0)
            if reached >= self._head():
                self._settle(line, reached)
            elif line.has_work:
                self._filled(line)
        return reached

    def _offer(self, told: Occurrence, full: dict[Line, int]) -> None:
        """Give an occurrence to the lines that want it; one that holds all it can stops before it."""
        for subscription in self._interested(told.change):
            line = subscription.line
            if line is None or line not in self._hungry or line in full or told.sequence <= (line.behind or 0):
                continue
            if subscription.is_expired() or not subscription.wants(told):
                continue
            if len(line.waiting) >= (MOST_WAITING_WHEN_FAILING if line.failures else MOST_WAITING):
                full[line] = told.sequence - 1
            else:
                line.waiting.push(told)

    def _settle(self, line: Line, place: int) -> None:
        """The line has come to the end of the journal: from now on it is told of changes as they happen."""
        self._hungry.pop(line, None)
        line.seen = max(place, line.seen)
        self._up_to_date(line)

    def _up_to_date(self, line: Line) -> None:
        line.behind = None
        self._filled(line)
