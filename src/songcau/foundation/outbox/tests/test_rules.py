"""The workflow of deliveries, patience, schedules."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from songcau.foundation.outbox.rules import (
    DELIVERY,
    FINISHED,
    UNFINISHED,
    WITH_BUGS,
    WITH_OUTAGES,
    Failures,
    State,
    after_failure,
    after_lost_lease,
    daily,
    every,
)
from songcau.kernel.workflow import TransitionRefused

NOW = datetime(2026, 5, 1, 12, 0, tzinfo=UTC)
CITY = "Asia/Ho_Chi_Minh"
instants = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_every_state_is_finished_or_not() -> None:
    assert {*FINISHED, *UNFINISHED} == set(State)
    assert not {*FINISHED} & {*UNFINISHED}


@pytest.mark.parametrize("state", FINISHED)
def test_a_finished_delivery_never_leaves_its_state(state: State) -> None:
    assert DELIVERY.steps_from(state) == ()


@pytest.mark.parametrize("state", [s for s in State if s is not State.DEAD])
@pytest.mark.parametrize("step", ["replay", "skip"])
def test_only_what_is_dead_is_replayed_or_skipped(state: State, step: str) -> None:
    with pytest.raises(TransitionRefused):
        DELIVERY.step(state, step)


def test_a_bug_is_tried_eight_times_and_an_outage_for_days() -> None:
    def fate(number: int, is_outage: bool) -> State:
        return after_failure(Failures(number, number), is_outage=is_outage, now=NOW, jitter=0.5)[0]

    assert [fate(n, False) for n in (1, 7, 8, 9)] == [State.WAITING, State.WAITING, State.DEAD, State.DEAD]
    assert [fate(n, True) for n in (8, 349, 350)] == [State.WAITING, State.WAITING, State.DEAD]
    waited = [sum((WITH_OUTAGES.delay(n, jitter) for n in range(1, 350)), timedelta()) for jitter in (0.0, 0.999)]
    assert waited[0] > timedelta(hours=63), "from Friday 17:00 to Monday 08:00"
    assert waited[1] < timedelta(hours=90)


def test_an_outage_does_not_use_up_the_patience_with_bugs() -> None:
    assert after_failure(Failures(200, 1), is_outage=False, now=NOW, jitter=0)[0] is State.WAITING


def test_what_kills_its_worker_again_and_again_dies() -> None:
    assert after_lost_lease(Failures(7, 7)) is State.WAITING
    assert after_lost_lease(Failures(8, 8)) is State.DEAD


@given(st.integers(1, 10_000), st.floats(0, 1, exclude_max=True))
def test_delays_grow_to_a_longest_and_are_spread_over_a_quarter(attempt: int, jitter: float) -> None:
    for patience in (WITH_BUGS, WITH_OUTAGES):
        delay = patience.delay(attempt, jitter)
        assert patience.first * 0.75 <= delay <= patience.longest
        assert delay <= patience.delay(attempt, 0.0) / 0.75 + timedelta(microseconds=2)


def test_delays_double() -> None:
    assert [WITH_BUGS.delay(n, 0.0).total_seconds() for n in (1, 2, 3, 20)] == [1.5, 3, 6, 225]


@pytest.mark.parametrize(
    ("after", "until", "due"),
    [
        ("11:59", "12:03", "12:00"),
        ("12:00", "12:03", None),
        ("12:00", "12:05", "12:05"),
        ("00:00", "12:03", "12:00"),
    ],
)
def test_every_five_minutes(after: str, until: str, due: str | None) -> None:
    at = {text: datetime.fromisoformat(f"2026-05-01T{text}:00+00:00") for text in (after, until, due) if text}
    assert every(minutes=5).latest(at[after], at[until], CITY) == at.get(due or "")


def test_a_job_missed_for_a_day_is_due_once() -> None:
    due = every(minutes=5).latest(NOW - timedelta(days=1), NOW, CITY)
    assert due == NOW
    assert every(minutes=5).latest(due, NOW, CITY) is None


@given(instants, instants, st.sampled_from([every(minutes=5), every(hours=7), daily(at="02:30")]))
def test_a_due_instant_lies_between_and_no_later_one_does(after: datetime, until: datetime, schedule) -> None:
    due = schedule.latest(after, until, CITY)
    if due is None:
        assert schedule.latest(after, until, CITY) is None
        assert after >= until or schedule.latest(after - timedelta(days=2), until, CITY) <= after
    else:
        assert after < due <= until
        assert schedule.latest(due, until, CITY) is None


def test_daily_counts_on_the_clocks_of_the_city() -> None:
    due = daily(at="02:30").latest(NOW - timedelta(days=3), NOW, CITY)
    assert due == datetime(2026, 4, 30, 19, 30, tzinfo=UTC)
    early = datetime(2026, 5, 1, 19, 0, tzinfo=UTC)  # 02:00 on the second in the city
    assert daily(at="02:30").latest(due, early, CITY) is None
    assert daily(at="02:30").latest(due, early + timedelta(minutes=30), CITY) == early + timedelta(minutes=30)


@pytest.mark.parametrize(
    ("day", "due"),
    [
        ((2026, 3, 29), (2026, 3, 29, 1, 30)),  # 02:30 does not exist: 03:30 summer time
        ((2026, 3, 30), (2026, 3, 30, 0, 30)),
        ((2026, 10, 25), (2026, 10, 25, 0, 30)),  # 02:30 comes twice: the first, in summer time
        ((2026, 10, 26), (2026, 10, 26, 1, 30)),
    ],
)
def test_daily_over_a_change_of_clocks(day: tuple[int, ...], due: tuple[int, ...]) -> None:
    end = datetime(*day, 12, tzinfo=UTC)
    start = end - timedelta(hours=20)
    found = daily(at="02:30").latest(start, end, "Europe/Berlin")
    assert found == datetime(*due, tzinfo=UTC)
    assert daily(at="02:30").latest(found, end, "Europe/Berlin") is None


@pytest.mark.parametrize("period", [{}, {"seconds": 0}, {"minutes": -5}])
def test_a_schedule_without_a_period_is_refused(period: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least one second"):
        every(**period)


@pytest.mark.parametrize("at", ["", "25:00", "2 o'clock"])
def test_a_time_that_is_none_is_refused(at: str) -> None:
    with pytest.raises(ValueError, match=r"Invalid isoformat|hour"):
        daily(at=at)


def test_schedules_can_be_read() -> None:
    assert (str(every(minutes=5)), str(daily(at="02:30"))) == ("every 0:05:00", "daily at 02:30")


def test_the_picture_in_the_readme_is_the_table() -> None:
    readme = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert DELIVERY.mermaid() in readme
