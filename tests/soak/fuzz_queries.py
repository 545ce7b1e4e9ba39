"""Nonsense in every query language of the broker: only refusals come out, and none takes long.

`python -m tests.soak.fuzz_queries --seconds 60 [--seed 1]`. Texts are made from the grammars' own signs, from correct
queries with a few characters changed, repeated or cut, and from whatever Unicode has. Each is read and, if it can be
read, asked of a small city. A call that raises anything but a `Problem`, or takes the processor more than 50 ms, is a
fault; the text that made it is printed.
"""

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from typing import Any

from songcau.context.entities.entity import Entity
from songcau.context.language import temporal
from songcau.context.language.ordering import parse as ordering_of
from songcau.context.language.patterns import compiled
from songcau.context.language.selection import Selection
from songcau.context.language.tests.reference import random_entity, random_query, written
from songcau.context.memory.state import State
from songcau.context.problems import Problem
from songcau.context.terms import CORE

LONGEST_SECONDS = 0.05

# The signs of each language, parted by blanks.
_SIGNS = {
    "q": """
        a b c . .. ; | ( ) [ ] { } == != ~= !~= ! > >= < <= " \\ , 1 -2.5 1e5 true false urn:x:1 2026-01-01 \x00 đ
        2026-01-01T00:00:00Z 10:00:00Z https://e.org/a#b observedAt type * en (a*)*b ^ $
    """,
    "types": "A B , | ; ( ) https://e.org/A @ < > \x00 Đ",
    "scope_q": "/a /b / + # , | ; ( ) // \x00 đ",
    "id_pattern": r"a urn:x: . * + ? ( ) [ ] { } {900} ^ $ \ \d \1 (?= (?i) | [^a-z] ** é",
    "attrs": "a b , id type location https://e.org/a",
    "georel": "near ;maxDistance== ;minDistance== 0 1000 1e9 -1 within contains disjoint overlaps intersects equals ;",
    "geometry": "Point Polygon LineString MultiPoint MultiPolygon MultiLineString GeometryCollection",
    "coordinates": '[ ] , 0 1 -180 180 90 -90 105.8 21.5 1e999 NaN null {} "1" [[0,0],[1,0],[1,1],[0,0]] [1,2]',
    "order_by": "a b . , ; asc desc dist-asc [ ] id createdAt",
}
SIGNS = {name: [" ", *signs.split()] for name, signs in _SIGNS.items()}
GOOD = {
    "types": ["T", "A,B", "(A;B)|C"],
    "scope_q": ["/a/+/b", "/#", "/a/#;(/b,/c)"],
    "id_pattern": ["^urn:x:.*[0-9]$", ".*downtown$", "(a|b)*c{2,5}"],
    "attrs": ["a", "a,b", "location"],
    "georel": ["near;maxDistance==2000", "within", "disjoint", "near;minDistance==10;maxDistance==90"],
    "geometry": ["Point", "Polygon", "LineString"],
    "coordinates": ["[105.8,21.5]", "[[[0,0],[9,0],[9,9],[0,9],[0,0]]]", "[[105,21],[106,22]]"],
    "order_by": ["a", "a;desc,b.s", "a[k]"],
}
GROUPS = (
    ("q",),
    ("types", "q"),
    ("scope_q",),
    ("id_pattern",),
    ("attrs", "types"),
    ("georel", "geometry", "coordinates"),
)
PLACES: tuple[tuple[str, Any], ...] = (
    ("Point", [105.8, 21.5]),
    ("LineString", [[105.8, 21.5], [105.9, 21.6]]),
    ("Polygon", [[[0, 0], [2, 2], [2, 0], [0, 2], [0, 0]]]),
    ("MultiPoint", [[-180, -90], [180, 90]]),
)


