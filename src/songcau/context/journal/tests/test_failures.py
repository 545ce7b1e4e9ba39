"""A disk without room, a file that cannot grow, a commit without an answer: nothing false is said, and work goes on."""

import asyncio
import random
import resource
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from songcau.context.entities.entity import Change
from songcau.context.journal.corrections import Added, Hidden
from songcau.context.journal.history import Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.pace import Pace
from songcau.context.journal.sqlite import FILE
from songcau.context.journal.store import StoreError
from songcau.context.journal.tests.city import City
from songcau.context.journal.tests.stores import Chosen, new_store
from songcau.context.journal.tests.test_journal import found
from songcau.context.journal.transaction import Batch
from songcau.context.problems import StorageUnavailable

LAMP = "urn:ngsi-ld:Lamp:1"
HASTE = Pace(seconds_of_doubt=0.3, seconds_between_probes=0.05)


class Told:
    """A city that takes back what the journal could not keep, as the broker's memory does."""

    def __init__(self, journal: Journal) -> None:
        self.city = City()
        self.lost: list[Change] = []
        journal.on_failed(self._take_back)
        journal.knows(self.city.find)

    def _take_back(self, changes: list[Change]) -> None:
        self.lost += changes
        for change in changes:
            self.city.undo(change)


def run(journal: Journal, work: Callable[[Journal, Told], Awaitable[Any]]) -> Told:
    told = Told(journal)

    async def main() -> None:
        await journal.open()
        try:
            await work(journal, told)
        finally:
            await journal.close()

    asyncio.run(main())
    return told


async def until_healthy(journal: Journal) -> None:
    async with asyncio.timeout(5):
        while not journal.healthy:
            await asyncio.sleep(0.02)


async def append_until_it_fails(journal: Journal, city: City) -> int:
    """How many changes were kept before one was not."""
    for kept in range(10_000):
        try:
            await journal.append([city.set(LAMP, text="x" * 20_000)])
        except StorageUnavailable:
            return kept
    raise AssertionError("the disk never filled")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Three megabytes of a real file system."""
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "songcau", str(tmp_path)], capture_output=True)
    if made.returncode != 0:
        pytest.skip("NOT RUN: only root may mount a small file system")
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_loses_nothing_that_was_answered_and_heals_when_there_is_room(small_disk: Path) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(2_000_000))

    async def work(journal: Journal, told: Told) -> None:
        await journal.append([told.city.put(LAMP)])
        assert await append_until_it_fails(journal, told.city) > 0
        assert not journal.healthy
        assert "full" in str(journal.last_error)
        with pytest.raises(StorageUnavailable):
            await journal.append([told.city.put("urn:ngsi-ld:Lamp:2", by="somebody new", text="x" * 30_000)])
        ballast.unlink()
        await until_healthy(journal)
        assert journal.last_error is None
        await journal.append([told.city.set(LAMP, text="there is room again")])
        await journal.append([told.city.put("urn:ngsi-ld:Lamp:2", by="somebody new")])

    told = run(Journal(small_disk, pace=HASTE), work)
    assert found(small_disk) == told.city.state()


@contextmanager
def no_file_may_grow(beyond: int) -> Iterator[None]:
    """Writes past this length fail with EFBIG, which SQLite takes for an I/O error of the disk."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (beyond, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_an_error_of_the_disk_is_survived_with_a_new_connection(tmp_path: Path) -> None:
    async def work(journal: Journal, told: Told) -> None:
        await journal.append([told.city.put(LAMP)])
        with no_file_may_grow((tmp_path / f"{FILE}-wal").stat().st_size + 50_000):
            await append_until_it_fails(journal, told.city)
            assert "I/O" in str(journal.last_error)
        await until_healthy(journal)
        await journal.append([told.city.set(LAMP)])

    told = run(Journal(tmp_path, pace=HASTE), work)
    assert len(told.lost) == 1
    assert found(tmp_path) == told.city.state()


