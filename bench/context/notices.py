"""From a write to the notification that tells of it: `python -m bench.context.notices HOST PORT TOKEN PID`.

One process sends 2,000 updates a second, at their times and not when the last one was answered, and receives the
notifications; so both ends have one clock. Each of 100 subscriptions watches one entity and has an address of its own.
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

from bench.context.city import API, TYPE, entity_id, raw
from bench.context.load import Outcome, cpu_of

SUBSCRIPTIONS = 100
UPDATES_A_SECOND = 2000
SECONDS = 10.0
WARM_UP = 2.0
# One for each watched entity, as devices have: on a line that several share, an update that comes while another waits
# for the disk waits behind it, and the measure would be that of the line.
LINES = SUBSCRIPTIONS
_STEP = 0.001  # seconds; what the sender is late counts as if the broker were
_PATIENCE = 10.0  # seconds without any answer or notification
_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Receiver(asyncio.Protocol):
    """Takes notifications and notes when each came."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self.held = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        now = time.perf_counter()
        self.held += data
        while True:
            end = self.held.find(b"\r\n\r\n")
            if end < 0:
                return
            head = self.held[:end].lower()
            at = head.find(b"content-length:")
            length = int(head[at + 15 :].split(b"\r\n", 1)[0])
            if len(self.held) < end + 4 + length:
                return
            body, self.held = self.held[end + 4 : end + 4 + length], self.held[end + 4 + length :]
            self.transport.write(_ANSWER)
            self.run.told(body, now)


class Sender(asyncio.Protocol):
    """Sends updates without waiting; counts the answers, which have no bodies unless they are refusals."""

    def __init__(self, run: "Run") -> None:
        self.run = run
        self.held = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        *heads, self.held = (self.held + data).split(b"\r\n\r\n")
        for head in heads:
            if (at := head.find(b"HTTP/1.1 ")) < 0:
                continue
            status = head[at + 9 : at + 12].decode("latin-1")
            if status == "204":
                self.run.answered += 1
            else:
                self.run.failed[status] = self.run.failed.get(status, 0) + 1


class Run:
    def __init__(self, host: str, port: int, token: str, pid: int) -> None:
        self.host, self.port, self.token, self.pid = host, port, token, pid
        self.sent_at: dict[int, float] = {}
        self.spans = array("d")
        self.answered = self.sent = self.repeated = 0
        self.failed: dict[str, int] = {}

    def told(self, body: bytes, now: float) -> None:
        for one in json.loads(body)["data"]:
            sent_at = self.sent_at.pop(one["intensity"]["value"], None)
            if sent_at is None:
                self.repeated += 1
            elif sent_at > 0:
                self.spans.append(now - sent_at)

    def update(self, number: int, value: int) -> bytes:
        body = f'{{"type":"Property","value":{value}}}'.encode()
        host = f"{self.host}:{self.port}"
        return raw("PATCH", f"{API}/entities/{entity_id(number)}/attrs/intensity", self.token, host, body)

    async def subscribe(self, port: int) -> None:
        reader, writer = await asyncio.open_connection(self.host, self.port)
        for number in range(SUBSCRIPTIONS):
            subscription = {
                "type": "Subscription",
                "entities": [{"type": TYPE, "id": entity_id(number)}],
                "watchedAttributes": ["intensity"],
                "notification": {
                    "attributes": ["intensity"],
                    "endpoint": {"uri": f"http://127.0.0.1:{port}/{number}", "accept": "application/json"},
                },
            }
            body = json.dumps(subscription).encode()
            writer.write(raw("POST", f"{API}/subscriptions", self.token, f"{self.host}:{self.port}", body))
            head = await reader.readuntil(b"\r\n\r\n")
            if b" 201 " not in head:
                raise SystemExit(f"not built: {head.split(b' ')[1].decode()} to a subscription")
        writer.close()

    async def measured(self) -> Outcome:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Receiver(self), "127.0.0.1", 0)
        await self.subscribe(server.sockets[0].getsockname()[1])
        lines: list[Any] = [
            (await loop.create_connection(lambda: Sender(self), self.host, self.port))[0] for _ in range(LINES)
        ]
        begun = time.perf_counter()
        counting_from = begun + WARM_UP
        until = counting_from + SECONDS
        dice, cpu, client, value = random.Random(5), 0.0, 0.0, 10_000_000
        while (now := time.perf_counter()) < until:
            if not cpu and now >= counting_from:
                cpu, client = cpu_of(self.pid) or 1e-9, time.process_time()
            due = int((now - begun) * UPDATES_A_SECOND)
            for _ in range(due - self.sent):
                at = begun + self.sent / UPDATES_A_SECOND
                self.sent_at[value] = at if at >= counting_from else 0.0
                number = dice.randrange(SUBSCRIPTIONS)
                # Those of one entity go over one connection, so that they stay in order.
                lines[number % LINES].write(self.update(number, value))
                value += 1
                self.sent += 1
            await asyncio.sleep(_STEP)
        outcome = Outcome(seconds=time.perf_counter() - counting_from)
        outcome.broker_cpu, outcome.client_cpu = cpu_of(self.pid) - cpu, time.process_time() - client
        await self._rest()
        return self._judged(outcome)

    async def _rest(self) -> None:
        """Wait for what is late, as long as something still comes: late is one thing, never another."""
        seen, patience = (0, 0), _PATIENCE
        while patience > 0 and (self.sent_at or self.answered + sum(self.failed.values()) < self.sent):
            await asyncio.sleep(0.05)
            now = (len(self.sent_at), self.answered)
            seen, patience = (seen, patience - 0.05) if now == seen else (now, _PATIENCE)

    def _judged(self, outcome: Outcome) -> Outcome:
        spans = sorted(self.spans)
        outcome.requests = outcome.units = len(spans)
        if spans:
            outcome.p50, outcome.p99, outcome.worst = (
                spans[min(int(len(spans) * part), len(spans) - 1)] * 1000 for part in (0.5, 0.99, 1.0)
            )
        outcome.failed = dict(self.failed)
        if unanswered := self.sent - self.answered - sum(self.failed.values()):
            outcome.failed["not answered"] = unanswered
        if self.sent_at:
            outcome.wrong.append(f"{len(self.sent_at)} updates were never notified")
        outcome.checked = self.sent
        return outcome


def main() -> None:
    host, port, token, pid = sys.argv[1:]
    print(json.dumps(asdict(uvloop.run(Run(host, int(port), token, int(pid)).measured()))))


if __name__ == "__main__":
    main()
