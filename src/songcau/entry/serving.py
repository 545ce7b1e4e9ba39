"""Runs an ASGI application in this process until told to stop, and says when it serves."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import uvicorn

from songcau.entry.processes import say_ready


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, data: Path, name: str, on_end: Callable[[], None]) -> None:
        super().__init__(config)
        self._data = data
        self._name = name
        self._on_end = on_end

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say_ready(self._data, self._name)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._on_end()
        await super().shutdown(sockets)


def shared_socket(host: str, port: int) -> socket.socket:
    """Listening where other processes of this city listen too: the system shares the connections out among them."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    for option in (socket.SO_REUSEADDR, socket.SO_REUSEPORT):
        listener.setsockopt(socket.SOL_SOCKET, option, 1)
    listener.bind((host, port))
    listener.set_inheritable(True)
    return listener


def serve(
    application: object,
    *,
    name: str,
    data: Path,
    listener: socket.socket | None = None,
    on_end: Callable[[], None] = lambda: None,
    **options: Any,
) -> None:
    """Serve `application`; `options` are uvicorn's (host and port, or uds, and TLS files), or serve on `listener`.

    on_end: called when it begins to stop, so that answers without an end can end.
    """
    config = uvicorn.Config(
        application,  # type: ignore[arg-type]  # uvicorn's union of ASGI types does not name ours
        lifespan="off",
        access_log=False,
        log_config=None,
        server_header=False,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=8,
        **options,
    )
    _Server(config, data, name, on_end).run([listener] if listener else None)
