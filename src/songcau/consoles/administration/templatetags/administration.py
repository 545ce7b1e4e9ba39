"""`{% load administration %}`: codes of the log and of the outbox in words."""

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from songcau.consoles.administration.audit import words
from songcau.consoles.administration.notices.listing import look_of
from songcau.consoles.administration.outbox.words import age
from songcau.kernel.actor import NOBODY, SYSTEM

register = template.Library()


@register.filter
def subject_kind(subject: str) -> str | Promise:
    """`accounts.person:0190…` → “Person”; empty for a kind without words."""
    return words.kind_of(subject)


@register.filter
def action_words(code: str) -> str | Promise:
    """`accounts.grant_role` → “Granted a role”."""
    return words.said(code)


@register.simple_tag
def actor_words(label: str) -> str:
    """A stored label; songcau itself and nobody in words."""
    return {SYSTEM.label: _("songcau (by itself)"), NOBODY.label: _("Nobody signed in")}.get(label, label)


@register.simple_tag
def message_look(state: str) -> tuple[str, str]:
    """Style and icon of a message's state."""
    return look_of(state)


@register.filter
def waited(seconds: float) -> str:
    """3700.0 → “1 hour”."""
    return age(seconds)
