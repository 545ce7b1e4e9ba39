"""From a committed change to the lines of those who want to know, and what becomes of their letters.

Here it is decided who is told; `delivery` decides when. How far each line has been told is put on disk every second,
so that what is owed at a kill is told after the next start, some of it twice.
"""

import logging
from asyncio import AbstractEventLoop, Future, TimerHandle
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol

from songcau.context.entities.entity import Change, Entity
from songcau.context.problems import Problem, ResourceNotFound, StorageUnavailable
from songcau.context.subscriptions.catching_up import CatchingUp, Past
from songcau.context.subscriptions.dead_letters import DeadLetter, DeadLetters, Documents
from songcau.context.subscriptions.delivery import Delivery, MakeCarrier, Patience
from songcau.context.subscriptions.interests import Interests
from songcau.context.subscriptions.lines import InOrder, Letter, Line, Newest, Tally
from songcau.context.subscriptions.notifications import Join, Writer, notification_id, recipient_of
from songcau.context.subscriptions.occurrences import Occurrence, occurrence
from songcau.context.subscriptions.places import Places
from songcau.context.subscriptions.subscription import Subscription
from songcau.kernel import clock

SAVE_SECONDS = 1.0
FINISH_SECONDS = 1.0
MOST_IN_PERIODIC_LETTER = 500

_log = logging.getLogger(__name__)


class Ledger(Documents, Protocol):
    """What is needed of the journal."""

    @property
    def head(self) -> int: ...

    def past(self, present: Callable[[str, str], Entity | None]) -> Past: ...


class Present(Protocol):
    """What is needed of the present state of all tenants."""

    def find(self, tenant: str, entity_id: str) -> Entity | None: ...

    def about(self, subscription: Subscription, limit: int) -> Sequence[Entity]:
        """Entities that a subscription by time is about, as far as its owner may see them. Raises TooComplexQuery."""


@dataclass(frozen=True, slots=True)
class Parts:
    """What telling is put together from."""

    loop: AbstractEventLoop
    journal: Ledger
    present: Present
    make_carrier: MakeCarrier
    join: Join
    patience: Patience = field(default_factory=Patience)


