"""When terms end: the golden vectors, random cases beside a slow reference, and everything that is no term."""

import random
from datetime import date, datetime, timedelta

import pytest

from songcau.foundation.calendar import deadlines
from songcau.foundation.calendar.deadlines import (
    BeyondCalendar,
    CutOffUnfit,
    Method,
    Pause,
    PausesUnfit,
    Term,
    TermNotPositive,
    TermNotWhole,
    TermTooLong,
    days_by_hours,
    deadline,
    end,
    phases,
    worked,
)
from songcau.foundation.calendar.national import national_calendar
from songcau.foundation.calendar.rules import (
    AFTERNOON,
    MORNING,
    Calendar,
    CalendarWithoutWork,
    Closure,
    Name,
    Week,
    Why,
)
from songcau.foundation.calendar.tests import reference

CITY = national_calendar()
NEVER = Calendar(lambda year: {}, 2026, Week.of([()] * 7))
# rules-vietnam.md, section 6: received, days, by days, by hours.
GOLDEN = [
    ("2022-10-14 09:15", 5, "2022-10-21", "2022-10-21 09:15"),
    ("2023-01-18 10:00", 3, "2023-01-30", "2023-01-30 10:00"),
    ("2025-04-24 14:00", 5, "2025-05-05", "2025-05-05 14:00"),
    ("2025-12-31 10:00", 1, "2026-01-05", "2026-01-05 10:00"),
    ("2025-12-31 10:00", 7, "2026-01-12", "2026-01-12 10:00"),
    ("2026-02-12 16:00", 2, "2026-02-23", "2026-02-23 16:00"),
    ("2026-04-24 08:00", 3, "2026-05-04", "2026-05-04 08:00"),
    ("2026-08-20 09:00", 3, "2026-08-24", "2026-08-24 09:00"),
    ("2026-11-23 16:30", 1, "2026-11-25", "2026-11-25 16:30"),
]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def due(received: str, term: Term, **more: object) -> str:
    found = deadline(CITY, at(received), term, **more).due_at  # type: ignore[arg-type]
    return f"{found:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(("received", "days", "by_days", "by_hours"), GOLDEN)
def test_the_golden_vectors(received: str, days: int, by_days: str, by_hours: str) -> None:
    assert due(received, Term(Method.DAYS, days)) == f"{by_days} 17:00"
    assert due(received, days_by_hours(days)) == by_hours


def test_days_by_hours_that_are_too_many_are_answered_in_days() -> None:
    with pytest.raises(TermTooLong) as caught:
        days_by_hours(1001)
    assert caught.value.params["most"] == 1000


def test_half_a_day_is_four_hours_and_no_count_of_days() -> None:
    assert due("2026-08-28 09:00", days_by_hours(0.5)) == "2026-08-28 14:30"
    with pytest.raises(TermNotWhole):
        Term(Method.DAYS, 0.5)


def test_random_cases_agree_with_the_slow_reference() -> None:
    chance = random.Random(24)
    for _ in range(12):
        calendar, world = reference.random_calendar(chance)
        for _ in range(25):
            received, term, pauses = reference.random_case(chance)
            found = deadline(calendar, received, term, pauses=pauses).due_at
            assert found == reference.due(world, received, term, pauses), (received, term, pauses)
            if found is not None and not pauses:
                late = [one for one in reference.pauses_at_the_end(chance, found) if one.begin >= received]
                found = deadline(calendar, received, term, pauses=late).due_at
                assert found == reference.due(world, received, term, late), (received, term, late)


@pytest.mark.parametrize(
    ("received", "hours", "expected"),
    [
        ("2026-03-02 07:30", 4, "2026-03-02 11:30"),
        ("2026-03-02 07:30", 8, "2026-03-02 17:00"),
        ("2026-03-02 11:30", 0.25, "2026-03-02 13:15"),
        ("2026-03-02 05:00", 1, "2026-03-02 08:30"),
        ("2026-03-02 22:00", 1, "2026-03-03 08:30"),
        ("2026-03-07 10:00", 1, "2026-03-09 08:30"),
    ],
)
def test_hours_end_at_the_end_of_a_window_and_wait_for_the_next(received: str, hours: float, expected: str) -> None:
    assert due(received, Term(Method.HOURS, hours)) == expected


def test_seconds_of_the_receipt_are_kept() -> None:
    found = deadline(CITY, at("2026-03-02 11:29:30"), Term(Method.HOURS, 8))
    assert found.due_at == at("2026-03-03 11:29:30")


