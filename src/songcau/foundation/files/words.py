"""Refusals in words: code → sentence with %(parameters)s."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, Promise] = {
    "FILES_STORE_FULL": _("The file store has no room left. Nothing of this file was kept; tell the administrator."),
    "FILES_STORE_AWAY": _("The file store does not answer now (%(reason)s). Please try again in a few minutes."),
    "FILES_CONTENT_MISSING": _("The content of this file is missing from the store. The administrator must look at it."),
}
