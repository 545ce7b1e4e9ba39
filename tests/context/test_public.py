"""The Python door against a running broker: said, asked, followed, and what it does while the broker is away."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from songcau.context.public import AsyncContext, Context, ContextRefused, ContextUnavailable
from tests.context.running import running_broker


def station(number: int, value: float, minute: int = 0) -> dict[str, object]:
    at = f"2026-11-28T01:{minute:02}:00Z"
    temperature = {"type": "Property", "value": value, "observedAt": at}
    return {"id": f"urn:ngsi-ld:Station:{number}", "type": "Station", "temperature": temperature}


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Context]:
    folder = tmp_path_factory.mktemp("broker")
    with running_broker(folder), Context(f"unix:{folder / 'broker.sock'}") as context:
        yield context


def test_what_is_said_can_be_asked(door: Context) -> None:
    door.upsert([station(1, 20), station(2, 30)])
    door.upsert([{"id": "urn:ngsi-ld:Station:1", "type": "Station", "humidity": {"type": "Property", "value": 50}}])
    assert door.get("urn:ngsi-ld:Station:9") is None
    assert door.get("urn:ngsi-ld:Station:1", simplified=True) == {
        "id": "urn:ngsi-ld:Station:1",
        "type": "Station",
        "temperature": 20,
        "humidity": 50,
    }
    assert [one["id"][-1] for one in door.query(type="Station", q="temperature>25")] == ["2"]


def test_more_entities_than_one_page_holds_are_all_found(door: Context) -> None:
    door.upsert([{"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp"} for number in range(1203)])
    assert len({one["id"] for one in door.query(type="Lamp")}) == 1203
    door.delete([f"urn:ngsi-ld:Lamp:{number}" for number in range(1203)])
    door.delete(["urn:ngsi-ld:Lamp:1"])
    assert list(door.query(type="Lamp")) == []


def test_what_was_so_can_be_asked(door: Context) -> None:
    for minute, value in ((1, 5), (2, 6), (3, 7)):
        door.upsert([station(3, value, minute)])
    found = door.history("urn:ngsi-ld:Station:3", after="2026-11-28T01:02:00Z", before="2026-11-28T01:30:00Z")
    assert found is not None
    instances = found["temperature"] if isinstance(found["temperature"], list) else [found["temperature"]]
    assert {one["value"] for one in instances} >= {7}
    assert door.history("urn:ngsi-ld:Station:99", after="2026-11-28T01:00:00Z") is None


def test_a_refusal_names_what_was_refused_and_the_rest_is_kept(door: Context) -> None:
    bad = {**station(5, 1), "temperature": {"type": "Property", "value": None}}
    with pytest.raises(ContextRefused) as refused:
        door.upsert([station(4, 1), bad])
    assert [one["entityId"][-1] for one in refused.value.failed] == ["5"]
    assert door.get("urn:ngsi-ld:Station:4") is not None
    with pytest.raises(ContextRefused):
        list(door.query(type="(("))
    with pytest.raises(ContextRefused):
        next(door.follow(type="(("))


def test_a_broker_that_is_away_is_said_so(tmp_path: Path) -> None:
    with Context(f"unix:{tmp_path / 'none.sock'}") as context, pytest.raises(ContextUnavailable):
        context.get("urn:ngsi-ld:Station:1")


def test_following_goes_on_where_it_was_after_the_broker_came_back(tmp_path: Path) -> None:
    """Nothing that happened between is left out."""
    address = f"unix:{tmp_path / 'broker.sock'}"
    seen: list[object] = []
    known, enough = threading.Event(), threading.Event()

    def follow() -> None:
        with Context(address) as context:
            for event in context.follow(type="Station", simplified=True):
                seen.append(event.entity.get("temperature"))
                known.set()
                if seen[-1] == 99:
                    enough.set()
                    return

    with running_broker(tmp_path), Context(address) as context:
        thread = threading.Thread(target=follow, daemon=True)
        thread.start()
        value = 0
        while not known.wait(0.05):
            value += 1
            context.upsert([station(1, value)])
    with running_broker(tmp_path), Context(address) as context:
        context.upsert([station(1, 50)])
        context.upsert([station(1, 99)])
        assert enough.wait(20)
    thread.join(5)
    assert seen[-1] == 99


def test_the_same_door_on_an_event_loop(door: Context, tmp_path: Path) -> None:
    async def both() -> None:
        with running_broker(tmp_path):
            context = AsyncContext(f"unix:{tmp_path / 'broker.sock'}")
            following = context.follow(type="Station", simplified=True)
            first = asyncio.ensure_future(anext(following))
            value = 0
            while not first.done():
                value += 1
                await context.upsert([station(7, value)])
                await asyncio.sleep(0.05)
            assert (await first).kind == "entity"
            assert [one["id"] async for one in context.query(type="Station")] == ["urn:ngsi-ld:Station:7"]
            assert await context.get("urn:ngsi-ld:Station:8") is None
            await following.aclose()  # type: ignore[attr-defined]
            await context.close()

    asyncio.run(both())