@pytest.mark.parametrize(
    ("received", "term", "expected"),
    [
        ("2026-02-12 16:00", Term(Method.CALENDAR_DAYS, 1), "2026-02-13 17:00"),
        ("2026-02-12 16:00", Term(Method.CALENDAR_DAYS, 2), "2026-02-23 17:00"),
        ("2026-01-31 09:00", Term(Method.MONTHS, 1), "2026-03-02 17:00"),
        ("2024-01-31 09:00", Term(Method.MONTHS, 1), "2024-02-29 17:00"),
        ("2026-11-30 09:00", Term(Method.MONTHS, 15), "2028-02-29 17:00"),
        ("2026-12-31 09:00", Term(Method.MONTHS, 12), "2027-12-31 17:00"),
    ],
)
def test_calendar_days_and_months_end_with_a_working_day(received: str, term: Term, expected: str) -> None:
    assert due(received, term) == expected


@pytest.mark.parametrize(
    ("received", "cut_off", "expected"),
    [
        ("2026-03-02 14:59", 900, "2026-03-02 17:00"),
        ("2026-03-02 15:00", 900, "2026-03-03 17:00"),
        ("2026-03-06 15:01", 900, "2026-03-09 17:00"),
        ("2026-03-07 09:00", 900, "2026-03-09 17:00"),
        ("2026-03-07 09:00", None, "2026-03-09 17:00"),
        ("2026-03-02 05:00", None, "2026-03-02 17:00"),
        ("2026-03-02 16:59", None, "2026-03-02 17:00"),
        ("2026-03-02 17:00", None, "2026-03-03 17:00"),
        ("2026-03-02 18:00", None, "2026-03-03 17:00"),
    ],
)
def test_the_same_day_is_the_next_after_the_cut_off_or_after_work(
    received: str, cut_off: int | None, expected: str
) -> None:
    assert due(received, Term(Method.SAME_DAY), cut_off=cut_off) == expected


def test_after_the_cut_off_the_next_working_day_is_the_day_of_receipt() -> None:
    assert due("2026-03-06 15:00", Term(Method.DAYS, 1), cut_off=900) == "2026-03-10 17:00"
    assert due("2026-03-06 15:00", Term(Method.HOURS, 1), cut_off=900) == "2026-03-09 08:30"


def test_a_pause_stops_the_clock() -> None:
    asked = Pause(at("2026-03-03 10:00"), at("2026-03-06 09:00"))
    assert due("2026-03-02 09:00", Term(Method.DAYS, 3), pauses=[asked]) == "2026-03-10 17:00"
    assert due("2026-03-02 09:00", days_by_hours(3), pauses=[asked]) == "2026-03-10 08:00"
    assert due("2026-03-02 09:00", Term(Method.CALENDAR_DAYS, 3), pauses=[asked]) == "2026-03-09 17:00"


TERMS = (Term(Method.DAYS, 3), days_by_hours(3), Term(Method.CALENDAR_DAYS, 3), Term(Method.MONTHS, 1))


@pytest.mark.parametrize("term", TERMS)
@pytest.mark.parametrize("after", [timedelta(), timedelta(minutes=1), timedelta(days=40)])
@pytest.mark.parametrize("length", [timedelta(days=3), None, timedelta(days=365 * 7000)])
def test_a_pause_that_begins_at_the_end_or_later_changes_nothing(
    term: Term, after: timedelta, length: timedelta | None
) -> None:
    """Open or closed: neither the date nor the sentence know of it, for there is no time left that could stand."""
    plain = deadline(CITY, at("2026-03-02 09:00"), term)
    assert plain.due_at is not None
    begin = plain.due_at + after
    later = Pause(begin, None if length is None else begin + length)
    assert deadline(CITY, at("2026-03-02 09:00"), term, pauses=[later]) == plain


@pytest.mark.parametrize("term", TERMS)
def test_a_pause_a_minute_before_the_end_still_counts(term: Term) -> None:
    plain = deadline(CITY, at("2026-03-02 09:00"), term).due_at
    assert plain is not None
    begin = plain - timedelta(minutes=1)
    assert deadline(CITY, at("2026-03-02 09:00"), term, pauses=[Pause(begin)]).due_at is None
    moved = deadline(CITY, at("2026-03-02 09:00"), term, pauses=[Pause(begin, begin + timedelta(days=7))]).due_at
    assert moved is not None
    assert moved > plain


def test_an_earlier_pause_decides_whether_a_later_one_is_past_the_end() -> None:
    first = Pause(at("2026-03-03 10:00"), at("2026-03-10 09:00"))
    second = Pause(at("2026-03-11 10:00"), at("2026-03-12 09:00"))
    assert due("2026-03-02 09:00", Term(Method.DAYS, 3), pauses=[second]) == "2026-03-05 17:00"
    assert due("2026-03-02 09:00", Term(Method.DAYS, 3), pauses=[first, second]) == "2026-03-13 17:00"


