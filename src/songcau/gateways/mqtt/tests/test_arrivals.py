"""A message that is sent again has the time at which it arrived first."""

from datetime import UTC, datetime, timedelta

from songcau.gateways.mqtt.arrivals import Arrivals

FIRST = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
LATER = FIRST + timedelta(minutes=5)


def test_a_duplicate_has_the_first_arrival() -> None:
    arrivals = Arrivals()
    assert arrivals.first(1, "a/b", b"5", FIRST, is_again=False) == FIRST
    assert arrivals.first(1, "a/b", b"5", LATER, is_again=True) == FIRST
    assert arrivals.first(1, "a/b", b"5", LATER, is_again=True) == FIRST


def test_an_equal_message_that_is_no_duplicate_is_another_one() -> None:
    arrivals = Arrivals()
    arrivals.first(1, "a/b", b"5", FIRST, is_again=False)
    assert arrivals.first(1, "a/b", b"5", LATER, is_again=False) == LATER
    assert arrivals.first(1, "a/b", b"6", FIRST, is_again=True) == FIRST  # never seen: its first arrival is this one
    assert arrivals.first(2, "a/b", b"5", LATER, is_again=True) == LATER


def test_a_new_session_knows_no_old_messages() -> None:
    arrivals = Arrivals()
    arrivals.first(1, "a/b", b"5", FIRST, is_again=False)
    arrivals.forget()
    assert arrivals.first(1, "a/b", b"5", LATER, is_again=True) == LATER
