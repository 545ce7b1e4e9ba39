"""Refusals in words: code → sentence with %(parameters)s."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "DOCUMENT_DATA_UNFIT": _("The form cannot be filled: these fields are missing, unknown or wrong: %(fields)s."),
    "DOCUMENT_CHARACTER_UNPRINTABLE": _("The printed form cannot show: %(characters)s. Please write it otherwise."),
    "DOCUMENT_TOO_LONG": _("This is more than one document takes: at most %(megabytes)s MB of text."),
    "DOCUMENT_FONTS_MISSING": _(
        "Documents cannot be printed: the fonts are missing on the server. The administrator should run “make setup”."
    ),
}
