"""What a category asked and was answered, in words; and standard answers filled in for a report."""

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from songcau.foundation.shell import written
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.queries import reading
from songcau.systems.citizen_reports.rules import shown_code


@dataclass(frozen=True, slots=True)
class Filled:
    """A standard answer, ready to be sent."""

    name: str
    text: str


def asked(report: Report) -> list[tuple[str, str]]:
    """Question and answer. What the category no longer asks stands under its key."""
    english = get_language() == "en"
    questions: dict[str, dict[str, Any]] = {one["key"]: one for one in report.category.questions}
    return [
        (_label(questions.get(key), key, english=english), _said(questions.get(key), given, english=english))
        for key, given in report.answers.items()
    ]


def _label(question: dict[str, Any] | None, key: str, *, english: bool) -> str:
    if question is None:
        return key
    return str((question.get("label_en") if english else "") or question["label"])


def _said(question: dict[str, Any] | None, given: object, *, english: bool) -> str:
    for option in (question or {}).get("options", []):
        if option["value"] == given:
            return str((option.get("label_en") if english else "") or option["label"])
    return str(written.shown(given))


def filled_templates(report: Report) -> tuple[Filled, ...]:
    """The standard answers that fit, with `{code}`, `{category}`, `{ward}`, `{agency}` and `{due}` filled in."""
    due = report.plan_due_on or (timezone.localdate(report.due_at) if report.due_at else None)
    known = {
        "code": shown_code(report.code),
        "category": category_words(report.category),
        "ward": report.ward_name,
        "agency": report.agency.name if report.agency else _("the centre"),
        "due": written.day(due),
    }
    return tuple(Filled(one.name, _filled(one.text, known)) for one in reading.templates_for(report))


def _filled(text: str, known: dict[str, str]) -> str:
    """A place that is not known stays as it was written."""
    for name, value in known.items():
        text = text.replace(f"{{{name}}}", value)
    return text
