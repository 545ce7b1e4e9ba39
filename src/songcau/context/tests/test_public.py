"""The door of the context floor: both faces of it do the same against a running broker."""

import asyncio
import inspect
import json
import subprocess
import sys
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from songcau.context.public import AsyncContext, Context, ContextRefused
from songcau.context.service import Options, start

LAMP, OTHER = "urn:ngsi-ld:Lamp:1", "urn:ngsi-ld:Lamp:2"


def lamp(entity_id: str, power: int, minute: int) -> dict[str, Any]:
    observed = f"2026-11-28T01:{minute:02}:00Z"
    return {"id": entity_id, "type": "Lamp", "power": {"type": "Property", "value": power, "observedAt": observed}}


def with_broker(folder: Path, work: Callable[[str], Awaitable[None]]) -> None:
    async def case() -> None:
        async with AsyncExitStack() as stack:
            await work(await start(Options(folder, port=0), stack))

    asyncio.run(case())


def test_both_faces_have_the_same_calls() -> None:
    def calls(face: type) -> dict[str, list[str]]:
        return {
            name: list(inspect.signature(call).parameters)
            for name, call in vars(face).items()
            if not name.startswith("_")
        }

    assert calls(AsyncContext) == calls(Context)


def test_code_on_a_loop_says_asks_deletes_and_looks_back(tmp_path: Path) -> None:
    async def work(address: str) -> None:
        context = AsyncContext(address)
        for minute in range(3):
            await context.upsert([lamp(LAMP, minute * 10, minute), lamp(OTHER, 1, minute)])
        found = await context.history(LAMP, after="2026-11-28T01:00:00Z", attributes=["power"])
        assert found is not None
        assert [one["value"] for one in found["power"]] == [10, 20]
        period = {"after": "2026-11-28T01:00:00Z", "before": "2026-11-28T01:02:00Z"}
        between = await context.history(LAMP, **period, last=1)
        assert between is not None
        assert [one["value"] for one in between["power"]] == [10]
        assert await context.history("urn:ngsi-ld:Lamp:9", after="2026-11-28T01:00:00Z") is None
        await context.delete([LAMP, "urn:ngsi-ld:Lamp:9"])
        assert await context.get(LAMP) is None
        assert [one["id"] async for one in context.query(type="Lamp")] == [OTHER]
        with pytest.raises(ContextRefused):
            await context.delete(["no uri"])
        await context.close()

    with_broker(tmp_path, work)


def test_code_that_waits_does_the_same(tmp_path: Path) -> None:
    def waiting(address: str) -> None:
        with Context(address) as context:
            context.upsert([lamp(LAMP, 1, 1), lamp(LAMP, 2, 2)])
            found = context.history(LAMP, after="2026-11-28T01:00:00Z")
            assert found is not None
            assert [one["value"] for one in found["power"]] == [1, 2]
            context.delete([LAMP, "urn:ngsi-ld:Lamp:9"])
            assert context.get(LAMP) is None

    with_broker(tmp_path, lambda address: asyncio.to_thread(waiting, address))


POLYGON = {"type": "Polygon", "coordinates": [[[105, 21], [106, 21], [106, 22], [105.5, 22.5], [105, 21]]]}
_CASE = """
import asyncio, sys, threading
from contextlib import AsyncExitStack
from pathlib import Path
from songcau.context.public import AsyncContext
from songcau.context.service import Options, start

where = []

class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "shapely":
            where.append(threading.current_thread() is threading.main_thread())

sys.meta_path.insert(0, Finder())

async def main():
    async with AsyncExitStack() as stack:
        address = await start(Options(Path(sys.argv[1]), port=0), stack)
        context = AsyncContext(address)
        await context.upsert([{"id": "urn:x:0", "type": "Place", "a": {"type": "Property", "value": 1}}])
        print(where)
        %s
        await context.close()
    print(where)

asyncio.run(main())
"""


def loaded_in_the_loop(folder: Path, step: str) -> tuple[list[bool], list[bool]]:
    """Before and after a step: for each time that the library of geometry was loaded, whether the loop did it."""
    done = subprocess.run(
        [sys.executable, "-c", _CASE % step, str(folder)], capture_output=True, text=True, check=True, timeout=60
    )
    before, after = (json.loads(line.lower()) for line in done.stdout.splitlines())
    return before, after


def test_geometry_is_loaded_beside_the_loop_and_only_when_it_is_needed(tmp_path: Path) -> None:
    place = {"id": "urn:x:1", "type": "Place", "location": {"type": "GeoProperty", "value": POLYGON}}
    assert loaded_in_the_loop(tmp_path, "pass") == ([], [])
    assert loaded_in_the_loop(tmp_path, f"await context.upsert([{place}])") == ([], [False])
    asked = (
        "[one async for one in context.query(type='Place', georel='intersects', geometry='Point', "
        "coordinates='[105.5,21.5]')]"
    )
    _, after = loaded_in_the_loop(tmp_path, asked)
    assert after == [False]  # at the start, since a polygon was there
