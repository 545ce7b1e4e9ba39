"""The link at work, with brokers that are played: when it wakes up, what it refuses, what it tries again."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any, cast

import orjson
import pytest

from songcau.context.public import AsyncContext, ContextRefused, ContextUnavailable
from songcau.gateways.province import link as module
from songcau.gateways.province.agreement import Agreement, Feed, Receiver
from songcau.gateways.province.link import Link
from songcau.gateways.province.spool import SpoolFull, Waiting

FEED = Feed("water", "Mực nước", ("WaterObserved",), (), None, None, 60)
AGREED = Agreement(Receiver("http://127.0.0.1:1", None, None), (FEED,), 9391)
Document = dict[str, Any]


def water(number: int) -> Document:
    return {"id": f"urn:ngsi-ld:WaterObserved:{number}", "type": "WaterObserved"}


class Broker:
    """The city's and the province's at once. faults: raised by the next calls, one each."""

    def __init__(self, *entities: Document) -> None:
        self.entities = entities
        self.subscribed: list[str] = []
        self.told: list[tuple[str, list[Any]]] = []
        self.faults: list[Exception] = []

    async def put_subscription(self, document: Document) -> None:
        self.subscribed.append(document["id"])

    async def query(self, **_filters: object) -> AsyncIterator[Document]:
        for entity in self.entities:
            yield entity

    async def upsert(self, entities: Sequence[Document]) -> None:
        self._fail()
        self.told.append(("upsert", [entity["id"] for entity in entities]))

    async def delete(self, ids: Sequence[str]) -> None:
        self._fail()
        self.told.append(("delete", list(ids)))

    def _fail(self) -> None:
        if self.faults:
            raise self.faults.pop(0)


def made(folder: Path, *entities: Document) -> tuple[Link, Broker]:
    broker = Broker(*entities)
    return Link(AGREED, cast("AsyncContext", broker), cast("AsyncContext", broker), folder), broker


@pytest.fixture(autouse=True)
def quickly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FIRST_WAIT_SECONDS", 0.01)


async def notify(link: Link, entities: object, *, path: str = "/notify/water", secret: str | None = None) -> int:
    """As the city's broker posts; the status that it gets."""
    body = entities if isinstance(entities, bytes) else orjson.dumps({"data": entities})
    answered: list[Document] = []

    async def receive() -> Document:
        return {"type": "http.request", "body": body}

    async def send(message: Document) -> None:
        answered.append(message)

    headers = [(b"authorization", f"Bearer {link._secret if secret is None else secret}".encode())]
    await link({"type": "http", "path": path, "method": "POST", "headers": headers}, receive, send)
    return int(answered[0]["status"])


async def until_told(broker: Broker, calls: int) -> None:
    async with asyncio.timeout(20):
        while len(broker.told) < calls:
            await asyncio.sleep(0.01)


def test_what_comes_while_the_spool_is_asked_is_not_left_lying(tmp_path: Path) -> None:
    link, broker = made(tmp_path)
    ask = link._spool.waiting
    asked: list[Waiting | None] = []

    def ask_late(most: int = 50) -> Waiting | None:
        asked.append(found := ask(most))
        if len(asked) == 1:
            # Put in after the spool was found empty, and before that is known to who asked.
            asyncio.run_coroutine_threadsafe(link._spooled(FEED, [water(1)]), loop).result(10)
        return found

    async def work() -> None:
        nonlocal loop
        loop = asyncio.get_running_loop()
        link._spool.waiting = ask_late  # type: ignore[method-assign]
        carrying = asyncio.create_task(link.carry())
        await until_told(broker, 1)
        carrying.cancel()

    loop: asyncio.AbstractEventLoop
    asyncio.run(work())
    assert asked[0] is None
    assert broker.told == [("upsert", [water(1)["id"]])]


def test_what_the_city_deletes_is_deleted_there_in_its_turn(tmp_path: Path) -> None:
    link, broker = made(tmp_path)

    async def work() -> None:
        gone = {**water(1), "deletedAt": "2026-11-28T01:00:00Z"}
        assert await notify(link, [water(1), water(2), gone, water(3)]) == 200
        carrying = asyncio.create_task(link.carry())
        await until_told(broker, 3)
        carrying.cancel()

    asyncio.run(work())
    one, two, three = (water(number)["id"] for number in (1, 2, 3))
    assert broker.told == [("upsert", [one, two]), ("delete", [one]), ("upsert", [three])]


def test_a_province_that_is_away_or_lets_nobody_in_is_tried_again_and_what_it_refuses_is_reported(
    tmp_path: Path,
) -> None:
    link, broker = made(tmp_path)
    problem = {"entityId": water(2)["id"], "error": {"title": "bad"}}
    broker.faults = [
        ContextUnavailable(detail="away"),
        ContextRefused(401, {"title": "nobody"}),
        ContextRefused(207, {}, [problem]),
    ]

    async def work() -> None:
        assert await notify(link, [water(1), water(2)]) == 200
        assert await notify(link, [water(3)]) == 200
        carrying = asyncio.create_task(link.carry())
        async with asyncio.timeout(20):
            while link._spool.count():
                await asyncio.sleep(0.01)
        carrying.cancel()

    asyncio.run(work())
    state = link.standing.states["water"]
    assert (state.sent, state.refused, state.trouble) == (2, 1, None)
    assert orjson.loads((tmp_path / "refused.jsonl").read_bytes())["entityId"] == water(2)["id"]


def test_only_the_city_may_notify_and_only_of_what_is_agreed(tmp_path: Path) -> None:
    link, _broker = made(tmp_path)

    async def work() -> None:
        assert await notify(link, [], path="/notify/none") == 404
        assert await notify(link, [], secret="another") == 403
        assert await notify(link, b"{") == 400
        assert await notify(link, b"[]") == 400

    asyncio.run(work())
    assert link._spool.count() == 0


def test_what_stands_at_the_beginning_is_brought_again_when_there_was_no_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    link, broker = made(tmp_path, water(1), water(2))
    put, full = link._spool.put, [True]

    def put_or_not(feed: str, body: bytes) -> None:
        if full.pop() if full else False:
            raise SpoolFull
        put(feed, body)

    monkeypatch.setattr(link._spool, "put", put_or_not)
    asyncio.run(link.begin())
    assert link._spool.count() == 1
    assert broker.subscribed == ["urn:ngsi-ld:Subscription:province:water"] * 2
    assert asyncio.run(notify(link, [water(3)])) == 200
