"""Action codes of the audit log in words: code → what was done."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.systems.directives.pages.code_words import STEPS

ACTIONS: dict[str, str | Promise] = {
    **{f"directives.{step}": words for step, words in STEPS.items()},
    "directives.tell_fallen_due": _("Told of a directive that is due or late"),
}
