"""A broker with subscriptions, and receivers on loopback."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from itertools import count
from pathlib import Path
from types import MappingProxyType
from typing import Any

from songcau.context.api.notifying import PresentState
from songcau.context.api.subscriptions import add_subscription_routes
from songcau.context.api.tests.client import Answered, Client
from songcau.context.rights.caller import EVERYTHING, Caller
from songcau.context.server.messages import Request
from songcau.context.subscriptions.carrying import Carriers
from songcau.context.subscriptions.delivery import Patience
from songcau.context.subscriptions.subscription import Owner
from songcau.context.subscriptions.subscriptions import Subscriptions
from songcau.context.subscriptions.telling import Parts
from songcau.context.subscriptions.tests.receiver import Receiver

QUICK = Patience(first=0.02, longest=0.1, refusals=4, outage=60)
UNTIRING = Patience(first=0.02, longest=0.1, refusals=1_000_000, outage=1_000_000)
ANYBODY: dict[str, Owner] = {"": (EVERYTHING, math.inf)}
Body = dict[str, Any]


class City(Client):
    """A broker with subscriptions."""

    def __init__(
        self, folder: Path, patience: Patience = QUICK, *, owners: Mapping[str, Owner] = MappingProxyType(ANYBODY)
    ) -> None:
        super().__init__(folder)
        self.owners = dict(owners)
        self._signs = count(1)
        present = PresentState(self.broker)
        parts = Parts(
            loop=self.loop,
            journal=self.journal,
            present=present,
            make_carrier=Carriers(self.loop),
            join=present.join,
            patience=patience,
        )
        self.subscriptions = Subscriptions(parts, self.contexts, self.owners.get)
        self.loop.run_until_complete(self.subscriptions.open())
        self.broker.on_changes(self.subscriptions.changed)
        add_subscription_routes(self.router, self.subscriptions, self.contexts)

    def run(self, work: Callable[[], Awaitable[Any]]) -> Any:
        return self.loop.run_until_complete(work())

    def receiver(self, answer: Any = None, port: int = 0) -> Receiver:
        made = Receiver(answer, port)
        self.run(made.__aenter__)
        return made

    def wait(self, receiver: Receiver, count: int, seconds: float = 60.0) -> list[Body]:
        self.run(lambda: receiver.wait_for(count, seconds))
        return receiver.notifications

    def all_told(self, receiver: Receiver) -> list[Body]:
        """What the receiver was told once nothing more can come: a sign that was given last has arrived at it.

        A change is told in the same turn of the loop in which it is known to be on disk; so the sign, which is a later
        change, cannot overtake anything that was not held back.
        """
        sign = f"urn:ngsi-ld:Sign:{next(self._signs)}"
        uri = receiver.url("/sign")
        made = self.ask("POST", "/subscriptions", subscription(uri, entities=[{"type": "Sign"}], q="n"))
        assert made.status == 201, made.json
        assert (
            self.ask("POST", "/entities", {"id": sign, "type": "Sign", "n": {"type": "Property", "value": 1}}).status
            == 201
        )
        self.until(lambda: "/sign" in receiver.paths)
        self.ask("DELETE", made.headers["location"].removeprefix("/ngsi-ld/v1"))
        place = receiver.paths.index("/sign")
        for heard in (receiver.paths, receiver.bodies, receiver.headers):
            del heard[place]
        return receiver.notifications

    def let_ten_minutes_pass(self, subscription_id: str) -> None:
        """For the throttling of one subscription."""
        committed = self.subscriptions.get("", subscription_id).committed
        assert committed is not None
        assert committed[1] is not None
        line = committed[1].line
        assert line is not None
        delivery = self.subscriptions._telling.delivery
        delivery._stop_timer(line)
        line.next_at = 0.0
        self.loop.call_soon(delivery.wake, line)

    def until(self, holds: Callable[[], bool]) -> None:
        """Let the loop run until something is so."""

        async def waiting() -> None:
            async with asyncio.timeout(60):
                while not holds():
                    await asyncio.sleep(0.002)

        self.run(waiting)

    def close(self) -> None:
        self.run(self.subscriptions.stop)
        super().close()

    def kill(self) -> None:
        """As `kill -9` leaves it: nothing is put on disk any more."""
        self.subscriptions._telling._delivery.stop()
        self.subscriptions._telling._save = lambda: None  # type: ignore[method-assign]
        self.close()


def subscription(uri: str, **members: Any) -> Body:
    notification = {"endpoint": {"uri": uri}} | members.pop("notification", {})
    return {"type": "Subscription", "entities": [{"type": "Room"}], "notification": notification, **members}


def subscribe(city: City, receiver: Receiver, **members: Any) -> str:
    made = city.ask("POST", "/subscriptions", subscription(receiver.url(), **members))
    assert made.status == 201, made.json
    return made.headers["location"].rpartition("/")[2]


def ask_of_letters(city: City, method: str, path: str, by: Caller = EVERYTHING) -> Any:
    request = Request(method, "/songcau/v1/dead-letters" + path)
    request.caller = by
    return Answered(city.loop.run_until_complete(city._answer(request)))


def letters(city: City) -> list[Body]:
    found: list[Body] = ask_of_letters(city, "GET", "").json
    return found
