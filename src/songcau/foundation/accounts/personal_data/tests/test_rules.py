"""Purposes, texts, curiosity and colours, without a database."""

from datetime import UTC, datetime, timedelta

import pytest

from songcau.foundation.accounts.personal_data import rules
from songcau.foundation.accounts.personal_data.rules import Colour, Ground, Outcome, Purpose, RequestKind, RequestState

AT = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)


def test_another_purpose_says_which() -> None:
    assert rules.usable_note(Purpose.ACCOUNT_CARE, "") == ""
    assert rules.usable_note(Purpose.OTHER, "  Xác minh   đơn ") == "Xác minh đơn"
    assert len(rules.usable_note(Purpose.INSPECTION, "x" * 999)) == rules.NOTE_LIMIT
    for nothing in ("", "   ", "abc"):
        with pytest.raises(rules.PurposeMissing):
            rules.usable_note(Purpose.OTHER, nothing)


def test_curiosity_begins_with_one_new_person_more_than_the_limit() -> None:
    limit = rules.PEOPLE_AN_HOUR
    assert rules.is_curious(limit, is_new=True, told_already=False)
    assert not rules.is_curious(limit - 1, is_new=True, told_already=False)
    assert not rules.is_curious(limit, is_new=False, told_already=False)
    assert not rules.is_curious(limit + 5, is_new=True, told_already=True)


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (rules.TEXT_LIMIT + 1)])
def test_a_request_says_something_not_too_long(text: str) -> None:
    with pytest.raises(rules.RequestTextMissing):
        rules.usable_text(text)
    with pytest.raises(rules.FindingMissing):
        rules.usable_finding(text)


def test_texts_keep_their_lines_and_findings_are_one_line() -> None:
    assert rules.usable_text(" một\nhai ") == "một\nhai"
    assert rules.usable_finding(" một\nhai ") == "một hai"


def test_an_answer_has_words_and_a_refusal_a_ground() -> None:
    assert rules.usable_answer(" Xong. ", Outcome.GRANTED, None) == "Xong."
    assert rules.usable_answer("Không.", Outcome.REFUSED, Ground.OTHER) == "Không."
    for outcome in (Outcome.REFUSED, Outcome.PARTLY):
        with pytest.raises(rules.GroundMissing):
            rules.usable_answer("Không.", outcome, None)
    with pytest.raises(rules.GroundUnneeded):
        rules.usable_answer("Xong.", Outcome.GRANTED, Ground.OTHER)
    for text in ("", " ", "x" * (rules.ANSWER_LIMIT + 1)):
        with pytest.raises(rules.AnswerMissing):
            rules.usable_answer(text, Outcome.GRANTED, None)


@pytest.mark.parametrize("kind", RequestKind)
@pytest.mark.parametrize("state", RequestState)
def test_data_are_corrected_for_a_request_in_work_only(kind: RequestKind, state: RequestState) -> None:
    if kind in rules.CORRECTABLE and state is RequestState.IN_WORK:
        rules.require_correctable(kind, state)
    else:
        with pytest.raises(rules.NothingToCorrect):
            rules.require_correctable(kind, state)


@pytest.mark.parametrize(
    ("state", "hours_left", "answered", "colour"),
    [
        (RequestState.RECEIVED, 9, None, Colour.IN_TIME),
        (RequestState.RECEIVED, 8, None, Colour.SOON),
        (RequestState.IN_WORK, 0, None, Colour.SOON),
        (RequestState.IN_WORK, -0.1, None, Colour.LATE),
        (RequestState.ANSWERED, -5, -6, Colour.CLOSED),
        (RequestState.ANSWERED, -5, -5, Colour.CLOSED),
        (RequestState.ANSWERED, -5, -4, Colour.CLOSED_LATE),
        (RequestState.WITHDRAWN, -5, None, Colour.CLOSED),
    ],
)
def test_the_colour_of_a_line(state: RequestState, hours_left: float, answered: float | None, colour: Colour) -> None:
    due = AT + timedelta(hours=hours_left)
    at = None if answered is None else AT + timedelta(hours=answered)
    assert rules.colour(state, due, at, AT) is colour
