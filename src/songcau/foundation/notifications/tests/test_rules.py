"""By which channels, when, and what follows a failure."""

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from songcau.foundation.notifications import rules
from songcau.foundation.notifications.kinds import instant_in_words
from songcau.foundation.notifications.rules import (
    NOTICE,
    PATIENCE,
    TOGETHER_FOR,
    Channel,
    Quiet,
    State,
    Urgency,
    after_failure,
    channels_for,
    held_until,
    parts,
    together_at,
)
from songcau.kernel.workflow import TransitionRefused

ZONE = "Asia/Ho_Chi_Minh"
NIGHT, NOON, NEVER = Quiet(time(21), time(7)), Quiet(time(11, 30), time(13)), Quiet(time(8), time(8))


def hanoi(hour: int, minute: int = 0, day: int = 23) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC) - timedelta(hours=7)


@pytest.mark.parametrize(
    ("at", "quiet", "until"),
    [
        (hanoi(20, 59), NIGHT, None),
        (hanoi(21), NIGHT, hanoi(7, day=24)),
        (hanoi(23, 59), NIGHT, hanoi(7, day=24)),
        (hanoi(0), NIGHT, hanoi(7)),
        (hanoi(6, 59), NIGHT, hanoi(7)),
        (hanoi(7), NIGHT, None),
        (hanoi(11, 29), NOON, None),
        (hanoi(11, 30), NOON, hanoi(13)),
        (hanoi(13), NOON, None),
        (hanoi(8), NEVER, None),
        (hanoi(0), NEVER, None),
    ],
)
def test_what_can_wait_is_held_until_the_quiet_hours_end(at: datetime, quiet: Quiet, until: datetime | None) -> None:
    assert held_until(at, quiet, Urgency.NORMAL, ZONE) == until


def test_what_is_urgent_passes_the_quiet_hours() -> None:
    assert held_until(hanoi(3), NIGHT, Urgency.URGENT, ZONE) is None


def test_the_night_of_a_change_of_clocks_ends_at_the_wall_time() -> None:
    before = datetime(2026, 10, 24, 21, tzinfo=UTC)  # 23:00 in Berlin, where the clocks go back that night
    assert held_until(before, NIGHT, Urgency.NORMAL, "Europe/Berlin") == datetime(2026, 10, 25, 6, tzinfo=UTC)


UNHURRIED = hypothesis_settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


@UNHURRIED
@given(
    at=st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    begins=st.times(),
    ends=st.times(),
)
def test_when_the_quiet_hours_end_the_message_may_go(at: datetime, begins: time, ends: time) -> None:
    quiet = Quiet(begins, ends)
    until = held_until(at, quiet, Urgency.NORMAL, ZONE)
    if until is not None:
        assert at < until <= at + timedelta(days=1)
        assert held_until(until, quiet, Urgency.NORMAL, ZONE) is None


ALL = frozenset(Channel)


@pytest.mark.parametrize(
    ("usual", "required", "chosen", "reachable", "expected"),
    [
        ([Channel.EMAIL], [], {}, ALL, ["IN_APP", "EMAIL"]),
        ([Channel.EMAIL], [], {}, {Channel.SMS}, ["IN_APP"]),
        ([Channel.EMAIL], [], {Channel.EMAIL: False}, ALL, ["IN_APP"]),
        ([Channel.EMAIL], [Channel.EMAIL], {Channel.EMAIL: False}, ALL, ["IN_APP", "EMAIL"]),
        ([], [], {Channel.ZALO: True, Channel.SMS: True}, ALL, ["IN_APP", "SMS", "ZALO"]),
        ([], [], {Channel.IN_APP: False}, (), ["IN_APP"]),
    ],
)
def test_a_notice_goes_where_its_kind_and_its_person_want_it(usual, required, chosen, reachable, expected) -> None:
    assert list(channels_for(usual, required, chosen, reachable)) == expected


def test_the_first_of_a_burst_goes_at_once_and_the_rest_together() -> None:
    now = hanoi(9)
    assert together_at(now, None) == now
    assert together_at(now, now - timedelta(minutes=1)) == now - timedelta(minutes=1) + TOGETHER_FOR
    assert together_at(now, now - timedelta(hours=1)) == now


def test_a_failure_that_may_pass_is_tried_again_later_and_later() -> None:
    now = hanoi(9)
    waits = []
    for attempt in range(1, PATIENCE.attempts):
        state, next_at = after_failure(State.QUEUED, attempt, may_help=True, now=now, jitter=0.999)
        assert state is State.FAILED
        waits.append(next_at - now)
    assert waits == sorted(waits)
    assert waits[0] <= PATIENCE.first
    assert waits[-1] <= PATIENCE.longest
    assert sum(waits, timedelta()) < timedelta(hours=90)


@pytest.mark.parametrize("jitter", [0.0, 0.5, 0.999])
def test_a_server_away_over_a_weekend_is_still_tried_on_monday(jitter: float) -> None:
    at, monday = hanoi(17, day=27), hanoi(8, day=30)
    assert (at.strftime("%a"), monday.strftime("%a"), monday - at) == ("Fri", "Mon", timedelta(hours=63))
    for attempt in range(1, PATIENCE.attempts):
        state, at = after_failure(State.QUEUED, attempt, may_help=True, now=at, jitter=jitter)
        assert state is State.FAILED
    assert at > monday, "the last attempt"


@pytest.mark.parametrize("state", [State.QUEUED, State.FAILED])
def test_what_will_never_work_is_given_up_at_once(state: State) -> None:
    now = hanoi(9)
    assert after_failure(state, 1, may_help=False, now=now, jitter=0.5) == (State.GIVEN_UP, now)
    assert after_failure(state, PATIENCE.attempts, may_help=True, now=now, jitter=0.5) == (State.GIVEN_UP, now)


@pytest.mark.parametrize("step", ["send", "fail", "hold", "retry"])
def test_what_has_arrived_goes_nowhere(step: str) -> None:
    with pytest.raises(TransitionRefused):
        NOTICE.step(State.DELIVERED, step)


def test_a_long_text_is_cut_between_paragraphs() -> None:
    paragraphs = ["a" * 900, "b" * 900, "c" * 900]
    assert parts("\n\n".join(paragraphs)) == ("a" * 900 + "\n\n" + "b" * 900, "c" * 900)
    assert parts("một\nhai", 4) == ("một", "hai")
    assert parts("một hai", 4) == ("một", "hai")
    assert parts("x" * 9, 4) == ("xxxx", "xxxx", "x")
    assert parts("  ") == ()


@UNHURRIED
@given(st.text(max_size=300), st.integers(1, 40))
def test_no_part_is_too_long_and_no_sign_is_lost(text: str, longest: int) -> None:
    cut = parts(text, longest)
    assert all(0 < len(part) <= longest for part in cut)
    assert "".join("".join(cut).split()) == "".join(text.split())


def test_short_channels_are_outside() -> None:
    assert set(rules.SHORT) < set(rules.OUTSIDE)


def test_an_instant_is_read_as_the_city_writes_it_and_what_is_none_stays() -> None:
    assert instant_in_words("2026-11-25T20:00:00+00:00") == "03:00 26/11/2026"
    assert (instant_in_words("khi nào đó"), instant_in_words("")) == ("khi nào đó", "")
