"""What officials are told of alerts, incidents and shifts. Short texts name nothing: others may read them."""

from django.utils.translation import gettext_lazy as _

from songcau.foundation.notifications.kinds import Kind, instant_in_words
from songcau.foundation.notifications.rules import Urgency
from songcau.systems.incidents.permissions import HANDLE, OPERATE, VIEW

CALLED = "incidents.alert_called"
ESCALATED = "incidents.alert_escalated"
INCIDENT_OPENED = "incidents.incident_opened"
HANDED_OVER = "incidents.shift_handed_over"


_ALERT = frozenset({"name", "where", "due"})
_SHORT = _("An alert of the operations centre waits for you.")
KINDS = (
    Kind(
        CALLED,
        name=_("An alert was raised"),
        title=_("Alert: %(name)s (%(where)s)"),
        body=_("Please acknowledge it. It is due by %(due)s."),
        short=_SHORT,
        params=_ALERT,
        urgency=Urgency.URGENT,
        permission=HANDLE,
        says={"due": instant_in_words},
    ),
    Kind(
        ESCALATED,
        name=_("An alert came up the ladder"),
        title=_("Escalated: %(name)s (%(where)s)"),
        body=_("Nobody took it in time, or who has it asks for you. It is due by %(due)s."),
        short=_SHORT,
        params=_ALERT,
        urgency=Urgency.URGENT,
        permission=VIEW,
        says={"due": instant_in_words},
    ),
    Kind(
        INCIDENT_OPENED,
        name=_("Our agency works on an incident"),
        title=_("Incident #%(number)s: %(title)s"),
        body=_("Your agency leads or supports. The checklist and the timeline stand on its page."),
        short=_("Your agency is needed in an incident."),
        params=frozenset({"number", "title"}),
        urgency=Urgency.URGENT,
        permission=HANDLE,
    ),
    Kind(
        HANDED_OVER,
        name=_("My shift was taken over"),
        title=_("Your hand-over note was read and signed"),
        body=_("The next shift runs."),
        short=_("Your shift was taken over."),
        params=frozenset(),
        permission=OPERATE,
    ),
)
