"""A broker killed under load: each change that was answered with success is told, and in the order of the changes."""

import asyncio
from pathlib import Path

import httpx

from songcau.context.subscriptions.tests.receiver import OK, Receiver
from tests.context.running import running_broker

ENTITIES = 8
KILLS = 3
SECONDS = 60.0
API = "/ngsi-ld/v1"


class Load:
    """Each writer changes one entity again and again, each time to the next number, and notes what was answered."""

    def __init__(self) -> None:
        self.acknowledged = [0] * ENTITIES
        self.next = [1] * ENTITIES
        self.doubtful: list[set[int]] = [set() for _ in range(ENTITIES)]

    async def more(self, count: int) -> None:
        """Wait until so many more changes were answered."""
        until = sum(self.acknowledged) + count
        async with asyncio.timeout(SECONDS):
            while sum(self.acknowledged) < until:
                await asyncio.sleep(0.005)

    async def write(self, client: httpx.AsyncClient, number: int) -> None:
        while True:
            value = self.next[number]
            path = f"{API}/entities/urn:ngsi-ld:Lamp:{number}/attrs/power"
            try:
                answer = await client.patch(path, json={"value": value})
            except httpx.HTTPError:
                self.next[number] = value + 1  # it may be on disk or not
                self.doubtful[number].add(value)
                return
            assert answer.status_code == 204, answer.text
            self.acknowledged[number] = value
            self.next[number] = value + 1


async def told_in_order(receiver: Receiver, load: Load) -> None:
    """Wait until everything that was acknowledged has come; the first time each number comes, it is the highest yet."""
    told: list[list[int]] = [[] for _ in range(ENTITIES)]
    read = 0
    async with asyncio.timeout(SECONDS):
        while any(last not in values for last, values in zip(load.acknowledged, told, strict=True) if last):
            await receiver.wait_for(read + 1, SECONDS)
            for body in receiver.notifications[read:]:
                read += 1
                for entity in body["data"]:
                    told[int(entity["id"].rpartition(":")[2])].append(entity["power"]["value"])
    for number, values in enumerate(told):
        first_times = list(dict.fromkeys(values))
        assert first_times == sorted(first_times)
        missed = set(range(1, load.acknowledged[number] + 1)) - set(values)
        assert missed <= load.doubtful[number]


async def kill_again_and_again(folder: Path, receiver: Receiver, load: Load) -> None:
    for turn in range(KILLS + 1):
        with running_broker(folder) as (process, address):
            async with httpx.AsyncClient(base_url=address, timeout=10) as client:
                if turn == 0:
                    await set_up(client, receiver)
                writers = [asyncio.create_task(load.write(client, number)) for number in range(ENTITIES)]
                await receiver.wait_for(len(receiver.bodies) + 50, SECONDS)
                if turn < KILLS:
                    receiver.answer = lambda _path, _body: None  # so that much is owed
                    await load.more(100)
                    process.kill()
                    await asyncio.gather(*writers)
                    receiver.answer = lambda _path, _body: OK
                else:
                    for writer in writers:
                        writer.cancel()
                    await asyncio.gather(*writers, return_exceptions=True)
                    await told_in_order(receiver, load)


async def set_up(client: httpx.AsyncClient, receiver: Receiver) -> None:
    subscription = {
        "type": "Subscription",
        "entities": [{"type": "Lamp"}],
        "notification": {"endpoint": {"uri": receiver.url()}},
    }
    assert (await client.post(f"{API}/subscriptions", json=subscription)).status_code == 201
    for number in range(ENTITIES):
        lamp = {"id": f"urn:ngsi-ld:Lamp:{number}", "type": "Lamp", "power": {"type": "Property", "value": 0}}
        assert (await client.post(f"{API}/entities", json=lamp)).status_code == 201


def test_each_acknowledged_change_is_told_although_the_broker_is_killed(tmp_path: Path) -> None:
    async def main() -> None:
        load = Load()
        async with Receiver() as receiver:
            await kill_again_and_again(tmp_path, receiver, load)

    asyncio.run(main())
