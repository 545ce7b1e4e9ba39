"""`python -m tests.soak.broker_kill --kills 50 --rate 5000`: exits 1 on any breach.

`songcau broker` runs as a real process and is killed (SIGKILL) again and again while updates come in. After each start
it is asked for everything: what was answered with success must be there, no batch may be there in part, and the start
must not take long. In the end every acknowledged value must stand in the history, once and in order. `--sabotage` runs
a broker that answers before it writes and must end in breaches: it proves that the soak can fail.
"""

import argparse
import asyncio
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

WORKERS = 8
ENTITIES = 50
START_SECONDS = 5.0
PROOF = 1_000_003


def check_of(number: int) -> str:
    """What stands beside each number, so that a half-written entity is seen."""
    return f"{number * 7919 % PROOF}/{number}"


@dataclass
class Worker:
    """Fifty entities that get the same next number in one batch; one attribute and one entity of its own besides.

    sent, acked: the newest number of the batch; single_…: of the attribute; kept: every number that was answered.
    here: whether the entity that comes and goes is there, None while that is open.
    """

    name: int
    sent: int = 0
    acked: int = 0
    single_sent: int = 0
    single_acked: int = 0
    here: bool | None = False
    kept: list[int] = field(default_factory=list)

    def ids(self) -> list[str]:
        return [f"urn:ngsi-ld:Soak:{self.name}:{number}" for number in range(ENTITIES)]

    @property
    def comes_and_goes(self) -> str:
        return f"urn:ngsi-ld:Flicker:{self.name}"

    async def turn(self, client: httpx.AsyncClient) -> None:
        """One batch, one attribute, one creation or deletion. Raises httpx.TransportError when the broker is gone."""
        self.sent += 1
        values = {"count": prop(self.sent), "check": prop(check_of(self.sent))}
        batch = [{"id": each, "type": "Soak", **values} for each in self.ids()]
        settled(await client.post("/entityOperations/upsert?options=update", json=batch))
        self.acked = self.sent
        self.kept.append(self.acked)
        self.single_sent += 1
        patch = {"single": prop(self.single_sent)}
        settled(await client.patch(f"/entities/{self.ids()[0]}/attrs", json=patch))
        self.single_acked = self.single_sent
        was_here, self.here = self.here, None
        if was_here:
            settled(await client.delete(f"/entities/{self.comes_and_goes}"))
        else:
            settled(await client.post("/entities", json={"id": self.comes_and_goes, "type": "Flicker"}))
        self.here = not was_here


def prop(value: object) -> dict[str, object]:
    return {"type": "Property", "value": value}


def settled(response: httpx.Response) -> None:
    if not response.is_success:
        raise SystemExit(f"the broker refused: {response.status_code} {response.text[:500]}")


@dataclass
class Crew:
    """The broker's process and those who write to it."""

    folder: Path
    store: str
    is_sabotaged: bool
    workers: list[Worker] = field(default_factory=lambda: [Worker(name) for name in range(WORKERS)])
    found: Counter[str] = field(default_factory=Counter)
    starts: list[float] = field(default_factory=list)
    updates: int = 0
    writing_seconds: float = 0.0

    def start(self) -> str:
        """The base address of a fresh process."""
        begun = time.monotonic()
        command = [sys.executable, "-m", "songcau", "broker", "--data", str(self.folder), "--port", "0"]
        if self.is_sabotaged:
            command = [sys.executable, "-m", "tests.soak.broker_kill", "--serve", str(self.folder)]
        command += ["--store", self.store] if self.store else []
        with (self.folder / "broker.err").open("ab") as errors:
            self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        address = next((word.rstrip(",") for word in line.split() if word.startswith("http://")), None)
        if address is None:
            raise SystemExit(f"the broker did not start:\n{(self.folder / 'broker.err').read_text()[-3000:]}")
        self.starts.append(time.monotonic() - begun)
        return f"{address}/ngsi-ld/v1"

    def end(self, number: signal.Signals) -> int:
        self.process.send_signal(number)
        code = self.process.wait(60)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return code


async def write(crew: Crew, client: httpx.AsyncClient, worker: Worker, rate: float) -> None:
    """Turn after turn, at this worker's share of the rate, until the broker is gone."""
    pause = WORKERS * (ENTITIES + 2) / rate
    try:
        while True:
            due = time.monotonic() + pause
            await worker.turn(client)
            crew.updates += ENTITIES + 2
            await asyncio.sleep(max(0.0, due - time.monotonic()))
    except httpx.TransportError:
        pass


async def round_of(crew: Crew, rate: float, seconds: float) -> None:
    """Start, ask for everything, write until the broker is killed."""
    address = await asyncio.to_thread(crew.start)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        await ask(crew, client)
        begun = time.monotonic()
        writing = [asyncio.create_task(write(crew, client, worker, rate)) for worker in crew.workers]
        await asyncio.sleep(seconds)
        await asyncio.to_thread(crew.end, signal.SIGKILL)
        crew.writing_seconds += time.monotonic() - begun
        await asyncio.gather(*writing)


