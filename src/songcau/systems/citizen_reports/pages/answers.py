"""What a category asked and was answered, in words; and standard answers filled in for a report."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from songcau.foundation.shell import written
from songcau.foundation.shell.written import language
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.pages.listing import category_words
from songcau.systems.citizen_reports.queries import reading
from songcau.systems.citizen_reports.queries.answered import Answers
from songcau.systems.citizen_reports.rules import shown_code


@dataclass(frozen=True, slots=True)
class Filled:
    """A standard answer, ready to be sent."""

    name: str
    text: str


def asked(report: Report) -> list[tuple[str, str]]:
    """Question and answer, in words."""
    return [(asked, str(written.shown(given))) for asked, given in Answers(language()).of(report)]


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