def test_a_pause_after_the_last_day_of_rest_moves_the_working_day_it_would_have_ended_on() -> None:
    """The month ends on Saturday 28 February, so on Monday 2 March; the clock stands from Sunday to Friday."""
    asked = Pause(at("2026-03-01 10:00"), at("2026-03-06 09:00"))
    assert due("2026-01-31 09:00", Term(Method.MONTHS, 1), pauses=[asked]) == "2026-03-09 17:00"


@pytest.mark.parametrize("term", TERMS)
def test_a_pause_that_ends_where_no_holidays_are_known_gives_no_date(term: Term) -> None:
    asked = Pause(at("2026-03-03 10:00"), at("9999-12-31 23:59"))
    with pytest.raises(BeyondCalendar):
        deadline(CITY, at("2026-03-02 09:00"), term, pauses=[asked])


def test_a_window_to_midnight_ends_on_its_own_day() -> None:
    calendar = national_calendar(Week.of([((780, 1440),)] * 5 + [()] * 2))
    for term in (Term(Method.DAYS, 1), days_by_hours(1.375 * 2), Term(Method.CALENDAR_DAYS, 1)):
        found = deadline(calendar, at("2026-03-02 13:00"), term)
        assert (found.due_at, found.due_on) == (at("2026-03-04 00:00"), date(2026, 3, 3))
    late = deadline(calendar, at("2100-12-30 13:00"), Term(Method.DAYS, 1))
    assert late.due_on == date(2100, 12, 31), "the midnight after it is not beyond the calendar"
    friday = deadline(calendar, at("2026-03-05 13:00"), Term(Method.DAYS, 1))
    assert friday.rests == (), "Saturday is not passed over"


def test_while_the_clock_stands_there_is_no_date() -> None:
    found = deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=[Pause(at("2026-03-03 10:00"))])
    assert (found.due_at, found.due_on) == (None, None)


@pytest.mark.parametrize(
    "pauses",
    [
        [Pause(at("2026-03-01 10:00"))],
        [Pause(at("2026-03-03 10:00"), at("2026-03-03 10:00"))],
        [Pause(at("2026-03-03 10:00"), at("2026-03-05 10:00")), Pause(at("2026-03-04 10:00"))],
        [Pause(at("2026-03-03 10:00")), Pause(at("2026-03-04 10:00"), at("2026-03-05 10:00"))],
    ],
)
def test_pauses_that_cannot_be_are_refused(pauses: list[Pause]) -> None:
    with pytest.raises(PausesUnfit):
        deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 3), pauses=pauses)


