"""Days, their windows and their reasons; the national holidays; what is decreed."""

from datetime import date

import pytest

from songcau.foundation.calendar.national import decreed_overrides, national_calendar, national_holidays
from songcau.foundation.calendar.rules import (
    AFTERNOON,
    MORNING,
    Calendar,
    Closure,
    Name,
    Override,
    OverridesCollide,
    Week,
    Why,
    Window,
    WindowsUnfit,
    checked_windows,
    overrides_by_day,
    windows_written,
)

CITY = national_calendar()


@pytest.mark.parametrize(
    ("on", "works", "why"),
    [
        ("2026-03-02", True, Why.WEEK),
        ("2026-03-01", False, Why.WEEK),
        ("2026-02-17", False, Why.HOLIDAY),
        ("2026-11-24", False, Why.HOLIDAY),
        ("2025-11-24", True, Why.WEEK),
        ("2026-01-02", False, Why.DECREED_OFF),
        ("2026-01-10", True, Why.DECREED_WORK),
        ("2026-08-22", True, Why.DECREED_WORK),
        ("2025-04-26", True, Why.DECREED_WORK),
        ("2024-05-04", True, Why.DECREED_WORK),
        ("2030-02-02", False, Why.HOLIDAY),
    ],
)
def test_what_kind_of_day_it_is(on: str, works: bool, why: Why) -> None:
    day = CITY.day(date.fromisoformat(on))
    assert (day.works, day.why) == (works, why)


def test_tet_falls_by_the_vietnamese_moon() -> None:
    """A day before the Chinese date in 2007, 2030 and 2053: the eve is a holiday, and so is the day itself."""
    for year, first in ((2007, date(2007, 2, 17)), (2030, date(2030, 2, 2)), (2053, date(2053, 2, 18))):
        assert national_holidays(year)[first] == Name("Tết Nguyên Đán", "Lunar New Year")


def test_names_are_in_both_languages_and_dates_as_they_are_written_here() -> None:
    names = national_holidays(2026)
    assert names[date(2026, 1, 1)] == Name("Tết Dương lịch", "New Year's Day")
    assert names[date(2026, 8, 31)] == Name("nghỉ hoán đổi cho ngày 22/08/2026", "day off in exchange for 22/08/2026")
    assert names[date(2026, 4, 27)].vi == "Ngày Giỗ Tổ Hùng Vương (nghỉ bù)"


def test_what_comes_with_songcau_names_its_document() -> None:
    assert all(one.document and one.name.vi and one.name.en for one in decreed_overrides())


def test_an_agency_may_work_on_saturday_mornings() -> None:
    week = Week.of([(MORNING, AFTERNOON)] * 5 + [(MORNING,), ()])
    calendar = national_calendar(week)
    assert calendar.day(date(2026, 3, 7)).windows == (MORNING,)


def test_a_decreed_working_day_is_a_whole_one_also_where_the_weekday_is_half() -> None:
    mornings = Week.of([(MORNING, AFTERNOON)] * 4 + [(MORNING,), (MORNING,), ()])
    calendar = national_calendar(mornings, [Override(date(2026, 3, 6), works=True, document="1")])
    assert calendar.day(date(2026, 1, 10)).windows == (MORNING, AFTERNOON)
    assert calendar.day(date(2026, 3, 6)).windows == (MORNING, AFTERNOON), "a Friday"
    longer = Week.of([((0, 1440),)] * 7)
    assert national_calendar(longer).day(date(2026, 1, 10)).windows == ((0, 1440),), "never shorter than usual"


def test_hours_change_from_a_day_on_and_what_was_stays_as_it_was() -> None:
    mornings, late = Week.of([(MORNING,)] * 7), Week.of([(AFTERNOON,)] * 7)
    changes = [(date(2026, 3, 2), mornings), (date(2026, 4, 1), late)]
    calendar = national_calendar(later_weeks=changes)
    assert [calendar.day(date(2026, *on)).windows for on in ((2, 27), (3, 2), (3, 31), (4, 1))] == [
        (MORNING, AFTERNOON),
        (MORNING,),
        (MORNING,),
        (AFTERNOON,),
    ]


