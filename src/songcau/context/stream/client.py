"""One client that follows: what it was sent, what waits for it when it is slow, and from where it goes on.

A client that reads slowly is not told every state in between: of each entity only the newest waits, so that what waits
is bounded by the number of entities and not by the time. When even that is too much, it is told to load anew (`reset`).
"""

from collections.abc import Callable, Sequence
from itertools import islice

from songcau.context.server.messages import Request, Sink

MOST_WAITING = 5_000
MOST_BYTES_WAITING = 4 * 1024 * 1024
LONGEST_PIECE = 64 * 1024

# Sequence number, the entity's id, the event as it goes over the line.
Event = tuple[int, str, bytes]


def reset(sequence: int) -> bytes:
    """What the client has is too old or too much: it loads its page of entities anew, then goes on from here."""
    return b"id: %d\nevent: reset\ndata: {}\n\n" % sequence


class Client:
    """The `Stream` of one connection. head: the newest sequence number that was told to anybody."""

    __slots__ = (
        "_beats", "_bytes", "_head", "_is_closed", "_is_lost", "_left", "_sink", "_waiting", "has_been_told",
        "is_resuming", "last", "request",
    )  # fmt: skip

    def __init__(
        self,
        request: Request,
        head: Callable[[], int],
        last: int | None,
        left: Callable[["Client"], None],
    ) -> None:
        self.request = request
        self.last = last  # the sequence number after which the client wants to go on
        self.is_resuming = False
        self.has_been_told = False
        self._head = head
        self._left = left
        self._sink: Sink | None = None
        self._waiting: dict[str, tuple[int, bytes]] = {}
        self._bytes = 0
        self._is_lost = False
        self._is_closed = False
        self._beats = 0

    # --- the server calls these -----------------------------------------------------------------------------

    def start(self, sink: Sink) -> None:
        self._sink = sink
        # The number is told at once: who is cut off before the first event can go on from here.
        sink.send(b"retry: 2000\nid: %d\n\n" % (self._head() if self.last is None else self.last))
        self.drained()

    def drained(self) -> None:
        """Send what waits, in the order of the newest states."""
        sink = self._sink
        if sink is None or self.is_resuming:
            return
        if self._is_lost:
            self._is_lost = not sink.send(reset(self._head()))
            return
        while self._waiting:
            pieces = self._some()
            if not sink.send(b"".join(pieces)):
                return
            for entity_id in list(islice(self._waiting, len(pieces))):
                self._let_go(entity_id)

    def _some(self) -> list[bytes]:
        """The first of what waits, as much as goes well into one write."""
        pieces, size = [], 0
        for _, event in self._waiting.values():
            pieces.append(event)
            size += len(event)
            if size >= LONGEST_PIECE:
                break
        return pieces

    def closed(self) -> None:
        self._sink = None
        self._is_closed = True
        self._waiting.clear()
        self._bytes = 0
        self._left(self)

    # --- the channel calls these ------------------------------------------------------------------------------

    def tell(self, events: Sequence[Event], joined: bytes) -> None:
        """Send events; `joined` is all of them together."""
        if self._is_closed:
            return
        self.has_been_told = True
        sink = self._sink
        if sink is None or self._waiting or self._is_lost or self.is_resuming or not sink.send(joined):
            for event in events:
                self.hold(event)

    def hold(self, event: Event) -> None:
        """Let an event wait. What waits already of the same entity gives way, unless it is newer."""
        if self._is_lost or self._is_closed:
            return
        sequence, entity_id, content = event
        former = self._waiting.get(entity_id)
        if former is not None:
            if former[0] >= sequence:
                return
            self._let_go(entity_id)
        self._waiting[entity_id] = (sequence, content)
        self._bytes += len(content)
        if len(self._waiting) > MOST_WAITING or self._bytes > MOST_BYTES_WAITING:
            self.lose()

    def _let_go(self, entity_id: str) -> None:
        self._bytes -= len(self._waiting.pop(entity_id)[1])

    def lose(self) -> None:
        """Too much waits: the client is told to load anew instead."""
        self._waiting.clear()
        self._bytes = 0
        self._is_lost = True

    def resumed(self) -> None:
        """What it missed has been put beside what came since: in the order of the changes, it goes out now."""
        self.is_resuming = False
        self._waiting = dict(sorted(self._waiting.items(), key=lambda one: one[1][0]))
        self.drained()

    def beat(self) -> None:
        """Show a client that was told nothing for long, and all between, that the line is alive."""
        self._beats += 1
        if self._sink is not None and not self.has_been_told:
            self._sink.send(b":\n\n")
        self.has_been_told = False

    @property
    def never_began(self) -> bool:
        """The connection was gone before its answer began: nobody will close this client."""
        return self._sink is None and self._beats > 1

    def end(self) -> None:
        if self._sink is not None:
            self._sink.end()
