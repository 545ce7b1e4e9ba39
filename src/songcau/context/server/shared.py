"""What all connections share: routes, limits, the clock, counters."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from email.utils import formatdate
from secrets import token_hex
from typing import Protocol

from songcau.context.rights.caller import Caller
from songcau.context.server.answers import fault
from songcau.context.server.limits import Limits
from songcau.context.server.messages import Request, Response
from songcau.context.server.origins import Origins
from songcau.context.server.routing import Route, Router
from songcau.kernel.trace import tracing

log = logging.getLogger("songcau.context")

TICK = 0.5
# A fault that every request meets must not fill the disk with its traceback.
_MOST_FAULTS_A_TICK = 10
Identify = Callable[[Request], Caller]


class Guest(Protocol):
    """A connection as the sweep and the stop see it."""

    deadline: float

    def expired(self) -> None: ...
    def stop(self) -> None: ...
    def abort(self) -> None: ...


class Shared:
    """`identify` says who asks, or raises NotSignedIn, NotAllowed.

    now: the loop's clock, as of the last tick. held_bodies: bytes of bodies that are still arriving.
    """

    def __init__(
        self, router: Router, identify: Identify, limits: Limits, origins: Iterable[str], *, has_access_log: bool
    ) -> None:
        self.router = router
        self.identify = identify
        self.limits = limits
        allowed = tuple(origins)
        self.origins = Origins(allowed) if allowed else None
        self.notes: Callable[[Request, Route, int, float], None] | None = _note if has_access_log else None
        self.is_stopping = False
        self.connections: set[Guest] = set()
        self.held_bodies = 0
        self.bytes_in = 0
        self.bytes_out = 0
        self.refused_connections = 0
        self.loop = asyncio.get_running_loop()
        self.none_left = asyncio.Event()
        self.timer: asyncio.TimerHandle | None = None
        self._faults = 0
        self._tick()

    def admit(self, connection: Guest) -> bool:
        """Count a new connection. False: there are too many; it is told so and closed."""
        self.connections.add(connection)
        if len(self.connections) > self.limits.connections:
            self.refused_connections += 1
            return False
        return True

    def forget(self, connection: Guest) -> None:
        self.connections.discard(connection)
        if self.is_stopping and not self.connections:
            self.none_left.set()

    def fault(self, request: Request | None) -> Response:
        """Log the exception being handled as the bug it is. The query may hold a person's data and is not logged."""
        trace = token_hex(8)
        self._faults += 1
        if self._faults > _MOST_FAULTS_A_TICK:
            return fault(trace)
        where = f"{request.method} {request.path}" if request else "reading a request"
        with tracing(trace):
            log.exception("fault %s in %s", trace, where)
        return fault(trace)

    def sweep(self, now: float) -> None:
        """Look after every connection whose deadline has passed; one timer serves them all."""
        self.now = now
        for connection in tuple(self.connections):
            if connection.deadline < now:
                connection.expired()

    def _tick(self) -> None:
        if self._faults > _MOST_FAULTS_A_TICK:
            log.error("%d further faults were not logged one by one", self._faults - _MOST_FAULTS_A_TICK)
        self._faults = 0
        self.date = f"Date: {formatdate(usegmt=True)}\r\n".encode()
        self.sweep(self.loop.time())
        self.timer = self.loop.call_later(TICK, self._tick)


def _note(request: Request, route: Route, status: int, span: float) -> None:
    """A line of the access log. Who asked is told by the token's id: a person's name does not belong into a log."""
    caller = request.caller
    who = "" if caller is None else caller.token or caller.label.partition(":")[0]
    log.info("request %s %s %d %.1f ms %s", request.method, route.template, status, span * 1000, who)