async def ask(crew: Crew, client: httpx.AsyncClient) -> None:
    """Compare what is there with what was answered; go on from what is there."""
    present: dict[str, dict[str, Any]] = {}
    for kind in ("Soak", "Flicker"):
        answer = await client.get(f"/entities?type={kind}&limit=1000&format=simplified")
        settled(answer)
        present |= {each["id"]: each for each in answer.json()}
    for worker in crew.workers:
        _compare(crew.found, worker, present)


def _compare(found: Counter[str], worker: Worker, present: dict[str, dict[str, Any]]) -> None:
    theirs = [present.get(each, {}) for each in worker.ids()]
    numbers = {each.get("count", 0) for each in theirs}
    found["torn batch"] += len(numbers) > 1
    found["torn entity"] += sum(each.get("check", check_of(0)) != check_of(each.get("count", 0)) for each in theirs)
    found["lost batch"] += min(numbers) < worker.acked
    found["from nowhere"] += max(numbers) > worker.sent
    single = theirs[0].get("single", 0)
    found["lost attribute"] += not worker.single_acked <= single <= worker.single_sent
    is_here = worker.comes_and_goes in present
    found["lost creation or deletion"] += worker.here is not None and worker.here != is_here
    worker.sent = worker.acked = max(numbers)
    worker.single_sent = worker.single_acked = single
    worker.here = is_here


async def histories(crew: Crew) -> None:
    """Every answered number stands in the history of every entity, once and in order."""
    from songcau.context.journal.history import Wanted
    from songcau.context.journal.journal import Journal
    from songcau.context.journal.stores import store_at

    journal = Journal(crew.folder, store=store_at(crew.store, crew.folder))
    await journal.open()
    name = "https://uri.etsi.org/ngsi-ld/default-context/count"
    for worker in crew.workers:
        for evolution in await journal.history("", worker.ids(), Wanted(time="modifiedAt", names=frozenset({name}))):
            told = [instance["value"] for instance in evolution.attributes[name]]
            crew.found["lost from the history"] += len(set(worker.kept) - set(told))
            crew.found["twice in the history"] += len(told) - len(set(told))
            crew.found["out of order in the history"] += told != sorted(told)
    await journal.close()


async def soak(crew: Crew, kills: int, rate: float) -> None:
    for _ in range(kills):
        await round_of(crew, rate, random.uniform(0.3, 1.5))
    address = await asyncio.to_thread(crew.start)
    async with httpx.AsyncClient(base_url=address, timeout=30) as client:
        await ask(crew, client)
    crew.found["bad end"] += await asyncio.to_thread(crew.end, signal.SIGTERM) != 0
    await histories(crew)
    crew.found["slow starts"] = sum(seconds > START_SECONDS for seconds in crew.starts)


def serve_hastily(folder: Path) -> None:
    """The mistake the soak must find: a broker that answers before it writes."""
    from songcau.context import service
    from songcau.context.journal.journal import Journal
    from songcau.context.journal.sqlite import SqliteStore

    right_append, right_write = Journal.append, SqliteStore.write

    def append(journal: Journal, changes: Any) -> asyncio.Future[int]:
        right_append(journal, changes)
        answered = asyncio.get_running_loop().create_future()
        answered.set_result(0)
        return answered

    def write(store: SqliteStore, batch: Any) -> None:
        time.sleep(0.1)
        right_write(store, batch)

    Journal.append, SqliteStore.write = append, write  # type: ignore[method-assign]
    asyncio.run(service.run(service.Options(data=folder, port=0), lambda where: print(f"ready at {where}", flush=True)))


@contextmanager
def fresh_database(url: str) -> Iterator[str]:
    """A new PostgreSQL database beside the one named, dropped at the end; nothing when none is named."""
    if not url:
        yield ""
        return
    name = f"songcau_broker_soak_{random.randrange(10**9)}"
    with psycopg.connect(url, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
    try:
        yield url.rpartition("/")[0] + f"/{name}"
    finally:
        with psycopg.connect(url, autocommit=True) as server:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--rate", type=float, default=5000, help="updates a second that are tried")
    parser.add_argument("--database", default="", help="postgresql://… (a database of its own is made); none: SQLite")
    parser.add_argument("--sabotage", action="store_true")
    parser.add_argument("--serve", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.serve:
        serve_hastily(given.serve)
        return 0
    folder = Path(tempfile.mkdtemp(prefix="songcau-soak-"))
    with fresh_database(given.database) as store:
        crew = Crew(folder, store, given.sabotage)
        try:
            asyncio.run(soak(crew, given.kills, given.rate))
        finally:
            crew.process.kill()
    table: dict[str, object] = {
        "store": "PostgreSQL" if given.database else "SQLite",
        "kills": given.kills,
        "updates answered": crew.updates,
        "updates a second while writing": f"{crew.updates / crew.writing_seconds:.0f}",
        "slowest start, seconds": f"{max(crew.starts):.2f}",
        **{f"BREACH {name}": number for name, number in sorted(crew.found.items())},
    }
    for name, value in table.items():
        sys.stdout.write(f"{name:<46}{value}\n")
    is_whole = not any(crew.found.values())
    sys.stdout.write("WHOLE\n" if is_whole else f"BROKEN (journal and log of the broker in {folder})\n")
    if is_whole:
        shutil.rmtree(folder)
    return 0 if is_whole else 1


if __name__ == "__main__":
    sys.exit(main())
