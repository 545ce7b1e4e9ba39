"""Listening, and stopping in order."""

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from functools import partial
from pathlib import Path

from songcau.context.server.connection import Connection
from songcau.context.server.limits import Limits
from songcau.context.server.listening import Listener, at_address, at_path
from songcau.context.server.routing import Router
from songcau.context.server.shared import Identify, Shared


class Service(Shared):
    """Serves a router on any number of sockets until stopped."""

    def __init__(
        self,
        router: Router,
        identify: Identify,
        *,
        limits: Limits | None = None,
        origins: Iterable[str] = (),
        has_access_log: bool = False,
    ) -> None:
        super().__init__(router, identify, limits or Limits(), origins, has_access_log=has_access_log)
        self._listeners: list[Listener] = []
        self._paths: list[Path] = []

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen on an address; port 0 takes a free one. Returns the port. Raises OSError."""
        sockets = await at_address(self.loop, host, port)
        for one in sockets:
            self._listeners.append(Listener(self.loop, one, partial(Connection, self, is_local=False), tls))
        return int(sockets[0].getsockname()[1])

    async def listen_at(self, path: Path) -> None:
        """Listen on a Unix socket that only this user can reach; one left over is replaced. Raises OSError."""
        self._listeners.append(Listener(self.loop, at_path(path), partial(Connection, self, is_local=True)))
        self._paths.append(path)

    async def stop(self, grace: float = 8.0) -> None:
        """Listen no more, let running requests finish for up to `grace` seconds, close everything."""
        self.is_stopping = True
        for listener in self._listeners:
            listener.close()
        for path in self._paths:
            with suppress(FileNotFoundError):
                path.unlink()
        for connection in tuple(self.connections):
            connection.stop()
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.none_left.wait(), grace)
        for connection in tuple(self.connections):
            connection.abort()
        if self.timer is not None:
            self.timer.cancel()
