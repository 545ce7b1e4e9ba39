"""What the queues know of a protocol that carries notifications: something takes a letter and says how it went."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from songcau.context.subscriptions.endpoints import Endpoint


class Reach(Enum):
    """How far a failure reaches: whom it would be useless to try next."""

    HOST = "host"  # no connection: nobody at this host can be told
    ENDPOINT = "endpoint"  # connected, but no answer in time
    LETTER = "letter"  # answered, with a refusal of this letter


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a letter did not arrive. is_final: trying again would give the same refusal."""

    reason: str
    reach: Reach
    is_final: bool = False


Done = Callable[[Failure | None], None]


@dataclass(frozen=True, slots=True)
class Recipient:
    """Where the letters of one subscription go. head: what stands before each body, ready-made for the protocol."""

    endpoint: Endpoint
    head: bytes


class Carrier(Protocol):
    """Carries letters to one host."""

    @property
    def is_full(self) -> bool:
        """No further letter can be taken now; `has_room` is called when that changes."""

    @property
    def is_idle(self) -> bool:
        """Nothing is under way: the carrier may be forgotten."""

    def send(self, recipient: Recipient, body: bytes, done: Done) -> None:
        """Take a letter. `done` is called exactly once, later on the loop, unless the carrier is closed before."""

    def sweep(self, now: float) -> None:
        """Close what was idle for long; called every few seconds with the loop's time."""

    def close(self) -> None:
        """Drop all connections; what is under way is not reported any more."""
