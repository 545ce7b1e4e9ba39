"""`{% load directives %}`: codes of directives in words."""

from datetime import datetime

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from songcau.foundation.shell.templatetags.shell import icon
from songcau.kernel import clock
from songcau.systems.directives.models import Directive
from songcau.systems.directives.pages import code_words
from songcau.systems.directives.pages.code_words import Words, look_of

register = template.Library()
_TABLES = {
    "state": code_words.STATES,
    "source": code_words.SOURCES,
    "deadline": code_words.DEADLINES,
    "extension": code_words.EXTENSIONS,
    "evidence": code_words.EVIDENCE,
}


@register.filter
def directive_words(code: str, table: str) -> Words:
    """`{{ directive.state|directive_words:"state" }}`."""
    return _TABLES[table].get(code, code)


@register.filter
def directive_step(name: str) -> Words:
    """What a line of the timeline says was done."""
    return code_words.step_words(name)


@register.filter
def as_instant(iso: str) -> datetime | None:
    """An instant kept as ISO 8601 in a line's parameters."""
    try:
        return datetime.fromisoformat(iso)
    except (TypeError, ValueError):
        return None


@register.simple_tag
def directive_timing(directive: Directive, now: datetime | None = None) -> SafeString:
    """How it stands with time, in colour, icon and word."""
    look = look_of(directive, now or clock.now())
    return format_html('<span class="sc-state {}">{}{}</span>', look.style, icon(look.icon), look.words)


@register.simple_tag
def directive_heading(words: list[Words], position: int) -> Words:
    """The words at a position, as a table's cell needs those of its heading on a phone."""
    return words[position]
