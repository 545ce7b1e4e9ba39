"""Runs a link: its HTTP door on this machine, what carries on, the file of states."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import uvicorn

from songcau.context.public import AsyncContext
from songcau.gateways.province.agreement import Agreement
from songcau.gateways.province.link import Link

PATIENCE_SECONDS = 30.0


class _Door(uvicorn.Server):
    """Says when it is open; then the broker may be told of it."""

    def __init__(self, config: uvicorn.Config, opened: Callable[[], None]) -> None:
        super().__init__(config)
        self._opened = opened

    async def startup(self, sockets: object = None) -> None:
        await super().startup()
        if self.started:
            self._opened()


def run_link(agreement: Agreement, city: AsyncContext, folder: Path, *, ready: Callable[[], None]) -> None:
    """Until SIGTERM or SIGINT."""
    asyncio.run(_run(agreement, city, folder, ready))


async def _run(agreement: Agreement, city: AsyncContext, folder: Path, ready: Callable[[], None]) -> None:
    receiver = agreement.receiver
    province = AsyncContext(receiver.address, token=receiver.token, tenant=receiver.tenant, timeout=PATIENCE_SECONDS)
    link = Link(agreement, city, province, folder)
    work: list[asyncio.Task[None]] = []

    def opened() -> None:
        work.extend(asyncio.create_task(part()) for part in (link.begin, link.carry, link.tell_state))
        ready()

    config = uvicorn.Config(
        link, host="127.0.0.1", port=agreement.port, lifespan="off", access_log=False, log_config=None,
        server_header=False, timeout_graceful_shutdown=5,
    )  # fmt: skip
    door = _Door(config, opened)
    served = asyncio.create_task(door.serve())
    while not served.done():
        # A part that fails is a bug: the process ends by it, and the supervisor says so and starts it again.
        done, _ = await asyncio.wait({served, *work}, timeout=1.0, return_when=asyncio.FIRST_EXCEPTION)
        failed = [task for task in done if task is not served and task.exception() is not None]
        if failed:
            door.should_exit = True
            await served
            failed[0].result()
    for task in work:
        task.cancel()
    served.result()
