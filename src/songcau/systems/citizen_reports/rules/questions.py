"""The questions of a category, and the answers to them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from songcau.kernel.errors import Refused
from songcau.kernel.numbers import NumberUnreadable, Unit, parsed
from songcau.kernel.text import folded, normal

ANSWER_LIMIT = 500
LARGEST = 10**9
MOST_QUESTIONS = 20
MOST_OPTIONS = 50
LABEL_LIMIT = 200
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
_YES = frozenset({"yes", "true", "1", "co", "on"})
_NO = frozenset({"no", "false", "0", "khong", "off"})

Answer = str | bool | int | float
Row = Mapping[str, object]


class QuestionKind(StrEnum):
    TEXT = "TEXT"
    CHOICE = "CHOICE"
    YES_NO = "YES_NO"
    NUMBER = "NUMBER"


class QuestionUnanswered(Refused):
    code = "QUESTION_UNANSWERED"


class AnswerTooLong(Refused):
    code = "ANSWER_TOO_LONG"


class AnswerNotOffered(Refused):
    code = "ANSWER_NOT_OFFERED"


class AnswerNotYesOrNo(Refused):
    code = "ANSWER_NOT_YES_OR_NO"


class AnswerNotANumber(Refused):
    """No number, or one beyond `most`."""

    code = "ANSWER_NOT_A_NUMBER"


class AnswersUnfit(Refused):
    """Some answers are refused: `faults`, question's key → why, for beside each question. `question` is the first."""

    code = "ANSWERS_UNFIT"

    def __init__(self, faults: Mapping[str, Refused], question: str) -> None:
        super().__init__(question=question, count=len(faults))
        self.faults = dict(faults)


class QuestionsUnfit(Refused):
    """The questions of a category, as somebody set them up, cannot be asked. `position` counts from 1."""

    code = "QUESTIONS_UNFIT"


@dataclass(frozen=True, slots=True)
class Question:
    """`options`: the values that may be chosen, as they are stored; `labels`: their words, Vietnamese and English."""

    key: str
    kind: QuestionKind
    label: str
    label_en: str = ""
    options: tuple[str, ...] = ()
    required: bool = False
    labels: tuple[tuple[str, str], ...] = field(default=(), compare=False)

    def offered(self, language: str) -> tuple[tuple[str, str], ...]:
        """What may be chosen: value and words."""
        words = (english if language == "en" and english else label for label, english in self.labels)
        return tuple(zip(self.options, words, strict=True))

    def said(self, language: str) -> str:
        """The question in a language, Vietnamese where there is no English."""
        return self.label_en if language == "en" and self.label_en else self.label


def checked_questions(rows: object) -> tuple[Question, ...]:
    """The questions as a category keeps them (a list of objects, see `models.Category`). Raises QuestionsUnfit."""
    if not isinstance(rows, list) or len(rows) > MOST_QUESTIONS:
        raise QuestionsUnfit(position=0)
    found: list[Question] = []
    for position, row in enumerate(rows, 1):
        question = _question(row) if isinstance(row, Mapping) else None
        if question is None or question.key in {one.key for one in found}:
            raise QuestionsUnfit(position=position)
        found.append(question)
    return tuple(found)


def require_answers(
    questions: Sequence[Question], answers: Mapping[str, object], *, language: str = "vi"
) -> dict[str, Answer]:
    """The answers as they are stored; what no question asked for is dropped. Raises AnswersUnfit.

    `language` says how numbers were typed and in which the questions are named. What a form (texts only) and what JSON
    sends are both taken.
    """
    kept: dict[str, Answer] = {}
    faults: dict[str, Refused] = {}
    for question in questions:
        given = answers.get(question.key)
        try:
            if given is None or (isinstance(given, str) and not normal(given)):
                if question.required:
                    raise QuestionUnanswered(question=question.said(language))
            else:
                kept[question.key] = _answer(question, given, language)
        except Refused as refusal:
            faults[question.key] = refusal
    if faults:
        first = next(question for question in questions if question.key in faults)
        raise AnswersUnfit(faults, first.said(language))
    return kept


def _answer(question: Question, given: object, language: str) -> Answer:
    if question.kind is QuestionKind.YES_NO:
        return _yes_or_no(question.said(language), given)
    if question.kind is QuestionKind.NUMBER:
        return _number(question.said(language), given, language)
    said = normal(given) if isinstance(given, str) else ""
    if question.kind is QuestionKind.CHOICE:
        if said not in question.options:
            raise AnswerNotOffered(question=question.said(language))
        return said
    if not said or len(said) > ANSWER_LIMIT:
        raise AnswerTooLong(question=question.said(language), limit=ANSWER_LIMIT)
    return said


def _yes_or_no(asked: str, given: object) -> bool:
    if isinstance(given, bool):
        return given
    said = folded(given) if isinstance(given, str) else ""
    if said not in _YES | _NO:
        raise AnswerNotYesOrNo(question=asked)
    return said in _YES


def _number(asked: str, given: object, language: str) -> int | float:
    # Python itself writes no number of thousands of digits.
    if isinstance(given, int) and abs(given) > LARGEST:
        raise AnswerNotANumber(question=asked, most=LARGEST)
    try:
        read = parsed(f"{given:f}" if isinstance(given, float) else str(given), "en" if _typed(given) else language)
    except NumberUnreadable:
        raise AnswerNotANumber(question=asked, most=LARGEST) from None
    if isinstance(given, bool) or read.unit is not Unit.NONE or abs(read.value) > LARGEST:
        raise AnswerNotANumber(question=asked, most=LARGEST)
    return int(read.value) if read.value == read.value.to_integral_value() else float(read.value)


def _typed(given: object) -> bool:
    """JSON's own numbers have a point before decimals in every language."""
    return isinstance(given, int | float)


def _question(row: Row) -> Question | None:
    key, kind, label = row.get("key"), row.get("kind"), row.get("label")
    label_en, required = row.get("label_en", ""), row.get("required", False)
    options = _options(row.get("options", []))
    if (
        not isinstance(key, str)
        or not _KEY.fullmatch(key)
        or not isinstance(kind, str)
        or kind not in list(QuestionKind)
    ):
        return None
    if not _is_label(label) or not (label_en == "" or _is_label(label_en)) or not isinstance(required, bool):
        return None
    if options is None or (kind == QuestionKind.CHOICE) != bool(options):
        return None
    labels = _labels(row.get("options", []))
    return Question(key, QuestionKind(kind), normal(str(label)), normal(str(label_en)), options, required, labels)


def _is_label(text: object) -> bool:
    return isinstance(text, str) and 0 < len(normal(text)) <= LABEL_LIMIT


def _labels(rows: object) -> tuple[tuple[str, str], ...]:
    """Of options that can be offered: their words in both languages."""
    assert isinstance(rows, list)  # noqa: S101  # `_options` has looked
    return tuple((normal(str(one["label"])), normal(str(one.get("label_en") or ""))) for one in rows)


def _options(rows: object) -> tuple[str, ...] | None:
    """The values; None when they cannot be offered."""
    if not isinstance(rows, list) or len(rows) > MOST_OPTIONS:
        return None
    values = [
        normal(str(row.get("value", ""))) for row in rows if isinstance(row, Mapping) and _is_label(row.get("label"))
    ]
    whole = len(values) == len(rows) and all(values) and len(set(values)) == len(values)
    return tuple(values) if whole else None
