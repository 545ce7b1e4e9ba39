"""`{% load citizen_reports %}`: codes of reports in words, and addresses that keep a list's state."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from songcau.foundation.shell.templatetags.shell import icon
from songcau.kernel import clock
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import Category, Report
from songcau.systems.citizen_reports.pages import code_words
from songcau.systems.citizen_reports.pages.code_words import Words, look_of

register = template.Library()

_TABLES = {
    "state": code_words.STATES,
    "reason": code_words.REASONS,
    "urgency": code_words.URGENCIES,
    "channel": code_words.CHANNELS,
    "doubt": code_words.DOUBTS,
    "visibility": code_words.VISIBILITIES,
    "attachment": code_words.ATTACHMENTS,
    "hours": code_words.HOURS,
    "body": code_words.BODIES,
    "verdict": code_words.VERDICTS,
    "link": code_words.LINKS,
}


@register.filter
def code_words_of(code: str, table: str) -> Words:
    """`{{ report.state|code_words_of:"state" }}`."""
    return _TABLES[table].get(code, code)  # type: ignore[attr-defined, no-any-return]


@register.filter
def step_words(name: str) -> Words:
    """What a line of the timeline says was done."""
    return code_words.step_words(name)


@register.filter
def shown_code(code: str) -> str:
    """`PA7K2M9XQ4` → `PA-7K2M-9XQ4`."""
    return rules.shown_code(code)


@register.filter
def category_name(category: Category) -> str:
    """In the page's language."""
    return category.name_en if get_language() == "en" and category.name_en else category.name


@register.simple_tag
def report_colour(report: Report, now: datetime | None = None) -> SafeString:
    """The colour of a report with its icon and its word."""
    look = look_of(report, now or clock.now())
    return format_html('<span class="sc-state {}">{}{}</span>', look.style, icon(look.icon), look.words)


@register.simple_tag(takes_context=True)
def with_query(context: template.Context, **changes: object) -> str:
    """The page's own query with some of it changed; None takes a parameter out."""
    query = context["request"].GET.copy()
    for name, value in changes.items():
        query.pop(name, None)
        if value not in (None, ""):
            query[name] = str(value)
    return f"?{query.urlencode()}"


@register.simple_tag
def report_actor(label: str) -> Words:
    """Who did it, as a timeline names them; a citizen is never named."""
    return code_words.ACTORS.get(label, label)
