"""Layers: whose hours hold, which decree wins, how far a closure reaches, and what may be set."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from songcau.foundation.calendar import layers
from songcau.foundation.calendar.deadlines import BeyondCalendar
from songcau.foundation.calendar.layers import Hours, Layer, Layers, Shut
from songcau.foundation.calendar.national import national_calendar
from songcau.foundation.calendar.rules import (
    AFTERNOON,
    DAY_MINUTES,
    MORNING,
    NO_NAME,
    OFFICE_WEEK,
    CalendarWithoutWork,
    Name,
    Override,
    Week,
    Why,
    WindowBackwards,
    WindowBeyondDay,
    WindowsOverlap,
    checked_windows,
)
from songcau.kernel.errors import Refused

SATURDAYS = Week.of([(MORNING, AFTERNOON)] * 5 + [(MORNING,), ()])
MORNINGS = Week.of([(MORNING,)] * 5 + [()] * 2)
IDLE = Week(((),) * 7)
MONDAY = date(2026, 11, 30)
SATURDAY = date(2026, 12, 5)


def day(text: str) -> date:
    return date.fromisoformat(text)


def of(*chain: Layer, country: Layer = layers.NOTHING) -> Layers:
    return Layers(OFFICE_WEEK, {None: country, **dict(enumerate(chain))})


def test_an_agency_without_hours_has_those_of_the_nearest_above_that_has() -> None:
    above = Layer(hours=(Hours(day("2026-01-01"), None, SATURDAYS),))
    mine = Layer(hours=(Hours(day("2026-12-01"), day("2026-12-31"), MORNINGS),))
    built = of(mine, layers.NOTHING, above).calendar([0, 1, 2])
    assert built.week_on(day("2025-12-31")) == OFFICE_WEEK
    assert built.week_on(day("2026-11-30")) == SATURDAYS
    assert built.week_on(day("2026-12-01")) == MORNINGS
    assert built.week_on(day("2026-12-31")) == MORNINGS
    assert built.week_on(day("2027-01-01")) == SATURDAYS
    assert of(above).calendar([]).week_on(MONDAY) == OFFICE_WEEK


def test_of_several_hours_those_that_began_last_hold() -> None:
    own = [Hours(day("2026-01-01"), None, SATURDAYS), Hours(day("2026-06-01"), day("2026-08-31"), MORNINGS)]
    assert layers.weeks([own], OFFICE_WEEK) == (
        OFFICE_WEEK,
        ((day("2026-01-01"), SATURDAYS), (day("2026-06-01"), MORNINGS), (day("2026-09-01"), SATURDAYS)),
    )


def test_hours_that_end_leave_those_of_the_city() -> None:
    own = [Hours(day("2026-06-01"), day("2026-08-31"), MORNINGS)]
    assert layers.weeks([own], OFFICE_WEEK)[1] == ((day("2026-06-01"), MORNINGS), (day("2026-09-01"), OFFICE_WEEK))


def test_a_decree_wins_over_those_above_and_over_what_comes_with_songcau() -> None:
    works = Override(day("2026-01-02"), works=True, document="1/QĐ")
    off = Override(day("2026-01-02"), works=False, document="2/QĐ")
    built = of(Layer(), Layer(overrides=(off,)), country=Layer(overrides=(works,)))
    assert built.calendar([0]).day(works.on).document == "1/QĐ"
    assert built.calendar([0, 1]).day(works.on).document == "2/QĐ"
    assert of().calendar([]).day(works.on).document == "12729/VPCP-KGVX"
    assert built.calendar([0]) is built.calendar([0])


def test_a_closure_reaches_its_agency_and_only_if_it_says_so_those_under_it() -> None:
    alone = Shut(MONDAY, 13 * 60, MONDAY + timedelta(days=2), 11 * 60 + 30, Name("bão", "storm"), "3/CĐ")
    for below in (False, True):
        shut = Shut(alone.first, alone.from_minute, alone.last, alone.to_minute, alone.name, alone.document, below)
        built = of(Layer(), Layer(shut=(shut,)))
        assert built.calendar([1]).day(MONDAY).windows == (MORNING,)
        assert built.calendar([1]).day(MONDAY + timedelta(days=1)).windows == ()
        assert built.calendar([1]).day(MONDAY + timedelta(days=2)).windows == (AFTERNOON,)
        assert (built.calendar([0, 1]).day(MONDAY).why is Why.CLOSURE) is below


def test_two_closures_of_a_day_both_count() -> None:
    morning = Shut(MONDAY, 0, MONDAY, 12 * 60, Name("bão", "storm"))
    evening = Shut(MONDAY, 16 * 60, MONDAY, DAY_MINUTES, Name("mất điện", "no power"))
    assert of(Layer(shut=(morning, evening))).calendar([0]).day(MONDAY).windows == ((13 * 60, 16 * 60),)


@pytest.mark.parametrize(
    ("windows", "refusal"),
    [
        ([(450, 690), (660, 720)], WindowsOverlap),
        ([(690, 450)], WindowBackwards),
        ([(22 * 60, 2 * 60)], WindowBackwards),
        ([(22 * 60, 26 * 60)], WindowBeyondDay),
        ([(-1, 60)], WindowBeyondDay),
        ([(60, 60)], WindowBackwards),
    ],
)
def test_windows_that_do_not_fit_are_refused_by_what_is_wrong(
    windows: list[tuple[int, int]], refusal: type[Refused]
) -> None:
    with pytest.raises(refusal):
        checked_windows(windows)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (Hours(day("1900-01-01"), None, SATURDAYS), BeyondCalendar),
        (Hours(MONDAY, date(2101, 1, 1), SATURDAYS), BeyondCalendar),
        (Hours(MONDAY, MONDAY - timedelta(days=1), SATURDAYS), layers.PeriodBackwards),
        (Hours(MONDAY, None, IDLE), layers.WeekWithoutWork),
        (Hours(SATURDAY, None, SATURDAYS), layers.HoursFromAlready),
    ],
)
def test_hours_that_do_not_fit_are_refused(new: Hours, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        layers.require_hours(new, [Hours(SATURDAY, None, MORNINGS)])


def test_a_day_made_a_working_day_has_hours() -> None:
    with pytest.raises(layers.DecreedDayWithoutWork):
        layers.require_hours(Hours(MONDAY, None, Week.of([(MORNING,)] * 7, [])), ())


def test_hours_of_one_day_fit() -> None:
    layers.require_hours(Hours(MONDAY, MONDAY, MORNINGS), [Hours(SATURDAY, None, MORNINGS)])


def test_a_decree_that_fits() -> None:
    layers.require_decree([MONDAY], [SATURDAY], [], national_calendar())


@pytest.mark.parametrize(
    ("off", "worked", "refusal"),
    [
        ([], [], layers.DecreeEmpty),
        ([date(2200, 1, 1)], [], BeyondCalendar),
        ([MONDAY + timedelta(days=n) for n in range(61)], [], layers.DecreeTooLong),
        ([MONDAY], [MONDAY], layers.DayBothWays),
        ([day("2026-12-01")], [], layers.DayDecreedAlready),
        ([], [day("2026-12-01")], layers.DayDecreedAlready),
        ([SATURDAY], [], layers.DayOffAlready),
        ([day("2026-11-24")], [], layers.DayOffAlready),
        ([], [MONDAY], layers.DayWorkedAlready),
    ],
)
def test_decreed_days_that_do_not_fit_are_refused(off: list[date], worked: list[date], refusal: type[Refused]) -> None:
    own = [Override(day("2026-12-01"), works=False, document="9/QĐ")]
    with pytest.raises(refusal):
        layers.require_decree(off, worked, own, national_calendar())


def shut(first: str, from_minute: int, last: str, to_minute: int) -> Shut:
    return Shut(day(first), from_minute, day(last), to_minute, NO_NAME)


@pytest.mark.parametrize(
    ("new", "refusal"),
    [
        (shut("1900-11-30", 0, "1900-11-30", 60), BeyondCalendar),
        (shut("2026-11-30", 60, "2026-11-30", 60), layers.PeriodBackwards),
        (shut("2026-11-30", 0, "2026-11-29", 60), layers.PeriodBackwards),
        (shut("2026-11-30", 0, "2027-12-01", 60), layers.ClosureTooLong),
        (shut("2026-11-30", 0, "2026-12-02", 700), layers.ClosureOverlaps),
        (shut("2026-12-03", 500, "2026-12-04", 700), layers.ClosureOverlaps),
    ],
)
def test_closures_that_do_not_fit_are_refused(new: Shut, refusal: type[Refused]) -> None:
    with pytest.raises(refusal):
        layers.require_closure(new, [shut("2026-12-02", 600, "2026-12-03", 600)])


def test_closures_may_touch() -> None:
    own = [shut("2026-12-02", 600, "2026-12-03", 600)]
    layers.require_closure(shut("2026-12-01", 0, "2026-12-02", 600), own)
    layers.require_closure(shut("2026-12-03", 600, "2027-12-02", 700), own)


@pytest.mark.parametrize(
    ("written", "may_lack", "fits"), [("", False, False), ("", True, True), ("a" * 101, True, False)]
)
def test_a_document_has_a_number(written: str, may_lack: bool, fits: bool) -> None:
    outcome: Callable[[], None] = lambda: layers.require_document(written, may_lack=may_lack)  # noqa: E731
    if fits:
        outcome()
        return
    with pytest.raises(layers.DocumentMissing):
        outcome()


@pytest.mark.parametrize("written", ["", "a" * 301])
def test_a_reason_is_given(written: str) -> None:
    with pytest.raises(layers.ReasonMissing):
        layers.require_reason(written)


def test_rest_without_end_is_refused() -> None:
    for last, fits in ((day("2027-11-30"), True), (day("2028-01-20"), False)):
        built = of(Layer(shut=(Shut(MONDAY, 0, last, DAY_MINUTES, NO_NAME),))).calendar([0])
        for around in (MONDAY, MONDAY + timedelta(days=300)):
            if fits:
                layers.require_work(built, around)
            else:
                with pytest.raises(CalendarWithoutWork):
                    layers.require_work(built, around)
