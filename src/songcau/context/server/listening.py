"""A socket that listens: takes connections as they come, however busy the loop is.

The loop's own servers take one connection each time round. When a round is long, because many clients ask for much,
a newcomer would wait a round for each one before it in the queue.
"""

import asyncio
import errno
import logging
import socket
import ssl
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

BACKLOG = 1024
_MOST_AT_ONCE = 256
_MOST_HANDSHAKES = 1024
_HANDSHAKE_SECONDS = 10.0
_REST_SECONDS = 0.5
# The process or the system has no file left: taking more must wait until some are closed.
_NO_ROOM = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

log = logging.getLogger("songcau.context")


class Listener:
    """Takes connections from one listening socket and gives each its protocol."""

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        listening: socket.socket,
        protocol: Callable[[], asyncio.Protocol],
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self._loop = loop
        self._socket = listening
        self._protocol = protocol
        self._tls = tls
        self._beginning: set[asyncio.Task[None]] = set()
        self._is_closed = False
        listening.setblocking(False)
        loop.add_reader(listening, self._take)

    def close(self) -> None:
        """Take no more; what is shaking hands is let go."""
        if self._is_closed:
            return
        self._is_closed = True
        self._loop.remove_reader(self._socket)
        self._socket.close()
        for task in self._beginning:
            task.cancel()

    def _take(self) -> None:
        for _ in range(_MOST_AT_ONCE):
            try:
                taken, _address = self._socket.accept()
            except BlockingIOError:
                return
            except OSError as error:
                self._failed(error)
                return
            if len(self._beginning) >= _MOST_HANDSHAKES:
                taken.close()
                continue
            task = self._loop.create_task(self._begin(taken))
            self._beginning.add(task)
            task.add_done_callback(self._beginning.discard)

    async def _begin(self, taken: socket.socket) -> None:
        taken.setblocking(False)
        if taken.family != socket.AF_UNIX:
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        seconds = _HANDSHAKE_SECONDS if self._tls else None
        try:
            await self._loop.connect_accepted_socket(
                self._protocol, taken, ssl=self._tls, ssl_handshake_timeout=seconds
            )
        except (OSError, TimeoutError):  # the client went, or does not speak TLS
            taken.close()

    def _failed(self, error: OSError) -> None:
        """One connection that was gone again is nothing; without room the queue has to wait."""
        if error.errno not in _NO_ROOM:
            return
        log.warning("no connection can be taken now: %s", error.strerror)
        self._loop.remove_reader(self._socket)
        self._loop.call_later(_REST_SECONDS, self._again)

    def _again(self) -> None:
        if not self._is_closed:
            self._loop.add_reader(self._socket, self._take)


async def at_address(loop: asyncio.AbstractEventLoop, host: str, port: int) -> list[socket.socket]:
    """Listening sockets, one for each address that the host has. Raises OSError."""
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    made: list[socket.socket] = []
    try:
        for family, _, _, _, address in dict.fromkeys(found):
            where = (address[0], port)
            made.append(socket.create_server(where, family=family, backlog=BACKLOG))
            # Port 0 takes a free one, and all addresses share it.
            port = made[-1].getsockname()[1]
    except BaseException:
        for one in made:
            one.close()
        raise
    return made


def at_path(path: Path) -> socket.socket:
    """A listening Unix socket that only this user can reach; one left over is replaced. Raises OSError."""
    with suppress(FileNotFoundError):
        path.unlink()
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        made.bind(str(path))
        path.chmod(0o600)
        made.listen(BACKLOG)
    except BaseException:
        made.close()
        raise
    return made
