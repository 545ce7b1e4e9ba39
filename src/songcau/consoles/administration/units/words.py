"""Units in words."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "PROVINCE": _("Province"),
    "CITY": _("City"),
    "DISTRICT": _("District"),
    "TOWN": _("Town"),
    "WARD": _("Ward"),
    "COMMUNE": _("Commune"),
    "TOWNSHIP": _("Township"),
}
LEVELS = {
    "PROVINCE": _("Province level"),
    "DISTRICT": _("District level"),
    "WARD": _("Ward level"),
}
RELATIONS = {
    "FULL": _("wholly"),
    "SPLIT": _("in part"),
    "SPLIT_DEFAULT": _("in part, the larger one where nobody says which"),
}
CHANGES = {
    "NEW": _("new"),
    "CHANGED": _("changed"),
    "SURVEYED": _("replaces the approximate one"),
    "UNCHANGED": _("unchanged"),
}
