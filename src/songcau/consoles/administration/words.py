"""Refusals of the administration's pages."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, str | Promise] = {
    "NOTHING_TO_ADMINISTER": _("The administration is for those who look after people, agencies or the system."),
}
