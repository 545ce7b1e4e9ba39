"""Refusals of the audit log and what a verification can find, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, str | Promise] = {
    "MAY_NOT_VIEW_AUDIT": _("You are not allowed to read the audit log."),
    "MAY_NOT_EXPORT_AUDIT": _("You are not allowed to export the audit log."),
    "MAY_NOT_VERIFY_AUDIT": _("You are not allowed to verify the audit log."),
}

# By `rules.Fault`; each is said of one sequence number.
FAULTS: dict[str, str | Promise] = {
    "EDITED": _("The entry is not what was signed: it was changed, replaced or moved."),
    "MISSING": _("An entry is missing from here on."),
    "UNLINKED": _("The entry does not follow the one before it."),
    "UNEXPECTED": _("An entry stands where none can be."),
    "TAIL_MISSING": _("The last entries are missing from here on."),
    "BEYOND_HEAD": _("Entries were added behind the end of the chain from here on."),
    "HEAD_MISSING": _("The record of the end of the chain is missing."),
    "HEAD_DIFFERS": _("The record of the end of the chain is not that of its last entry."),
    "ANCHOR_DIFFERS": _("The chain is not the one that was noted outside of the database."),
    "WRONG_KEY": _(
        "No signature holds although the chain is in order: the audit key is not the one it was signed with."
    ),
}
