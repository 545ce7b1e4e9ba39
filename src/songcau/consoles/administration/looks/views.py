"""Who looked at personal data, and what was found out about those who looked at many people's."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from songcau.consoles.administration.looks import listing
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.personal_data import actions
from songcau.foundation.accounts.personal_data.models import CuriosityAlarm
from songcau.foundation.accounts.personal_data.rules import PEOPLE_AN_HOUR, TEXT_LIMIT
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.lists import render_list

ALARMS_SHOWN = 20


class FindingForm(forms.Form):
    """What was found out."""

    finding = forms.CharField(
        label=gettext_lazy("What was found out"),
        max_length=TEXT_LIMIT,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": gettext_lazy("Please write what you found out.")},
    )


@requires("personal_data.view_looks")
@require_GET
def looks(request: HttpRequest) -> HttpResponseBase:
    """The log, with the last alarms above it."""
    actor = actor_of(request)
    alarms = CuriosityAlarm.objects.visible_to(actor).select_related("reader", "settled_by")
    extra = {"alarms": alarms[:ALARMS_SHOWN], "limit": PEOPLE_AN_HOUR, "me": actor.id}
    return render_list(
        request, listing.LISTING, listing.rows(actor), template="administration/looks/list.html", extra=extra
    )


@requires("personal_data.view_looks")
def settle(request: HttpRequest, alarm_id: UUID) -> HttpResponse:
    """Say why somebody looked at so many people's data."""
    alarms = CuriosityAlarm.objects.visible_to(actor_of(request)).select_related("reader")
    found = alarms.filter(pk=alarm_id).first()
    if found is None:
        raise Http404
    deed = Deed(
        _("Why did %(name)s look at the data of %(people)s people?")
        % {"name": found.reader.full_name, "people": found.people},
        _("Settle"),
        reverse("administration:looks"),
        _("Ask the person or the head of the unit. What you write is kept with the alarm."),
        crumbs=((_("Access to personal data"), reverse("administration:looks")),),
    )

    def act(values: Any) -> None:
        actions.settle_alarm(by=actor_of(request), alarm_id=found.pk, finding=values["finding"])

    return carry_out(request, FindingForm(posted(request)), deed, act, done=_("The alarm was settled."))
