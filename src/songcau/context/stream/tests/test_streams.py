"""Clients come, go, come back; with a log that can fail."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.entities.writing import Form
from songcau.context.language.selection import Selection
from songcau.context.problems import TooManyResults
from songcau.context.rights.caller import EVERYTHING
from songcau.context.server.messages import Request
from songcau.context.stream import streams as module
from songcau.context.stream.channel import Wish
from songcau.context.stream.client import Client
from songcau.context.stream.streams import Streams
from songcau.context.terms.terms import CORE

ROOM = CORE.expand("Room")


class Wire:
    def __init__(self) -> None:
        self.text = ""
        self.has_ended = False

    def send(self, data: bytes) -> bool:
        self.text += data.decode()
        return True

    def end(self) -> None:
        self.has_ended = True

    @property
    def ids(self) -> list[int]:
        return [int(line[4:]) for line in self.text.split("\n") if line.startswith("id: ")][1:]


def change(number: int) -> Change:
    entity = Entity(f"urn:x:{number}", (ROOM,), (), {}, "", "")
    return Change("", Kind.PUT, entity.id, None, entity, (), "", "")


class City:
    def __init__(self, head: int = 0) -> None:
        self.log = [(number, change(number)) for number in range(1, head + 1)]
        self.faults = 0
        self.waits: asyncio.Event | None = None
        self.streams = Streams(asyncio.get_running_loop(), lambda: self, head, lambda _request: EVERYTHING)

    async def after(self, sequence: int, limit: int) -> list[tuple[int, Change]]:
        if self.waits is not None:
            await self.waits.wait()
        if self.faults:
            self.faults -= 1
            raise OSError("away")
        return self.log[sequence : sequence + limit]

    def happen(self, count: int = 1) -> None:
        begin = len(self.log)
        changes = [change(begin + number + 1) for number in range(count)]
        self.log += [(begin + number + 1, each) for number, each in enumerate(changes)]
        self.streams.changed("", changes, len(self.log))

    def follow(self, last: int | None = None, wire: Wire | None = None) -> tuple[Client, Wire]:
        selection = Selection.of(terms=CORE, types="Room")
        wish = Wish("", selection, None, None, CORE, Form(), EVERYTHING)
        client = self.streams.follow(Request("GET", "/"), wish, last)
        wire = wire or Wire()
        client.start(wire)
        return client, wire


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0)


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(case())  # type: ignore[arg-type]


def test_events_that_come_at_once_are_sent_at_once_and_those_after_them_together() -> None:
    async def case() -> None:
        city = City()
        _, wire = city.follow()
        city.happen()
        await until(lambda: wire.ids == [1])
        city.happen(3)
        city.happen(2)
        assert wire.ids == [1]
        await until(lambda: wire.ids == [1, 2, 3, 4, 5, 6])
        await city.streams.stop()
        assert wire.has_ended

    run(case)


def test_who_comes_back_is_told_from_memory_or_from_the_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_HELD", 3)

    async def case() -> None:
        city = City(head=10)
        city.happen(5)
        held, wire = city.follow(last=13)
        assert wire.ids == [14, 15]
        city.waits = asyncio.Event()
        followers = [city.follow(last=last)[1] for last in (2, 2, 11)]
        city.happen()
        assert [follower.ids for follower in followers] == [[], [], []]
        city.waits.set()
        await until(lambda: all(follower.ids for follower in followers))
        assert [follower.ids for follower in followers] == [list(range(3, 17))] * 2 + [list(range(12, 17))]
        held.closed()
        city.waits.clear()
        _, later = city.follow(last=1)
        await city.streams.stop()
        assert later.ids == []

    run(case)


def test_a_log_that_cannot_be_read_makes_a_client_load_anew() -> None:
    async def case() -> None:
        city = City(head=10)
        city.faults = 1
        _, wire = city.follow(last=2)
        await until(lambda: "event: reset" in wire.text)
        city.happen()
        await until(lambda: wire.ids[-1] == 11)
        await city.streams.stop()

    run(case)


def test_a_client_that_left_while_it_was_brought_up_to_date_is_forgotten() -> None:
    async def case() -> None:
        city = City(head=10)
        city.waits = asyncio.Event()
        client, wire = city.follow(last=2)
        client.closed()
        client.closed()
        city.waits.set()
        await asyncio.sleep(0.01)
        assert (wire.ids, city.streams.count) == ([], 0)
        await city.streams.stop()

    run(case)


def test_there_is_a_bound_for_clients_and_a_place_is_free_again_when_one_leaves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "MOST_CLIENTS", 2)

    async def case() -> None:
        city = City()
        first, _ = city.follow()
        city.follow()
        with pytest.raises(TooManyResults):
            city.follow()
        first.closed()
        city.follow()
        assert city.streams.count == 2
        await city.streams.stop()

    run(case)


def test_a_client_whose_answer_never_began_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.001)

    async def case() -> None:
        city = City()
        selection = Selection.of(terms=CORE, types="Room")
        wish = Wish("", selection, None, None, CORE, Form(), EVERYTHING)
        city.streams.follow(Request("GET", "/"), wish, None)
        assert city.streams.count == 1
        await until(lambda: city.streams.count == 0)
        await city.streams.stop()

    run(case)


def test_a_change_of_nothing_is_passed_over() -> None:
    async def case() -> None:
        city = City()
        _, wire = city.follow()
        nothing = change(1)
        nothing.after = None
        city.streams.changed("", [nothing, change(2)], 2)
        await until(lambda: wire.ids == [2])
        await city.streams.stop()

    run(case)
