"""Queues, delays and turns, with a carrier that answers as the test says."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from itertools import count

import pytest

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.subscriptions import delivery
from songcau.context.subscriptions.carriers import Done, Failure, Reach, Recipient
from songcau.context.subscriptions.delivery import MOST_UNDER_WAY, Delivery, Patience
from songcau.context.subscriptions.endpoints import Endpoint, read_endpoint
from songcau.context.subscriptions.lines import MOST_WAITING, MOST_WAITING_WHEN_FAILING, Letter, Line, Newest
from songcau.context.subscriptions.occurrences import Occurrence

QUICK = Patience(first=0.01, longest=0.04, refusals=3, outage=0.2)
DEAD = Failure("refused", Reach.HOST)
SILENT = Failure("no answer", Reach.ENDPOINT)
REFUSED = Failure("answered 500", Reach.LETTER)
Answer = Callable[[str, bytes], Failure | None]


def occurrence(number: int, entity_id: str = "urn:ngsi-ld:Room:1") -> Occurrence:
    entity = Entity(entity_id, ("Room",), (), {}, "", "")
    return Occurrence(number, Change("", Kind.SET, entity_id, entity, entity, (), "", ""), entity)


class Post:
    """Delivery with its ledger; carriers answer by `answer` in the loop's next turn, or never while `holds`."""

    def __init__(self, answer: Answer = lambda _uri, _body: None, patience: Patience = QUICK) -> None:
        self.loop = asyncio.get_running_loop()
        self.answer = answer
        self.holds: set[str] = set()
        self.sent: list[tuple[str, bytes]] = []
        self.dead: list[tuple[str, str]] = []
        self.asked_for_more: list[Line] = []
        self.most_under_way = 0
        self._under_way = 0
        self._numbers: Iterator[int] = count(1)
        self.delivery = Delivery(self.loop, lambda endpoint, room: Fake(self, endpoint, room), self, patience)

    def line(self, uri: str = "http://a/", name: str = "s", throttling: float = 0.0) -> Line:
        recipient = Recipient(read_endpoint({"uri": uri}), b"")
        waiting = {"waiting": Newest()} if throttling else {}
        line = Line(name, "", recipient, write, throttling, **waiting)  # type: ignore[arg-type]
        self.delivery.open(line)
        return line

    def tell(self, line: Line, *numbers: int, entity: str = "urn:ngsi-ld:Room:1") -> None:
        for number in numbers:
            line.push(occurrence(number, entity))
        self.delivery.wake(line)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(5):
            while not holds():
                await asyncio.sleep(0.002)

    # what delivery asks and tells
    def next_letter(self, line: Line) -> Letter:
        return line.again.popleft() if line.again else Letter(str(next(self._numbers)), "", line.waiting.take())

    def instant(self) -> str:
        return "now"

    def settled(self, line: Line) -> None: ...

    def arrived(self, line: Line, letter: Letter) -> None: ...

    def given_up(self, line: Line, letter: Letter, reason: str) -> None:
        self.dead.append((write(letter).decode(), reason))

    def hungry(self, line: Line) -> None:
        self.asked_for_more.append(line)


class Fake:
    def __init__(self, post: Post, endpoint: Endpoint, room: Callable[[], None]) -> None:
        self.post = post
        self.is_full = False
        self.is_idle = True
        self.is_closed = False

    def send(self, recipient: Recipient, body: bytes, done: Done) -> None:
        post, uri = self.post, recipient.endpoint.uri
        post.sent.append((uri, body))
        post._under_way += 1
        post.most_under_way = max(post.most_under_way, post._under_way)

        def answered() -> None:
            post._under_way -= 1
            done(post.answer(uri, body))

        if uri not in post.holds:
            post.loop.call_soon(answered)

    def sweep(self, now: float) -> None: ...

    def close(self) -> None:
        self.is_closed = True


def write(letter: Letter) -> bytes:
    return ",".join(str(occurrence.sequence) for occurrence in letter.occurrences).encode()


def run(case: Callable[[], Awaitable[None]]) -> None:
    asyncio.run(case())  # type: ignore[arg-type]


