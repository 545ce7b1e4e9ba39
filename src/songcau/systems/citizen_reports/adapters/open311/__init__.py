"""Another jurisdiction that speaks Open311 GeoReport v2: reports go to it and come from it."""

from songcau.systems.citizen_reports.adapters.open311.client import HttpPeer
from songcau.systems.citizen_reports.adapters.open311.port import (
    Outgoing,
    Peer,
    PeerAway,
    PeerRefused,
    Receipt,
    Remote,
    Window,
)

__all__ = ["HttpPeer", "Outgoing", "Peer", "PeerAway", "PeerRefused", "Receipt", "Remote", "Window"]
