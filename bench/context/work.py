"""What the clients of the measurements ask, and how their answers are proved right."""

import json
import math
import random
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from bench.context.city import API, BOX, TYPE, batches, entity_id, place_of, raw, speed_of

Question = tuple[bytes, Callable[[bytes], str]]
EARTH_RADIUS = 6_371_008.8


class Work:
    """Base: requests by connection and turn. units: what one request counts for."""

    units = 1

    def __init__(self, connections: int, entities: int, host: str, token: str) -> None:
        self.connections = connections
        self.entities = entities
        self.host = host
        self.token = token
        self.first_failure = ""
        self.prepare()

    def prepare(self) -> None:
        """Make the requests."""

    def raw(self, method: str, path: str, body: bytes = b"") -> bytes:
        return raw(method, API + path, self.token, self.host, body)

    def request(self, connection: int, turn: int) -> bytes:
        raise NotImplementedError

    def acknowledged(self, connection: int, turn: int) -> None:
        """A 2xx has come for it."""

    def fault_in(self, connection: int, turn: int, body: bytes) -> str:
        """What is false in a body; empty when nothing is."""
        return ""

    def questions(self) -> list[Question]:
        """Requests to ask afterwards, and what is false in their answers."""
        return []


class Get(Work):
    """GET by id, ids at random."""

    def prepare(self) -> None:
        dice = random.Random(7)
        self.numbers = [dice.randrange(self.entities) for _ in range(20_000)]
        self.requests = [self.raw("GET", f"/entities/{entity_id(number)}") for number in self.numbers]

    def request(self, connection: int, turn: int) -> bytes:
        return self.requests[(connection * 311 + turn) % 20_000]

    def fault_in(self, connection: int, turn: int, body: bytes) -> str:
        number = self.numbers[(connection * 311 + turn) % 20_000]
        found = json.loads(body)
        if found["id"] != entity_id(number) or len(found) < 10 or found["laneId"]["value"] != number % 4:
            return f"GET gave {body[:80]!r} for {entity_id(number)}"
        return ""