def test_one_letter_of_a_line_is_under_way_at_a_time() -> None:
    async def case() -> None:
        post = Post()
        line = post.line()
        post.tell(line, 1, 2, 3)
        assert len(post.sent) == 1
        await post.until(lambda: len(post.sent) == 3)
        assert [body for _, body in post.sent] == [b"1", b"2", b"3"]
        assert post.most_under_way == 1
        assert line.settled(9) == 9 or line.letter is not None

    run(case)


def test_lines_of_one_endpoint_take_turns_within_its_bound() -> None:
    async def case() -> None:
        post = Post()
        lines = [post.line(name=str(number)) for number in range(50)]
        for line in lines:
            post.tell(line, 1, 2)
        await post.until(lambda: len(post.sent) == 100)
        assert post.most_under_way == MOST_UNDER_WAY
        assert [body for _, body in post.sent] == [b"1"] * 50 + [b"2"] * 50

    run(case)


def test_an_endpoint_that_does_not_answer_delays_nobody_else() -> None:
    async def case() -> None:
        post = Post()
        post.holds.add("http://a/slow")
        slow = [post.line("http://a/slow", str(number)) for number in range(100)]
        for line in slow:
            post.tell(line, 1)
        quick = post.line("http://a/quick")
        post.tell(quick, 7)
        await post.until(lambda: ("http://a/quick", b"7") in post.sent)
        assert sum(uri == "http://a/slow" for uri, _ in post.sent) == MOST_UNDER_WAY

    run(case)


def test_a_host_out_of_reach_is_tried_by_one_letter_and_comes_back_for_all() -> None:
    async def case() -> None:
        dead = True
        post = Post(lambda _uri, _body: DEAD if dead else None)
        lines = [post.line(f"http://a/{number}", str(number)) for number in range(200)]
        for line in lines:
            post.tell(line, 1)
        await post.until(lambda: lines[0].tally.times_failed >= 3)
        assert len(post.sent) < 500  # and not 200 for each of the attempts
        assert all(line.tally.is_failing for line in lines[10:])
        dead = False
        await post.until(lambda: not any(line.has_work for line in lines))
        assert not any(line.tally.is_failing for line in lines)
        assert post.dead == []

    run(case)


def test_a_failing_line_holds_little_and_is_behind() -> None:
    async def case() -> None:
        post = Post(lambda _uri, _body: DEAD, Patience(first=5, longest=5))
        line = post.line()
        post.tell(line, *range(1, MOST_WAITING + 50))
        assert (len(line.waiting), line.behind) == (MOST_WAITING - 1, MOST_WAITING + 1) or line.behind == MOST_WAITING
        await post.until(lambda: line.failures > 0)
        assert len(line.waiting) == MOST_WAITING_WHEN_FAILING
        assert line.behind == MOST_WAITING_WHEN_FAILING + 1
        assert line.settled(1000) == 0
        post.delivery.stop()

    run(case)


def test_a_line_that_has_told_what_it_held_asks_for_more() -> None:
    async def case() -> None:
        post = Post()
        line = post.line()
        line.push(occurrence(1))
        line.behind = 1
        assert not line.push(occurrence(2))
        post.delivery.wake(line)
        await post.until(lambda: post.asked_for_more == [line])

    run(case)


def test_a_letter_that_is_refused_again_and_again_is_given_up_and_the_line_goes_on() -> None:
    async def case() -> None:
        post = Post(lambda _uri, body: REFUSED if body == b"1" else None)
        line = post.line()
        post.tell(line, 1, 2)
        await post.until(lambda: ("http://a/", b"2") in post.sent)
        assert [body for _, body in post.sent] == [b"1", b"1", b"1", b"2"]
        assert post.dead == [("1", "answered 500")]
        assert (line.tally.times_sent, line.tally.times_failed) == (4, 3)

    run(case)


def test_after_an_outage_longer_than_our_patience_letters_are_given_up() -> None:
    async def case() -> None:
        post = Post(lambda _uri, _body: SILENT)
        line = post.line()
        post.tell(line, 1)
        await post.until(lambda: bool(post.dead))
        assert post.dead == [("1", "no answer")]
        assert not line.has_work

    run(case)


