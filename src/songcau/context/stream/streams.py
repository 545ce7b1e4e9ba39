"""All clients that follow: told of changes after the commit, brought up to date when they come back.

Who comes back names the last event it had. What it missed is taken from the newest changes in memory; when these do not
reach back so far, from the journal, one reading for all who wait; and who was away for too long is told to load anew.
"""

import logging
from asyncio import AbstractEventLoop, CancelledError, Task, TimerHandle
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

from songcau.context.entities.entity import Change
from songcau.context.problems import Problem, TooManyResults
from songcau.context.server.messages import Request
from songcau.context.server.shared import Identify
from songcau.context.stream.channel import Channel, Wish
from songcau.context.stream.channels import Channels
from songcau.context.stream.client import Client, Event
from songcau.context.subscriptions.catching_up import Past
from songcau.context.subscriptions.occurrences import Occurrence, occurrence

MOST_CLIENTS = 5_000
MOST_HELD = 2_000
MOST_READ = 50_000
SLICE = 200
BEAT_SECONDS = 15.0

_log = logging.getLogger(__name__)


class Streams:
    """Every method is called on the event loop.

    past: begins a reading of the journal. head: its newest number. identify: who asks; raises a Problem when that one
    may not any more.
    """

    def __init__(self, loop: AbstractEventLoop, past: Callable[[], Past], head: int, identify: Identify) -> None:
        self._loop = loop
        self._past = past
        self._identify = identify
        self._head = head
        self._channels = Channels()
        self._by_wish: dict[Wish, Channel] = {}
        self._clients: dict[Client, Channel] = {}
        self._held: deque[Occurrence] = deque()
        self._held_after = head  # every change with a higher number is in `_held`
        self._resuming: list[Client] = []
        self._task: Task[None] | None = None
        self._beats: TimerHandle | None = None

    @property
    def count(self) -> int:
        """How many clients follow."""
        return len(self._clients)

    # --- clients ------------------------------------------------------------------------------------------------

    def follow(self, request: Request, wish: Wish, last: int | None) -> Client:
        """A new client; `last` is the number of the last event it had. Raises TooManyResults."""
        if len(self._clients) >= MOST_CLIENTS:
            raise TooManyResults(f"At most {MOST_CLIENTS} clients follow at once; try again later")
        channel = self._by_wish.get(wish)
        if channel is None:
            channel = self._by_wish[wish] = Channel(wish, self._loop)
            self._channels.add(channel)
        client = Client(request, lambda: self._head, last, self._leave)
        channel.clients[client] = None
        self._clients[client] = channel
        if last is not None:
            self._resume(client, last)
        if self._beats is None:
            self._beats = self._loop.call_later(BEAT_SECONDS, self._beat)
        return client

    def _leave(self, client: Client) -> None:
        channel = self._clients.pop(client, None)
        if channel is None:
            return
        channel.clients.pop(client, None)
        if not channel.clients and self._by_wish.get(channel.wish) is channel:
            del self._by_wish[channel.wish]
            self._channels.remove(channel)
            channel.close()

    def _beat(self) -> None:
        """Show everybody that the line is alive; rights that run out by themselves are noticed here."""
        self._beats = self._loop.call_later(BEAT_SECONDS, self._beat) if self._clients else None
        self.check_rights()
        for client in tuple(self._clients):
            client.beat()
            if client.never_began:
                self._leave(client)

    def check_rights(self) -> None:
        """Cut off whoever may not follow any more."""
        for client in tuple(self._clients):
            try:
                self._identify(client.request)
            except Problem:
                client.end()

    async def stop(self) -> None:
        if self._beats is not None:
            self._beats.cancel()
        if self._task is not None:
            self._task.cancel()
            with suppress(CancelledError):
                await self._task
        for client in tuple(self._clients):
            client.end()

    # --- changes --------------------------------------------------------------------------------------------------

    def changed(self, _tenant: str, changes: Sequence[Change], sequence: int) -> None:
        """Changes were committed; `sequence` is that of the last one. In the order of the commits."""
        self._head = sequence
        place = sequence - len(changes)
        held = self._held
        for change in changes:
            place += 1
            told = occurrence(place, change)
            if told is None:
                continue
            held.append(told)
            if self._by_wish:
                for channel in self._channels.of(change):
                    channel.offer(told)
        while len(held) > MOST_HELD:
            self._held_after = held.popleft().sequence

    # --- coming back ------------------------------------------------------------------------------------------------

    def _resume(self, client: Client, last: int) -> None:
        if last > self._head or last < self._head - MOST_READ:
            client.lose()
        elif last >= self._held_after:
            for told in self._held:
                if told.sequence > last:
                    self._give((client,), told)
        else:
            client.is_resuming = True
            self._resuming.append(client)
            if self._task is None or self._task.done():
                self._task = self._loop.create_task(self._read())

    async def _read(self) -> None:
        """Read what is not held any more, once for all who wait."""
        while self._resuming:
            clients, self._resuming = self._resuming, []
            held, until = list(self._held), self._held_after
            try:
                await self._read_for(clients, until)
            except Exception:
                _log.exception("the journal cannot be read for clients that come back")
                for client in clients:
                    client.lose()
            for told in held:
                self._give(clients, told)
            for client in clients:
                client.resumed()

    async def _read_for(self, clients: Sequence[Client], until: int) -> None:
        past, place = self._past(), min(client.last or 0 for client in clients)
        while place < until and (changes := await past.after(place, SLICE)):
            place = changes[-1][0]
            for sequence, change in changes:
                told = occurrence(sequence, change) if sequence <= until else None
                if told is not None:
                    self._give(clients, told)

    def _give(self, clients: Iterable[Client], told: Occurrence) -> None:
        """Let an event wait for those who have not had it. Clients of one channel get the same, which is made once."""
        made: dict[Channel, Event | None] = {}
        for client in clients:
            channel = self._clients.get(client)
            if channel is None or told.sequence <= (client.last or 0):
                continue
            if channel not in made:
                made[channel] = channel.event_of(told)
            event = made[channel]
            if event is not None:
                client.hold(event)
