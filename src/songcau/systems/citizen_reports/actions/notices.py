"""What officials and reporters are told. A reporter's notice names no report: it leads to the list of their own."""

from django.utils.translation import gettext_lazy as _

from songcau.foundation.notifications.kinds import EMAIL, Kind, instant_in_words
from songcau.foundation.notifications.rules import Channel, Urgency
from songcau.systems.citizen_reports.permissions import HANDLE, MODERATE, SPOT_CHECK
from songcau.systems.citizen_reports.queries.watching import category_in_words

URGENT_CAME = "citizen_reports.urgent_came"
ASSIGNED = "citizen_reports.assigned"
RETURNED = "citizen_reports.returned"
ANSWER_CAME = "citizen_reports.answer_came"
OPENED_AGAIN = "citizen_reports.opened_again"
NUDGED = "citizen_reports.nudged"
LATE = "citizen_reports.late"
TO_CHECK = "citizen_reports.to_check"

RECEIVED = "citizen_reports.received"
ASKED = "citizen_reports.asked"
TOLD = "citizen_reports.told"
RESOLVED = "citizen_reports.resolved"
REFUSED = "citizen_reports.refused"
REOPENED = "citizen_reports.reopened"
IN_MY_AREA = "citizen_reports.in_my_area"

# What a reporter's notice is about, for all of them alike: that somebody reported something, and never what.
OWN_REPORTS = "citizen_reports.own_reports"


_CODE = frozenset({"code"})
_WAITS = _("A citizens' report waits for you.")
_NEWS = _("There is news of your report.")
_STANDS = _("What happened, and what you can do, stands on the page of your reports.")

KINDS = (
    Kind(
        URGENT_CAME,
        name=_("An urgent report came in"),
        title=_("An urgent report came in: %(code)s"),
        body=_("It must be looked at by %(due)s."),
        short=_WAITS,
        params=_CODE | {"due"},
        urgency=Urgency.URGENT,
        permission=MODERATE,
        says={"due": instant_in_words},
    ),
    Kind(
        ASSIGNED,
        name=_("A report was given to us"),
        title=_("Report %(code)s was given to %(agency)s"),
        body=_("It is due by %(due)s."),
        short=_WAITS,
        params=_CODE | {"agency", "due"},
        permission=HANDLE,
        says={"due": instant_in_words},
    ),
    Kind(
        RETURNED,
        name=_("A unit gave a report back"),
        title=_("Report %(code)s was given back to the centre"),
        body=_("Why stands in its timeline. Its clock runs on."),
        short=_WAITS,
        params=_CODE,
        permission=MODERATE,
    ),
    Kind(
        ANSWER_CAME,
        name=_("A reporter answered"),
        title=_("The reporter answered: %(code)s"),
        body=_("The answer stands in the timeline of the report."),
        short=_WAITS,
        params=_CODE,
        permission=HANDLE,
    ),
    Kind(
        OPENED_AGAIN,
        name=_("A report was opened again"),
        title=_("Report %(code)s was opened again"),
        body=_("It is not solved. A new date has been counted."),
        short=_WAITS,
        params=_CODE,
        permission=HANDLE,
    ),
    Kind(
        NUDGED,
        name=_("Somebody reminds of a report"),
        title=_("A reminder of report %(code)s"),
        body=_("Somebody waits for it. Please say when it will be done, or do it."),
        short=_WAITS,
        params=_CODE,
        permission=HANDLE,
    ),
    Kind(
        LATE,
        name=_("A report is late"),
        title=_("Report %(code)s of %(agency)s is late"),
        body=_("It was due by %(due)s."),
        short=_("A citizens' report is late."),
        params=_CODE | {"agency", "due"},
        permission="citizen_reports.view_reports",
        says={"due": instant_in_words},
    ),
    Kind(
        TO_CHECK,
        name=_("Closed reports were drawn for a check"),
        title=_("Report %(code)s was drawn for a check"),
        body=_("Please look whether it was really done."),
        short=_WAITS,
        params=_CODE,
        permission=SPOT_CHECK,
    ),
    Kind(RECEIVED, name=_("My report has arrived"), title=_("Your report has arrived"), body=_STANDS, short=_NEWS),
    Kind(
        ASKED,
        name=_("I am asked something about my report"),
        title=_("We have a question about your report"),
        body=_("Please answer on the page of your reports: until then nobody can go on."),
        short=_("There is a question about your report."),
        usual=EMAIL | {Channel.SMS},
    ),
    Kind(TOLD, name=_("I am told something about my report"), title=_NEWS, body=_STANDS, short=_NEWS),
    Kind(
        RESOLVED,
        name=_("My report is resolved"),
        title=_("Your report is resolved"),
        body=_("Please say how it went. If it is not solved, you can have it opened again within seven days."),
        short=_NEWS,
    ),
    Kind(REFUSED, name=_("My report is refused"), title=_("Your report is not handled"), body=_STANDS, short=_NEWS),
    Kind(
        REOPENED,
        name=_("My report is opened again"),
        title=_("Your report was opened again"),
        body=_STANDS,
        short=_NEWS,
    ),
    Kind(
        IN_MY_AREA,
        name=_("Something was reported in an area that I watch"),
        title=_("A report in %(ward)s: %(category)s"),
        body=_("Report %(code)s is shown to everybody now."),
        short=_("There is a new report in an area that you watch."),
        params=_CODE | {"ward", "category"},
        usual=frozenset(),
        says={"category": category_in_words},
    ),
)
