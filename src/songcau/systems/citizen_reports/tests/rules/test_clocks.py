"""Colours, lists, escalation, reminders and plans."""

from datetime import UTC, date, datetime, timedelta

import pytest

from songcau.foundation.calendar.deadlines import Method, Term, TermNotPositive
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.rules import Colour, State, Urgency

AT = datetime(2026, 11, 2, 1, tzinfo=UTC)
DUE = AT + timedelta(hours=40)
SECOND = timedelta(seconds=1)
WHY = "Phải chờ đơn vị cung cấp vật tư từ nhà máy"
TODAY = date(2026, 11, 28)


@pytest.mark.parametrize(
    ("after_hours", "colour"),
    [(0, Colour.GREEN), (29, Colour.GREEN), (30, Colour.AMBER), (40, Colour.AMBER), (41, Colour.RED), (119, Colour.RED),
     (120, Colour.BLACK), (1000, Colour.BLACK)],
)  # fmt: skip
def test_a_report_is_coloured_by_what_is_left_of_its_term(after_hours: int, colour: Colour) -> None:
    assert rules.colour(AT + timedelta(hours=after_hours), AT, DUE, State.ASSIGNED) is colour


def test_what_is_done_is_grey_and_what_is_not_promised_green() -> None:
    assert rules.colour(DUE + timedelta(days=90), AT, DUE, State.CLOSED) is Colour.GREY
    assert rules.colour(DUE, AT, None, State.NEW) is Colour.GREEN


def test_the_instant_due_is_in_time_and_a_second_later_is_not() -> None:
    assert rules.colour(DUE, AT, DUE, State.ASSIGNED) is Colour.AMBER
    assert rules.colour(DUE + SECOND, AT, DUE, State.ASSIGNED) is Colour.RED


def test_three_times_the_term_is_a_list_of_its_own() -> None:
    thrice = AT + timedelta(hours=120)
    assert rules.thrice_due_at(AT, DUE) == thrice
    assert rules.is_three_times(thrice, AT, DUE, State.WAITING_OUTSIDE)
    assert not rules.is_three_times(thrice - SECOND, AT, DUE, State.WAITING_OUTSIDE)
    assert not rules.is_three_times(thrice, AT, DUE, State.RESOLVED)
    assert not rules.is_three_times(thrice, AT, None, State.NEW)


@pytest.mark.parametrize(
    ("after_hours", "level", "told"),
    [(39, 0, None), (40, 0, 1), (41, 1, None), (80, 1, 2), (80, 0, 2), (120, 2, 3), (120, 0, 3), (999, 3, None)],
)
def test_higher_ones_are_told_at_the_term_and_at_twice_and_three_times(
    after_hours: int, level: int, told: int | None
) -> None:
    assert rules.escalation_due(AT + timedelta(hours=after_hours), AT, DUE, level) == told


def test_nobody_is_told_before_anything_was_promised() -> None:
    assert rules.escalation_due(DUE, AT, None, 0) is None


def test_a_category_has_a_term_in_hours_or_days() -> None:
    assert rules.term_of(Method.HOURS, 4) == Term(Method.HOURS, 4)
    assert rules.term_of(Method.DAYS, 5) == Term(Method.DAYS, 5)
    assert rules.term_of(Method.CALENDAR_DAYS, 10) == Term(Method.CALENDAR_DAYS, 10)
    with pytest.raises(rules.TermMethodUnfit):
        rules.term_of(Method.MONTHS, 1)
    with pytest.raises(TermNotPositive):
        rules.term_of(Method.DAYS, 0)


def test_urgent_matters_are_verified_within_four_hours_at_the_latest() -> None:
    assert rules.verify_hours(Urgency.NORMAL, 8) == 8
    assert rules.verify_hours(Urgency.URGENT, 8) == 4
    assert rules.verify_hours(Urgency.URGENT, 2) == 2
    with pytest.raises(rules.VerifyHoursUnfit):
        rules.verify_hours(Urgency.NORMAL, 0)


def test_a_reporter_reminds_once_a_day_of_what_is_late_and_the_centre_at_any_time() -> None:
    late = DUE + SECOND
    rules.require_nudge(late, DUE, None)
    rules.require_nudge(late + timedelta(days=1), DUE, late)
    with pytest.raises(rules.NudgedLately):
        rules.require_nudge(late + timedelta(hours=23), DUE, late)
    with pytest.raises(rules.NudgeTooEarly):
        rules.require_nudge(DUE, DUE, None)
    with pytest.raises(rules.NudgeTooEarly):
        rules.require_nudge(late, None, None)
    rules.require_nudge(AT, None, AT, by_centre=True)


def test_a_plan_names_a_day_to_come_and_says_why() -> None:
    assert rules.require_plan(State.IN_PROGRESS, date(2026, 12, 31), f" {WHY} ", today=TODAY) == WHY
    for on in (TODAY, date(2026, 11, 1), date(2029, 1, 1)):
        with pytest.raises(rules.PlanDateUnfit):
            rules.require_plan(State.IN_PROGRESS, on, WHY, today=TODAY)
    for text in ("", "chờ", "a" * 1001):
        with pytest.raises(rules.PlanReasonMissing):
            rules.require_plan(State.WAITING_OUTSIDE, date(2026, 12, 31), text, today=TODAY)
    with pytest.raises(rules.PlanUnfit):
        rules.require_plan(State.NEW, date(2026, 12, 31), WHY, today=TODAY)
