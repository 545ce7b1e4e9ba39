"""Old rows of histories go by themselves, and a disk that refuses is asked again."""

import asyncio
from pathlib import Path

import pytest

from songcau.context.broker.retaining import retain
from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.journal.history import Wanted
from songcau.context.journal.journal import Journal
from songcau.context.journal.retention import Retention
from songcau.context.problems import StorageUnavailable

LAMP = "urn:ngsi-ld:Lamp:1"
AT = "2020-01-01T00:00:00.000000Z"


def test_old_rows_go_while_the_broker_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entity = Entity(LAMP, ("urn:lamp",), (), {"urn:power": {"type": "Property", "value": 1, "modifiedAt": AT}}, AT, AT)

    async def main() -> None:
        journal = Journal(tmp_path)
        journal.knows(lambda _tenant, _id: entity)
        await journal.open()
        await journal.append([Change("", Kind.PUT, LAMP, None, entity, ("urn:power",), AT, "test")])
        right_expire, refusals = journal.expire, [StorageUnavailable("the disk is full")]

        async def expire(retention: Retention, now: int) -> int:
            if refusals:
                raise refusals.pop()
            return await right_expire(retention, now)

        monkeypatch.setattr(journal, "expire", expire)
        retaining = asyncio.create_task(retain(journal, Retention({"*": 30}), first=0.0, between=0.01))
        async with asyncio.timeout(10):
            while (await journal.history("", [LAMP], Wanted()))[0].attributes:
                await asyncio.sleep(0.01)
        retaining.cancel()
        await journal.close()

    asyncio.run(main())
