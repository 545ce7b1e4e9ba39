"""What one client may use of the server."""

import resource
from dataclasses import dataclass, replace

# Files that are no connections of clients: the journal's, those to subscribers, sockets that listen.
_OTHER_FILES = 256
_FEWEST = 16


@dataclass(frozen=True, slots=True)
class Limits:
    """Sizes in bytes, times in seconds.

    all_bodies: what bodies that are still arriving may hold together. body_pace: a body must arrive at least this fast
    (bytes a second), after `body_grace`. stream_bytes: what waits unsent for one client of a stream. Memory is bounded
    by `all_bodies` and by `connections` times a read's size.
    """

    head: int = 64 * 1024
    url: int = 32 * 1024
    body: int = 10 * 1024 * 1024
    all_bodies: int = 256 * 1024 * 1024
    connections: int = 4096
    stream_bytes: int = 256 * 1024
    head_seconds: float = 15.0
    body_grace: float = 20.0
    body_pace: int = 16 * 1024
    idle_seconds: float = 75.0
    write_seconds: float = 30.0
    linger_seconds: float = 2.0

    def that_fit(self) -> "Limits":
        """The same, with no more connections than the system lets this process have; it is asked for more first."""
        wanted = self.connections + _OTHER_FILES
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        if soft == resource.RLIM_INFINITY or soft >= wanted:
            return self
        allowed = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
        return replace(self, connections=max(_FEWEST, min(self.connections, allowed - _OTHER_FILES)))
