"""The broker's speed, as one table: `make bench-context`, with `PEER=http://…` beside another broker.

Our broker runs in a folder on disk with `--auth`; every write is on disk (fsync) before it is answered. The client has
a process of its own. An answer that is not a 2xx, or not what it should be, makes the row FAILED.
"""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from bench.context.load import Outcome
from bench.context.running import Broker, Peer, fill, followers, load, notices

ENTITIES = 10_000
MANY = 100_000


@dataclass(frozen=True)
class Row:
    """One line of the table. bound: what the issue asks; `is_rate`: at least so many a second, else at most so much."""

    name: str
    bound: float
    unit: str
    measured: float
    is_rate: bool
    outcome: Outcome | None = None
    note: str = ""

    @property
    def ratio(self) -> float:
        """1 or more: the bound is kept."""
        if not self.measured:
            return 0.0
        return self.measured / self.bound if self.is_rate else self.bound / self.measured

    def line(self, peer: "Row | None") -> str:
        outcome = self.outcome
        if self.note and outcome is None and not self.measured:
            return f"| {self.name} | {self.note} | {self.bound:g} {self.unit} | | | | | | |"
        cpu = each = by_core = spans = ""
        if outcome is not None and outcome.requests:
            spans = f"{outcome.p50:.1f} · {outcome.p99:.1f}"
            if outcome.broker_cpu:
                cpu = f"{outcome.broker_cpu / outcome.seconds:.0%}"
                each = f"{outcome.broker_cpu / outcome.requests * 1e6:.0f} µs"
                by_core = f"{outcome.units / outcome.broker_cpu:,.0f}" if self.is_rate else ""
        beside = f"{peer.measured:,.4g} ({self.measured / peer.measured:.2f} ×)" if peer and peer.measured else ""
        if peer and self.is_rate is False and peer.measured:
            beside = f"{peer.measured:,.4g} ({peer.measured / self.measured:.2f} ×)"
        return (
            f"| {self.name} | {self.measured:,.4g} {self.unit}{self.faults()} | {self.bound:,g} | {self.ratio:.2f} "
            f"| {each} | {cpu} | {by_core} | {spans} | {beside} |"
        )

    def faults(self) -> str:
        """What spoils the figure."""
        if self.outcome is None or not (self.outcome.failed or self.outcome.wrong):
            return f" {self.note}".rstrip()
        return f" FAILED: {self.outcome.failed or ''} {'; '.join(self.outcome.wrong[:2])}"


def rate(name: str, bound: float, unit: str, outcome: Outcome) -> Row:
    return Row(name, bound, unit, outcome.units / outcome.seconds, is_rate=True, outcome=outcome)


def requests(where: Broker | Peer) -> list[Row]:
    """The rows that need only entities, on a broker with 10,000 of them."""
    fill(where, ENTITIES)
    return [
        rate("PATCH one attribute, 64 clients", 8_000, "/s", load(where, "patch", entities=ENTITIES)),
        rate("batch upsert of 100, whole entities", 40_000, "entities/s", load(where, "upsert", entities=ENTITIES)),
        rate("batch upsert of 100, three attributes", 40_000, "entities/s", load(where, "observe", entities=ENTITIES)),
        rate("GET by id", 15_000, "/s", load(where, "get", entities=ENTITIES)),
        rate("query type + q, limit 20, of 10,000", 3_000, "/s", load(where, "query", entities=ENTITIES)),
    ]


def near(where: Broker | Peer) -> Row:
    fill(where, MANY)
    outcome = load(where, "near", entities=MANY, connections=1)
    return Row("geo near 1 km, of 100,000 (p99)", 5, "ms", outcome.p99, is_rate=False, outcome=outcome)


def notified(where: Broker | Peer) -> Row:
    name = "write → notification, 2,000/s, 100 subscriptions (p99)"
    outcome, why = notices(where)
    if outcome is None:
        return Row(name, 20, "ms", 0, is_rate=False, note=why)
    return Row(name, 20, "ms", outcome.p99, is_rate=False, outcome=outcome)


def followed(where: Broker) -> Row:
    name = "1,000 SSE clients, 500 updates/s (p99)"
    outcome, why = followers(where)
    if outcome is None:
        return Row(name, 250, "ms", 0, is_rate=False, note=why)
    return Row(name, 250, "ms", outcome.p99, is_rate=False, outcome=outcome)


def ours(folder: Path, store: str) -> list[Row]:
    broker = Broker(folder, store=store)
    broker.start()
    rows: list[Row] = []
    try:
        idle = Row("idle memory", 60, "MB", broker.resident(), is_rate=False)
        rows += requests(broker)
        rows.append(near(broker))
        rows.append(notified(broker))
        rows.append(followed(broker))
        rows.append(idle)
        rows.append(Row("memory with 100,000 entities", 400, "MB", broker.resident(), is_rate=False))
    finally:
        broker.stop()
    try:
        rows.append(Row("ready after a start with them", 2, "s", broker.start(), is_rate=False))
        rows.append(Row("memory after that start", 400, "MB", broker.resident(), is_rate=False))
    finally:
        broker.stop()
    return rows


def table(rows: list[Row], peers: list[Row]) -> None:
    by_name = {row.name: row for row in peers}
    print("| operation | measured | bound | ratio | CPU/request | CPU | per CPU-second | p50 · p99 ms | peer |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    for row in rows:
        print(row.line(by_name.get(row.name)), flush=True)


def main() -> None:
    url = os.environ.get("PEER", "")
    peers: list[Row] = []
    if url:
        peer = Peer(url)
        peers = [*requests(peer), near(peer), notified(peer)]
    for name, store in (("SQLite", ""), ("PostgreSQL", os.environ.get("STORE", ""))):
        if name == "PostgreSQL" and not store:
            print(f"\n{name}: not measured; give STORE=postgresql://…")
            continue
        with tempfile.TemporaryDirectory(prefix="songcau-bench-", dir=os.environ.get("BENCH_FOLDER")) as folder:
            python = sys.version.split()[0]
            print(f"\n{name}, {os.cpu_count()} cores, load before {os.getloadavg()[0]:.1f}, Python {python}")
            table(ours(Path(folder), store), peers)
