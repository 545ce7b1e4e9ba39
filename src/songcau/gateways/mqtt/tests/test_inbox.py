"""Messages wait in order, in bounded memory."""

import threading
from datetime import UTC, datetime

from songcau.gateways.mqtt.inbox import OVERHEAD, Inbox, Message


def message(number: int, size: int = 10, qos: int = 1) -> Message:
    return Message(f"t/{number}", b"x" * size, number, qos, 1, datetime.now(UTC))


def test_messages_are_taken_in_order_and_not_more_than_asked() -> None:
    inbox = Inbox()
    assert all(inbox.put(message(number)) for number in range(5))
    assert [one.mid for one in inbox.take(3, 1.0, 1.0)] == [0, 1, 2]
    assert [one.mid for one in inbox.take(3, 1.0, 1.0)] == [3, 4]
    assert inbox.take(3, 0.0, 0.0) == []


def test_an_inbox_that_is_full_takes_nothing_until_it_was_emptied() -> None:
    inbox = Inbox(most_bytes=2 * (10 + OVERHEAD))
    assert [inbox.put(message(number)) for number in range(3)] == [True, True, False]
    inbox.take(1, 0.0, 0.0)
    assert inbox.put(message(3))
    inbox.take(9, 0.0, 0.0)
    assert inbox.put(message(4, size=10_000)), "one alone is always taken"


def test_what_the_server_sends_again_is_forgotten() -> None:
    inbox = Inbox()
    for number in range(4):
        inbox.put(message(number, qos=number % 2))
    inbox.forget_unacknowledged()
    assert [one.mid for one in inbox.take(9, 0.0, 0.0)] == [0, 2]


def test_who_waits_is_woken_by_a_message_and_by_the_end() -> None:
    inbox = Inbox()
    taken: list[list[Message]] = []
    for wake in (lambda: inbox.put(message(1)), inbox.close):
        thread = threading.Thread(target=lambda: taken.append(inbox.take(9, 60.0, 60.0)))
        thread.start()
        wake()
        thread.join(timeout=20)
        assert not thread.is_alive()
    assert [len(one) for one in taken] == [1, 0]
