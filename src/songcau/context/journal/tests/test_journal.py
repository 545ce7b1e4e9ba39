"""What was answered is found again, in this process and the next."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from songcau.context.journal.journal import Journal
from songcau.context.journal.pace import Pace
from songcau.context.journal.recovery import recover
from songcau.context.journal.sqlite import FILE
from songcau.context.journal.store import StoreInUse
from songcau.context.journal.tests.city import City, documents
from songcau.context.journal.tests.stores import new_store


def run(folder: Path, work: Callable[[Journal], Awaitable[Any]]) -> Any:
    """Open a journal in the folder, work, close it."""

    async def main() -> Any:
        journal = Journal(folder, store=new_store(folder))
        await journal.open()
        try:
            return await work(journal)
        finally:
            await journal.close()

    return asyncio.run(main())


def found(folder: Path) -> dict[str, list[Any]]:
    """The state that a start finds."""
    store = new_store(folder)
    store.open()
    try:
        return documents(recover(store).entities)
    finally:
        store.close()


@pytest.mark.usefixtures("any_store")
def test_a_new_folder_holds_nothing(tmp_path: Path) -> None:
    assert found(tmp_path) == {}


@pytest.mark.usefixtures("any_store")
def test_what_was_appended_is_found_by_the_next_start(tmp_path: Path) -> None:
    city = City()

    async def work(journal: Journal) -> list[int]:
        done = [journal.append([city.put("urn:ngsi-ld:Lamp:1"), city.put("urn:ngsi-ld:Lamp:2", "west")])]
        done.append(journal.append([city.set("urn:ngsi-ld:Lamp:1")]))
        return [await each for each in done]

    assert run(tmp_path, work) == [2, 3]
    assert found(tmp_path) == city.state()


@pytest.mark.usefixtures("any_store")
def test_an_entity_that_was_deleted_and_made_again_is_a_new_one(tmp_path: Path) -> None:
    city = City()

    async def work(journal: Journal) -> None:
        await journal.append([city.put("urn:ngsi-ld:Lamp:1")])
        await journal.append([city.delete("urn:ngsi-ld:Lamp:1"), city.put("urn:ngsi-ld:Lamp:1")])
        await journal.append([city.set("urn:ngsi-ld:Lamp:1")])

    run(tmp_path, work)
    assert found(tmp_path) == city.state()


@pytest.mark.usefixtures("any_store")
def test_documents_are_kept_replaced_and_forgotten(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        await journal.put_document("token", "", "1", {"label": "first"})
        await journal.put_document("token", "", "2", {"label": "second"})
        await journal.put_document("subscription", "west", "1", {"type": "Subscription"})
        await journal.put_document("token", "", "1", {"label": "changed"})
        await journal.put_document("token", "", "2", None)

    async def look(journal: Journal) -> Any:
        return journal.documents("token"), journal.documents("subscription")

    run(tmp_path, work)
    assert run(tmp_path, look) == (
        [("", "1", {"label": "changed"})],
        [("west", "1", {"type": "Subscription"})],
    )


@pytest.mark.usefixtures("any_store")
def test_a_store_belongs_to_one_broker(tmp_path: Path) -> None:
    async def work(journal: Journal) -> None:
        for _ in range(2):
            with pytest.raises(StoreInUse, match="belongs to one broker"):
                await Journal(tmp_path, store=new_store(tmp_path)).open()

    run(tmp_path, work)
    run(tmp_path, lambda journal: journal.flushed())


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    async def work(journal: Journal) -> set[int]:
        await journal.append([City().put("urn:ngsi-ld:Lamp:1")])
        return {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()}

    assert run(tmp_path, work) == {0o600}


def copied(source: Path, target: Path, wal_bytes: int | None = None) -> Path:
    """The folder as a power cut would leave it: database and write-ahead log, the latter perhaps cut short."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    shutil.copy(source / FILE, target)
    wal = (source / f"{FILE}-wal").read_bytes()
    (target / f"{FILE}-wal").write_bytes(wal[:wal_bytes])
    return target


# Sweeps often and in tiny slices, so that a cut falls into every stage of one.
QUICK = Pace(rows_before_a_sweep=7, entities_in_a_slice=2)


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=some.integers(0, 2**32), sizes=some.lists(some.integers(1, 6), max_size=14))
def test_a_cut_after_any_commit_leaves_the_state_of_that_commit(
    tmp_path_factory: pytest.TempPathFactory, seed: int, sizes: list[int]
) -> None:
    folder = tmp_path_factory.mktemp("cut")
    city = City(seed)

    async def main() -> None:
        journal = Journal(folder / "journal", pace=QUICK)
        journal.knows(city.find)
        await journal.open()
        for size in sizes:
            await journal.append([city.anything() for _ in range(size)])
            assert found(copied(folder / "journal", folder / "copy")) == city.state()
        await journal.close()

    asyncio.run(main())
    assert found(folder / "journal") == city.state()


@pytest.mark.usefixtures("any_store")
@pytest.mark.parametrize("seed", range(4))
def test_every_start_finds_what_the_one_before_left(tmp_path: Path, seed: int) -> None:
    city = City(seed)

    async def main() -> None:
        for size in (40, 0, 7, 60):
            journal = Journal(tmp_path, store=new_store(tmp_path), pace=QUICK)
            await journal.open()
            journal.knows(city.find)
            assert documents(journal.recovered) == city.state()
            for _ in range(size):
                journal.append([city.anything() for _ in range(city.dice.randrange(1, 4))])
                if city.dice.random() < 0.2:
                    await journal.flushed()
            await journal.close()

    asyncio.run(main())
