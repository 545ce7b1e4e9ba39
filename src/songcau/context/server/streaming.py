"""A body that goes on, such as server-sent events: how it is written to one client, however slow."""

import socket
from typing import Any

from songcau.context.server.messages import Stream
from songcau.context.server.shared import Shared

# What the system keeps unsent for a client; by itself it would grow to megabytes that nobody could take back.
_SYSTEM_BUFFER = 64 * 1024


class Outlet:
    """The `Sink` of one stream: takes no more than the limit while the client does not read."""

    __slots__ = ("_has_refused", "_is_over", "_service", "_stream", "_transport", "is_full")

    def __init__(self, transport: Any, stream: Stream, service: Shared) -> None:
        self._transport = transport
        self._stream = stream
        self._service = service
        self._has_refused = False
        self._is_over = False
        self.is_full = False

    def begin(self) -> None:
        limit = self._service.limits.stream_bytes
        self._transport.set_write_buffer_limits(high=limit, low=limit // 4)
        handle = self._transport.get_extra_info("socket")
        if handle is not None:
            handle.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _SYSTEM_BUFFER)
        self._stream.start(self)

    def send(self, data: bytes) -> bool:
        if self.is_full or self._is_over:
            self._has_refused = True
            return False
        self._service.bytes_out += len(data)
        self._transport.write(data)
        return True

    def end(self) -> None:
        if not self._is_over:
            self._transport.close()
            self.lose()

    def emptied(self) -> None:
        """The client has read again."""
        self.is_full = False
        if self._has_refused and not self._is_over:
            self._has_refused = False
            self._stream.drained()

    def lose(self) -> None:
        """The connection is gone, or about to be."""
        if not self._is_over:
            self._is_over = True
            self._stream.closed()
