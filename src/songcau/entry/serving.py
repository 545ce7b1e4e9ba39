"""Runs an ASGI application in this process until told to stop, and says when it serves."""

import socket
from pathlib import Path
from typing import Any

import uvicorn

from songcau.entry.processes import say_ready


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, data: Path, name: str) -> None:
        super().__init__(config)
        self._data = data
        self._name = name

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            say_ready(self._data, self._name)


def serve(application: object, *, name: str, data: Path, **options: Any) -> None:
    """Serve `application`; `options` are uvicorn's (host and port, or uds, and TLS files)."""
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
    _Server(config, data, name).run()
