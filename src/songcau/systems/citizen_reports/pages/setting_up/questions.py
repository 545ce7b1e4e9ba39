"""The questions of a category as a plain text, one a line: readable, quick to move about, without any script.

key | kind | question | in English | required
- value | words | in English
"""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.foundation.shell.words import say
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports.rules import QuestionKind, checked_questions

# What stands in the fifth place of a question that must be answered.
REQUIRED = "*"
_BAR = "|"


class QuestionsField(forms.CharField):
    """Gives the list that a category keeps."""

    def __init__(self, **more: Any) -> None:
        hint = gettext_lazy(
            "A line each: key | kind | question | in English | *. Kinds: TEXT, NUMBER, YES_NO, CHOICE; * means that it "
            "must be answered. Under a CHOICE a line for each answer: - value | words | in English."
        )
        super().__init__(
            **{"help_text": hint, "widget": forms.Textarea(attrs={"rows": 8, "spellcheck": "false"}), **more}
        )

    def prepare_value(self, value: Any) -> Any:
        return written(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        rows = read(super().clean(value))
        try:
            checked_questions(rows)
        except Refused as refusal:
            raise forms.ValidationError(say(refusal)) from None
        return rows


def written(questions: list[dict[str, Any]]) -> str:
    """The list as the text that gives it again."""
    lines = []
    for one in questions:
        parts = [one["key"], one["kind"], one["label"], one.get("label_en", "")]
        lines.append(f" {_BAR} ".join(parts) + (f" {_BAR} {REQUIRED}" if one.get("required") else ""))
        for option in one.get("options", []):
            named = (option["value"], option["label"], option.get("label_en", ""))
            lines.append("- " + f" {_BAR} ".join(named))
    return "\n".join(lines)


def read(text: str) -> list[dict[str, Any]]:
    """Raises ValidationError, naming the line."""
    rows: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), 1):
        typed = line.strip()
        if not typed:
            continue
        if typed.startswith("-"):
            if not rows:
                raise forms.ValidationError(_("Line %(n)d: an answer stands under its question.") % {"n": number})
            rows[-1].setdefault("options", []).append(_option(typed.removeprefix("-"), number))
        else:
            rows.append(_question(typed, number))
    return rows


def _parts(line: str) -> list[str]:
    return [part.strip() for part in line.split(_BAR)]


def _question(line: str, number: int) -> dict[str, Any]:
    parts = _parts(line)
    if not 3 <= len(parts) <= 5 or parts[1].upper() not in list(QuestionKind):
        raise forms.ValidationError(
            _("Line %(n)d: write key | kind | question | in English | *, with a kind of the list.") % {"n": number}
        )
    parts += [""] * (5 - len(parts))
    return {
        "key": parts[0],
        "kind": parts[1].upper(),
        "label": parts[2],
        "label_en": parts[3],
        "required": parts[4] == REQUIRED,
    }


def _option(line: str, number: int) -> dict[str, str]:
    parts = _parts(line)
    if not 2 <= len(parts) <= 3:
        raise forms.ValidationError(_("Line %(n)d: write - value | words | in English.") % {"n": number})
    parts += [""] * (3 - len(parts))
    return {"value": parts[0], "label": parts[1], "label_en": parts[2]}
