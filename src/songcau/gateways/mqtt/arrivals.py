"""When a message arrived first, though the server sends it again.

A reading without a time of its own gets that of its arrival. The server sends again what it has no acknowledgement of,
marked as a duplicate; it may be in the context already. With the first arrival's time it is the same observation, which
the history shows once. It is kept in memory: after a start of the gateway the first arrival is not known any more.
"""

import hashlib
from datetime import datetime

# A duplicate has the packet identifier of the first one, of which there are 65,535.
Known = tuple[bytes, datetime]


class Arrivals:
    """By packet identifier, until another message comes under it."""

    def __init__(self) -> None:
        self._known: dict[int, Known] = {}

    def first(self, mid: int, topic: str, payload: bytes, now: datetime, *, is_again: bool) -> datetime:
        """When this message arrived first. is_again: the server says that it has sent it before."""
        mark = hashlib.sha256(b"%b\0%b" % (topic.encode("utf-8", "replace"), payload)).digest()
        known = self._known.get(mid)
        if is_again and known is not None and known[0] == mark:
            return known[1]
        self._known[mid] = (mark, now)
        return now

    def forget(self) -> None:
        """The session is a new one: its identifiers mean other messages."""
        self._known.clear()