class Telling:
    """Every method is called on the event loop."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._loop = parts.loop
        self._interests = Interests()
        self._delivery = Delivery(parts.loop, parts.make_carrier, self, parts.patience)
        self._places = Places(parts.journal, self._note)
        self.dead_letters = DeadLetters(parts.journal, self._save_soon)
        self._catching_up = CatchingUp(
            parts.loop,
            past=lambda: parts.journal.past(parts.present.find),
            head=lambda: self._head,
            interested=self._interests.of,
            filled=self._delivery.wake,
            missed=self._missed,
        )
        self._head = 0
        self._moved: dict[Line, None] = {}
        self._saving: TimerHandle | None = None
        self._ticking: dict[Line, TimerHandle] = {}
        self._is_stopped = False

    def load(self) -> tuple[int, dict[tuple[str, str], dict[str, Any]]]:
        """At a start: up to where everybody was told, and the places of those who were not."""
        self._head = self._parts.journal.head
        self.dead_letters.load()
        return self._places.load()

    @property
    def head(self) -> int:
        """The newest sequence number that subscribers were told of, or were to be."""
        return self._head

    @property
    def delivery(self) -> Delivery:
        return self._delivery

    # --- subscriptions come and go --------------------------------------------------------------------------

    def line_of(self, subscription: Subscription, tally: Tally | None = None) -> Line:
        """A line for a subscription that has none yet."""
        line = Line(
            subscription.id,
            subscription.tenant,
            recipient_of(subscription),
            Writer(subscription, self._parts.join),
            throttling=subscription.throttling,
            waiting=Newest() if subscription.throttling else InOrder(),
            tally=tally or Tally(),
        )
        subscription.line = line
        return line

    def begin(self, subscription: Subscription, behind: int | None = None) -> None:
        """Tell the subscription of changes from now on, or of those after `behind`."""
        line = subscription.line or self.line_of(subscription)
        if not subscription.is_active or self._is_expired(subscription):
            return
        line.seen = self._head
        self._delivery.open(line)
        if subscription.interval:
            self._ticking[line] = self._loop.call_later(subscription.interval, self._tick, subscription)
            return
        self._interests.add(subscription)
        if behind is not None:
            line.behind = behind
            line.seen = behind
            self._catching_up.ask(line)

    def end(self, subscription: Subscription) -> None:
        """Tell it nothing more; what waited for it is dropped."""
        line = subscription.line
        if line is None or line.is_closed:
            return
        timer = self._ticking.pop(line, None)
        if timer is not None:
            timer.cancel()
        if not subscription.interval:
            self._interests.remove(subscription)
        self._catching_up.forget(line)
        self._delivery.close(line)
        line.letter = None
        line.again.clear()
        line.behind = None
        line.waiting.trim(0)
        self._note(line)

    def replace(self, former: Subscription, subscription: Subscription) -> None:
        """The subscription was changed. What waited goes out as the new one says, if it is still active."""
        line = former.line
        if line is None or line.is_closed or former.interval or subscription.interval:
            self.end(former)
            self.line_of(subscription, line.tally if line is not None else None)
            self.begin(subscription)
            return
        self._interests.remove(former)
        subscription.line = line
        if not subscription.is_active or self._is_expired(subscription):
            self._interests.add(subscription)
            self.end(subscription)
            return
        self._interests.add(subscription)
        self._delivery.move(line, lambda: self._change_line(line, subscription))

    def _change_line(self, line: Line, subscription: Subscription) -> None:
        line.recipient = recipient_of(subscription)
        line.write = Writer(subscription, self._parts.join)
        if bool(line.throttling) != bool(subscription.throttling):
            waiting: InOrder | Newest = Newest() if subscription.throttling else InOrder()
            while len(line.waiting):
                for told in line.waiting.take():
                    waiting.push(told)
            line.waiting = waiting
        line.throttling = subscription.throttling

    def forget(self, subscription: Subscription) -> None:
        """The subscription is no more."""
        self.end(subscription)
        if subscription.line is not None:
            subscription.line.is_gone = True
            self._moved.pop(subscription.line, None)

    def forget_place(self, tenant: str, subscription_id: str) -> None:
        """Nothing is owed to a subscription that is no more."""
        self._places.forget(tenant, subscription_id)

    # --- changes ----------------------------------------------------------------------------------------------

    def changed(self, changes: Sequence[Change], sequence: int) -> None:
        """Changes were committed; `sequence` is that of the last one. Called in the order of the commits."""
        self._head = sequence
        if self._saving is None:
            self._saving = self._loop.call_later(SAVE_SECONDS, self._save)
        interested = self._interests.of
        lines: dict[Line, None] | None = None
        place = sequence - len(changes)
        for change in changes:
            place += 1
            candidates = interested(change)
            if candidates:
                told = occurrence(place, change)
                if told is not None:
                    lines = lines if lines is not None else {}
                    for subscription in candidates:
                        self._offer(subscription, told, lines)
        if lines is not None:
            for line in lines:
                self._delivery.wake(line)

    def _offer(self, subscription: Subscription, told: Occurrence, lines: dict[Line, None]) -> None:
        line = subscription.line
        if self._is_expired(subscription):
            self._loop.call_soon(self.end, subscription)
            return
        if line is None or line.behind is not None or told.sequence <= line.seen or not subscription.wants(told):
            return  # who is behind finds it in the journal
        line.push(told)
        lines[line] = None
        self._moved[line] = None

    @staticmethod
    def _is_expired(subscription: Subscription) -> bool:
        return subscription.is_expired()

    def _tick(self, subscription: Subscription) -> None:
        """A subscription by time is told of the present, changed or not."""
        line = subscription.line
        if line is None or line.is_closed or self._is_stopped:
            return
        if self._is_expired(subscription):
            self.end(subscription)
            return
        self._ticking[line] = self._loop.call_later(subscription.interval, self._tick, subscription)
        if line.is_under_way:
            return
        try:
            entities = self._parts.present.about(subscription, MOST_IN_PERIODIC_LETTER)
        except Problem as problem:
            line.tally.last_error = problem.detail
            line.tally.is_failing = True
            self._note(line)
            return
        if entities:
            line.letter = Letter(notification_id(), self.instant(), (), entities)
            self._delivery.wake(line)

    # --- what delivery asks and tells ---------------------------------------------------------------------------

    def next_letter(self, line: Line) -> Letter:
        if line.again:
            return line.again.popleft()
        return Letter(notification_id(), self.instant(), line.waiting.take())

    def instant(self) -> str:
        return clock.now().isoformat(timespec="microseconds")[:26] + "Z"

    def settled(self, line: Line) -> None:
        self._note(line)

    def arrived(self, line: Line, letter: Letter) -> None:
        if letter.dead:
            self.dead_letters.forget(line.tenant, letter.dead)

    def given_up(self, line: Line, letter: Letter, reason: str) -> None:
        self.dead_letters.keep(
            DeadLetter(
                id=letter.dead or letter.id,
                tenant=line.tenant,
                subscription=line.id,
                uri=line.recipient.endpoint.uri,
                given_up_at=self.instant(),
                reason=reason,
                attempts=letter.attempts,
                body=line.write(letter).decode(),
            )
        )

    def hungry(self, line: Line) -> None:
        self._catching_up.ask(line)

    def _missed(self, line: Line, count: int) -> None:
        line.tally.last_error = f"{count} changes were too long ago to be told"
        _log.error("subscription %s was away for too long: %d changes are not told", line.id, count)
        self._note(line)

    def replay(self, subscription: Subscription, letter: DeadLetter) -> None:
        """Try a dead letter again, before anything else that waits. Raises ResourceNotFound."""
        line = subscription.line
        if line is None or line.is_closed:
            raise ResourceNotFound(f"The subscription {subscription.id} is not active, so that nobody can be told")
        again = Letter(letter.id, self.instant(), (), body=letter.body.encode(), dead=letter.id)
        if all(waiting.dead != letter.id for waiting in line.again):
            line.again.append(again)
        self._delivery.wake(line)

    # --- places on disk -------------------------------------------------------------------------------------------

    def _note(self, line: Line) -> None:
        if line.is_gone:
            return
        self._moved[line] = None
        self._save_soon()

    def _save_soon(self) -> None:
        if self._saving is None and not self._is_stopped:
            self._saving = self._loop.call_later(SAVE_SECONDS, self._save)

    def _save(self) -> "Future[int] | None":
        """Put on disk how far everybody has been told; before that the letters that were given up on the way."""
        self._saving = None
        self.dead_letters.put_again()
        moved, self._moved = self._moved, {}
        return self._places.put(moved, self._head)

    async def stop(self) -> None:
        """Tell nothing more, and keep what is owed for the next start."""
        self._is_stopped = True
        for timer in self._ticking.values():
            timer.cancel()
        if self._saving is not None:
            self._saving.cancel()
        await self._catching_up.stop()
        await self._delivery.finish(FINISH_SECONDS)
        self._delivery.stop()
        last = self._save()
        if last is not None:
            with suppress(StorageUnavailable):
                await last
