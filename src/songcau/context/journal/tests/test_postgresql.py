"""What is PostgreSQL's own: sessions that end, the lock of the one broker, partitions, versions."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from songcau.context.journal import postgresql_tables
from songcau.context.journal.history import Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.pace import Pace
from songcau.context.journal.postgresql import PostgresqlStore
from songcau.context.journal.postgresql_tables import SCHEMA, VERSION
from songcau.context.journal.store import StoreError, StoreInUse, WrongVersion
from songcau.context.journal.stores import store_at
from songcau.context.journal.tests.city import START, City
from songcau.context.journal.tests.stores import Chosen, emptied
from songcau.context.journal.tests.test_failures import until_healthy
from songcau.context.journal.tests.test_journal import found
from songcau.context.problems import StorageUnavailable

LAMP = "urn:ngsi-ld:Lamp:1"
HASTE = Pace(seconds_of_doubt=0.3, seconds_between_probes=0.05)
A_MONTH = 31 * 86_400_000_000


@pytest.fixture
def address(postgresql_address: str) -> Iterator[str]:
    emptied(postgresql_address)
    Chosen.address = postgresql_address
    yield postgresql_address
    Chosen.address = ""


def asked(address: str, query: Any) -> list[Any]:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"SET search_path = {SCHEMA}")
        cursor = connection.execute(query)
        return cursor.fetchall() if cursor.description else []


def end_sessions(address: str) -> None:
    """As a server that is started anew does."""
    ended = (
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    assert all(done for (done,) in asked(address, ended))


def run(address: str, folder: Path, work: Callable[[Journal, City], Awaitable[Any]]) -> City:
    city = City()

    async def main() -> None:
        journal = Journal(folder, store=store_at(address, folder), pace=HASTE)
        journal.knows(city.find)
        journal.on_failed(lambda changes: [city.undo(change) for change in changes])
        await journal.open()
        try:
            await work(journal, city)
        finally:
            await journal.close()

    asyncio.run(main())
    return city


def test_a_session_that_ended_meanwhile_is_replaced_before_anybody_notices(address: str, tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await journal.append([city.put(LAMP, power=0)])
        for power in range(1, 4):
            await journal.history("", [LAMP], Wanted())
            await asyncio.to_thread(end_sessions, address)
            await journal.append([city.set(LAMP, power=power)])
            await asyncio.to_thread(end_sessions, address)
            [evolution] = await journal.history("", [LAMP], Wanted())
            assert [each["value"] for each in evolution.attributes["power"]] == list(range(power + 1))
        assert journal.healthy

    city = run(address, tmp_path, work)
    assert found(tmp_path) == city.state()


def test_a_broker_that_lost_its_database_to_another_writes_nothing(address: str, tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await journal.append([city.put(LAMP)])
        other = PostgresqlStore(address)
        with pytest.raises(StoreInUse):
            other.open()
        await asyncio.to_thread(end_sessions, address)
        other.open()
        with pytest.raises(StorageUnavailable):
            await journal.append([city.set(LAMP)])
        assert "belongs to one broker" in str(journal.last_error)
        assert asked(address, "SELECT count(*) FROM history") == [(1,)]
        other.close()
        await until_healthy(journal)
        await journal.append([city.set(LAMP)])

    city = run(address, tmp_path, work)
    assert found(tmp_path) == city.state()


def test_the_log_has_a_partition_for_each_month(address: str, tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await journal.append([city.put(LAMP, power=0)])
        for power in range(1, 4):
            city.now += A_MONTH
            await journal.append([city.set(LAMP, power=power)])
        since = START + A_MONTH
        [evolution] = await journal.history("", [LAMP], Wanted("modifiedAt", since=since))
        assert [each["value"] for each in evolution.attributes["power"]] == [1, 2, 3]

    run(address, tmp_path, work)
    rows = asked(address, "SELECT tableoid::regclass::text, count(*) FROM history GROUP BY 1 ORDER BY 1")
    assert [count for _, count in rows] == [1, 1, 1, 1]
    assert rows[0][0] == "history_2025_11"


def made(address: str, version: int) -> PostgresqlStore:
    store = PostgresqlStore(address)
    store.open()
    store.close()
    asked(address, f"UPDATE mark SET value = {version:d} WHERE name = 'version'")  # noqa: S608  # a number
    return store


def test_a_store_of_another_version_is_left_alone(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(address, VERSION + 1)
    with pytest.raises(WrongVersion, match="newer version"):
        store.open()
    monkeypatch.setattr(postgresql_tables, "VERSION", VERSION + 2)
    with pytest.raises(WrongVersion, match="no longer"):
        store.open()


def test_an_older_store_is_brought_up_to_date(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store = made(address, VERSION)
    monkeypatch.setattr(postgresql_tables, "VERSION", VERSION + 1)
    monkeypatch.setattr(postgresql_tables, "MIGRATIONS", {VERSION: "CREATE TEMPORARY TABLE another (x integer)"})
    store.open()
    store.close()
    assert asked(address, "SELECT value FROM mark WHERE name = 'version'") == [(VERSION + 1,)]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("postgresql://postgres@127.0.0.1:1/none", "cannot be opened"),
        ("postgresql://postgres@127.0.0.1:5432/there_is_no_such_database", "cannot be opened"),
        ("postgresql://nonsense=1@@", "cannot be opened"),
        ("mysql://127.0.0.1/city", "postgresql://"),
    ],
)
def test_an_address_where_no_database_is_is_refused_in_plain_words(address: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=words):
        store_at(address, tmp_path).open()
