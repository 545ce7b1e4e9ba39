"""Listening, and stopping in order."""

import asyncio
import ssl
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from songcau.context.server.connection import Connection
from songcau.context.server.limits import Limits
from songcau.context.server.routing import Router
from songcau.context.server.shared import Identify, Shared

_BACKLOG = 1024


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
        self._servers: list[asyncio.AbstractServer] = []
        self._sockets: list[Path] = []

    async def listen(self, host: str, port: int, tls: ssl.SSLContext | None = None) -> int:
        """Listen on an address; port 0 takes a free one. Returns the port. Raises OSError."""
        server = await self.loop.create_server(
            lambda: Connection(self, is_local=False), host, port, backlog=_BACKLOG, ssl=tls
        )
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def listen_at(self, socket: Path) -> None:
        """Listen on a Unix socket that only this user can reach; one left over is replaced. Raises OSError."""
        with suppress(FileNotFoundError):
            socket.unlink()
        server = await self.loop.create_unix_server(
            lambda: Connection(self, is_local=True), str(socket), backlog=_BACKLOG, start_serving=False
        )
        socket.chmod(0o600)
        await server.start_serving()
        self._servers.append(server)
        self._sockets.append(socket)

    async def stop(self, grace: float = 8.0) -> None:
        """Listen no more, let running requests finish for up to `grace` seconds, close everything."""
        self.is_stopping = True
        for server in self._servers:
            server.close()
        for socket in self._sockets:
            with suppress(FileNotFoundError):
                socket.unlink()
        for connection in tuple(self.connections):
            connection.stop()
        if self.connections:
            with suppress(TimeoutError):
                await asyncio.wait_for(self.none_left.wait(), grace)
        for connection in tuple(self.connections):
            connection.abort()
        if self.timer is not None:
            self.timer.cancel()
