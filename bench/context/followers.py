"""From a write to the browsers that follow: `python -m bench.context.followers HOST PORT TOKEN PID`.

1,000 clients follow, each the detectors of its ward, while 500 updates a second are sent at their times, whether the
last one was answered or not. One process does both, so that both ends have one clock. Every event that should come to a
client must come, else the figure is spoiled.
"""

import asyncio
import json
import random
import sys
import time
from array import array
from dataclasses import asdict
from typing import Any

import uvloop

from bench.context.city import API, TYPE, WARDS, entity_id, raw
from bench.context.load import Outcome, cpu_of

CLIENTS = 1000
ENTITIES = 3200
UPDATES_A_SECOND = 500
SECONDS = 10.0
WARM_UP = 2.0
LINES = 16
_STEP = 0.005
_VALUE = b'"intensity":'


class Follower(asyncio.Protocol):
    """One browser: finds the events in what comes."""

    def __init__(self, run: "Run", ward: int) -> None:
        self.run = run
        self.ward = ward
        self.held = b""
        self.is_ready = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        path = f"/songcau/v1/events?type={TYPE}&scopeQ=/wards/W{self.ward:05}&attrs=intensity&format=simplified"
        transport.write(raw("GET", path, self.run.token, f"{self.run.host}:{self.run.port}"))

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        data = self.held + data
        *events, self.held = data.split(b"\n\n")
        for event in events:
            at = event.find(_VALUE)
            if at >= 0:
                self.run.told(int(event[at + len(_VALUE) :].split(b"}", 1)[0].split(b",", 1)[0]), now)
            elif not self.is_ready:
                self.is_ready = True
                self.run.ready += 1


class Sender(asyncio.Protocol):
    """Sends updates without waiting; counts the answers."""

    def __init__(self, run: "Run") -> None:
        self.run = run

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.run.answered += data.count(b"HTTP/1.1 204")


class Run:
    def __init__(self, host: str, port: int, token: str, pid: int) -> None:
        self.host, self.port, self.token, self.pid = host, port, token, pid
        self.sent_at: dict[int, float] = {}
        self.left: dict[int, int] = {}  # clients that have not been told of an update yet
        self.spans = array("d")
        self.ready = self.answered = self.sent = self.unknown = 0
        self.followers_of = [sum(1 for number in range(CLIENTS) if number % WARDS == ward) for ward in range(WARDS)]

    def told(self, value: int, now: float) -> None:
        left = self.left.get(value)
        if left is None:
            self.unknown += 1
            return
        self.left[value] = left - 1
        if self.sent_at[value]:
            self.spans.append(now - self.sent_at[value])

    def update(self, number: int, value: int) -> bytes:
        body = f'{{"type":"Property","value":{value}}}'.encode()
        host = f"{self.host}:{self.port}"
        return raw("PATCH", f"{API}/entities/{entity_id(number)}/attrs/intensity", self.token, host, body)

    async def follow(self) -> None:
        loop = asyncio.get_running_loop()
        for number in range(CLIENTS):
            await loop.create_connection(lambda ward=number % WARDS: Follower(self, ward), self.host, self.port)  # type: ignore[misc]
        until = loop.time() + 30
        while self.ready < CLIENTS:
            if loop.time() > until:
                raise SystemExit(f"only {self.ready} of {CLIENTS} clients follow")
            await asyncio.sleep(0.05)

    async def measured(self) -> Outcome:
        loop = asyncio.get_running_loop()
        await self.follow()
        lines: list[Any] = [
            (await loop.create_connection(lambda: Sender(self), self.host, self.port))[0] for _ in range(LINES)
        ]
        begun = time.perf_counter()
        counting_from = begun + WARM_UP
        until = counting_from + SECONDS
        dice, cpu, client, value = random.Random(6), 0.0, 0.0, 20_000_000
        while (now := time.perf_counter()) < until:
            if not cpu and now >= counting_from:
                cpu, client = cpu_of(self.pid) or 1e-9, time.process_time()
            for _ in range(int((now - begun) * UPDATES_A_SECOND) - self.sent):
                at = begun + self.sent / UPDATES_A_SECOND
                number = dice.randrange(ENTITIES)
                self.sent_at[value] = at if at >= counting_from else 0.0
                self.left[value] = self.followers_of[number % WARDS]
                lines[number % LINES].write(self.update(number, value))
                value += 1
                self.sent += 1
            await asyncio.sleep(_STEP)
        outcome = Outcome(seconds=time.perf_counter() - counting_from)
        outcome.broker_cpu, outcome.client_cpu = cpu_of(self.pid) - cpu, time.process_time() - client
        for _ in range(100):
            if not any(self.left.values()):
                break
            await asyncio.sleep(0.05)
        return self._judged(outcome)

    def _judged(self, outcome: Outcome) -> Outcome:
        spans = sorted(self.spans)
        outcome.requests = outcome.units = len(spans)
        if spans:
            outcome.p50, outcome.p99, outcome.worst = (
                spans[min(int(len(spans) * part), len(spans) - 1)] * 1000 for part in (0.5, 0.99, 1.0)
            )
        if self.answered != self.sent:
            outcome.failed["not acknowledged"] = self.sent - self.answered
        if missing := sum(self.left.values()):
            outcome.wrong.append(f"{missing} events never came")
        outcome.checked = len(self.sent_at)
        return outcome


def main() -> None:
    host, port, token, pid = sys.argv[1:]
    print(json.dumps(asdict(uvloop.run(Run(host, int(port), token, int(pid)).measured()))))


if __name__ == "__main__":
    main()
