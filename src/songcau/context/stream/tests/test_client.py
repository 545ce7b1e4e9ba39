"""What one client is sent, and what waits for it while it does not read."""

import pytest

from songcau.context.server.messages import Request
from songcau.context.stream import client as clients
from songcau.context.stream.client import Client, Event


class Wire:
    """A sink that takes what it is told to take."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.takes = True
        self.has_ended = False

    def send(self, data: bytes) -> bool:
        if self.takes:
            self.sent.append(data)
        return self.takes

    def end(self) -> None:
        self.has_ended = True


class Place:
    def __init__(self, last: int | None = None) -> None:
        self.head = 10
        self.left: list[Client] = []
        self.client = Client(Request("GET", "/"), lambda: self.head, last, self.left.append)
        self.wire = Wire()

    def start(self) -> "Place":
        self.client.start(self.wire)
        return self

    def tell(self, *events: Event) -> None:
        self.client.tell(events, b"".join(event[2] for event in events))

    def drained(self) -> None:
        self.wire.takes = True
        self.client.drained()

    @property
    def told(self) -> bytes:
        return b"".join(self.wire.sent[1:])


def event(sequence: int, entity_id: str = "a") -> Event:
    return sequence, entity_id, b"%s%d " % (entity_id.encode(), sequence)


def test_a_client_is_told_its_place_before_anything_else() -> None:
    assert Place().start().wire.sent == [b"retry: 2000\nid: 10\n\n"]
    assert Place(last=7).start().wire.sent == [b"retry: 2000\nid: 7\n\n"]


def test_of_what_waits_only_the_newest_of_each_entity_is_kept() -> None:
    place = Place().start()
    place.tell(event(11))
    place.wire.takes = False
    place.tell(event(12), event(13, "b"))
    place.wire.takes = True
    place.tell(event(14), event(15, "c"))  # it waits, since others wait before it
    assert place.told == b"a11 "
    place.drained()
    assert place.told == b"a11 b13 a14 c15 "
    place.tell(event(16))
    assert place.told.endswith(b"a16 ")


def test_what_waits_goes_out_in_pieces_and_is_kept_until_it_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clients, "LONGEST_PIECE", 8)
    place = Place().start()
    place.wire.takes = False
    place.tell(*(event(20 + number, f"e{number}") for number in range(5)))
    place.client.drained()
    assert place.told == b""
    place.drained()
    assert [len(piece) for piece in place.wire.sent[1:]] == [10, 10, 5]


@pytest.mark.parametrize(("bound", "most"), [("MOST_WAITING", 2), ("MOST_BYTES_WAITING", 9)])
def test_too_much_becomes_a_reset(monkeypatch: pytest.MonkeyPatch, bound: str, most: int) -> None:
    monkeypatch.setattr(clients, bound, most)
    place = Place().start()
    place.wire.takes = False
    place.tell(*(event(20 + number, f"e{number}") for number in range(5)))
    place.client.drained()
    place.tell(event(30))
    place.head = 30
    place.drained()
    assert place.told == b"id: 30\nevent: reset\ndata: {}\n\n"
    place.tell(event(31))
    assert place.told.endswith(b"a31 ")


def test_what_came_meanwhile_is_put_behind_what_was_missed() -> None:
    place = Place(last=3)
    place.client.is_resuming = True
    place.start()
    place.tell(event(12), event(13, "b"))
    place.client.hold(event(5))  # older than what waits of the same entity
    place.client.hold(event(6, "c"))
    assert place.told == b""
    place.client.resumed()
    assert place.told == b"c6 a12 b13 "


def test_what_comes_before_the_answer_begins_is_not_lost() -> None:
    place = Place()
    place.tell(event(11))
    place.start()
    assert place.told == b"a11 "


def test_a_client_that_is_gone_is_told_nothing() -> None:
    place = Place().start()
    place.client.closed()
    assert place.left == [place.client]
    place.tell(event(11))
    place.client.hold(event(12))
    place.client.drained()
    place.client.beat()
    place.client.end()
    assert len(place.wire.sent) == 1
    assert not place.wire.has_ended


def test_a_quiet_client_hears_a_beat_and_one_that_was_told_something_does_not() -> None:
    place = Place().start()
    place.client.beat()
    place.tell(event(11))
    place.client.beat()
    assert place.told == b":\n\na11 "
    place.client.end()
    assert place.wire.has_ended


def test_a_client_whose_answer_never_began_is_noticed() -> None:
    place = Place()
    place.client.beat()
    assert not place.client.never_began
    place.client.beat()
    assert place.client.never_began
    begun = Place().start()
    begun.client.beat()
    begun.client.beat()
    assert not begun.client.never_began