@pytest.mark.usefixtures("any_store")
def test_everything_that_waits_behind_a_failure_fails_and_is_taken_back_newest_first(tmp_path: Path) -> None:
    store = failing(tmp_path)

    async def work(journal: Journal, told: Told) -> None:
        await journal.append([told.city.put(LAMP, power=0)])
        store.refusals = 1
        changes = [told.city.set(LAMP, power=1), told.city.delete(LAMP), told.city.put(LAMP), told.city.set(LAMP)]
        futures = [journal.append(changes[:1]), journal.append(changes[1:3]), journal.append(changes[3:])]
        document = journal.put_document("token", "", "1", {})
        answers = await asyncio.gather(*futures, document, return_exceptions=True)
        assert {type(each) for each in answers} == {StorageUnavailable}
        assert told.lost == changes[::-1]
        await journal.append([told.city.set(LAMP, power=2)])
        [evolution] = await journal.history("", [LAMP], Wanted())
        assert [each["value"] for each in evolution.attributes["power"]] == [0, 2]
        assert journal.documents("token") == []

    told = run(Journal(tmp_path, store=store, pace=HASTE), work)
    assert found(tmp_path) == told.city.state()


class Failing:
    """A store whose answers get lost: before a commit (`refusals`), or after it (`silences`, then `outages`)."""

    refusals = 0
    silences = 0
    outages = 0

    def write(self, batch: Batch) -> None:
        if self.refusals and (batch.rows or batch.snapshots):
            self.refusals -= 1
            raise StoreError("refused")
        super().write(batch)  # type: ignore[misc]
        if self.silences and (batch.rows or batch.documents or batch.corrections):
            self.silences -= 1
            raise StoreError("no answer", is_lost=True, is_doubtful=True)

    def reopen(self) -> None:
        if self.outages:
            self.outages -= 1
            raise StoreError("away", is_lost=True)
        super().reopen()  # type: ignore[misc]


def failing(folder: Path) -> Any:
    """The store of the test, with answers that get lost."""
    made = type("FailingStore", (Failing, type(new_store(folder))), {})
    return made(Chosen.address or folder)


@pytest.mark.usefixtures("any_store")
def test_a_commit_without_an_answer_that_took_place_is_a_success(tmp_path: Path) -> None:
    store = failing(tmp_path)

    async def work(journal: Journal, told: Told) -> None:
        store.silences, store.outages = 1, 2
        await journal.append([told.city.put(LAMP)])
        store.silences = 1
        await journal.put_document("token", "", "1", {"label": "kept"})
        assert journal.documents("token") == [("", "1", {"label": "kept"})]
        assert journal.healthy

    told = run(Journal(tmp_path, store=store, pace=HASTE), work)
    assert told.lost == []
    assert found(tmp_path) == told.city.state()


@pytest.mark.usefixtures("any_store")
def test_a_commit_answered_with_a_failure_is_taken_out_once_the_store_is_back(tmp_path: Path) -> None:
    store = failing(tmp_path)

    async def work(journal: Journal, told: Told) -> None:
        await journal.append([told.city.put(LAMP)])
        await journal.put_document("token", "", "1", {"label": "first"})
        store.silences, store.outages = 1, 8
        changes = [told.city.delete(LAMP), told.city.put("urn:ngsi-ld:Lamp:2", "a new tenant", "a new author")]
        failing = journal.append(changes)
        waiting = journal.put_document("token", "", "1", {"label": "second"})
        for future in (failing, waiting):
            with pytest.raises(StorageUnavailable):
                await future
        await until_healthy(journal)
        assert journal.documents("token") == [("", "1", {"label": "first"})]
        await journal.append([told.city.set(LAMP)])
        await journal.append([told.city.put("urn:ngsi-ld:Lamp:3", "another tenant", "another author")])

    told = run(Journal(tmp_path, store=store, pace=HASTE), work)
    assert len(told.lost) == 2
    assert found(tmp_path) == told.city.state()


