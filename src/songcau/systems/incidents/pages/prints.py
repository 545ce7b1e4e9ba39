"""The sheets of the operations centre as PDF, made of what the person may see."""

from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.files.documents.sheets import printed
from songcau.foundation.shell.fields import PastDay
from songcau.kernel import clock
from songcau.systems.incidents.pages.incident_steps import found_incident
from songcau.systems.incidents.pages.printing import sheets
from songcau.systems.incidents.pages.shift import found_shift


class DayForm(forms.Form):
    day = PastDay(label=_("Day"))


@requires("incidents.view")
@require_GET
def daily(request: HttpRequest) -> HttpResponse:
    """One page of a day; without one, of today. A day that makes no sense leads to the choice of one, with why."""
    form = DayForm(request.GET) if "day" in request.GET else None
    if form is not None and not form.is_valid():
        return render(request, "incidents/daily.html", {"form": form}, status=422)
    day = form.cleaned_data["day"] if form is not None else clock.today()
    return _pdf(sheets.daily(actor_of(request), day, clock.now()), f"ban-tin-ngay-{day.isoformat()}")


@requires("incidents.operate")
@require_GET
def shift_sheet(request: HttpRequest, shift_id: UUID) -> HttpResponse:
    shift = found_shift(request, shift_id)
    return _pdf(sheets.hand_over(shift, clock.now()), f"ban-giao-ca-{shift.day.isoformat()}-{shift.slot.lower()}")


@requires("incidents.view")
@require_GET
def incident_report(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    incident = found_incident(request, incident_id)
    return _pdf(sheets.incident_report(incident, clock.now()), f"su-viec-{incident.number}")


def _pdf(facts: sheets.Facts, name: str) -> HttpResponse:
    response = HttpResponse(printed(facts, made_at=clock.now()), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"{name}.pdf") or "inline"
    response["Cache-Control"] = "no-store"
    return response