@pytest.mark.parametrize("method", [Method.DAYS, Method.HOURS, Method.CALENDAR_DAYS, Method.MONTHS])
@pytest.mark.parametrize(
    ("amount", "refusal"),
    [
        (0, TermNotPositive),
        (-1, TermNotPositive),
        (float("nan"), TermNotPositive),
        (10_000, TermTooLong),
        (float("inf"), TermTooLong),
        (1.1, TermNotWhole),
    ],
)
def test_what_is_no_term_is_refused(method: Method, amount: float, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        Term(method, amount)


@pytest.mark.parametrize("received", ["1900-01-01 09:00", "2101-01-01 09:00", "9999-12-31 23:59", "0001-01-01 00:00"])
def test_where_no_holidays_are_known_no_date_is_promised(received: str) -> None:
    with pytest.raises(BeyondCalendar):
        deadline(CITY, at(received), Term(Method.DAYS, 1))


@pytest.mark.parametrize("term", [Term(Method.DAYS, 300), days_by_hours(300), Term(Method.MONTHS, 1)])
def test_a_term_may_not_reach_beyond_the_known_holidays(term: Term) -> None:
    with pytest.raises(BeyondCalendar):
        deadline(CITY, at("2100-12-30 09:00"), term)


@pytest.mark.parametrize("cut_off", [0, -1, 1440])
def test_a_cut_off_lies_within_the_day(cut_off: int) -> None:
    with pytest.raises(CutOffUnfit):
        deadline(CITY, at("2026-03-02 09:00"), Term(Method.DAYS, 1), cut_off=cut_off)


@pytest.mark.parametrize("term", [Term(Method.DAYS, 1), Term(Method.HOURS, 1), Term(Method.MONTHS, 1)])
def test_a_calendar_in_which_nobody_works_ends_no_term_and_no_program(term: Term) -> None:
    with pytest.raises(CalendarWithoutWork):
        deadline(NEVER, at("2026-03-02 09:00"), term)


def test_what_was_passed_over_is_kept_with_its_reason() -> None:
    found = deadline(CITY, at("2025-12-31 10:00"), Term(Method.DAYS, 7))
    assert [(rest.first.day, rest.last.day, rest.day.why) for rest in found.rests] == [
        (1, 1, Why.HOLIDAY),
        (2, 2, Why.DECREED_OFF),
        (3, 4, Why.WEEK),
        (11, 11, Why.WEEK),
    ]
    assert [(day.on, day.document) for day in found.worked] == [(date(2026, 1, 10), "12729/VPCP-KGVX")]
    assert not found.provisional


def test_a_date_in_a_year_that_is_not_decreed_is_provisional() -> None:
    assert deadline(CITY, at("2026-12-30 10:00"), Term(Method.DAYS, 5)).provisional
    assert not deadline(CITY, at("2026-12-01 10:00"), Term(Method.DAYS, 5)).provisional


def test_a_storm_shortens_a_day_and_says_so() -> None:
    storm = Closure(date(2026, 9, 8), (780, 1440), Name("bão số 3", "storm no. 3"), "45/CĐ-UBND")
    calendar = Calendar(CITY.holidays, 2026, CITY.week, CITY.override, {storm.on: (storm,)})
    found = deadline(calendar, at("2026-09-07 13:00"), days_by_hours(2))
    assert found.due_at == at("2026-09-09 17:00")
    assert [(day.on, day.windows) for day in found.shortened] == [(storm.on, (MORNING,))]


def test_phases_follow_each_other() -> None:
    found = phases(CITY, at("2026-03-02 09:00"), [Term(Method.DAYS, 1), Term(Method.HOURS, 4), Term(Method.DAYS, 2)])
    assert [f"{one.due_at:%d %H:%M}" for one in found] == ["03 17:00", "04 11:30", "06 17:00"]
    assert phases(CITY, at("2026-03-02 09:00"), []) == []


def test_the_longest_terms_that_are_taken_end() -> None:
    assert due("2026-03-02 09:00", Term(Method.DAYS, deadlines.MOST_DAYS)).startswith("2030-")
    assert due("2026-03-02 09:00", Term(Method.MONTHS, deadlines.MOST_MONTHS)).startswith("2036-03-03")


def test_the_windows_of_the_office_are_eight_hours() -> None:
    assert sum(end - begin for begin, end in (MORNING, AFTERNOON)) == 8 * 60


def test_the_bare_end_is_that_of_the_deadline() -> None:
    chance = random.Random(7)
    for _calendar in range(20):
        calendar, _world = reference.random_calendar(chance)
        for _case in range(20):
            received, term, _pauses = reference.random_case(chance)
            cut_off = chance.choice([None, 15 * 60])
            assert end(calendar, received, term, cut_off=cut_off) == (
                deadline(calendar, received, term, cut_off=cut_off).due_at
            )
    for received, term in (
        (at("1945-12-31 10:00"), Term(Method.DAYS, 1)),
        (at("2100-12-31 10:00"), Term(Method.MONTHS, 1)),
    ):
        with pytest.raises(BeyondCalendar):
            end(CITY, received, term)


@pytest.mark.parametrize(
    ("begin", "until", "hours"),
    [
        # A Wednesday: within the morning, over noon, from before work to after it.
        ("2026-11-25 08:00", "2026-11-25 10:30", 2.5),
        ("2026-11-25 11:00", "2026-11-25 13:30", 1.0),
        ("2026-11-25 05:00", "2026-11-25 22:00", 8.0),
        # Over a weekend, and on it.
        ("2026-11-20 16:00", "2026-11-23 08:30", 2.0),
        ("2026-11-21 08:00", "2026-11-22 20:00", 0.0),
        ("2026-11-25 10:00", "2026-11-25 10:00", 0.0),
        ("2026-11-25 10:00", "2026-11-24 10:00", 0.0),
    ],
)
def test_what_is_worked_between_two_instants(begin: str, until: str, hours: float) -> None:
    found = worked(CITY, datetime.fromisoformat(begin), datetime.fromisoformat(until))
    assert found == timedelta(hours=hours)


def test_a_term_by_hours_ends_when_so_much_is_worked() -> None:
    begin = datetime.fromisoformat("2026-11-20 09:17")
    for quarters in (1, 9, 40, 123):
        due = end(CITY, begin, Term(Method.HOURS, quarters / 4))
        assert worked(CITY, begin, due) == timedelta(hours=quarters / 4)