def test_two_closures_of_one_day_are_both_named_and_the_decree_beneath_is_kept() -> None:
    on = date(2026, 1, 10)
    storm = Closure(on, (780, 1440), Name("bão", "storm"), "45/CĐ")
    power = Closure(on, (900, 1440), Name("mất điện", "power cut"))
    night = Closure(on, (0, 300), Name("đêm", "night"))
    day = national_calendar(closures={on: (storm, power, night)}).day(on)
    assert (day.windows, day.why, day.document) == ((MORNING,), Why.CLOSURE, "45/CĐ")
    assert day.name == Name("bão; mất điện", "storm; power cut")
    assert day.decreed_work is not None
    assert day.decreed_work.document == "12729/VPCP-KGVX"
    assert national_calendar().day(date(2026, 3, 2)).decreed_work is None


def test_a_city_s_own_decree_wins_over_what_came_with_songcau() -> None:
    undone = Override(date(2026, 1, 2), works=True, document="1/QĐ-UBND")
    assert national_calendar(overrides=[undone]).day(undone.on).document == "1/QĐ-UBND"


def test_two_decrees_of_one_day_collide_unless_they_are_the_same() -> None:
    on = date(2026, 5, 2)
    off, work = Override(on, works=False, document="A"), Override(on, works=True, document="B")
    assert overrides_by_day([off, off]) == {on: off}
    with pytest.raises(OverridesCollide) as refused:
        overrides_by_day([off, work])
    assert refused.value.params == {"on": on, "first": "A", "second": "B"}


@pytest.mark.parametrize(
    ("closed", "left"),
    [
        ((0, 1440), ()),
        ((450, 690), (AFTERNOON,)),
        ((600, 840), ((450, 600), (840, 1020))),
        ((500, 520), ((450, 500), (520, 690), AFTERNOON)),
        ((690, 780), (MORNING, AFTERNOON)),
        ((1020, 1440), (MORNING, AFTERNOON)),
    ],
)
def test_a_closure_takes_its_part_of_the_day(closed: Window, left: tuple[Window, ...]) -> None:
    on = date(2026, 9, 8)
    calendar = Calendar(lambda year: {}, 2026, closures={on: (Closure(on, closed, Name("bão", "storm"), "45/CĐ"),)})
    day = calendar.day(on)
    assert day.windows == left
    assert (day.why is Why.CLOSURE) is (left != (MORNING, AFTERNOON))


@pytest.mark.parametrize("windows", [[(0, 0)], [(60, 30)], [(-1, 5)], [(0, 1441)], [(0, 60), (59, 70)]])
def test_windows_that_cannot_be_are_refused(windows: list[Window]) -> None:
    with pytest.raises(WindowsUnfit):
        checked_windows(windows)


def test_windows_may_touch_and_come_in_any_order() -> None:
    assert checked_windows([(60, 90), (0, 60)]) == ((0, 60), (60, 90))


@pytest.mark.parametrize(
    "text", ["07:30-11:30 13:00-17:00", "7h30–11h30; 13h–17h", " 13:00 - 17:00, 07:30 - 11:30 ", "7:30-11:30,13-17"]
)
def test_windows_are_read_as_people_write_them(text: str) -> None:
    assert windows_written(text) == (MORNING, AFTERNOON)


def test_no_windows_are_none_and_a_day_may_end_at_midnight() -> None:
    assert windows_written("  ") == ()
    assert windows_written("18:00-24:00") == ((1080, 1440),)


@pytest.mark.parametrize(
    "text", ["sáng", "07:30", "07:60-08:00", "07:30-07:75", "25:00-26:00", "11:30-07:30", "1e3-2e3"]
)
def test_windows_that_are_not_hours_are_refused(text: str) -> None:
    with pytest.raises(WindowsUnfit):
        windows_written(text)


def test_a_week_has_seven_days() -> None:
    with pytest.raises(WindowsUnfit):
        Week.of([()] * 6)
