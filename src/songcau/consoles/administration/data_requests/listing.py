"""The worklist: the most urgent first, what is closed at the end."""

from django.db.models import Case, F, Q, QuerySet, When
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.models import DataRequest
from songcau.foundation.accounts.personal_data.rules import OPEN, SOON
from songcau.foundation.accounts.personal_data.words import COLOURS, REQUEST_KINDS, REQUEST_STATES
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel import clock
from songcau.kernel.actor import Actor

STATES = (("open", _("not answered yet")), *REQUEST_STATES.items())
URGENCIES = (("LATE", COLOURS["LATE"]), ("SOON", COLOURS["SOON"]), ("IN_TIME", COLOURS["IN_TIME"]))


def _in_state(code: str) -> Q:
    return Q(state__in=OPEN) if code == "open" else Q(state=code)


def _as_urgent(code: str) -> Q:
    now = clock.now()
    return (
        Q(state__in=OPEN)
        & {
            "LATE": Q(due_at__lt=now),
            "SOON": Q(due_at__gte=now, due_at__lte=now + SOON),
            "IN_TIME": Q(due_at__gt=now + SOON),
        }[code]
    )


LISTING = Listing(
    title=_("Requests about personal data"),
    file_name="data-requests",
    default_sort="due",
    columns=(
        Column(
            "person",
            _("Person"),
            lambda row: row.person.full_name,
            sort="person__sort_key",
            link=lambda row: reverse("administration:data_request", args=[row.pk]),
        ),
        Column("kind", _("Request"), lambda row: REQUEST_KINDS[row.kind], sort="kind"),
        Column("received", _("Received"), lambda row: row.received_at, sort="received_at"),
        Column("due", _("Due"), lambda row: row.due_at, sort="urgency"),
        Column(
            "urgency",
            _("In time?"),
            lambda row: COLOURS[row.colour],
            template="administration/data_requests/colour.html",
        ),
        Column("state", _("State"), lambda row: REQUEST_STATES[row.state], sort="state"),
        Column("officer", _("Officer"), lambda row: row.officer.full_name if row.officer else ""),
    ),
    filters=(
        Search(folded_fields=("person__search_key",), hint=_("Person")),
        Choice("state", _("State"), STATES, where=_in_state),
        Choice("urgency", _("In time?"), URGENCIES, where=_as_urgent),
        Choice("kind", _("Request"), list(REQUEST_KINDS.items())),
        DateRange("received", _("Received"), "received_at"),
    ),
    empty_title=_("No request"),
    empty_text=_("Nobody you answer for has asked anything about their data, or nothing answers to this."),
)


def rows(by: Actor) -> QuerySet[DataRequest]:
    """What is open by its due date, then what is closed."""
    urgency = Case(When(state__in=OPEN, then=F("due_at")))
    return DataRequest.objects.visible_to(by).select_related("person", "officer").annotate(urgency=urgency)
