"""Refusals of the outbox and the names of its states, for people."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REFUSALS: dict[str, str | Promise] = {
    "MAY_NOT_VIEW_OUTBOX": _("You are not allowed to see the outbox."),
    "MAY_NOT_REPLAY": _("You are not allowed to replay or skip deliveries."),
    "DELIVERY_UNKNOWN": _("There is no such delivery; it may have been purged."),
    "NOT_DEAD": _("This delivery is no longer a dead letter: somebody has replayed or skipped it already."),
    "SKIP_REASON_MISSING": _("Please give the reason for skipping; it is written into the audit log."),
    "NATS_UNAVAILABLE": _("The event carrier (NATS) does not answer (%(cause)s). The event will be sent again."),
}

STATES: dict[str, str | Promise] = {
    "WAITING": _("Waiting"),
    "CLAIMED": _("Being delivered"),
    "DELIVERED": _("Delivered"),
    "DEAD": _("Dead letter"),
    "SKIPPED": _("Skipped"),
}
