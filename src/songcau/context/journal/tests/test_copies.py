"""A journal goes out as lines while a broker writes, and comes back as the same journal."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from songcau.context.journal.copies import Extent, Moment, Rebuilt, extent_at_a_start, is_kept_in, moment_of
from songcau.context.journal.corrections import Added
from songcau.context.journal.history import Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.sqlite import FILE, SqliteStore, keep_others_out
from songcau.context.journal.sqlite_tables import VERSION, bring_up_to_date
from songcau.context.journal.store import StoreError, StoreInUse, WrongVersion
from songcau.context.journal.tests.city import City

NOTE = {"url": "http://x.example/é\n\t\\", "list": [None, 1.5]}


async def lived(folder: Path, changes: int = 400) -> tuple[Journal, City]:
    """A journal of a city that changed, with documents and corrections; still open."""
    journal, city = Journal(folder), City()
    journal.knows(city.find)
    await journal.open()
    for _ in range(changes):
        await journal.append([city.anything()])
    await journal.put_document("token", "", "t1", NOTE)
    await journal.correct("", "urn:past", added=[Added("n", None, "urn:i:1", b'{"value":"\xc3\xa9"}')])
    return journal, city


def copied(moment: Moment, into: Path) -> None:
    into.mkdir()
    rebuilt = Rebuilt(into, moment.form)
    for table in moment.tables:
        rebuilt.load(table, moment.columns(table), (line.decode() for line in moment.lines(table)))
    rebuilt.close()


def rows_in(folder: Path) -> list[str]:
    with closing(sqlite3.connect(folder / FILE)) as connection:
        return sorted(connection.iterdump())


def test_a_copy_is_the_journal_of_one_moment_while_others_write(tmp_path: Path) -> None:
    async def run() -> None:
        journal, city = await lived(tmp_path / "here")
        present = {each.id: each.document() for each in city.tenants[""].values()}
        await journal.flushed()
        with moment_of(tmp_path / "here") as moment:
            extent = moment.extent()
            for _ in range(300):  # the broker is not hindered, and what it writes now is not seen
                await journal.append([city.anything()])
            copied(moment, tmp_path / "there")
        await journal.close()
        assert extent == Extent(sum(map(len, journal_at(tmp_path / "there").values())), 400)
        assert extent_at_a_start(tmp_path / "there") == extent
        again = Journal(tmp_path / "there")
        await again.open()
        assert {each.id: each.document() for each in again.recovered[""].values()} == present
        assert again.documents("token") == [("", "t1", NOTE)]
        assert await again.history("", ["urn:past"], Wanted())
        # It goes on behind the last number.
        assert await again.append([city.put("urn:ngsi-ld:Lamp:new", "south")]) == 401
        await again.close()

    asyncio.run(run())


def journal_at(folder: Path) -> dict[str, dict[str, object]]:
    from songcau.context.journal.recovery import recover

    store = SqliteStore(folder)
    store.open()
    found = recover(store).entities
    store.close()
    return {tenant: dict(entities) for tenant, entities in found.items()}


def test_every_row_of_every_table_is_the_same(tmp_path: Path) -> None:
    async def run() -> None:
        journal, _city = await lived(tmp_path / "here")
        await journal.close()

    asyncio.run(run())
    with moment_of(tmp_path / "here") as moment:
        assert set(moment.tables) >= {"history", "entity", "snapshot", "document", "addition", "hidden", "mark"}
        copied(moment, tmp_path / "there")
    assert rows_in(tmp_path / "here") == rows_in(tmp_path / "there")


def test_bytes_that_are_no_text_come_back_too(tmp_path: Path) -> None:
    SqliteStore(tmp_path).open()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute("INSERT INTO document VALUES ('k', '', 'n', x'00ff')")
        connection.execute("INSERT INTO hidden (entity, up_to, dataset) VALUES (1, 2, x'ff')")
        connection.commit()
    with moment_of(tmp_path) as moment:
        copied(moment, tmp_path / "there")
    assert rows_in(tmp_path) == rows_in(tmp_path / "there")


@pytest.mark.parametrize("form", range(VERSION))
def test_a_journal_of_an_older_form_is_copied_as_it_is_and_brought_up_to_date_at_a_start(
    tmp_path: Path, form: int
) -> None:
    with closing(sqlite3.connect(tmp_path / FILE, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        bring_up_to_date(connection, tmp_path / FILE, until=form)
        if form:
            connection.execute("INSERT INTO tenant VALUES (1, 'west')")
    with moment_of(tmp_path) as moment:
        assert (moment.form, moment.extent()) == (form, Extent(0, 0))
        copied(moment, tmp_path / "there")
    assert extent_at_a_start(tmp_path / "there") == Extent(0, 0)
    with moment_of(tmp_path / "there") as moment:
        assert (moment.form, list(moment.lines("tenant"))) == (VERSION, [b'[1,"west"]\n'] if form else [])


def test_a_journal_of_a_newer_version_is_not_read(tmp_path: Path) -> None:
    SqliteStore(tmp_path).open()
    with closing(sqlite3.connect(tmp_path / FILE)) as connection:
        connection.execute(f"PRAGMA user_version = {VERSION + 1}")
    with pytest.raises(WrongVersion, match="newer"), moment_of(tmp_path):
        pass
    (tmp_path / "there").mkdir()
    with pytest.raises(WrongVersion):
        Rebuilt(tmp_path / "there", VERSION + 1)


def test_a_journal_that_is_not_there_or_none_is_said_to_be(tmp_path: Path) -> None:
    assert not is_kept_in(tmp_path)
    assert not is_kept_in(tmp_path / "nowhere")
    with pytest.raises(StoreError, match="unable to open"), moment_of(tmp_path):
        pass
    (tmp_path / FILE).write_bytes(b"this is no database at all" * 1000)
    assert is_kept_in(tmp_path)
    with pytest.raises(StoreError, match="not a database"), moment_of(tmp_path):
        pass


@pytest.fixture
def rebuilt(tmp_path: Path) -> Iterator[Rebuilt]:
    made = Rebuilt(tmp_path, VERSION)
    yield made
    made.abandon()


@pytest.mark.parametrize(
    ("table", "columns", "line", "why"),
    [
        ("nothing", ["a"], "[1]", "no table"),
        ("tenant", ["number", "colour"], "[1,2]", "other columns"),
        ("tenant", ["number", "name"], "[1]", "binding"),
        ("tenant", ["number", "name"], '[1,"a"]\n[1,"b"]', "UNIQUE"),
    ],
)
def test_lines_that_do_not_fit_are_refused(
    rebuilt: Rebuilt, table: str, columns: list[str], line: str, why: str
) -> None:
    with pytest.raises(StoreError, match=why):
        rebuilt.load(table, columns, line.split("\n"))


@pytest.mark.parametrize("line", ["{}", "7", "[", '[1,{"base64":"ä"}]'])
def test_a_line_that_is_no_row_is_refused(rebuilt: Rebuilt, line: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        rebuilt.load("tenant", ["number", "name"], [line])


def test_a_copy_that_a_start_could_not_read_is_found(tmp_path: Path) -> None:
    async def run() -> None:
        journal, _city = await lived(tmp_path / "here")
        await journal.close()

    asyncio.run(run())
    with closing(sqlite3.connect(tmp_path / "here" / FILE)) as connection:
        connection.execute("UPDATE snapshot SET document = '{' WHERE entity = (SELECT min(entity) FROM snapshot)")
        connection.commit()
    with pytest.raises(StoreError, match="cannot be read"):
        extent_at_a_start(tmp_path / "here")


def test_who_holds_a_folder_keeps_a_broker_out(tmp_path: Path) -> None:
    with closing(keep_others_out(tmp_path)), pytest.raises(StoreInUse):
        SqliteStore(tmp_path).open()
    store = SqliteStore(tmp_path)
    store.open()
    with pytest.raises(StoreInUse):
        keep_others_out(tmp_path)
    store.close()
