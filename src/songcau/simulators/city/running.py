"""The whole of it: the server, the devices and the citizens, until stopped."""

import asyncio
import signal
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from songcau.simulators.city.citizens import report_all
from songcau.simulators.city.devices import Plan, run_device
from songcau.simulators.city.server import mqtt_server
from songcau.simulators.city.sites import sites


@dataclass(frozen=True, slots=True)
class Open311:
    """Where citizens report, and with which key."""

    endpoint: str
    key: str


async def run_city(plan: Plan, port: int, open311: Open311 | None, *, ready: Callable[[], None]) -> None:
    """Until SIGTERM or SIGINT. The scene begins when somebody follows the devices."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with mqtt_server(port) as followed:
        ready()
        work = asyncio.create_task(_work(plan, port, open311, followed))
        stopped = asyncio.create_task(stop.wait())
        await asyncio.wait((work, stopped), return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        work.cancel()
        with suppress(asyncio.CancelledError):
            await work


async def _work(plan: Plan, port: int, open311: Open311 | None, followed: asyncio.Event) -> None:
    await followed.wait()
    plan = replace(plan, begun=plan.now())
    async with asyncio.TaskGroup() as group:
        for site in sites():
            group.create_task(run_device(site, plan, port))
        if open311 is not None:
            group.create_task(report_all(plan, open311.endpoint, open311.key))
