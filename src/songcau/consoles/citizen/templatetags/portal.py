"""`{% load portal %}`: a category's question as a field, and numbers as forms send them."""

from collections.abc import Mapping

from django import template

from songcau.consoles.citizen.reporting.typed import Typed
from songcau.systems.citizen_reports.public import AskedQuestion, OfferedCategory, QuestionKind

register = template.Library()


@register.filter
def plain_number(value: float | str) -> str:
    """With a point, whatever the language: a hidden field is read by a machine."""
    return repr(value) if isinstance(value, float) else value


@register.inclusion_tag("citizen/report/question.html")
def question_field(
    category: OfferedCategory, question: AskedQuestion, typed: Typed, faults: Mapping[str, str]
) -> dict[str, object]:
    """The field `q-<category>-<key>` with its label and what is wrong with it."""
    name = f"q-{category.code}-{question.key}"
    return {
        "name": name,
        "question": question,
        "kind": str(question.kind),
        "is_choice": question.kind is QuestionKind.CHOICE,
        "value": typed.answers.get(category.code, {}).get(question.key, ""),
        "fault": faults.get(name, ""),
    }
