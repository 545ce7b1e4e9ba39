"""How many readings a second the alert rules take, on one core, with five hundred rules.

A city of 20 types of devices, 100 of each, in 32 wards; each device says one number a minute. The rules are limits,
rates, silences, deviations and counts in equal parts: once as a city has them (five of a type are for all of its
devices, the others for one ward), once all of them for all devices. The time is the processor's, so that what else runs
on the machine counts little.
"""

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from songcau.systems.incidents.rules.alert_rules import read_condition
from songcau.systems.incidents.rules.engine import Engine, RuleSpec

RULES = 500
TYPES = 20
DEVICES = 2_000
WARDS = 32
MINUTES = 50
FOR_ALL = 5
START = datetime(2026, 11, 23, tzinfo=UTC).timestamp()
MEASURED = {"need": 2, "of": 3, "lowest": 0, "highest": 1000}
KINDS: tuple[dict[str, Any], ...] = (
    {"kind": "THRESHOLD", "side": "ABOVE", "limit": 97, "clear": 90, **MEASURED},
    {"kind": "RATE", "side": "RISE", "change": 90, "minutes": 30, **MEASURED},
    {"kind": "ABSENCE", "minutes": 15},
    {"kind": "DEVIATION", "lowest": 0},
    {"kind": "COUNT", "values": [50.0], "minutes": 30, "limit": 5},
)


def rules(for_all: int) -> list[RuleSpec]:
    made = []
    for number in range(RULES):
        kind, turn = number % TYPES, number // TYPES
        document = {**KINDS[turn % len(KINDS)], "type": f"Kind{kind}", "attribute": "value"}
        if turn >= for_all:
            document["scope"] = f"/wards/W{number % WARDS:05}"
        made.append(RuleSpec(UUID(int=number + 1), 1, read_condition(document)))
    return made


def readings() -> Iterator[tuple[float, dict[str, Any]]]:
    chance = random.Random(2026)
    for minute in range(MINUTES):
        at = START + minute * 60
        observed = datetime.fromtimestamp(at, UTC).isoformat()
        for device in range(DEVICES):
            value = {"type": "Property", "value": round(chance.uniform(0, 100), 1), "observedAt": observed}
            place = {"type": "Point", "coordinates": [105.8 + device / 1e5, 21.6]}
            yield (
                at,
                {
                    "id": f"urn:ngsi-ld:Device:{device}",
                    "type": f"Kind{device % TYPES}",
                    "scope": f"/wards/W{device % WARDS:05}",
                    "location": {"type": "GeoProperty", "value": place},
                    "value": value,
                },
            )


def measure(for_all: int) -> tuple[int, float, int, float]:
    """Readings, seconds, findings, rules that look at a reading in the mean."""
    engine = Engine(rules(for_all))
    said = list(readings())
    findings = 0
    looked = sum(engine.interested(document) for _at, document in said[:DEVICES]) / DEVICES
    begun = time.process_time()
    second = 0.0
    for at, document in said:
        if at != second:
            second = at
            engine.advance(at)
            findings += len(engine.take())
        engine.see(document, at)
    findings += len(engine.take())
    return len(said), time.process_time() - begun, findings, looked


def main() -> None:
    print(f"{RULES} alert rules over {DEVICES} devices of {TYPES} types in {WARDS} wards\n")
    print("| rules | rules that look at a reading | readings | readings/s on one core | findings |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for words, for_all in (("most for one ward", FOR_ALL), ("each for all devices of its type", RULES)):
        count, seconds, findings, looked = measure(for_all)
        print(f"| {words} | {looked:.1f} | {count:,} | {count / seconds:,.0f} | {findings:,} |")