def test_a_throttled_line_waits_between_letters() -> None:
    async def case() -> None:
        post = Post()
        line = post.line(throttling=0.05)
        post.tell(line, 1)
        begun = post.loop.time()
        post.tell(line, 2, 3)
        post.tell(line, 4, entity="urn:ngsi-ld:Room:2")
        await post.until(lambda: len(post.sent) == 2)
        assert post.loop.time() - begun >= 0.045
        assert post.sent[1][1] == b"3,4"

    run(case)


def test_a_letter_that_cannot_be_written_holds_up_nobody() -> None:
    async def case() -> None:
        post = Post()
        line, other = post.line(), post.line(name="t")

        def faulty(letter: Letter) -> bytes:
            if letter.occurrences[0].sequence == 1:
                raise ZeroDivisionError
            return write(letter)

        line.write = faulty
        post.tell(line, 1, 2)
        post.tell(other, 3)
        await post.until(lambda: len(post.sent) == 2)
        assert sorted(body for _, body in post.sent) == [b"2", b"3"]

    run(case)


def test_a_line_that_is_closed_is_told_nothing_more() -> None:
    async def case() -> None:
        post = Post(lambda _uri, _body: REFUSED)
        line = post.line()
        post.tell(line, 1, 2)
        await post.until(lambda: line.failures == 1)
        post.delivery.close(line)
        await asyncio.sleep(0.05)
        assert [body for _, body in post.sent] == [b"1"]
        assert post.dead == []

    run(case)


def test_a_line_that_moves_takes_along_what_waits() -> None:
    async def case() -> None:
        post = Post(lambda uri, _body: DEAD if uri == "http://old/" else None)
        line = post.line("http://old/")
        post.tell(line, 1, 2)
        await post.until(lambda: line.failures > 0)

        def change() -> None:
            line.recipient = Recipient(read_endpoint({"uri": "http://new/"}), b"")

        post.delivery.move(line, change)
        await post.until(lambda: ("http://new/", b"2") in post.sent)
        assert [body for uri, body in post.sent if uri == "http://new/"] == [b"1", b"2"]

    run(case)


def test_the_delay_doubles_up_to_a_bound_and_heeds_the_cooldown() -> None:
    patience = Patience(first=1, longest=10)
    assert 0.75 <= patience.delay(1) <= 1.25
    assert 3 <= patience.delay(3) <= 5
    assert 7.5 <= patience.delay(500) <= 12.5
    assert patience.delay(1, cooldown=60) == 60


def test_a_host_that_nobody_speaks_to_any_more_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delivery, "SWEEP_SECONDS", 0.005)

    async def case() -> None:
        post = Post()
        line = post.line()
        post.tell(line, 1)
        await post.until(lambda: not line.has_work)
        assert (len(post.delivery._hosts), post.delivery.waiting) == (1, 0)
        await asyncio.sleep(0.02)
        assert len(post.delivery._hosts) == 1
        post.delivery.close(line)
        await post.until(lambda: not post.delivery._hosts)
        assert not post.delivery._queues
        again = post.line()
        post.tell(again, 2)
        await post.until(lambda: ("http://a/", b"2") in post.sent)

    run(case)


def test_a_stop_waits_for_answers_and_begins_nothing() -> None:
    async def case() -> None:
        post = Post()
        line, held = post.line(), post.line("http://b/")
        post.holds.add("http://b/")
        post.tell(line, 1, 2)
        post.tell(held, 3)
        await post.delivery.finish(0.05)
        assert sorted(body for _, body in post.sent) == [b"1", b"3"]
        assert line.letter is None
        assert held.letter is not None
        post.tell(line, 4)
        post.delivery.stop()
        assert len(post.sent) == 2

    run(case)


def test_a_stop_in_the_middle_of_an_outage_leaves_no_timer() -> None:
    async def case() -> None:
        post = Post(lambda uri, _body: {"http://a/": DEAD, "http://b/": SILENT}.get(uri, REFUSED))
        lines = [post.line(uri) for uri in ("http://a/", "http://b/", "http://c/")]
        for line in lines:
            post.tell(line, 1)
        await post.until(lambda: all(line.failures for line in lines))
        post.delivery.stop()
        count = len(post.sent)
        await asyncio.sleep(0.1)
        assert len(post.sent) == count

    run(case)