class Patch(Work):
    """PATCH of one attribute; each connection has entities of its own, so that the last value is known."""

    def prepare(self) -> None:
        self.own = max(1, self.entities // self.connections)
        self.last: dict[int, int] = {}
        start = 'Property","value":'
        body = f'{{"type":"{start}%08d,"observedAt":"2026-11-28T01:02:03Z"}}'
        self.heads = [
            self.raw("PATCH", f"/entities/{entity_id(number)}/attrs/intensity", (body % 0).encode()).split(b"00000000")[
                0
            ]
            for number in range(self.own * self.connections)
        ]
        self.tail = (body % 0).encode().split(b"00000000")[1]

    def _number(self, connection: int, turn: int) -> int:
        return connection * self.own + turn % self.own

    def request(self, connection: int, turn: int) -> bytes:
        # No leading zero in JSON: eight digits from the first on.
        return b"%b%08d%b" % (self.heads[self._number(connection, turn)], 10_000_000 + turn, self.tail)

    def acknowledged(self, connection: int, turn: int) -> None:
        self.last[self._number(connection, turn)] = 10_000_000 + turn

    def questions(self) -> list[Question]:
        some = random.Random(3).sample(sorted(self.last), min(200, len(self.last)))
        return [
            (
                self.raw("GET", f"/entities/{entity_id(number)}"),
                self._value_in({self.last[number], self.last[number] + self.own}),
            )
            for number in some
        ]

    @staticmethod
    def _value_in(values: set[int]) -> Callable[[bytes], str]:
        """The acknowledged value, or one whose answer was still under way at the end."""

        def is_right(body: bytes) -> str:
            found = json.loads(body).get("intensity", {}).get("value")
            return "" if found in values else f"{min(values)} was acknowledged, {found} is there"

        return is_right


class Upsert(Work):
    """Batch upsert of 100 entities; each connection has entities of its own and several versions of them."""

    units = 100
    versions = 4

    def prepare(self) -> None:
        self.bodies = [
            [
                self.raw("POST", "/entityOperations/upsert", body)
                for version in range(self.versions)
                for body in batches(connection * 100, 100, 100, version)
            ]
            for connection in range(self.connections)
        ]
        self.last: dict[int, int] = {}

    def request(self, connection: int, turn: int) -> bytes:
        return self.bodies[connection][turn % self.versions]

    def acknowledged(self, connection: int, turn: int) -> None:
        self.last[connection] = turn % self.versions

    def questions(self) -> list[Question]:
        asked = []
        for connection, version in self.last.items():
            for number in (connection * 100, connection * 100 + 99):
                allowed = {speed_of(number, version), speed_of(number, (version + 1) % self.versions)}
                asked.append((self.raw("GET", f"/entities/{entity_id(number)}"), self._speed_in(allowed)))
        return asked

    @staticmethod
    def _speed_in(allowed: set[int]) -> Callable[[bytes], str]:
        def is_right(body: bytes) -> str:
            found = json.loads(body).get("averageVehicleSpeed", {}).get("value")
            return "" if found in allowed else f"speed {found} is there, {allowed} was acknowledged"

        return is_right


class Observe(Upsert):
    """The same with the three attributes that a detector measures anew: `options=update`."""

    def prepare(self) -> None:
        self.bodies = [
            [
                self.raw("POST", "/entityOperations/upsert?options=update", body)
                for version in range(self.versions)
                for body in batches(connection * 100, 100, 100, version, observed_only=True)
            ]
            for connection in range(self.connections)
        ]
        self.last = {}


class Query(Work):
    """Type and q, limit 20."""

    def prepare(self) -> None:
        self.bounds = list(range(20, 90))
        self.requests = [
            self.raw("GET", f"/entities?type={TYPE}&q={quote(f'averageVehicleSpeed>{bound}')}&limit=20")
            for bound in self.bounds
        ]

    def request(self, connection: int, turn: int) -> bytes:
        return self.requests[(connection * 13 + turn) % len(self.requests)]

    def fault_in(self, connection: int, turn: int, body: bytes) -> str:
        bound = self.bounds[(connection * 13 + turn) % len(self.requests)]
        found = json.loads(body)
        if len(found) != 20 or any(one["averageVehicleSpeed"]["value"] <= bound for one in found):
            return f"the query for > {bound} gave {len(found)} entities, or false ones"
        return ""


class Near(Work):
    """Within 1 km of a point, limit 20."""

    radius = 1000

    def prepare(self) -> None:
        dice = random.Random(11)
        west, south, east, north = BOX
        self.points = [(round(dice.uniform(west, east), 5), round(dice.uniform(south, north), 5)) for _ in range(2000)]
        self.requests = [
            self.raw(
                "GET",
                f"/entities?type={TYPE}&georel=near;maxDistance=={self.radius}&geometry=Point"
                f"&coordinates=%5B{longitude},{latitude}%5D&limit=20",
            )
            for longitude, latitude in self.points
        ]

    def request(self, connection: int, turn: int) -> bytes:
        return self.requests[(connection * 97 + turn) % len(self.requests)]

    def fault_in(self, connection: int, turn: int, body: bytes) -> str:
        at = self.points[(connection * 97 + turn) % len(self.requests)]
        found = json.loads(body)
        for one in found:
            if metres(at, one["location"]["value"]["coordinates"]) > self.radius * 1.005:
                return f"{one['id']} is not within {self.radius} m of {at}"
        expected = sum(metres(at, place_of(number)) < self.radius * 0.995 for number in range(0, self.entities, 50))
        return "" if len(found) == 20 or expected < 2 else f"only {len(found)} entities near {at}"


def metres(one: Any, other: Any) -> float:
    """Distance of two points on the sphere (haversine)."""
    (a, b), (c, d) = (map(math.radians, one), map(math.radians, other))
    half = math.sin((d - b) / 2) ** 2 + math.cos(b) * math.cos(d) * math.sin((c - a) / 2) ** 2
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(half))


WORKS: dict[str, type[Work]] = {
    "get": Get,
    "patch": Patch,
    "upsert": Upsert,
    "observe": Observe,
    "query": Query,
    "near": Near,
}
