"""The steps of a report."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from songcau.kernel.workflow import TransitionRefused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.rules import RefusalReason, State

AT = datetime(2026, 11, 28, 2, tzinfo=UTC)
DAY = timedelta(days=1)
WHY = "Đèn vẫn không sáng vào ban đêm như trước"


def test_a_report_goes_the_whole_way() -> None:
    state = rules.WORKFLOW.start
    for step in ("accept", "assign", "start", "wait_outside", "resume", "resolve", "rate", "close_content"):
        state = rules.WORKFLOW.step(state, step)
    assert state is State.CLOSED


@pytest.mark.parametrize("state", list(State))
def test_open_is_what_somebody_still_has_to_do_something_about(state: State) -> None:
    done = {State.RESOLVED, State.CLOSED, State.REFUSED, State.WITHDRAWN}
    assert rules.is_open(state) == (state not in done)
    assert rules.open311_status(state) == ("closed" if state in done else "open")


def test_only_refused_and_withdrawn_have_no_step_any_more() -> None:
    assert {state for state in State if not rules.WORKFLOW.steps_from(state)} == {State.REFUSED, State.WITHDRAWN}


def test_another_agency_gets_it_from_anywhere_in_work_and_the_centre_gets_it_back() -> None:
    for state in (State.ASSIGNED, State.IN_PROGRESS, State.WAITING_OUTSIDE):
        assert rules.WORKFLOW.step(state, "reroute") is State.ASSIGNED
    assert rules.WORKFLOW.step(State.IN_PROGRESS, "return_to_centre") is State.ACCEPTED


def test_the_answer_of_the_reporter_leads_back_to_where_it_was_asked() -> None:
    first = rules.WORKFLOW.step(State.ACCEPTED, "ask_reporter_first")
    assert rules.WORKFLOW.step(first, "answer_first") is State.NEW
    later = rules.WORKFLOW.step(State.ASSIGNED, "ask_reporter")
    assert rules.WORKFLOW.step(later, "reporter_answered") is State.IN_PROGRESS


def test_a_reporter_who_never_answers_holds_nobody_up() -> None:
    assert rules.WORKFLOW.step(State.WAITING_REPORTER, "resume") is State.IN_PROGRESS
    assert rules.WORKFLOW.step(State.WAITING_REPORTER_FIRST, "refuse") is State.REFUSED


def test_what_a_unit_has_is_not_refused_but_goes_back_to_the_centre_first() -> None:
    with pytest.raises(TransitionRefused):
        rules.WORKFLOW.step(State.IN_PROGRESS, "refuse")


@pytest.mark.parametrize("state", list(State))
def test_a_report_is_withdrawn_until_somebody_is_at_it(state: State) -> None:
    if "withdraw" in [step.name for step in rules.WORKFLOW.steps_from(state)]:
        rules.require_withdraw(state)
    else:
        with pytest.raises(rules.WithdrawTooLate):
            rules.require_withdraw(state)


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.WAITING_OUTSIDE, State.RESOLVED])
def test_a_report_in_work_is_not_withdrawn(state: State) -> None:
    with pytest.raises(rules.WithdrawTooLate):
        rules.require_withdraw(state)


@pytest.mark.parametrize("state", [one for one in State if rules.is_open(one)])
def test_what_is_merged_is_resolved_together_with_its_parent(state: State) -> None:
    assert rules.WORKFLOW.step(state, "resolve_with_parent") is State.RESOLVED
    assert rules.WORKFLOW.step(State.RESOLVED, "close_with_parent") is State.CLOSED


def test_every_step_names_who_takes_it_by_a_permission_or_as_nobody_s() -> None:
    who = {step.who for step in rules.WORKFLOW.transitions}
    assert who == {
        "citizen_reports.moderate",
        "citizen_reports.handle_reports",
        "citizen_reports.spot_check",
        "songcau",
        "reporter",
    }


def test_nothing_is_done_about_what_is_done() -> None:
    rules.require_open(State.REOPENED)
    with pytest.raises(rules.ReportDone):
        rules.require_open(State.RESOLVED)


@pytest.mark.parametrize("state", [State.RESOLVED, State.CLOSED])
def test_a_report_is_reopened_until_seven_days_to_the_second(state: State) -> None:
    rules.require_reopen(state, AT, AT + 7 * DAY, reopened_by_reporter=False)
    with pytest.raises(rules.ReopenTooLate):
        rules.require_reopen(state, AT, AT + 7 * DAY + timedelta(seconds=1), reopened_by_reporter=False)
    with pytest.raises(rules.ReopenTooLate):
        rules.require_reopen(state, AT, AT + 8 * DAY, reopened_by_reporter=False)


def test_a_report_is_reopened_once() -> None:
    with pytest.raises(rules.ReopenTwice):
        rules.require_reopen(State.RESOLVED, AT, AT + DAY, reopened_by_reporter=True)


@pytest.mark.parametrize("state", [State.IN_PROGRESS, State.REFUSED, State.WITHDRAWN])
def test_what_was_not_resolved_is_not_reopened(state: State) -> None:
    with pytest.raises(rules.ReopenTooEarly):
        rules.require_reopen(state, AT, AT, reopened_by_reporter=False)
    with pytest.raises(rules.ReopenTooEarly):
        rules.require_reopen(State.RESOLVED, None, AT, reopened_by_reporter=False)


def test_reopening_says_why() -> None:
    assert rules.require_reopen_reason(f" {WHY}\u200b ") == WHY
    for text in ("", "chưa xong", "a" * 1001):
        with pytest.raises(rules.ReopenReasonMissing):
            rules.require_reopen_reason(text)


def test_one_to_five_stars_are_given_once_after_it_was_resolved() -> None:
    assert rules.require_rating(State.RESOLVED, 5, " Tốt ", rated=False) == "Tốt"
    assert rules.require_rating(State.CLOSED, 1, "", rated=False) == ""
    with pytest.raises(rules.RatingTooEarly):
        rules.require_rating(State.IN_PROGRESS, 5, "", rated=False)
    with pytest.raises(rules.RatedAlready):
        rules.require_rating(State.RESOLVED, 5, "", rated=True)
    for rating in (0, 6, -1):
        with pytest.raises(rules.RatingUnfit):
            rules.require_rating(State.RESOLVED, rating, "", rated=False)
    with pytest.raises(rules.RatingTextTooLong):
        rules.require_rating(State.RESOLVED, 3, "a" * 1001, rated=False)


def test_it_closes_by_content_or_when_it_can_no_longer_be_reopened() -> None:
    assert [rules.closes_by_rating(stars) for stars in range(1, 6)] == [False, False, False, True, True]
    assert not rules.closes_by_time(AT, AT + 7 * DAY)
    assert rules.closes_by_time(AT, AT + 7 * DAY + timedelta(seconds=1))


def test_a_duplicate_names_the_first_report() -> None:
    with pytest.raises(rules.FirstReportMissing):
        rules.require_refusal(RefusalReason.DUPLICATE, None, "")
    assert rules.require_refusal(RefusalReason.DUPLICATE, uuid4(), " ") == ""


def test_what_is_unclear_is_asked_before_it_is_refused() -> None:
    with pytest.raises(rules.ReporterNotAsked):
        rules.require_refusal(RefusalReason.UNCLEAR, None, WHY)
    assert rules.require_refusal(RefusalReason.UNCLEAR, None, WHY, was_asked=True) == WHY


def test_a_reason_that_says_too_little_needs_words() -> None:
    with pytest.raises(rules.RefusalTextMissing):
        rules.require_refusal(RefusalReason.NOT_A_PUBLIC_MATTER, None, "không")
    with pytest.raises(rules.RefusalTextTooLong):
        rules.require_refusal(RefusalReason.SPAM, None, "a" * 1001)
    assert rules.require_refusal(RefusalReason.COMPLAINT_OR_DENUNCIATION, None, "") == ""
