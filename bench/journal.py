"""Changes a second that the broker's journal puts on disk, with an fsync before each answer: `python -m bench.journal`.

Nothing but the journal: no HTTP, no memory's indexes. 64 changes of one attribute are always on their way, each to
another of 100,000 entities; then batches of 100, eight on their way. CPU is told apart by thread: the loop's is what a
request pays on the one core that answers; the writer's runs beside it.
"""

import asyncio
import gc
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import uvloop

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.journal.history import Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.rows import instant_text

ENTITIES = 100_000
SINGLE_CHANGES = 120_000
BATCHES = 2_000
NAMES = tuple(f"https://uri.etsi.org/ngsi-ld/default-context/{name}" for name in ("temperature", "humidity", "state"))
START = 1_764_291_600_000_000


class Load:
    """Changes to random entities, each made from the state before it, as the broker makes them."""

    def __init__(self) -> None:
        self.dice = random.Random(164)
        self.entities: list[Entity] = []
        self.now = START

    def created(self, number: int) -> Change:
        self.now += 1
        at = instant_text(self.now)
        attributes = {name: self._instance(self.dice.random(), at) for name in NAMES}
        attributes["location"] = {
            "type": "GeoProperty",
            "value": {"type": "Point", "coordinates": [105.8 + self.dice.random() / 5, 21.5 + self.dice.random() / 5]},
            "createdAt": at,
            "modifiedAt": at,
        }
        name = f"urn:ngsi-ld:WeatherObserved:thai-nguyen:{number:06}"
        entity = Entity(name, ("https://uri.etsi.org/ngsi-ld/default-context/WeatherObserved",), (), attributes, at, at)
        self.entities.append(entity)
        return Change("", Kind.PUT, name, None, entity, tuple(attributes), at, "bench")

    def changed(self) -> Change:
        self.now += 100
        at = instant_text(self.now)
        number = self.dice.randrange(len(self.entities))
        before = self.entities[number]
        attributes = dict(before.attributes)
        attributes[NAMES[0]] = self._instance(self.dice.random(), at)
        after = Entity(before.id, before.types, before.scopes, attributes, before.created_at, at)
        self.entities[number] = after
        return Change("", Kind.SET, before.id, before, after, (NAMES[0],), at, "bench")

    @staticmethod
    def _instance(value: float, at: str) -> dict[str, object]:
        return {"type": "Property", "value": value, "observedAt": at, "createdAt": at, "modifiedAt": at}


async def drive(journal: Journal, make: Callable[[], list[Change]], count: int, in_flight: int) -> list[float]:
    """Append `count` times with so many on their way; the seconds each took, sorted."""
    done = asyncio.get_running_loop().create_future()
    seconds: list[float] = []
    left = count

    def start() -> None:
        nonlocal left
        left -= 1
        changes = make()
        begun = time.perf_counter()

        def ended(future: asyncio.Future[int]) -> None:
            future.result()
            seconds.append(time.perf_counter() - begun)
            if left > 0:
                start()
            elif len(seconds) == count:
                done.set_result(None)

        journal.append(changes).add_done_callback(ended)

    for _ in range(min(in_flight, count)):
        start()
    await done
    return sorted(seconds)


async def row(
    journal: Journal, name: str, make: Callable[[], list[Change]], count: int, size: int, flight: int
) -> None:
    gc.collect()
    wall, loop, process = time.perf_counter(), time.thread_time(), time.process_time()
    seconds = await drive(journal, make, count, flight)
    wall, loop = time.perf_counter() - wall, time.thread_time() - loop
    writer = time.process_time() - process - loop
    rows = count * size
    making = making_cost(make, size)
    middle, slow = 1e3 * seconds[count // 2], 1e3 * seconds[-1 - count // 100]
    print(
        f"| {name} | {rows / wall:.0f} | {middle:.1f} | {slow:.1f} |"
        f" {1e6 * loop / rows - making:.1f} | {1e6 * writer / rows:.1f} |"
    )


def making_cost(make: Callable[[], list[Change]], size: int) -> float:
    """Microseconds a change costs before the journal sees it."""
    begun = time.thread_time()
    for _ in range(2000 // size):
        make()
    return (time.thread_time() - begun) / 2000 * 1e6


async def measure(folder: Path) -> None:
    gc.disable()
    journal, load = Journal(folder), Load()
    journal.knows(lambda _tenant, name: load.entities[int(name[-6:])])
    await journal.open()
    print("| | changes/s | p50 ms | p99 ms | loop µs each | writer µs each |\n| --- | --- | --- | --- | --- | --- |")
    numbers = iter(range(10 * ENTITIES))
    await row(
        journal,
        "create, batches of 100, 8 on their way",
        lambda: [load.created(next(numbers)) for _ in range(100)],
        ENTITIES // 100,
        100,
        8,
    )
    del load.entities[ENTITIES:]
    await row(journal, "one attribute, 64 on their way", lambda: [load.changed()], SINGLE_CHANGES, 1, 64)
    batch = [load.changed for _ in range(100)]
    await row(
        journal, "one attribute, batches of 100, 8 on their way", lambda: [make() for make in batch], BATCHES, 100, 8
    )
    begun = time.perf_counter()
    for _ in range(200):
        await journal.history("", [load.entities[load.dice.randrange(ENTITIES)].id], Wanted())
    history = (time.perf_counter() - begun) / 200
    await journal.close()
    size = sum(file.stat().st_size for file in folder.iterdir())
    rows = ENTITIES + SINGLE_CHANGES + 100 * BATCHES
    print(
        f"history of one entity: {1e3 * history:.2f} ms; {size / rows:.0f} bytes of disk for a change and its snapshot"
    )


async def start(folder: Path) -> None:
    begun = time.perf_counter()
    journal = Journal(folder)
    await journal.open()
    seconds = time.perf_counter() - begun
    print(f"{len(journal.recovered[''])} entities ready after {seconds:.2f} s")
    await journal.close()


def main() -> None:
    """Measure in processes of their own; the second one is killed, so that a start has a tail to read."""
    with tempfile.TemporaryDirectory(prefix="songcau-bench-") as folder:
        for step in ("measure", "start"):
            subprocess.run([sys.executable, "-m", "bench.journal", step, folder], check=True)


if __name__ == "__main__":
    if len(sys.argv) == 1:
        main()
    else:
        uvloop.run({"measure": measure, "start": start}[sys.argv[1]](Path(sys.argv[2])))
        os._exit(0)
