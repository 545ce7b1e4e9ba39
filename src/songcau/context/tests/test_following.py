"""Events are read off a stream line by line, whatever stands between them."""

from songcau.context.following import Event, Pause, events_in


def test_events_are_read_and_heart_beats_passed_over() -> None:
    lines = [
        ": here", "", "id: 7", "event: entity", 'data: {"id":"urn:x:1"}', "", "id: 8", "event: reset", "data: {}", "",
        "retry: 5", "", "event: odd", "data: 1", "",
    ]  # fmt: skip
    assert list(events_in(lines)) == [Event("entity", 7, {"id": "urn:x:1"}), Event("reset", 8, {})]


def test_waiting_grows_and_ends_with_a_success() -> None:
    pause = Pause()
    waits = [pause.next() for _ in range(9)]
    assert waits[:3] == [0.2, 0.4, 0.8]
    assert max(waits) == waits[-1] == 10.0
    pause.succeeded()
    assert pause.next() == 0.2
