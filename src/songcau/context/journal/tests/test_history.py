"""The history is what was appended, cut to the period that is asked for."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from songcau.context.journal import register
from songcau.context.journal.corrections import Added, Hidden
from songcau.context.journal.history import SCOPE, Evolution, TimeProperty, Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.rows import microseconds
from songcau.context.journal.store import Bound
from songcau.context.journal.tests.city import START, City
from songcau.context.journal.tests.stores import Chosen, emptied, new_store

pytestmark = pytest.mark.usefixtures("any_store")

LAMP = "urn:ngsi-ld:Lamp:1"


def run(folder: Path, work: Callable[[Journal, City], Awaitable[Any]]) -> Any:
    async def main() -> Any:
        journal = Journal(folder, store=new_store(folder))
        await journal.open()
        try:
            return await work(journal, City())
        finally:
            await journal.close()

    return asyncio.run(main())


async def one(journal: Journal, wanted: Wanted, entity_id: str = LAMP) -> Evolution:
    [found] = await journal.history("", [entity_id], wanted)
    return found


def values(evolution: Evolution, name: str) -> list[Any]:
    return [instance["value"] for instance in evolution.attributes.get(name, [])]


async def a_thousand(journal: Journal, city: City) -> None:
    """Two lamps in turn, several chapters of rows each; the power of lamp 1 is 0, 2, 4 …"""
    journal.append([city.put(LAMP, power=-2), city.put("urn:ngsi-ld:Lamp:2", power=-1)])
    for n in range(2000):
        journal.append([city.set(f"urn:ngsi-ld:Lamp:{1 + n % 2}", power=n)])


def test_every_instance_is_there_in_order(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await a_thousand(journal, city)
        found = await one(journal, Wanted())
        assert values(found, "power") == [-2, *range(0, 2000, 2)]
        ids = [instance["instanceId"] for instance in found.attributes["power"]]
        assert len(set(ids)) == 1001

    run(tmp_path, work)


@pytest.mark.parametrize("time", ["observedAt", "modifiedAt"])
@pytest.mark.parametrize(("since", "until"), [(None, 700), (1000, None), (300, 1500), (5000, None), (None, -5000)])
def test_a_period_holds_what_lies_in_it(
    tmp_path: Path, time: TimeProperty, since: int | None, until: int | None
) -> None:
    async def work(journal: Journal, city: City) -> None:
        await a_thousand(journal, city)
        offset = 3000 - (500 if time == "observedAt" else 0)  # power n was set at START + offset + n milliseconds

        def moment(number: int | None) -> int | None:
            return None if number is None else START + offset + number * 1000

        found = await one(journal, Wanted(time=time, since=moment(since), until=moment(until)))
        every = [-2, *range(0, 2000, 2)]
        low, high = -10_000 if since is None else since, 10_000 if until is None else until
        assert values(found, "power") == [n for n in every if low <= n < high]

    run(tmp_path, work)


def test_the_last_instances_of_each_attribute(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=0, state="on")])
        for n in range(1, 10):
            journal.append([city.set(LAMP, power=n)])
        found = await one(journal, Wanted(last=3))
        assert (values(found, "power"), values(found, "state")) == ([7, 8, 9], ["on"])
        found = await one(journal, Wanted(last=3, names=frozenset({"state"})))
        assert list(found.attributes) == ["state"]

    run(tmp_path, work)


def test_an_unknown_entity_has_no_history(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await journal.append([city.put(LAMP)])
        assert await journal.history("", ["urn:ngsi-ld:Lamp:none"], Wanted()) == []
        assert await journal.history("nowhere", [LAMP], Wanted()) == []

    run(tmp_path, work)


def test_what_was_taken_away_is_shown_when_it_is_asked_for(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=1, state=["a", "b"])])
        journal.append([city.set(LAMP, power=None)])
        journal.append([city.set(LAMP, state=["c"])])
        journal.append([city.put(LAMP, other=1)])
        journal.append([city.delete(LAMP)])
        journal.append([city.put(LAMP, power=5)])
        found = await one(journal, Wanted(time="deletedAt"))
        shown = {
            name: [(each["value"], each.get("datasetId"), microseconds(each["deletedAt"]) - START) for each in some]
            for name, some in found.attributes.items()
        }
        null = "urn:ngsi-ld:null"
        assert shown == {
            "power": [(null, None, 2000)],
            "state": [(null, "urn:ngsi-ld:Dataset:1", 3000), (null, "urn:ngsi-ld:Dataset:0", 4000)],
            "other": [(null, None, 5000)],
        }
        kept = await one(journal, Wanted())
        assert values(kept, "power") == [1, 5]
        assert values(kept, "state") == ["a", "b", "c"]

    run(tmp_path, work)


def test_an_entity_that_is_gone_keeps_its_history(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=1)])
        deleted = city.delete(LAMP)
        journal.append([deleted])
        found = await one(journal, Wanted())
        assert values(found, "power") == [1]
        assert found.types == deleted.before.types  # type: ignore[union-attr]

    run(tmp_path, work)


def test_scopes_have_a_history(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        put = city.put(LAMP, power=1)
        changes = [put, city.retype(LAMP), city.retype(LAMP), city.retype(LAMP)]
        journal.append(changes)
        every = [change.after.scopes for change in changes if change.after]
        found = await one(journal, Wanted(time="modifiedAt"))
        assert values(found, SCOPE) == [s[0] if len(s) == 1 else list(s) for s in every if s]
        gone = await one(journal, Wanted(time="deletedAt"))
        assert len(gone.attributes[SCOPE]) == every[1:].count(())

    run(tmp_path, work)


def test_a_history_longer_than_one_question_reads_is_cut_to_its_newest(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await a_thousand(journal, city)
        first, second = await journal.history("", [LAMP, "urn:ngsi-ld:Lamp:2"], Wanted(), bound=Bound(1301, 1 << 30))
        assert (first.is_cut, first.rows, second.is_cut, second.rows) == (False, 1001, True, 300)
        assert values(second, "power") == list(range(1401, 2000, 2))

    run(tmp_path, work)


def test_a_history_is_read_up_to_a_number_of_bytes(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, text="x" * 1000)])
        for _ in range(299):
            journal.append([city.set(LAMP, text="x" * 1000)])
        [whole] = await journal.history("", [LAMP], Wanted())
        assert (whole.is_cut, whole.rows) == (False, 300)
        assert 300_000 < whole.size < 400_000
        [part] = await journal.history("", [LAMP], Wanted(), bound=Bound(1000, 20_000))
        assert part.is_cut
        assert 20_000 <= part.size < 22_000
        assert part.attributes["text"] == whole.attributes["text"][-part.rows :]

    run(tmp_path, work)


def test_what_was_told_of_a_past_is_read_up_to_a_number_of_bytes(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        told = orjson.dumps({"type": "Property", "value": "x" * 1000, "modifiedAt": "2026-11-28T01:00:00Z"})
        added = [Added("text", None, f"urn:ngsi-ld:Instance:{number}", told) for number in range(50)]
        await journal.correct("", LAMP, types=("Lamp",), added=added)
        [part] = await journal.history("", [LAMP], Wanted(), bound=Bound(1000, 20_000))
        assert part.is_cut
        assert 20_000 <= part.size < 22_000
        [few] = await journal.history("", [LAMP], Wanted(), bound=Bound(5, 1 << 30))
        assert (few.is_cut, few.rows, len(few.attributes["text"])) == (True, 5, 5)

    run(tmp_path, work)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    seed=some.integers(0, 2**32),
    time=some.sampled_from(["observedAt", "modifiedAt", "createdAt", "deletedAt"]),
    bounds=some.tuples(some.integers(0, 90_000), some.integers(0, 90_000)),
)
def test_a_period_finds_what_reading_everything_finds(
    tmp_path_factory: pytest.TempPathFactory, seed: int, time: TimeProperty, bounds: tuple[int, int]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    if Chosen.address:
        emptied(Chosen.address)
    since, until = START + min(bounds), START + max(bounds)

    async def work(journal: Journal, _city: City) -> None:
        city = City(seed)
        for _ in range(80):
            journal.append([city.anything()])
        for number in range(6):
            for found in await journal.history("", [f"urn:ngsi-ld:Lamp:{number}"], Wanted(time, since, until)):
                [every] = await journal.history("", [found.entity_id], Wanted(time))
                expected = {
                    name: [each for each in instances if time in each and since <= microseconds(each[time]) < until]
                    for name, instances in every.attributes.items()
                }
                assert found.attributes == {name: instances for name, instances in expected.items() if instances}

    with pytest.MonkeyPatch.context() as changed:
        changed.setattr(register, "CHAPTER", 4)
        run(folder, work)


INSTANCE = {"type": "Property", "observedAt": "2020-01-01T00:00:00Z"}


def added(value: Any, instance_id: str = "urn:x:1", dataset: str | None = None) -> Added:
    body = INSTANCE | {"value": value} | ({"datasetId": dataset} if dataset else {})
    return Added("power", dataset, instance_id, orjson.dumps(body))


def test_instances_are_added_to_the_past_of_a_living_entity(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        put = city.put(LAMP, power=5)
        journal.append([put])
        await journal.correct("", LAMP, types=("urn:other",), added=[added(1), added(2, "urn:x:2")])
        found = await one(journal, Wanted())
        assert values(found, "power") == [1, 2, 5]
        assert found.attributes["power"][0]["instanceId"] == "urn:x:1"
        assert (found.types, found.is_alive) == (put.after and put.after.types, True)

    run(tmp_path, work)


def test_an_entity_may_have_a_past_without_ever_being_there(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        await journal.correct("west", LAMP, types=("urn:lamp", "urn:device"), added=[added(1)])
        await journal.append([city.put("urn:ngsi-ld:Lamp:2", "west")])

    async def later(journal: Journal, city: City) -> None:
        assert list(journal.recovered["west"]) == ["urn:ngsi-ld:Lamp:2"]
        [found] = await journal.history("west", [LAMP], Wanted())
        assert (found.types, found.is_alive, values(found, "power")) == (("urn:lamp", "urn:device"), False, [1])
        assert (await journal.gone("west"))[LAMP] == ("urn:lamp", "urn:device")
        await journal.correct("west", LAMP, is_forgotten=True)
        assert await journal.history("west", [LAMP], Wanted()) == []

    run(tmp_path, work)
    run(tmp_path, later)


def test_single_instances_are_hidden(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=0, state="on"), city.put("urn:ngsi-ld:Lamp:2", power=9)])
        journal.append([city.set(LAMP, power=1)])
        await journal.correct("", LAMP, types=("urn:lamp",), added=[added(-1), added(-2, "urn:x:2")])
        every = await one(journal, Wanted())
        gone = [each["instanceId"] for each in every.attributes["power"] if each["value"] in (-1, 0)]
        stranger = (await one(journal, Wanted(), "urn:ngsi-ld:Lamp:2")).attributes["power"][0]["instanceId"]
        hidden = [Hidden("power", instance_id=each) for each in (*gone, stranger, "urn:x:none", "urn:nothing-1")]
        await journal.correct("", LAMP, hidden=hidden)
        found = await one(journal, Wanted())
        assert (values(found, "power"), values(found, "state")) == ([-2, 1], ["on"])
        assert values(await one(journal, Wanted(), "urn:ngsi-ld:Lamp:2"), "power") == [9]

    run(tmp_path, work)


def test_attributes_are_hidden_as_far_as_they_are_told(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=0, state=["a", "b"], other=1)])
        dataset = "urn:ngsi-ld:Dataset:0"
        await journal.correct("", LAMP, added=[added(-1), added(-2, "urn:x:2", dataset)])
        await journal.correct("", LAMP, hidden=[Hidden("power"), Hidden("state", dataset)])
        found = await one(journal, Wanted())
        assert (values(found, "power"), values(found, "state")) == ([-2], ["b"])
        await journal.correct("", LAMP, hidden=[Hidden("state", is_every_dataset=True)])
        await journal.correct("", LAMP, hidden=[Hidden("power", is_every_dataset=True)])
        journal.append([city.set(LAMP, power=3, state=["c"])])
        found = await one(journal, Wanted())
        assert (values(found, "power"), values(found, "state"), values(found, "other")) == ([3], ["c"], [1])

    run(tmp_path, work)


def test_a_forgotten_history_begins_anew(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=0), city.delete(LAMP), city.put(LAMP, power=1)])
        await journal.correct("", LAMP, added=[added(-1)])
        await journal.correct("", LAMP, is_forgotten=True)
        found = await one(journal, Wanted())
        assert (found.attributes, found.is_alive) == ({}, True)
        journal.append([city.set(LAMP, power=2)])
        assert values(await one(journal, Wanted()), "power") == [2]

    async def later(journal: Journal, city: City) -> None:
        assert list(journal.recovered[""]) == [LAMP]
        await journal.append([city.put("urn:ngsi-ld:Lamp:2", power=7)])
        assert values(await one(journal, Wanted(), "urn:ngsi-ld:Lamp:2"), "power") == [7]

    run(tmp_path, work)
    run(tmp_path, later)


def test_the_number_of_what_was_forgotten_is_given_to_nobody_else(tmp_path: Path) -> None:
    async def work(journal: Journal, city: City) -> None:
        journal.append([city.put(LAMP, power=0), city.set(LAMP, power=1), city.delete(LAMP)])
        await journal.correct("", LAMP, is_forgotten=True)

    async def later(journal: Journal, city: City) -> None:
        city.now += 10_000_000
        await journal.append([city.put("urn:ngsi-ld:Lamp:2", power=7)])

    async def last(journal: Journal, _city: City) -> None:
        [entity] = journal.recovered[""].values()
        assert entity.attributes["power"]["value"] == 7  # type: ignore[call-overload]

    for step in (work, later, last):
        run(tmp_path, step)


def test_a_history_survives_restarts_and_failures_of_the_disk(tmp_path: Path) -> None:
    city = City()

    async def first(journal: Journal, _city: City) -> None:
        journal.append([city.put(LAMP, power=0)])
        for n in range(1, 400):
            journal.append([city.set(LAMP, power=n)])

    async def second(journal: Journal, _city: City) -> None:
        for n in range(400, 800):
            journal.append([city.set(LAMP, power=n)])
        found = await one(journal, Wanted())
        assert values(found, "power") == list(range(800))
        since = microseconds(found.attributes["power"][390]["observedAt"])
        assert values(await one(journal, Wanted(since=since)), "power") == list(range(390, 800))

    run(tmp_path, first)
    run(tmp_path, second)
