"""The broker's memory: size, cost of a change and of queries, alone: `python -m bench.city_state [--entities N]`.

Entities of four attributes (a Point among them) are spread evenly over a city of 20 × 20 kilometres. What is measured
is `songcau.context.memory` and `.language` without server, journal and answers: the floor of the broker's figures.
Times are of the processor, so that a busy machine changes them little; its caches are cold, as in a real broker.
"""

import argparse
import gc
import random
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.language.selection import Selection
from songcau.context.memory.state import State

ENTITIES = 100_000
NAMESPACE = "https://example.org/terms/"
SOUTH, WEST = 21.50, 105.75
DEGREES = 0.18  # 20 kilometres from south to north

STAMP = "2026-11-28T01:00:00.000000Z"
TYPES = ("TrafficFlowObserved", "WeatherObserved", "WaterLevelObserved", "Camera", "Alert")


class Terms:
    key = "bench"
    stretch = len(NAMESPACE)

    def expand(self, term: str) -> str:
        return NAMESPACE + term


TERMS = Terms()
NAMES = {name: sys.intern(NAMESPACE + name) for name in ("intensity", "occupancy", "dateObserved", "location", *TYPES)}


def resident() -> float:
    """Megabytes that the process holds (Linux)."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * 4096 / 1e6


def attribute(kind: str, value: Any) -> dict[str, Any]:
    return {"type": kind, "value": value, "createdAt": STAMP, "modifiedAt": STAMP}


def entity(number: int, chance: random.Random) -> Entity:
    kind = TYPES[number % len(TYPES)]
    point = [WEST + chance.random() * DEGREES * 1.075, SOUTH + chance.random() * DEGREES]
    return Entity(
        f"urn:ngsi-ld:{kind}:{number:06}",
        (NAMES[kind],),
        (),
        {
            NAMES["intensity"]: attribute("Property", chance.randrange(1000)),
            NAMES["occupancy"]: attribute("Property", round(chance.random(), 3)),
            NAMES["dateObserved"]: attribute("Property", "2026-11-28T01:00:00Z"),
            NAMES["location"]: attribute("GeoProperty", {"type": "Point", "coordinates": point}),
        },
        STAMP,
        STAMP,
    )


def changed(before: Entity, **values: dict[str, Any]) -> Change:
    attributes = {**before.attributes, **{NAMES[name]: value for name, value in values.items()}}
    after = Entity(before.id, before.types, before.scopes, attributes, before.created_at, STAMP)
    return Change("", Kind.SET, before.id, before, after, tuple(NAMES[name] for name in values), STAMP, "bench")


def microseconds(work: Callable[[Any], object], items: list[Any]) -> float:
    """Microseconds an item, the mean, with the collector at rest."""
    gc.collect()
    gc.disable()
    begun = time.thread_time()
    for item in items:
        work(item)
    taken = time.thread_time() - begun
    gc.enable()
    return taken / len(items) * 1e6


def timed(work: Callable[[], object], times: int) -> tuple[float, float]:
    """Milliseconds of the middle and of the 99th percentile."""
    taken = []
    for _ in range(times):
        begun = time.thread_time()
        work()
        taken.append((time.thread_time() - begun) * 1000)
    taken.sort()
    return taken[len(taken) // 2], taken[int(len(taken) * 0.99)]


def changes(state: State, chance: random.Random) -> Iterator[tuple[str, list[Change]]]:
    """Changes of 20,000 entities; each list is applied before the next is made, as it starts from what is then."""
    ids = chance.sample(list(state.entities), min(20_000, len(state)))
    yield "one value", [changed(state.entities[one], intensity=attribute("Property", 5)) for one in ids]
    again = []
    for one in ids:
        place: Any = state.entities[one].attributes[NAMES["location"]]
        same = {"type": "Point", "coordinates": list(place["value"]["coordinates"])}
        again.append(
            changed(
                state.entities[one],
                intensity=attribute("Property", 6),
                occupancy=attribute("Property", 0.5),
                location=attribute("GeoProperty", same),
            )
        )
    yield "three attributes, location sent again", again
    moved = {"type": "Point", "coordinates": [WEST + 0.01, SOUTH + 0.01]}
    yield "location moved", [changed(state.entities[one], location=attribute("GeoProperty", moved)) for one in ids]


def queries(chance: random.Random) -> Iterator[tuple[str, Callable[[], Selection], bool]]:
    """Names, makers of selections, and whether all are counted with the page of 20."""

    def near(metres: int) -> Selection:
        middle = [WEST + chance.random() * DEGREES, SOUTH + chance.random() * DEGREES]
        return Selection.of(
            terms=TERMS, georel=f"near;maxDistance=={metres}", geometry="Point", coordinates=str(middle)
        )

    def within(corners: int) -> Selection:
        west, south = WEST + chance.random() * 0.1, SOUTH + chance.random() * 0.1
        ring = [[west, south], [west + 0.03, south], [west + 0.03, south + 0.03], [west, south + 0.03], [west, south]]
        if corners > 4:
            ring[2] = [west + 0.029, south + 0.031]
        return Selection.of(terms=TERMS, georel="within", geometry="Polygon", coordinates=str([ring]))

    yield "type, page", lambda: Selection.of(terms=TERMS, types="Camera"), False
    yield "type + q of half, page", lambda: Selection.of(terms=TERMS, types="Camera", q="intensity>500"), False
    yield "type + q of 2 %, page", lambda: Selection.of(terms=TERMS, types="Camera", q="intensity>980"), False
    yield "type + q of half, count", lambda: Selection.of(terms=TERMS, types="Camera", q="intensity>500"), True
    yield "two types + q, page", lambda: Selection.of(terms=TERMS, types="Camera,Alert", q="intensity>500"), False
    yield "near 1 km, count", lambda: near(1000), True
    yield "near 200 m, count", lambda: near(200), True
    yield "within a rectangle of 3 km, count", lambda: within(4), True
    yield "within a polygon of 3 km, count", lambda: within(5), True
    yield "idPattern, count", lambda: Selection.of(terms=TERMS, types="Camera", id_pattern="^urn:.*[05]$"), True


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entities", type=int, default=ENTITIES)
    count = parser.parse_args().entities
    chance = random.Random(20)
    before = resident()
    entities = [entity(number, chance) for number in range(count)]
    held = resident()
    state = State()
    creations = [Change("", Kind.PUT, one.id, None, one, tuple(one.attributes), STAMP, "bench") for one in entities]
    print(f"{'create':40} {microseconds(state.apply, creations):8.2f} µs")
    del entities, creations
    gc.collect()
    gc.freeze()  # as the broker does once it is loaded: else the collector looks at the whole city now and then
    indexes = resident() - held
    print(f"{count:,} entities: {held - before:.0f} MB, indexes {indexes:.0f} MB, process {resident():.0f} MB")
    for name, some in changes(state, chance):
        print(f"{name:40} {microseconds(state.apply, some):8.2f} µs, undone {microseconds(state.undo, some[::-1]):.2f}")
    for name, make, counted in queries(chance):
        ask = state.page if counted else state.select
        middle, high = timed(lambda ask=ask, make=make: ask(make()), 200)  # type: ignore[misc]
        print(f"{name:40} {middle:8.3f} ms, p99 {high:.3f}, {state.count(make()):,} found")
    camera = NAMES["Camera"]
    for name, look in (
        ("all types with their attributes", lambda: state.attributes_of_types(None)),
        ("the same, of what a caller may read", lambda: state.attributes_of_types(lambda _: True)),
        ("one type in detail", lambda: state.type_overview(camera)),
        ("one attribute in detail", lambda: state.attribute_overview(NAMES["location"])),
    ):
        print(f"{name:40} {timed(look, 5)[0]:8.1f} ms")
    print(f"process at the end {resident():.0f} MB")


if __name__ == "__main__":
    main()
