"""The calendar is changed by whom may, and everything that was set can be seen as it was."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from songcau.foundation.accounts.actions.people import AgencyIsClosed
from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.models import Entry
from songcau.foundation.calendar import actions, layers
from songcau.foundation.calendar.actions.changes import close_agency, record_decree, set_hours
from songcau.foundation.calendar.models import Change
from songcau.foundation.calendar.national import national_calendar
from songcau.foundation.calendar.permissions import MayNotChangeCalendar, may_change
from songcau.foundation.calendar.planning import CalendarRowUnknown
from songcau.foundation.calendar.queries import calendar_of, due_at, hours_between, latest_change, stored
from songcau.foundation.calendar.rules import AFTERNOON, MORNING, CalendarWithoutWork, Why, WindowsUnfit
from songcau.foundation.calendar.tests.conftest import NOW, Town
from songcau.foundation.outbox.models import Event

USUAL = [(MORNING, AFTERNOON)] * 5
SATURDAYS = [*USUAL, (MORNING,), ()]
SATURDAY = date(2026, 12, 5)
MONDAY = date(2026, 11, 30)


def hours(town: Town, agency: Agency | None = None, **more: Any) -> Any:
    return set_hours(
        **{
            "by": town.root,
            "agency_id": (agency or town.ward).pk,
            "valid_from": date(2026, 12, 1),
            "valid_to": None,
            "days": SATURDAYS,
            "decreed": (MORNING, AFTERNOON),
            **more,
        }
    )


def decree(town: Town, agency: Agency | None = None, **more: Any) -> Any:
    return record_decree(
        **{
            "by": town.root,
            "agency_id": agency.pk if agency else None,
            "document": " 15/QĐ-TTg ",
            "document_on": date(2026, 11, 20),
            "reason": "nghỉ bù",
            "off": [MONDAY],
            "worked": [SATURDAY],
            **more,
        }
    )


def closed(town: Town, agency: Agency | None = None, **more: Any) -> Any:
    return close_agency(
        **{
            "by": town.root,
            "agency_id": (agency or town.ward).pk,
            "first_on": MONDAY,
            "last_on": MONDAY,
            "from_minute": 12 * 60,
            "reason": "bão số 9",
            **more,
        }
    )


def test_nothing_set_is_the_calendar_as_it_comes(town: Town) -> None:
    mine, national = calendar_of(town.desk), national_calendar()
    assert latest_change() == 0
    assert hours_between(stored(), town.desk, MONDAY, MONDAY)[0].whose is None
    assert mine.day(date(2026, 1, 2)) == national.day(date(2026, 1, 2))
    assert mine.day(date(2026, 1, 10)).why is Why.DECREED_WORK
    assert calendar_of(None).week == national.week


def test_hours_reach_those_below_that_have_none_and_nobody_else(town: Town) -> None:
    hours(town)
    assert calendar_of(town.desk).day(SATURDAY).windows == (MORNING,)
    assert hours_between(stored(), town.desk, SATURDAY, SATURDAY)[0].whose == town.ward
    assert not calendar_of(town.other).day(SATURDAY).works
    hours(town, town.desk, days=[*USUAL, (), ()])
    assert not calendar_of(town.desk).day(SATURDAY).works
    assert calendar_of(town.ward).day(SATURDAY).works


def test_withdrawn_hours_leave_those_before_them(town: Town) -> None:
    hours(town)
    later = hours(town, valid_from=date(2027, 1, 1), days=[*USUAL, (), ()])
    assert not calendar_of(town.ward).day(date(2027, 1, 9)).works
    actions.withdraw_hours(by=town.warden, hours_id=later.pk, reason="nhầm")
    assert calendar_of(town.ward).day(date(2027, 1, 9)).works
    assert not calendar_of(town.ward, as_of=2).day(date(2027, 1, 9)).works
    assert not calendar_of(town.ward, as_of=0).day(SATURDAY).works
    assert hours(town, valid_from=date(2027, 1, 1)).pk != later.pk, "the day is free again"


def test_a_swap_holds_everywhere_and_an_agency_may_decree_over_it(town: Town) -> None:
    decree(town, reason_en="exchanged")
    day = calendar_of(town.desk).day(MONDAY)
    assert (day.why, day.document, day.name.vi, day.name.en) == (
        Why.DECREED_OFF,
        "15/QĐ-TTg",
        "nghỉ bù",
        "exchanged",
    )
    assert calendar_of(None).day(SATURDAY).windows == (MORNING, AFTERNOON)
    decree(town, town.ward, by=town.warden, document="7/UBND", off=[], worked=[MONDAY])
    assert calendar_of(town.desk).day(MONDAY).works
    assert not calendar_of(town.other).day(MONDAY).works


def test_what_comes_with_songcau_may_be_decreed_anew_with_its_number(town: Town) -> None:
    decree(town, off=[date(2026, 1, 2)], worked=[date(2026, 1, 10)])
    assert calendar_of(None).day(date(2026, 1, 2)).document == "15/QĐ-TTg"
    decree(town, document="16/QĐ", off=[], worked=[date(2026, 4, 30)])
    assert calendar_of(None).day(date(2026, 4, 30)).works, "also a holiday of the law"


def test_a_decree_may_settle_its_year_for_the_whole_country_only(town: Town) -> None:
    assert calendar_of(None).decreed_until == 2026
    decree(town, town.ward, settles_year=2028)
    assert calendar_of(town.ward).decreed_until == 2026
    decree(town, off=[date(2027, 9, 1)], worked=[], settles_year=2027)
    assert calendar_of(town.ward).decreed_until == 2027


def test_a_year_that_is_settled_settles_none_before_it(town: Town) -> None:
    decree(town, off=[date(2028, 8, 15)], worked=[], settles_year=2028)
    assert calendar_of(None).decreed_until == 2026, "nobody has decreed 2027"
    decree(town, document="16/QĐ", off=[date(2027, 9, 1)], worked=[], settles_year=2027)
    assert calendar_of(None).decreed_until == 2028


def test_a_withdrawn_decree_leaves_the_days_as_before(town: Town) -> None:
    row = decree(town)
    actions.withdraw_decree(by=town.root, decree_id=row.pk, reason="bị thay thế")
    assert calendar_of(None).day(MONDAY).works
    with pytest.raises(CalendarRowUnknown):
        actions.withdraw_decree(by=town.root, decree_id=row.pk, reason="lần nữa")


def test_an_agency_is_closed_for_an_afternoon_and_opened_again(town: Town) -> None:
    row = closed(town, document="3/CĐ")
    assert calendar_of(town.ward).day(MONDAY).windows == (MORNING,)
    assert calendar_of(town.desk).day(MONDAY).windows == (MORNING, AFTERNOON)
    closed(town, town.city, first_on=SATURDAY, last_on=date(2026, 12, 8), below=True)
    assert not calendar_of(town.desk).day(date(2026, 12, 7)).works
    actions.reopen_agency(by=town.warden, closure_id=row.pk, reason="bão đổi hướng")
    assert calendar_of(town.ward).day(MONDAY).windows == (MORNING, AFTERNOON)


def test_changes_are_numbered_recorded_and_announced(town: Town) -> None:
    first, second = hours(town), closed(town, town.desk)
    actions.withdraw_hours(by=town.root, hours_id=first.pk, reason="nhầm")
    assert list(Change.objects.values_list("number", "kind")) == [
        (3, "HOURS_WITHDRAWN"),
        (2, "AGENCY_CLOSED"),
        (1, "HOURS_SET"),
    ]
    assert str(Change.objects.get(number=2)) == "2 AGENCY_CLOSED"
    assert [entry.action for entry in Entry.objects.order_by("sequence")] == [
        "calendar.set_hours",
        "calendar.close_agency",
        "calendar.withdraw_hours",
    ]
    assert Entry.objects.get(action="calendar.withdraw_hours").details["reason"] == "nhầm"
    told = Event.objects.filter(name="calendar.CalendarChanged").order_by("sequence")
    assert [event.payload["number"] for event in told] == [1, 2, 3]
    assert told[1].payload["agency_id"] == str(town.desk.pk)
    assert {str(first), str(second)} == {f"{town.ward.pk} 2026-12-01", f"{town.desk.pk} 2026-11-30"}
    assert str(decree(town)) == "15/QĐ-TTg"


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (lambda town: hours(town, days=[*USUAL, ((690, 450),), ()]), WindowsUnfit),
        (lambda town: hours(town, days=USUAL), WindowsUnfit),
        (lambda town: hours(town, days=[()] * 7), layers.WeekWithoutWork),
        (lambda town: decree(town, document=" "), layers.DocumentMissing),
        (lambda town: decree(town, reason=""), layers.ReasonMissing),
        (lambda town: decree(town, document_on=date(1900, 1, 1)), layers.BeyondCalendar),
        (lambda town: decree(town, off=[], worked=[]), layers.DecreeEmpty),
        (lambda town: decree(town, town.ward, off=[date(2026, 1, 2)]), layers.DayOffAlready),
        (lambda town: closed(town, reason="\n"), layers.ReasonMissing),
        (lambda town: closed(town, document="x" * 101), layers.DocumentMissing),
        (lambda town: closed(town, to_minute=60), layers.PeriodBackwards),
        (lambda town: actions.withdraw_hours(by=town.root, hours_id=uuid4(), reason="x"), CalendarRowUnknown),
    ],
)
def test_what_does_not_fit_is_refused_and_leaves_nothing(town: Town, change: Any, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        change(town)
    assert not Change.objects.exists()
    assert not Entry.objects.exists()


def test_a_day_is_decreed_once_at_one_place(town: Town) -> None:
    decree(town)
    with pytest.raises(layers.DayDecreedAlready):
        decree(town, document="16/QĐ")
    decree(town, town.ward, off=[date(2026, 12, 2)], worked=[])
    with pytest.raises(layers.DayDecreedAlready):
        decree(town, town.ward, off=[date(2026, 12, 2)], worked=[])


def test_closures_that_follow_each_other_for_ever_are_refused(town: Town) -> None:
    closed(town, from_minute=0, last_on=date(2027, 11, 30))
    with pytest.raises(CalendarWithoutWork):
        closed(town, from_minute=0, first_on=date(2027, 12, 1), last_on=date(2028, 11, 30))


def test_a_closed_agency_is_left_as_it_is(town: Town) -> None:
    Agency.objects.filter(pk=town.desk.pk).update(closed_on=date(2026, 1, 1))
    for change in (hours, closed, decree):
        with pytest.raises(AgencyIsClosed):
            change(town, town.desk)
    with pytest.raises(Agency.DoesNotExist):
        hours(town, agency_id=UUID(int=9))


def test_nobody_changes_a_calendar_that_is_not_theirs(town: Town) -> None:
    assert may_change(town.root, None)
    assert may_change(town.warden, town.desk)
    row = decree(town)
    for change in (
        lambda: decree(town, by=town.warden, off=[SATURDAY]),
        lambda: decree(town, town.city, by=town.warden),
        lambda: hours(town, town.other, by=town.warden),
        lambda: closed(town, town.city, by=town.warden),
        lambda: hours(town, by=town.clerk),
        lambda: actions.withdraw_decree(by=town.warden, decree_id=row.pk, reason="x"),
    ):
        with pytest.raises(MayNotChangeCalendar):
            change()
    assert latest_change() == 1


def test_the_port_for_rooms_below_counts_with_the_usual_offices(town: Town) -> None:
    assert due_at(NOW, 1).isoformat() == "2026-11-26T17:00:00+07:00"
    decree(town, off=[date(2026, 11, 26)], worked=[])
    assert due_at(NOW, 1).isoformat() == "2026-11-27T17:00:00+07:00"


def test_what_was_over_before_and_what_is_set_for_others_is_not_read(town: Town) -> None:
    decree(town)
    decree(town, town.other, document="2/QĐ", off=[date(2026, 12, 2)], worked=[])
    decree(town, document="3/QĐ", off=[date(2026, 12, 3)], worked=[], settles_year=2027)
    closed(town)
    closed(town, town.other)
    hours(town)
    hours(town, town.other)
    everything = stored()
    assert [len(rows) for rows in (everything.hours, everything.decrees, everything.closures)] == [2, 3, 2]
    late = stored(since=date(2026, 12, 6))
    assert ([row.document for row in late.decrees], late.closures) == (["3/QĐ"], ())
    assert late.layers.decreed_until == everything.layers.decreed_until, "which years are settled is known as before"
    assert len(late.hours) == 2, "hours last until others begin"
    assert len(stored(since=SATURDAY).decrees) == 2, "the last day of a decree is one of its days"
    near = stored(near=town.desk.path)
    assert {row.agency_id for row in (*near.hours, *near.closures)} == {town.ward.pk}
    assert {row.document for row in near.decrees} == {"15/QĐ-TTg", "3/QĐ"}
    assert set(near.agencies) == {town.city.pk, town.ward.pk, town.desk.pk}
    nobody = stored(near="")
    assert (nobody.hours, nobody.closures, nobody.agencies) == ((), (), {})
    for agency in (town.desk, town.other, None):
        whole, since = calendar_of(agency), calendar_of(agency, since=MONDAY)
        assert all(whole.day(MONDAY + timedelta(days=n)) == since.day(MONDAY + timedelta(days=n)) for n in range(60))


def test_what_is_long_over_can_still_be_withdrawn(town: Town) -> None:
    row = closed(town, first_on=date(2024, 3, 4), last_on=date(2024, 3, 4))
    actions.reopen_agency(by=town.root, closure_id=row.pk, reason="nhập nhầm")
    with pytest.raises(CalendarRowUnknown):
        actions.reopen_agency(by=town.root, closure_id=row.pk, reason="nhập nhầm")
    assert calendar_of(town.ward).day(date(2024, 3, 4)).why is Why.WEEK
