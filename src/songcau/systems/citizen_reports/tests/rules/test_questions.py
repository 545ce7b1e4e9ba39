"""Questions of a category, and answers as forms and JSON send them."""

from typing import Any

import pytest

from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.rules import Question, QuestionKind

POLE = Question("pole", QuestionKind.TEXT, "Số cột", "Number of the pole", required=True)
KIND = Question("kind", QuestionKind.CHOICE, "Loại đèn", options=("LED", "SODIUM"))
BLOCKED = Question("blocked", QuestionKind.YES_NO, "Có chắn đường?", "Is the road blocked?")
HOW_MANY = Question("how_many", QuestionKind.NUMBER, "Bao nhiêu bóng?")
ALL = (POLE, KIND, BLOCKED, HOW_MANY)


def row(**changes: Any) -> dict[str, Any]:
    return {"key": "pole", "kind": "TEXT", "label": "Số cột", "label_en": "", "options": [], "required": True} | changes


def test_answers_are_kept_in_one_form_and_what_nobody_asked_is_dropped() -> None:
    given = {"pole": " TN-0123 ", "kind": "LED", "blocked": "Có", "how_many": "1.200", "admin": "true"}
    assert rules.require_answers(ALL, given) == {"pole": "TN-0123", "kind": "LED", "blocked": True, "how_many": 1200}


def test_what_was_not_asked_for_may_stay_empty() -> None:
    assert rules.require_answers(ALL, {"pole": "1", "kind": " ", "blocked": None}) == {"pole": "1"}


@pytest.mark.parametrize(
    ("given", "kept"),
    [(True, True), (False, False), ("yes", True), ("KHÔNG", False), ("on", True), ("0", False), ("true", True)],
)
def test_yes_and_no_are_read_however_they_are_sent(given: object, kept: bool) -> None:
    assert rules.require_answers([BLOCKED], {"blocked": given}) == {"blocked": kept}


@pytest.mark.parametrize(
    ("given", "language", "kept"),
    [(3, "vi", 3), (2.5, "vi", 2.5), ("2,5", "vi", 2.5), ("2.5", "en", 2.5), (1.234, "vi", 1.234), ("-4", "vi", -4)],
)
def test_a_number_is_read_as_its_language_writes_it_and_json_s_own_as_it_is(
    given: object, language: str, kept: float
) -> None:
    assert rules.require_answers([HOW_MANY], {"how_many": given}, language=language) == {"how_many": kept}


@pytest.mark.parametrize(
    ("key", "given", "refusal"),
    [
        ("pole", "", rules.QuestionUnanswered),
        ("pole", "\u200b", rules.QuestionUnanswered),
        ("pole", "a" * 501, rules.AnswerTooLong),
        ("pole", ["a"], rules.AnswerTooLong),
        ("kind", "NEON", rules.AnswerNotOffered),
        ("kind", ["LED"], rules.AnswerNotOffered),
        ("blocked", "maybe", rules.AnswerNotYesOrNo),
        ("blocked", 2, rules.AnswerNotYesOrNo),
        ("how_many", "nhiều", rules.AnswerNotANumber),
        ("how_many", True, rules.AnswerNotANumber),
        ("how_many", "5 %", rules.AnswerNotANumber),
        ("how_many", 10**9 + 1, rules.AnswerNotANumber),
        pytest.param("how_many", 10**5000, rules.AnswerNotANumber, id="an enormous number"),
        ("how_many", "9" * 5000, rules.AnswerNotANumber),
        ("how_many", float("nan"), rules.AnswerNotANumber),
        ("how_many", float("inf"), rules.AnswerNotANumber),
        ("how_many", 1e300, rules.AnswerNotANumber),
        ("how_many", {"a": 1}, rules.AnswerNotANumber),
    ],
)
def test_an_answer_that_does_not_fit_is_refused_beside_its_question(
    key: str, given: object, refusal: type[Exception]
) -> None:
    with pytest.raises(rules.AnswersUnfit) as raised:
        rules.require_answers(ALL, {"pole": "1"} | {key: given})
    assert {found: type(fault) for found, fault in raised.value.faults.items()} == {key: refusal}


def test_everything_wrong_is_said_at_once_and_the_first_question_is_named_in_the_reader_s_language() -> None:
    with pytest.raises(rules.AnswersUnfit) as raised:
        rules.require_answers(ALL, {"kind": "NEON", "blocked": "?"}, language="en")
    assert list(raised.value.faults) == ["pole", "kind", "blocked"]
    assert raised.value.params == {"question": "Number of the pole", "count": 3}
    assert raised.value.faults["kind"].params == {"question": "Loại đèn"}


def test_questions_are_read_as_a_category_keeps_them() -> None:
    option = {"value": "LED", "label": "Đèn LED", "label_en": "LED"}
    assert rules.checked_questions([row(label_en="Pole"), row(key="kind", kind="CHOICE", options=[option])]) == (
        Question("pole", QuestionKind.TEXT, "Số cột", "Pole", (), True),
        Question("kind", QuestionKind.CHOICE, "Số cột", "", ("LED",), True),
    )
    assert rules.checked_questions([{"key": "a", "kind": "NUMBER", "label": "A"}])[0].required is False


@pytest.mark.parametrize(
    "unfit",
    [
        row(key="Pole"),
        row(key=3),
        row(kind="DATE"),
        row(kind=None),
        row(label=" "),
        row(label="a" * 201),
        row(label_en=5),
        row(required="yes"),
        row(kind="CHOICE"),
        row(options=[{"value": "A", "label": "A"}]),
        row(kind="CHOICE", options="A"),
        row(kind="CHOICE", options=[{"value": "A"}]),
        row(kind="CHOICE", options=[{"value": "", "label": "A"}]),
        row(kind="CHOICE", options=["A"]),
        row(kind="CHOICE", options=[{"value": "A", "label": "A"}] * 2),
        row(kind="CHOICE", options=[{"value": str(n), "label": "A"} for n in range(51)]),
        "pole",
    ],
)
def test_a_question_that_cannot_be_asked_is_named_by_its_place(unfit: object) -> None:
    with pytest.raises(rules.QuestionsUnfit) as raised:
        rules.checked_questions([row(key="first"), unfit])
    assert raised.value.params == {"position": 2}


@pytest.mark.parametrize("unfit", [{}, None, [row(key=f"k{n}") for n in range(21)]])
def test_questions_are_a_list_of_at_most_twenty(unfit: object) -> None:
    with pytest.raises(rules.QuestionsUnfit):
        rules.checked_questions(unfit)


def test_no_key_stands_twice() -> None:
    with pytest.raises(rules.QuestionsUnfit):
        rules.checked_questions([row(), row()])