@pytest.mark.usefixtures("any_store")
def test_a_correction_answered_with_a_failure_is_taken_out_once_the_store_is_back(tmp_path: Path) -> None:
    store = failing(tmp_path)
    first = Added("power", None, "urn:x:1", b'{"type":"Property","value":1}')
    second = Added("power", None, "urn:x:2", b'{"type":"Property","value":2}')

    async def shown(journal: Journal) -> list[list[Any]]:
        found = await journal.history("", [LAMP, "urn:past", "urn:new"], Wanted())
        return [[one["value"] for one in each.attributes.get("power", ())] for each in found]

    async def work(journal: Journal, told: Told) -> None:
        await journal.append([told.city.put(LAMP, power=0)])
        await journal.correct("", LAMP, added=[first])
        await journal.correct("", "urn:past", types=("urn:lamp",), added=[first])
        for correction in (
            {"entity_id": LAMP, "hidden": [Hidden("power")], "added": [second]},
            {"entity_id": LAMP, "is_forgotten": True},
            {"entity_id": "urn:past", "is_forgotten": True},
            {"entity_id": "urn:new", "types": ("urn:lamp",), "added": [first]},
        ):
            store.silences, store.outages = 1, 8
            with pytest.raises(StorageUnavailable):
                await journal.correct("", **correction)
            await until_healthy(journal)
            assert await shown(journal) == [[1, 0], [1]]
        store.silences = 1
        await journal.correct("", LAMP, hidden=[Hidden("power")])
        assert await shown(journal) == [[], [1]]

    run(Journal(tmp_path, store=store, pace=HASTE), work)


@pytest.mark.usefixtures("any_store")
@pytest.mark.parametrize("seed", range(6))
def test_whatever_fails_the_disk_holds_what_was_answered(tmp_path: Path, seed: int) -> None:
    store = failing(tmp_path)

    async def work(journal: Journal, told: Told) -> None:
        told.city.dice.seed(seed)
        dice = random.Random(seed)
        for _ in range(60):
            store.refusals = dice.choice((0, 0, 0, 0, 1, 2))
            store.silences = dice.choice((0, 0, 0, 0, 1))
            for _ in range(dice.randrange(1, 4)):
                journal.append([told.city.anything() for _ in range(dice.randrange(1, 4))]).add_done_callback(looked_at)
            if dice.random() < 0.7:
                await journal.flushed()
        store.refusals = store.silences = 0
        await journal.flushed()

    pace = Pace(rows_before_a_sweep=9, entities_in_a_slice=2, seconds_of_doubt=1.0, seconds_between_probes=0.05)
    told = run(Journal(tmp_path, store=store, pace=pace), work)
    assert told.lost
    assert by_id(found(tmp_path)) == by_id(told.city.state())


def by_id(state: dict[str, list[Any]]) -> dict[str, list[Any]]:
    """Without the order, which an undone deletion changes in this city."""
    return {tenant: sorted(entities, key=lambda one: str(one["id"])) for tenant, entities in state.items()}


def looked_at(future: asyncio.Future[int]) -> None:
    future.exception()


def test_more_than_may_wait_is_refused_at_once_and_what_waits_is_kept(tmp_path: Path) -> None:
    async def work(journal: Journal, told: Told) -> None:
        futures = [journal.append([told.city.put(LAMP, text="x" * 3000)])]
        futures += [journal.append([told.city.set(LAMP, text="y" * 3000)]) for _ in range(9)]
        answers = await asyncio.gather(*futures, return_exceptions=True)
        kept = [each for each in answers if isinstance(each, int)]
        assert 0 < len(kept) < 10
        assert len(told.lost) == 10 - len(kept)
        await journal.append([told.city.set(LAMP)])

    told = run(Journal(tmp_path, pace=Pace(bytes_that_may_wait=5000)), work)
    assert found(tmp_path) == told.city.state()


@pytest.mark.usefixtures("any_store")
def test_a_change_that_cannot_be_written_as_json_fails_alone(tmp_path: Path) -> None:
    async def work(journal: Journal, told: Told) -> None:
        await journal.append([told.city.put(LAMP)])
        with pytest.raises(StorageUnavailable):
            await journal.append([told.city.put("urn:ngsi-ld:Lamp:2"), told.city.set(LAMP, power=1 << 80)])
        await journal.append([told.city.set(LAMP)])
        assert journal.healthy

    told = run(Journal(tmp_path, store=new_store(tmp_path)), work)
    assert found(tmp_path) == told.city.state()


def test_a_closed_journal_takes_nothing(tmp_path: Path) -> None:
    journal = Journal(tmp_path)

    async def main() -> None:
        await journal.open()
        await journal.close()
        await journal.close()
        with pytest.raises(StorageUnavailable, match="closed"):
            await journal.append([City().put(LAMP)])
        with pytest.raises(StorageUnavailable, match="closed"):
            await journal.correct("", LAMP, is_forgotten=True)
        with pytest.raises(StorageUnavailable, match="closed"):
            await journal.put_document("token", "", "1", {})

    asyncio.run(main())
