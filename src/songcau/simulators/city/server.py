"""The MQTT server of a demonstration city, on this machine only; a real city has one of its own (Mosquitto, EMQX …)."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from amqtt.broker import Broker, BrokerContext
from amqtt.contexts import BrokerConfig, ListenerConfig
from amqtt.plugins.base import BasePlugin

# The library gives a plugin nothing of ours; there is one server in a process.
_followed = asyncio.Event()


class Followers(BasePlugin[BrokerContext]):  # type: ignore[misc]  # the library says no types
    """Notices that somebody has subscribed: what is published before is heard by nobody."""

    async def on_broker_client_subscribed(self, *, client_id: str, topic: str, qos: int) -> None:
        _followed.set()


@asynccontextmanager
async def mqtt_server(port: int) -> AsyncIterator[asyncio.Event]:
    """A server on 127.0.0.1:`port`; gives the event that somebody follows."""
    plugins = {
        "amqtt.plugins.authentication.AnonymousAuthPlugin": {"allow_anonymous": True},
        f"{__name__}.Followers": {},
    }
    listeners = {"default": ListenerConfig(bind=f"127.0.0.1:{port}")}
    for library in ("amqtt", "transitions"):  # a line for every step of every session says nothing
        logging.getLogger(library).setLevel(logging.WARNING)
    broker = Broker(BrokerConfig(listeners=listeners, plugins=plugins))
    await broker.start()
    try:
        yield _followed
    finally:
        await broker.shutdown()
