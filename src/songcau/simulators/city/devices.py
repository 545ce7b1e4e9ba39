"""The devices at work: each comes in with a connection of its own, says what it had measured while nobody listened,
then measures every few seconds; a device that falls silent goes without a word, as one without power does.
"""

import asyncio
import json
import socket
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import aiomqtt

from songcau.simulators.city.scenes import Scene
from songcau.simulators.city.series import Series
from songcau.simulators.city.sites import Site
from songcau.simulators.city.world import Moment, chance, measured

Clock = Callable[[], datetime]
REMEMBERED = timedelta(hours=24)
REMEMBERED_EVERY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Plan:
    """now: the local time, with its zone. begun: when the scene began. every: between two readings of a device."""

    now: Clock
    begun: datetime
    scene: Scene
    series: Series
    every: timedelta = timedelta(seconds=5)

    def moment(self, at: datetime) -> Moment:
        return Moment(at, self._minute(at), self.scene, self.series)

    def is_silent(self, site: Site, at: datetime | None = None) -> bool:
        """At an instant; now, where none is named."""
        return self.scene.is_silent(site.code, self._minute(at or self.now()))

    def _minute(self, at: datetime) -> float:
        return (at - self.begun).total_seconds() / 60


def payload(site: Site, moment: Moment) -> str:
    """One reading as the device says it."""
    said = {
        "time": moment.at.isoformat(timespec="seconds"),
        "simulated": True,
        **measured(site, moment),
    }
    return json.dumps(said, ensure_ascii=False)


async def run_device(site: Site, plan: Plan, port: int) -> None:
    """Until cancelled, or silent; comes back when the server was away. What fell silent before tells its past first."""
    remembers = True
    while remembers or not plan.is_silent(site):
        try:
            await _stay_connected(site, plan, port, remembers=remembers)
        except aiomqtt.MqttError:
            await asyncio.sleep(1.0)
        remembers = False


async def _stay_connected(site: Site, plan: Plan, port: int, *, remembers: bool) -> None:
    status = f"demo/status/{site.code}"
    client = aiomqtt.Client(
        "127.0.0.1",
        port,
        identifier=f"simulated-{site.code}",
        protocol=aiomqtt.ProtocolVersion.V311,
        will=aiomqtt.Will(status, "offline", qos=1, retain=True),
        keepalive=15,
    )
    async with client:
        await client.publish(status, "online", qos=1, retain=True)
        if remembers:
            for at in _past(plan):
                if plan.is_silent(site, at):
                    break
                await client.publish(site.topic, payload(site, plan.moment(at)), qos=1)
        async for at in _ticks(site, plan):
            if plan.is_silent(site):
                # As when the power goes: the connection ends without a goodbye.
                client._client.socket().shutdown(socket.SHUT_RDWR)  # type: ignore[union-attr]
                return
            await client.publish(site.topic, payload(site, plan.moment(at)), qos=1)


def _past(plan: Plan) -> list[datetime]:
    """At even instants, so that what is said again after a restart is the same reading again."""
    step = REMEMBERED_EVERY.total_seconds()
    zone = plan.begun.tzinfo
    last = plan.begun.timestamp() // step * step
    count = int(REMEMBERED / REMEMBERED_EVERY)
    return [datetime.fromtimestamp(last - step * back, zone) for back in range(count, -1, -1)]


async def _ticks(site: Site, plan: Plan) -> AsyncIterator[datetime]:
    """Not all at the same instant: each device has its own second."""
    every = plan.every.total_seconds()
    await asyncio.sleep(every * chance(site.code, "second"))
    while True:
        yield plan.now()
        await asyncio.sleep(every)
