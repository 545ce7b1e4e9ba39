"""What is too old goes from the disk, and what was hidden; the present and everybody else's past stay."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from songcau.context.journal.corrections import Added, Hidden
from songcau.context.journal.history import Evolution, Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.pace import Pace
from songcau.context.journal.retention import MICROSECONDS_A_DAY, Retention, RetentionUnreadable, retention_in
from songcau.context.journal.tests.city import START, TYPES, City
from songcau.context.journal.tests.stores import new_store
from songcau.context.journal.tests.test_journal import documents

LAMP, OTHER = "urn:ngsi-ld:Lamp:1", "urn:ngsi-ld:Lamp:2"
LAMP_TYPE, DEVICE_TYPE = TYPES[1]
TEN_DAYS = Retention({"*": 10})


def run(folder: Path, city: City, work: Callable[[Journal], Awaitable[Any]], *, is_again: bool = False) -> Any:
    async def main() -> Any:
        journal = Journal(folder, store=new_store(folder), pace=Pace(entities_in_a_slice=3))
        journal.knows(city.find)
        await journal.open()
        if is_again:
            assert documents(journal.recovered) == city.state()
        try:
            return await work(journal)
        finally:
            await journal.close()

    return asyncio.run(main())


async def one(journal: Journal, entity_id: str = LAMP) -> list[Any]:
    found: list[Evolution] = await journal.history("", [entity_id], Wanted())
    return [each["value"] for each in found[0].attributes.get("power", [])] if found else []


def later(city: City, days: float) -> None:
    city.now += int(days * MICROSECONDS_A_DAY)


@pytest.mark.usefixtures("any_store")
def test_what_is_older_than_the_retention_goes(tmp_path: Path) -> None:
    city = City()

    async def work(journal: Journal) -> None:
        journal.append([city.put(LAMP, power=0), city.put(OTHER, power=0)])
        for power in range(1, 700):
            journal.append([city.set(LAMP, power=power)])
        later(city, 8)
        for power in range(700, 720):
            journal.append([city.set(LAMP, power=power)])
        assert await journal.expire(TEN_DAYS, city.now) == 0
        later(city, 8)
        assert await journal.expire(TEN_DAYS, city.now) == 701
        assert await one(journal) == list(range(700, 720))
        assert await one(journal, OTHER) == []
        journal.append([city.set(OTHER, power=1), city.set(LAMP, power=720)])
        assert await one(journal) == list(range(700, 721))
        assert await one(journal, OTHER) == [1]
        assert await journal.expire(TEN_DAYS, city.now) == 0

    async def again(journal: Journal) -> None:
        assert await one(journal) == list(range(700, 721))

    run(tmp_path, city, work)
    run(tmp_path, city, again, is_again=True)


@pytest.mark.usefixtures("any_store")
def test_an_entity_that_is_gone_leaves_nothing_when_its_time_is_over(tmp_path: Path) -> None:
    city = City()

    async def work(journal: Journal) -> None:
        journal.append([city.put(LAMP, power=0), city.set(LAMP, power=1), city.delete(LAMP), city.put(OTHER)])
        later(city, 20)
        assert await journal.expire(TEN_DAYS, city.now) == 4
        assert await journal.gone("") == {}
        assert await journal.history("", [LAMP], Wanted()) == []
        journal.append([city.put(LAMP, power=2)])
        assert await one(journal) == [2]

    run(tmp_path, city, work)
    run(tmp_path, city, one, is_again=True)


@pytest.mark.usefixtures("any_store")
def test_what_was_added_to_a_past_grows_old_too(tmp_path: Path) -> None:
    city = City()
    old, new = START, START + 15 * MICROSECONDS_A_DAY
    told = [Added("power", None, f"urn:x:{at}", b'{"type":"Property","value":1}', at) for at in (old, new)]

    async def work(journal: Journal) -> None:
        await journal.correct("", LAMP, types=("urn:lamp",), added=told)
        await journal.expire(TEN_DAYS, START + 20 * MICROSECONDS_A_DAY)
        assert await one(journal) == [1]
        await journal.expire(TEN_DAYS, START + 30 * MICROSECONDS_A_DAY)
        assert await journal.gone("") == {}

    run(tmp_path, city, work)


@pytest.mark.usefixtures("any_store")
def test_what_was_forgotten_goes_from_the_disk_whatever_its_age(tmp_path: Path) -> None:
    city = City()

    async def work(journal: Journal) -> None:
        journal.append([city.put(LAMP, power=0), city.delete(LAMP), city.put(LAMP, power=1), city.put(OTHER, power=2)])
        await journal.correct("", LAMP, is_forgotten=True)
        journal.append([city.set(LAMP, power=3)])
        assert await journal.expire(Retention(), city.now) == 3
        assert await journal.expire(Retention(), city.now) == 0
        assert (await one(journal), await one(journal, OTHER)) == ([3], [2])
        await journal.correct("", LAMP, hidden=[Hidden("power")])
        assert await journal.expire(Retention(), city.now) == 0

    run(tmp_path, city, work)
    run(tmp_path, city, one, is_again=True)


@pytest.mark.usefixtures("any_store")
def test_much_goes_in_small_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("songcau.context.journal.journal.ROWS_AT_ONCE", 7)
    monkeypatch.setattr("songcau.context.journal.journal.ENTITIES_AT_ONCE", 2)
    city = City()

    async def work(journal: Journal) -> None:
        for _ in range(60):
            journal.append([city.anything()])
        later(city, 30)
        assert await journal.expire(TEN_DAYS, city.now) == 60

    run(tmp_path, city, work)
    run(tmp_path, city, one, is_again=True)


def test_of_several_types_the_most_patient_counts() -> None:
    retention = Retention({"a": 10, "b": 20, "*": 5})
    now = 100 * MICROSECONDS_A_DAY
    assert retention.cut(("a",), now) == 90 * MICROSECONDS_A_DAY
    assert retention.cut(("a", "b"), now) == 80 * MICROSECONDS_A_DAY
    assert retention.cut(("c",), now) == 95 * MICROSECONDS_A_DAY
    assert Retention({"a": 10}).cut(("a", "c"), now) is None
    assert Retention({"a": 10}).cut((), now) is None


def test_the_file_names_types_and_days(tmp_path: Path) -> None:
    file = tmp_path / "retention.json"
    file.write_text('{"Lamp": 90, "*": 3650}')
    assert retention_in(file, lambda name: f"urn:{name}") == Retention({"urn:Lamp": 90, "*": 3650})


@pytest.mark.parametrize("text", ["", "[]", '{"Lamp": "90"}', '{"Lamp": 0}', '{"Lamp": true}', '{"Lamp": 1e9}'])
def test_a_file_of_another_form_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "retention.json"
    file.write_text(text)
    with pytest.raises(RetentionUnreadable, match=r"retention\.json"):
        retention_in(file, str)
    with pytest.raises(RetentionUnreadable):
        retention_in(tmp_path / "none.json", str)


@pytest.mark.usefixtures("any_store")
def test_numbers_and_instants_go_on_though_every_row_went(tmp_path: Path) -> None:
    city = City()
    reached: list[tuple[int, str]] = []

    async def work(journal: Journal) -> None:
        for number in range(10):
            journal.append([city.put(LAMP, power=number)])
        newest = city.put(OTHER, power=1)
        await journal.append([newest])
        reached.append((journal.head, newest.at))
        later(city, 20)
        assert await journal.expire(TEN_DAYS, city.now) == 11

    async def again(journal: Journal) -> None:
        assert (journal.head, journal.newest_instant) == reached[0]
        assert await journal.append([city.set(LAMP, power=11)]) == reached[0][0] + 1

    async def once_more(journal: Journal) -> None:  # what was written then is found, as `run` has looked
        assert journal.head == reached[0][0] + 1

    run(tmp_path, city, work)
    run(tmp_path, city, again, is_again=True)
    run(tmp_path, city, once_more, is_again=True)
