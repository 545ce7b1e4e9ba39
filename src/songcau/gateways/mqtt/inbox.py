"""Messages between the thread that receives them and the one that writes them, bounded in memory."""

import threading
from collections import deque
from dataclasses import dataclass
from datetime import datetime

MOST_BYTES = 64 * 1024 * 1024
# What a message costs beside its payload.
OVERHEAD = 500
QUIET_SECONDS = 0.003


@dataclass(slots=True)
class Message:
    """One message as it came. mid: its packet identifier, 0 at QoS 0; connection: number of the connection it came by.

    arrived_at is None for what the server had kept (retain): nobody knows when that was said.
    """

    topic: str
    payload: bytes
    mid: int
    qos: int
    connection: int
    arrived_at: datetime | None

    @property
    def size(self) -> int:
        return len(self.payload) + OVERHEAD


class Inbox:
    """A queue of messages. One thread puts, another takes."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._messages: deque[Message] = deque()
        self._bytes = 0
        self._news = threading.Condition()
        self._is_closed = False

    def __len__(self) -> int:
        return len(self._messages)

    def put(self, message: Message) -> bool:
        """Take a message in; False when there is no room for it."""
        with self._news:
            if self._bytes + message.size > self._most_bytes and self._messages:
                return False
            self._messages.append(message)
            self._bytes += message.size
            self._news.notify()
            return True

    def take(self, most: int, tick: float, patience: float) -> list[Message]:
        """Up to `most` messages, in order. It waits up to `patience` seconds for the first, then for more up to `tick`
        seconds, but no longer when none comes for a moment: a server that waits for acknowledgements sends no more."""
        with self._news:
            if not self._messages and not self._is_closed:
                self._news.wait(patience)
            left = tick
            while 0 < len(self._messages) < most and left > 0 and not self._is_closed:
                if not self._news.wait(min(left, QUIET_SECONDS)):
                    break
                left -= QUIET_SECONDS
            taken = [self._messages.popleft() for _ in range(min(most, len(self._messages)))]
            self._bytes -= sum(message.size for message in taken)
            return taken

    def forget_unacknowledged(self) -> None:
        """Drop what the server will send again, because it never heard of its arrival."""
        with self._news:
            kept = [message for message in self._messages if message.qos == 0]
            self._messages = deque(kept)
            self._bytes = sum(message.size for message in kept)

    def close(self) -> None:
        """Let nobody wait any longer."""
        with self._news:
            self._is_closed = True
            self._news.notify_all()
