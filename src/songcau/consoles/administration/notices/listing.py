"""The list of what went, or should go, out of the house. What it said is not in it."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.notifications.kinds import all_kinds
from songcau.foundation.notifications.models import Delivery
from songcau.foundation.notifications.rendering import name_of
from songcau.foundation.notifications.rules import OPEN, OUTSIDE
from songcau.foundation.notifications.words import CHANNELS, STATES, reason
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing

_LOOKS = {
    "SENT": ("is-good", "check"),
    "DELIVERED": ("is-good", "circle-check"),
    "FAILED": ("is-waiting", "refresh"),
    "HELD": ("is-waiting", "moon"),
    "QUEUED": ("", "clock"),
    "GIVEN_UP": ("is-bad", "alert-octagon"),
}


def look_of(state: str) -> tuple[str, str]:
    """Style and icon of a state."""
    return _LOOKS[state]


def _error(row: Delivery) -> str | Promise:
    return reason(row.last_error) if row.last_error else ""


def _at(row: Delivery) -> object:
    """When it was sent, or when it will be tried."""
    return row.next_at if row.state in OPEN else row.sent_at


DELIVERIES = Listing(
    title=_("Messages sent"),
    columns=(
        Column("created", _("Created"), lambda row: row.notice.created_at, sort="notice__created_at"),
        Column("person", _("Recipient"), lambda row: row.person.full_name, sort="person__sort_key"),
        Column("kind", _("Kind"), lambda row: name_of(row.kind), sort="kind"),
        Column("channel", _("Channel"), lambda row: CHANNELS[row.channel], sort="channel"),
        Column(
            "state",
            _("State"),
            lambda row: STATES[row.state],
            sort="state",
            template="administration/notices/state.html",
        ),
        Column("at", _("Sent, or next try"), _at, sort="next_at"),
        Column("attempts", _("Attempts"), lambda row: row.attempts, sort="attempts", numeric=True),
        Column("error", _("Last error"), _error, template="administration/notices/error.html"),
    ),
    filters=(
        Search(folded_fields=("person__search_key",), label=_("Recipient"), hint=_("Name of the person")),
        Choice("state", _("State"), tuple(STATES.items())),
        Choice("channel", _("Channel"), tuple((str(one), CHANNELS[one]) for one in OUTSIDE)),
        Choice("kind", _("Kind"), lambda: [(kind.code, kind.name) for kind in all_kinds()]),
        DateRange("created", _("Created"), field="notice__created_at"),
    ),
    default_sort="-created",
    file_name="tin-da-gui",
    empty_title=_("No messages yet"),
    empty_text=_("What is sent to people by e-mail, SMS or Zalo appears here, without what it says."),
)
