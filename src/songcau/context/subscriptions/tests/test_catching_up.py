"""Lines that are behind are filled from a log, all of them by one reading."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable

import pytest

from songcau.context.entities.entity import Change
from songcau.context.subscriptions import catching_up
from songcau.context.subscriptions.catching_up import CatchingUp
from songcau.context.subscriptions.interests import Interests
from songcau.context.subscriptions.lines import MOST_WAITING, Line
from songcau.context.subscriptions.notifications import recipient_of
from songcau.context.subscriptions.subscription import Subscription
from songcau.context.subscriptions.tests.making import LATER, change, entity, made, prop


class Log:
    """Changes by their numbers, and who asked for them."""

    def __init__(self, count: int) -> None:
        self.changes = [(number, self.one(number)) for number in range(1, count + 1)]
        self.readings = 0
        self.asked: list[int] = []
        self.faults = 0
        self.waits: asyncio.Event | None = None

    @staticmethod
    def one(number: int) -> Change:
        kind = "Room" if number % 2 else "House"
        before = entity(f"urn:x:{number % 5}", kind, a=prop(number - 1))
        return change(before, entity(f"urn:x:{number % 5}", kind, a=prop(number, at=LATER)), "a")

    def past(self) -> "Log":
        self.readings += 1
        return self

    async def after(self, sequence: int, limit: int) -> list[tuple[int, Change]]:
        self.asked.append(sequence)
        if self.waits is not None:
            await self.waits.wait()
        if self.faults:
            self.faults -= 1
            raise OSError("the disk is away")
        return self.changes[sequence : sequence + limit]


class City:
    def __init__(self, log: Log, head: int) -> None:
        self.log = log
        self.head = head
        self.interests = Interests()
        self.filled: list[Line] = []
        self.missed: list[tuple[str, int]] = []
        self.catching_up = CatchingUp(
            asyncio.get_running_loop(),
            past=log.past,
            head=lambda: self.head,
            interested=self.of,
            filled=self.filled.append,
            missed=lambda line, count: self.missed.append((line.id, count)),
        )

    def of(self, happened: Change) -> Iterable[Subscription]:
        return self.interests.of(happened)

    def line(self, subscription: Subscription, behind: int) -> Line:
        line = Line(
            subscription.id, "", recipient_of(subscription), lambda _letter: b"", behind=behind, is_closed=False
        )
        subscription.line = line
        self.interests.add(subscription)
        return line

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():
                await asyncio.sleep(0)


def numbers(line: Line) -> list[int]:
    found = []
    while len(line.waiting):
        found += [occurrence.sequence for occurrence in line.waiting.take()]
    return found


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(case())  # type: ignore[arg-type]


def test_lines_are_filled_each_from_its_place_by_one_reading() -> None:
    async def case() -> None:
        city = City(Log(300), 300)
        rooms = city.line(made(id="urn:s:1"), 100)
        houses = city.line(made(id="urn:s:2", entities=[{"type": "House"}]), 0)
        for line in (rooms, houses):
            city.catching_up.ask(line)
        await city.until(lambda: rooms.behind is None and houses.behind is None)
        assert city.log.readings == 1
        assert numbers(rooms) == list(range(101, 301, 2))
        assert numbers(houses) == list(range(2, 301, 2))
        assert rooms.seen == houses.seen == 300

    run(case)


def test_a_line_that_is_full_stops_there_and_goes_on_later() -> None:
    async def case() -> None:
        city = City(Log(3000), 3000)
        line = city.line(made(), 0)
        city.catching_up.ask(line)
        await city.until(lambda: len(line.waiting) == MOST_WAITING and line in city.filled)
        assert line.behind == 2 * MOST_WAITING
        told = []
        while line.behind is not None:
            told += numbers(line)
            city.catching_up.ask(line)
            await city.until(lambda: len(line.waiting) > 0 or line.behind is None)
        told += numbers(line)
        assert told == list(range(1, 3001, 2))

    run(case)


def test_what_was_committed_and_not_told_yet_comes_once() -> None:
    async def case() -> None:
        city = City(Log(50), 40)  # ten more are on disk than were told
        line = city.line(made(), 0)
        city.catching_up.ask(line)
        await city.until(lambda: line.behind is None)
        assert line.seen == 50
        assert numbers(line)[-1] == 49

    run(case)


def test_a_line_that_is_up_to_date_needs_no_reading() -> None:
    async def case() -> None:
        city = City(Log(10), 10)
        line = city.line(made(), 10)
        city.catching_up.ask(line)
        assert (line.behind, city.log.readings, city.filled) == (None, 0, [line])

    run(case)


def test_a_line_that_comes_later_joins_or_waits_for_the_next_reading() -> None:
    async def case() -> None:
        city = City(Log(1200), 1200)
        city.log.waits = asyncio.Event()
        first = city.line(made(id="urn:s:1", q="a<0"), 0)
        joins = city.line(made(id="urn:s:2", q="a>1100"), 900)
        too_early = city.line(made(id="urn:s:3", q="a<100"), 0)
        city.catching_up.ask(first)
        await city.until(lambda: bool(city.log.asked))
        city.catching_up.ask(joins)
        city.catching_up.ask(too_early)
        city.log.waits.set()
        await city.until(lambda: all(line.behind is None for line in (first, joins, too_early)))
        assert city.log.readings == 2
        assert numbers(joins) == list(range(1101, 1201, 2))
        assert numbers(too_early) == list(range(1, 100, 2))

    run(case)


def test_a_log_that_cannot_be_read_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "RETRY_SECONDS", 0.01)

    async def case() -> None:
        city = City(Log(20), 20)
        city.log.faults = 2
        line = city.line(made(), 0)
        city.catching_up.ask(line)
        await city.until(lambda: line.behind is None)
        assert numbers(line) == list(range(1, 20, 2))

    run(case)


def test_who_is_too_far_behind_misses_the_oldest_and_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(catching_up, "MOST_OWED", 100)

    async def case() -> None:
        city = City(Log(300), 300)
        line = city.line(made(), 10)
        city.catching_up.ask(line)
        await city.until(lambda: line.behind is None)
        assert city.missed == [("urn:s:1", 190)]
        assert numbers(line)[0] == 201

    run(case)


def test_a_line_that_was_closed_is_not_filled() -> None:
    async def case() -> None:
        city = City(Log(20), 20)
        line, other = city.line(made(id="urn:s:1"), 0), city.line(made(id="urn:s:2"), 0)
        city.catching_up.ask(line)
        city.catching_up.ask(other)
        city.catching_up.forget(line)
        await city.until(lambda: other.behind is None)
        assert len(line.waiting) == 0
        line.is_closed = True
        city.catching_up.ask(line)
        assert line.behind == 0
        city.log.waits = asyncio.Event()
        other.behind = 0
        city.catching_up.ask(other)
        await city.catching_up.stop()
        assert other.behind == 0

    run(case)
