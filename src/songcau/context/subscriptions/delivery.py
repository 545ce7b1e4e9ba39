"""Bringing letters out: one queue for each endpoint, so that a dead or slow one delays nobody else.

Each line has one letter under way at most, which keeps its order. A failure rests what it reaches: a host to which no
connection can be made, an endpoint that does not answer, or the line whose letter was refused. Delays double up to a
bound, with a random part so that a thousand lines do not come back in one moment.
"""

import asyncio
import logging
import random
from asyncio import AbstractEventLoop, TimerHandle
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from songcau.context.subscriptions.carriers import Carrier, Failure, Reach
from songcau.context.subscriptions.endpoints import Endpoint
from songcau.context.subscriptions.lines import MOST_WAITING_WHEN_FAILING, Letter, Line

_log = logging.getLogger(__name__)

MOST_UNDER_WAY = 8  # letters of one endpoint
SWEEP_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and how long a letter is tried. Seconds.

    refusals: attempts of a letter that the receiver answered with a refusal. outage: how long one is tried that no
    receiver answered.
    """

    first: float = 1.0
    longest: float = 300.0
    refusals: int = 8
    outage: float = 72 * 3600.0

    def delay(self, failures: int, cooldown: float = 0.0) -> float:
        doubled = self.first * float(2 ** min(failures - 1, 20))
        return max(min(doubled, self.longest) * random.uniform(0.75, 1.25), cooldown)  # noqa: S311  # no secret


class Ledger(Protocol):
    """Whom delivery tells of what became of letters."""

    def next_letter(self, line: Line) -> Letter:
        """A letter of what waits longest in the line."""

    def instant(self) -> str:
        """The present instant as it is shown."""

    def settled(self, line: Line) -> None:
        """A letter of the line arrived, failed or was given up: its tally or place has changed."""

    def arrived(self, line: Line, letter: Letter) -> None:
        """The receiver has taken the letter."""

    def given_up(self, line: Line, letter: Letter, reason: str) -> None:
        """The letter will not be tried any more by itself."""

    def hungry(self, line: Line) -> None:
        """The line has told what it held and is behind: it should be filled from the journal."""


class Host:
    """What is known of one host and port: whether it can be reached now."""

    __slots__ = ("carrier", "failures", "queues", "rests", "under_way")

    def __init__(self, carrier: Carrier) -> None:
        self.carrier = carrier
        self.queues: set[Queue] = set()
        self.failures = 0
        self.under_way = 0
        self.rests: TimerHandle | None = None

    @property
    def is_closed(self) -> bool:
        """It rests, or one letter is trying whether it can be reached again."""
        return self.rests is not None or (self.failures > 0 and self.under_way > 0)


class Queue:
    """The lines with something to tell to one endpoint, in turn."""

    __slots__ = ("failures", "host", "key", "lines", "ready", "rests", "under_way")

    def __init__(self, key: str, host: Host) -> None:
        self.key = key
        self.host = host
        self.lines: set[Line] = set()
        self.ready: deque[Line] = deque()
        self.failures = 0
        self.under_way = 0
        self.rests: TimerHandle | None = None


MakeCarrier = Callable[[Endpoint, Callable[[], None]], Carrier]


class Delivery:
    """All queues. Called on the event loop only. sent, failed: attempts since the start."""

    def __init__(
        self, loop: AbstractEventLoop, make_carrier: MakeCarrier, ledger: Ledger, patience: Patience | None = None
    ) -> None:
        self._loop = loop
        self._make_carrier = make_carrier
        self._ledger = ledger
        self._patience = patience or Patience()
        self._hosts: dict[tuple[object, ...], Host] = {}
        self._queues: dict[str, Queue] = {}
        self._timers: dict[Line, TimerHandle] = {}
        self._sweeping: TimerHandle | None = None
        self._is_stopped = False
        self.sent = 0
        self.failed = 0

    @property
    def waiting(self) -> int:
        """Changes held in memory for somebody; what is owed beyond is in the journal."""
        return sum(len(line.waiting) for queue in self._queues.values() for line in queue.lines)

    # --- lines --------------------------------------------------------------------------------------------

    def open(self, line: Line) -> None:
        line.is_closed = False
        queue = self._queue_of(line)
        queue.lines.add(line)
        if self._sweeping is None:
            self._sweeping = self._loop.call_later(SWEEP_SECONDS, self._sweep)

    def close(self, line: Line) -> None:
        """Nothing more goes to the line, what waits is forgotten; what is under way cannot be taken back."""
        line.is_closed = True
        self._stop_timer(line)
        queue = self._queues.get(line.recipient.endpoint.uri)
        if queue is not None:
            queue.lines.discard(line)
            if line.is_queued:
                queue.ready.remove(line)
                line.is_queued = False
            self._forget_empty(queue)

    def move(self, line: Line, change: Callable[[], None]) -> None:
        """Let `change` give the line another recipient or writer, and try at once."""
        self.close(line)
        line.failures = 0
        line.next_at = 0.0
        change()
        self.open(line)
        self.wake(line)

    def wake(self, line: Line) -> None:
        """The line has something to tell. What it waits for (its turn, a delay) is waited for."""
        if line.is_queued or line.is_under_way or line.is_closed or not line.has_work or self._is_stopped:
            return
        if line.next_at > self._loop.time():
            if line not in self._timers:
                self._timers[line] = self._loop.call_at(line.next_at, self._rested, line)
            return
        line.is_queued = True
        queue = self._queue_of(line)
        queue.ready.append(line)
        self._pump(queue)

    async def finish(self, seconds: float) -> None:
        """Begin no letter any more, and wait a moment for answers to those under way, which would else come twice."""
        self._is_stopped = True
        until = self._loop.time() + seconds
        while any(host.under_way for host in self._hosts.values()) and self._loop.time() < until:
            await asyncio.sleep(0.01)

    def stop(self) -> None:
        """Send nothing more; what is not told is owed and told after the next start."""
        self._is_stopped = True
        for timer in (*self._timers.values(), self._sweeping):
            if timer is not None:
                timer.cancel()
        self._timers.clear()
        for queue in self._queues.values():
            if queue.rests is not None:
                queue.rests.cancel()
        for host in self._hosts.values():
            if host.rests is not None:
                host.rests.cancel()
            host.carrier.close()

    # --- hosts and queues ---------------------------------------------------------------------------------

    def _queue_of(self, line: Line) -> Queue:
        endpoint = line.recipient.endpoint
        queue = self._queues.get(endpoint.uri)
        if queue is None:
            queue = Queue(endpoint.uri, self._host_of(endpoint))
            self._queues[endpoint.uri] = queue
            queue.host.queues.add(queue)
        return queue

    def _host_of(self, endpoint: Endpoint) -> Host:
        key: tuple[object, ...] = (endpoint.scheme, endpoint.host, endpoint.port)
        if endpoint.is_mqtt:
            key += (endpoint.user, endpoint.password, endpoint.version)
        host = self._hosts.get(key)
        if host is None:
            host = Host(self._make_carrier(endpoint, lambda: self._room(key)))
            self._hosts[key] = host
        return host

    def _room(self, key: tuple[object, ...]) -> None:
        host = self._hosts.get(key)
        if host is not None:
            self._pump_host(host)

    def _pump_host(self, host: Host) -> None:
        for queue in tuple(host.queues):
            if queue.ready:
                self._pump(queue)

    def _forget_empty(self, queue: Queue) -> None:
        if queue.lines or queue.under_way:
            return
        if queue.rests is not None:
            queue.rests.cancel()
        self._queues.pop(queue.key, None)
        queue.host.queues.discard(queue)

    def _sweep(self) -> None:
        """Close connections that nobody used for long, and hosts that nobody speaks to any more."""
        now = self._loop.time()
        for key, host in tuple(self._hosts.items()):
            host.carrier.sweep(now)
            self._pump_host(host)
            if not host.queues and host.carrier.is_idle:
                if host.rests is not None:
                    host.rests.cancel()
                host.carrier.close()
                del self._hosts[key]
        self._sweeping = self._loop.call_later(SWEEP_SECONDS, self._sweep) if self._hosts else None

    # --- letters ------------------------------------------------------------------------------------------

    def _pump(self, queue: Queue) -> None:
        """Send what the queue, its host and their bounds allow."""
        host = queue.host
        while queue.ready and queue.under_way < MOST_UNDER_WAY and queue.rests is None:
            if host.is_closed or host.carrier.is_full or (queue.failures and queue.under_way) or self._is_stopped:
                return
            line = queue.ready.popleft()
            line.is_queued = False
            if line.has_work:
                self._send(queue, line)
            else:
                self._go_on(line)

    def _send(self, queue: Queue, line: Line) -> None:
        letter = line.letter
        if letter is None:
            letter = line.letter = self._ledger.next_letter(line)
        letter.attempts += 1
        try:
            body = line.write(letter)
        except Exception:  # one that cannot be written must not hold up the changes of others
            _log.exception("a notification of subscription %s cannot be written and is dropped", line.id)
            line.letter = None
            line.tally.last_error = "a notification could not be written"
            self._loop.call_soon(self._go_on, line)
            return
        line.is_under_way = True
        queue.under_way += 1
        queue.host.under_way += 1
        self.sent += 1
        line.tally.times_sent += 1
        line.tally.last_notification = letter.at
        if line.throttling:
            line.next_at = self._loop.time() + line.throttling

        def done(failure: Failure | None) -> None:
            self._answered(queue, line, letter, failure)

        queue.host.carrier.send(line.recipient, body, done)

    def _answered(self, queue: Queue, line: Line, letter: Letter, failure: Failure | None) -> None:
        line.is_under_way = False
        queue.under_way -= 1
        queue.host.under_way -= 1
        if failure is None:
            self._arrived(queue, line, letter)
        else:
            self._failed(queue, line, letter, failure)
        if not line.is_closed:
            self._go_on(line)
        self._pump(queue)
        self._forget_empty(queue)

    def _arrived(self, queue: Queue, line: Line, letter: Letter) -> None:
        queue.failures = 0
        if queue.host.failures:
            queue.host.failures = 0
            self._pump_host(queue.host)
        if line.letter is letter:
            line.letter = None
        line.failures = 0
        line.failing_since = 0.0
        line.tally.last_success = self._ledger.instant()
        line.tally.is_failing = False
        self._ledger.arrived(line, letter)
        self._ledger.settled(line)

    def _go_on(self, line: Line) -> None:
        if line.has_work:
            self.wake(line)
        elif line.behind is not None:
            self._ledger.hungry(line)

    # --- failures -----------------------------------------------------------------------------------------

    def _failed(self, queue: Queue, line: Line, letter: Letter, failure: Failure) -> None:
        self._note(line, letter, failure)
        cooldown = line.recipient.endpoint.cooldown
        if failure.reach is Reach.HOST:
            self._rest_host(queue.host, failure)
        elif failure.reach is Reach.ENDPOINT:
            self._rest_queue(queue, failure, cooldown)
        elif line.letter is letter:
            line.next_at = self._loop.time() + self._patience.delay(line.failures, cooldown)

    def _note(self, line: Line, letter: Letter, failure: Failure) -> None:
        """What a failure means for a line: its tally, what it holds in memory, whether its letter is given up."""
        now = self._loop.time()
        self.failed += 1
        line.failures += 1
        line.failing_since = line.failing_since or now
        line.tally.times_failed += 1
        line.tally.last_failure = self._ledger.instant()
        line.tally.last_error = failure.reason
        line.tally.is_failing = True
        line.fall_behind(MOST_WAITING_WHEN_FAILING)
        if failure.reach is Reach.LETTER:
            is_over = failure.is_final or letter.attempts >= self._patience.refusals
        else:
            is_over = now - line.failing_since >= self._patience.outage
        if is_over and line.letter is letter and not line.is_closed:
            line.letter = None
            self._ledger.given_up(line, letter, failure.reason)
        self._ledger.settled(line)

    def _rest_host(self, host: Host, failure: Failure) -> None:
        """No connection: whoever waits for this host is told so, and one letter tries again after the delay."""
        if host.rests is not None:
            return
        host.failures += 1
        host.rests = self._loop.call_later(self._patience.delay(host.failures), self._host_rested, host)
        for queue in host.queues:
            self._note_all(queue, failure)

    def _rest_queue(self, queue: Queue, failure: Failure, cooldown: float) -> None:
        """No answer: the same, for one endpoint."""
        if queue.rests is not None:
            return
        queue.failures += 1
        delay = self._patience.delay(queue.failures, cooldown)
        queue.rests = self._loop.call_later(delay, self._queue_rested, queue)
        self._note_all(queue, failure)

    def _note_all(self, queue: Queue, failure: Failure) -> None:
        """Those who wait behind a letter that failed would have failed too; they need not each try."""
        for line in queue.ready:
            if line.has_work:
                line.letter = line.letter or self._ledger.next_letter(line)
                self._note(line, line.letter, failure)

    def _host_rested(self, host: Host) -> None:
        host.rests = None
        self._pump_host(host)

    def _queue_rested(self, queue: Queue) -> None:
        queue.rests = None
        self._pump(queue)

    def _rested(self, line: Line) -> None:
        self._timers.pop(line, None)
        self.wake(line)

    def _stop_timer(self, line: Line) -> None:
        timer = self._timers.pop(line, None)
        if timer is not None:
            timer.cancel()
