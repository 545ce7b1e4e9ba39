"""The client of the measurements: `python -m bench.context.load SPECIFICATION`, a process of its own.

Plain sockets and requests made beforehand, so that not the client is measured. A request counts only when its whole
answer has come and is a 2xx; what else comes is counted by status and spoils the measurement.
"""

import asyncio
import json
import os
import random
import sys
import time
from array import array
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import uvloop

from bench.context.work import WORKS, Work

_KEPT_BODIES = 200


@dataclass
class Specification:
    """What to do. pid: the broker's, for its processor time; 0 when it cannot be seen."""

    work: str
    host: str
    port: int
    token: str
    pid: int = 0
    connections: int = 64
    seconds: float = 5.0
    warm_up: float = 1.0
    entities: int = 10_000


@dataclass
class Outcome:
    """What came of it, in the window after the warm-up. Times in seconds; spans in milliseconds.

    units: entities or requests, whatever the work counts. wrong: answers that the work found to be false.
    """

    seconds: float = 0.0
    requests: int = 0
    units: int = 0
    failed: dict[str, int] = field(default_factory=dict)
    wrong: list[str] = field(default_factory=list)
    checked: int = 0
    p50: float = 0.0
    p99: float = 0.0
    worst: float = 0.0
    broker_cpu: float = 0.0
    client_cpu: float = 0.0


def cpu_of(pid: int) -> float:
    """Processor seconds that a process has used, all its threads together; 0 when it cannot be seen."""
    if not pid:
        return 0.0
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Line(asyncio.Protocol):
    """One connection: sends, waits for the whole answer, sends the next."""

    def __init__(self, run: "Run", number: int) -> None:
        self.run = run
        self.number = number
        self.turn = 0
        self.sent_at = 0.0
        self.held = b""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self.send()

    def send(self) -> None:
        request = self.run.work.request(self.number, self.turn)
        self.sent_at = time.perf_counter()
        self.transport.write(request)

    def data_received(self, data: bytes) -> None:
        if self.held:
            data = self.held + data
        end = data.find(b"\r\n\r\n")
        if end < 0 or not _is_whole(data, end):
            self.held = data
            return
        self.held = b""
        self.run.answered(self, data[9:12], data, end + 4)
        if not self.run.is_over:
            self.turn += 1
            self.send()

    def connection_lost(self, _error: Exception | None) -> None:
        if not self.run.is_over:
            self.run.failed["connection lost"] = self.run.failed.get("connection lost", 0) + 1


def _is_whole(data: bytes, end: int) -> bool:
    """Whether the answer whose head ends at `end` is there to its last byte."""
    head = data[:end].lower()
    at = head.find(b"\r\ncontent-length:")
    if at >= 0:
        stop = head.find(b"\r\n", at + 2)
        return len(data) == end + 4 + int(head[at + 17 : stop if stop > 0 else end])
    if b"\r\ntransfer-encoding: chunked" in head:
        return data.endswith(b"0\r\n\r\n")
    return data[9:12] in {b"204", b"304"}


class Run:
    """All connections together."""

    def __init__(self, specification: Specification) -> None:
        self.specification = specification
        host = f"{specification.host}:{specification.port}"
        self.work: Work = WORKS[specification.work](
            specification.connections, specification.entities, host, specification.token
        )
        self.is_over = False
        self.is_counting = False
        self.spans = array("d")
        self.failed: dict[str, int] = {}
        self.kept: list[tuple[int, int, bytes]] = []
        self.dice = random.Random(1)

    def answered(self, line: Line, status: bytes, answer: bytes, body_at: int) -> None:
        if status[:1] != b"2":
            name = status.decode("latin-1")
            self.failed[name] = self.failed.get(name, 0) + 1
            if len(self.failed) == 1 and self.failed[name] == 1:
                self.work.first_failure = answer[body_at : body_at + 300].decode("utf-8", "replace")
            return
        self.work.acknowledged(line.number, line.turn)
        if self.is_counting:
            self.spans.append(time.perf_counter() - line.sent_at)
            if len(self.kept) < _KEPT_BODIES and self.dice.random() < 0.02:
                self.kept.append((line.number, line.turn, answer[body_at:]))

    async def measured(self) -> Outcome:
        specification, loop = self.specification, asyncio.get_running_loop()
        for number in range(specification.connections):
            line = partial(Line, self, number)
            await loop.create_connection(line, specification.host, specification.port)
        await asyncio.sleep(specification.warm_up)
        outcome = Outcome()
        self.is_counting = True
        begun, broker, client = time.perf_counter(), cpu_of(specification.pid), time.process_time()
        await asyncio.sleep(specification.seconds)
        self.is_counting = False
        outcome.seconds = time.perf_counter() - begun
        outcome.broker_cpu = cpu_of(specification.pid) - broker
        outcome.client_cpu = time.process_time() - client
        self.is_over = True
        await asyncio.sleep(0.3)  # the last answers
        self._judge(outcome)
        await self._look_again(outcome)
        return outcome

    def _judge(self, outcome: Outcome) -> None:
        spans = sorted(self.spans)
        outcome.requests = len(spans)
        outcome.units = len(spans) * self.work.units
        outcome.failed = self.failed
        if spans:
            outcome.p50, outcome.p99, outcome.worst = (
                spans[min(int(len(spans) * part), len(spans) - 1)] * 1000 for part in (0.5, 0.99, 1.0)
            )
        for number, turn, body in self.kept:
            outcome.checked += 1
            if fault := self.work.fault_in(number, turn, body):
                outcome.wrong.append(fault)
        if self.work.first_failure:
            outcome.wrong.append(self.work.first_failure)

    async def _look_again(self, outcome: Outcome) -> None:
        """Ask anew for what was acknowledged: is it there?"""
        questions = self.work.questions()
        if not questions:
            return
        reader, writer = await asyncio.open_connection(self.specification.host, self.specification.port)
        for request, is_right in questions:
            writer.write(request)
            body = await _body(reader)
            outcome.checked += 1
            if fault := is_right(body):
                outcome.wrong.append(fault)
        writer.close()


async def _body(reader: asyncio.StreamReader) -> bytes:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    for line in head.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return await reader.readexactly(int(line[15:]))
    return b""


def main() -> None:
    specification = Specification(**json.loads(sys.argv[1]))
    outcome = uvloop.run(Run(specification).measured())
    print(json.dumps(asdict(outcome)))


if __name__ == "__main__":
    main()
