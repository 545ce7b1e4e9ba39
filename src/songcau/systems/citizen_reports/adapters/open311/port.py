"""What is asked of another jurisdiction, whatever answers: a server by HTTP, or a fake in a test."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from songcau.kernel.errors import Refused, Unavailable


class PeerAway(Unavailable):
    """The other jurisdiction does not answer, or not with anything that can be read; `why` for the desk."""

    code = "JURISDICTION_AWAY"


class PeerRefused(Refused):
    """The other jurisdiction says no, and would again: `code` and `why` are its own words."""

    code = "JURISDICTION_REFUSED"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A report as it is forwarded: never who reported. `reference` makes a repeated sending recognisable."""

    reference: str
    service_code: str
    description: str
    longitude: float | None
    latitude: float | None
    address: str


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a sending was answered with: the other's number, or a token under which the number will be found."""

    remote_id: str = ""
    token: str = ""


@dataclass(frozen=True, slots=True)
class Remote:
    """A request of the other jurisdiction, as it says. Degrees in WGS 84."""

    remote_id: str
    is_open: bool
    service_code: str
    description: str
    notes: str
    agency: str
    longitude: float | None
    latitude: float | None
    address: str
    media_url: str
    requested_at: datetime | None
    updated_at: datetime | None


@dataclass(frozen=True, slots=True)
class Window:
    """From when until when requests are wanted; at most 90 days, as the standard says."""

    begin: datetime
    end: datetime


class Peer(Protocol):
    """One jurisdiction. Every call has a time limit; raises PeerAway, PeerRefused."""

    def send(self, report: Outgoing) -> Receipt: ...

    def resolve(self, token: str) -> str:
        """The number behind a token; empty while there is none."""
        ...

    def made_in(self, window: Window) -> Iterator[Remote]: ...

    def by_ids(self, remote_ids: Sequence[str]) -> Iterator[Remote]: ...
