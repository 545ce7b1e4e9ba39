"""The log is read forward again, from any place, as the changes were."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.journal import past
from songcau.context.journal.journal import Journal
from songcau.context.journal.store import Bound
from songcau.context.journal.tests.city import City
from songcau.context.journal.tests.stores import new_store

pytestmark = pytest.mark.usefixtures("any_store")


def plain(entity: Entity | None) -> Any:
    return None if entity is None else entity.document()


def told(change: Change) -> tuple[Any, ...]:
    entities = (plain(change.before), plain(change.after))
    names = set(change.names)
    if change.kind == Kind.PUT and change.before is not None:  # told again, it also names what it took away
        names |= change.before.attributes.keys()
    return (change.tenant, change.kind, change.entity_id, *entities, sorted(names), change.at)


def random_changes(city: City, count: int) -> list[Change]:
    changes = []
    for _ in range(count):
        tenant = city.dice.choice(("", "west"))
        entity_id = f"urn:ngsi-ld:Lamp:{city.dice.randrange(8)}"
        is_there = entity_id in city.tenants.get(tenant, {})
        deed = city.dice.choice((city.put, city.set, city.set, city.set, city.retype, city.delete))
        changes.append(deed(entity_id, tenant) if is_there else city.put(entity_id, tenant))
    return changes


@pytest.mark.parametrize("seed", range(6))
def test_every_change_is_told_again_with_what_was_before_and_after(tmp_path: Path, seed: int) -> None:
    city = City(seed)
    changes = random_changes(city, 300)

    async def main() -> None:
        journal = Journal(tmp_path, store=new_store(tmp_path))
        await journal.open()
        for change in changes:
            journal.append([change])
        await journal.flushed()
        assert journal.head == 300
        for begin in (0, 1, 137, 299):
            past = journal.past(lambda tenant, entity_id: city.tenants.get(tenant, {}).get(entity_id))
            read: list[tuple[int, Change]] = []
            at = begin
            while some := await past.after(at, 40):
                read += some
                at = some[-1][0]
            assert [sequence for sequence, _ in read] == list(range(begin + 1, 301))
            for (_, again), once in zip(read, changes[begin:], strict=True):
                assert told(again) == told(once)
        await journal.close()

    asyncio.run(main())


def test_an_attribute_written_long_ago_is_found_in_the_present(tmp_path: Path) -> None:
    city = City()
    city_changes = [city.put("urn:ngsi-ld:Lamp:1", power=1, state=2)]
    city_changes += [city.set("urn:ngsi-ld:Lamp:1", power=count) for count in range(3000)]

    async def main() -> None:
        journal = Journal(tmp_path, store=new_store(tmp_path))
        await journal.open()
        journal.append(city_changes)
        await journal.flushed()
        present = city.tenants[""]["urn:ngsi-ld:Lamp:1"]
        [(_, change)] = await journal.past(lambda _tenant, _id: present).after(3000, 10)
        assert told(change) == told(city_changes[-1])
        [(_, change), *_] = await journal.past(lambda _tenant, _id: None).after(1000, 10)
        assert told(change) == told(city_changes[1000])
        await journal.close()

    asyncio.run(main())


def test_what_is_read_at_once_is_bounded_in_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(past, "MOST_BYTES_AT_ONCE", 5_000)
    monkeypatch.setattr(past, "BACK", Bound(2_000, 5_000))
    city = City()

    async def main() -> None:
        journal = Journal(tmp_path, store=new_store(tmp_path))
        await journal.open()
        journal.append([city.put("urn:ngsi-ld:Lamp:1", text="x" * 2_000)])
        for _ in range(20):
            journal.append([city.set("urn:ngsi-ld:Lamp:1", text="y" * 2_000)])
        await journal.append([city.set("urn:ngsi-ld:Lamp:1", text="z" * 20_000)])
        reading, at, parts = journal.past(city.find), 0, []
        while some := await reading.after(at, 1_000):
            parts.append(len(some))
            at = some[-1][0]
        assert (sum(parts), max(parts), at) == (22, 3, 22)
        [(_, change)] = await journal.past(city.find).after(21, 10)
        assert change.before is not None
        assert change.before.attributes["text"]["value"] == "y" * 2_000  # type: ignore[call-overload]
        await journal.close()

    asyncio.run(main())
