"""What every way out of the house looks like to the sender."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from songcau.kernel.errors import Refused, Unavailable


class ChannelAway(Unavailable):
    """The other side does not take messages now; `reason` is a code of `words.REASONS`. Waiting may help."""

    code = "CHANNEL_AWAY"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class MessageRejected(Refused):
    """The other side will never take this message; `reason` is a code of `words.REASONS`."""

    code = "MESSAGE_REJECTED"

    def __init__(self, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class Readiness(StrEnum):
    """SIMULATED: written into the data folder instead of sent; pages say so."""

    READY = "READY"
    SIMULATED = "SIMULATED"
    NOT_SET_UP = "NOT_SET_UP"


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the same at every attempt, so that the other side can recognise a repetition. `lines` are paragraphs."""

    to: str
    title: str
    lines: tuple[str, ...]
    link: str
    language: str
    key: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the other side calls the message, and whether it says that the message has arrived."""

    message_id: str = ""
    delivered: bool = False


class Port(Protocol):
    """A way out. `send` has a timeout of its own and is never called inside a transaction."""

    @property
    def readiness(self) -> Readiness: ...

    def send(self, message: Message) -> Receipt:
        """Raises ChannelAway, MessageRejected."""
        ...
