"""Brokers for tests: whole ones, without a socket."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from songcau.context.api.tests.client import Client
from songcau.context.api.tests.lamps import LAMP, at, lamp, ok, prop
from songcau.context.api.tests.notified import City


@pytest.fixture
def client(tmp_path: Path) -> Iterator[Client]:
    made = Client(tmp_path)
    yield made
    made.close()


@pytest.fixture
def city(tmp_path: Path) -> Iterator[City]:
    made = City(tmp_path)
    yield made
    made.close()


@pytest.fixture
def lit(client: Client) -> Client:
    """A lamp whose power was 0 to 9 at minutes 0 to 9, and whose state was said once."""
    ok(client.ask("POST", "/entities", lamp(power=prop(0, 0), state=prop("on"))))
    for minute in range(1, 10):
        ok(client.ask("PATCH", f"/entities/{LAMP}/attrs/power", prop(minute, minute)))
    return client


@pytest.fixture
def town(client: Client) -> Client:
    """Three lamps, one of them gone, and a bus of which only the past was told."""
    for number in (1, 2, 3):
        power = prop(10 * number, number)
        ok(client.ask("POST", "/entities", lamp(f"urn:ngsi-ld:Lamp:{number}", power=power)))
    ok(client.ask("PATCH", "/entities/urn:ngsi-ld:Lamp:1/attrs/power", prop(5, 30)))
    ok(client.ask("DELETE", "/entities/urn:ngsi-ld:Lamp:3"))
    place = {"type": "GeoProperty", "value": {"type": "Point", "coordinates": [105.84, 21.59]}}
    told = lamp("urn:ngsi-ld:Bus:1", "Bus", speed=[prop(40, 5), prop(80, 6)], location=[{**place, **at(5)}])
    ok(client.ask("POST", "/temporal/entities", told), 201)
    return client
