"""What a citizen may report, in the words of a language, and what is wrong with what they typed."""

from collections.abc import Mapping
from dataclasses import dataclass

from songcau.foundation.accounts.phones import phone_number
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Category
from songcau.systems.citizen_reports.rules import QuestionKind


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of a category; `options` are (value, words) where `kind` is CHOICE."""

    key: str
    kind: QuestionKind
    label: str
    required: bool
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class OfferedCategory:
    """A category that may be chosen; `group` is the heading it stands under ("" for none)."""

    code: str
    name: str
    group: str
    questions: tuple[AskedQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class NamedCategory:
    """A category by which published reports are filtered."""

    code: str
    name: str


def said(row: Category, language: str) -> str:
    """The name in a language, Vietnamese where there is no English."""
    return row.name_en if language == "en" and row.name_en else row.name


def offered_categories(language: str) -> tuple[OfferedCategory, ...]:
    """In the city's own sequence, those under one heading together."""
    rows = Category.objects.offered().select_related("parent")
    found = [
        OfferedCategory(
            row.code, said(row, language), said(row.parent, language) if row.parent else "", _asked(row, language)
        )
        for row in rows
    ]
    first: dict[str, int] = {}
    for position, one in enumerate(found):
        first.setdefault(one.group or one.code, position)
    return tuple(sorted(found, key=lambda one: first[one.group or one.code]))


def public_categories(language: str) -> tuple[NamedCategory, ...]:
    """Those whose reports may be published, retired ones too, headings before what stands under them."""
    rows = Category.objects.filter(is_public=True, is_internal=False).order_by("order", "code")
    return tuple(NamedCategory(row.code, said(row, language)) for row in rows)


def suggested_categories(text: str) -> list[str]:
    """Codes of what the words seem to be about, the best first; at most three."""
    rows = Category.objects.offered().order_by("order", "code")
    described = [rules.Described(row.code, (row.name, row.name_en), tuple(row.keywords.splitlines())) for row in rows]
    return rules.category_suggestions(text, described)


def faults_of(
    *, text: str, category: str, answers: Mapping[str, object], phone: str, language: str
) -> dict[str, Refused]:
    """What would be refused: field → why; a question's field is `q-<its key>`. Nothing where all is well."""
    faults: dict[str, Refused] = {}
    try:
        rules.require_report(text)
    except Refused as refusal:
        faults["text"] = refusal
    row = Category.objects.filter(code=category).only("questions", "retired_on").order_by().first()
    if row is not None and row.retired_on is None:
        try:
            rules.require_answers(rules.checked_questions(row.questions), answers, language=language)
        except rules.AnswersUnfit as unfit:
            faults |= {f"q-{key}": fault for key, fault in unfit.faults.items()}
    if phone.strip():
        try:
            phone_number(phone)
        except Refused as refusal:
            faults["phone"] = refusal
    return faults


def is_known_category(code: str) -> bool:
    """Whether it may be sent: what was retired meanwhile is followed to what came in its place."""
    return Category.objects.filter(code=code, is_internal=False).exists()


def _asked(row: Category, language: str) -> tuple[AskedQuestion, ...]:
    return tuple(
        AskedQuestion(
            question.key, question.kind, question.said(language), question.required, question.offered(language)
        )
        for question in rules.checked_questions(row.questions)
    )