def city(chance: random.Random) -> State:
    """60 entities with every kind of attribute, most of them somewhere."""
    state = State()
    location = CORE.expand("location")
    entities: list[Entity] = []
    for number in range(60):
        one = random_entity(chance)
        one.id = f"urn:x:{number}"
        one.types = (CORE.expand(chance.choice("ABT")),)
        one.scopes = chance.choice([(), ("/a/b",), ("/a/x/b", "c")])
        # The sample entities have names of their own; here they are what the core @context makes of a, b and c.
        one.attributes = {CORE.expand(name[-1]): value for name, value in one.attributes.items()}
        if chance.random() < 0.8:
            kind, coordinates = chance.choice(PLACES)
            one.attributes[location] = {"type": "GeoProperty", "value": {"type": kind, "coordinates": coordinates}}
        entities.append(one)
    state.restore(entities)
    return state


def nonsense(name: str, chance: random.Random) -> str:
    """A text for a parameter: made of its signs, a correct one that was damaged, or anything."""
    shape = chance.random()
    if shape < 0.35:
        return "".join(chance.choices(SIGNS[name], k=chance.choice([1, 3, 8, 30, 400])))
    if shape < 0.9:
        return damaged(written(random_query(chance), chance) if name == "q" else chance.choice(GOOD[name]), chance)
    if shape < 0.95:
        return chance.choice(SIGNS[name]) * chance.choice([10, 1_000, 20_000])
    return "".join(chr(chance.randrange(0x110000)) for _ in range(chance.randrange(1, 60)))


def damaged(text: str, chance: random.Random) -> str:
    """The text with some places changed; now and then it stays whole."""
    for _ in range(chance.choice([0, 0, 1, 1, 2, 5])):
        at = chance.randrange(len(text) + 1)
        change = chance.randrange(4)
        if change == 0:
            text = text[:at] + text[at + chance.randrange(1, 4) :]
        elif change == 1:
            text = text[:at] + chance.choice('()[]{};|,.!=~<>"\\/#+*: é\x00') + text[at:]
        elif change == 2:
            text = text[:at] + text[max(0, at - 5) : at] * chance.choice([2, 200]) + text[at:]
        else:
            text = text[at:] + text[:at]
    return text


def calls(chance: random.Random, state: State) -> tuple[str, Callable[[], object]]:
    """What was asked, and the call that asks it."""
    shape = chance.random()
    if shape < 0.05:
        text = nonsense("order_by", chance)
        return text, lambda: state.select(Selection.of(terms=CORE), ordering=ordering_of(text, CORE))
    if shape < 0.1:
        at, end = damaged("2026-11-28T01:00:00Z", chance), damaged("2026-11-28T02:00:00Z", chance)
        return f"{at} {end}", lambda: temporal.parse(chance.choice(["before", "after", "between"]), at, end)
    if shape < 0.15:
        text = nonsense("id_pattern", chance)
        return text, lambda: compiled(text).finds("ab" * 500)
    asked: dict[str, Any] = {name: nonsense(name, chance) for name in chance.choice(GROUPS)}
    return repr(asked), lambda: state.page(Selection.of(terms=CORE, **asked))


def run(seconds: float, seed: int) -> int:
    """Asks until the time is over. Returns the number of faults, each printed."""
    chance = random.Random(seed)
    state = city(chance)
    # What is loaded at first use (RE2, shapely) is loaded before anything is timed.
    compiled("[a]")
    state.page(Selection.of(terms=CORE, georel="overlaps", geometry="Polygon", coordinates=GOOD["coordinates"][1]))
    outcomes: Counter[str] = Counter()
    faults, slowest, end = 0, 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        asked, call = calls(chance, state)
        begun = time.thread_time()
        try:
            call()
            outcome = "answered"
        except Problem as problem:
            outcome = type(problem).__name__
        except Exception as error:  # this is what is looked for
            outcome = "FAULT"
            print(f"{type(error).__name__}: {error}\n  asked: {asked[:2000]}")
        taken = time.thread_time() - begun
        slowest = max(slowest, taken)
        if taken > LONGEST_SECONDS:
            outcome = "FAULT"
            print(f"took {taken * 1000:.0f} ms\n  asked: {asked[:2000]}")
        faults += outcome == "FAULT"
        outcomes[outcome] += 1
    print(f"{sum(outcomes.values()):,} queries, slowest {slowest * 1000:.1f} ms:", dict(outcomes.most_common()))
    return faults


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    sys.exit(1 if run(asked.seconds, asked.seed) else 0)


if __name__ == "__main__":
    main()
