"""What somebody sent from their account, and the areas of which they want to be told."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songcau.consoles.citizen import words
from songcau.consoles.citizen.pass_cookie import give_pass
from songcau.consoles.citizen.places import wards
from songcau.consoles.citizen.reporting.typed import read
from songcau.foundation.accounts.access import actor_of, requires_assurance
from songcau.foundation.accounts.sign_on.rules import Assurance
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.words import say
from songcau.foundation.shell.written import language
from songcau.kernel import trace
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import public as reports


@requires_assurance(Assurance.LOW)
@never_cache
@require_safe
def my_reports(request: HttpRequest) -> HttpResponse:
    """Newest first."""
    rows = reports.own_reports(actor_of(request).id, language())
    shown = [(row, reports.shown_code(row.code), words.STATES[row.state]) for row in rows]
    return render(request, "citizen/mine/reports.html", {"rows": shown})


@requires_assurance(Assurance.LOW)
@require_POST
def open_report(request: HttpRequest, report_id: UUID) -> HttpResponse:
    """One of one's own, as with code and secret."""
    if not reports.is_own(report_id, actor_of(request).id):
        raise Http404
    response = redirect("portal:tracked")
    give_pass(response, report_id, of_account=actor_of(request).id)
    return response


@requires_assurance(Assurance.LOW)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def alerts(request: HttpRequest) -> HttpResponse:
    """Wards and places of which one wants to hear; a POST adds one or removes one."""
    person_id, fault, status = actor_of(request).id, "", 200
    if request.method == "POST":
        try:
            # The log tells that an area was added, and by its trace must not tell by whom.
            with trace.tracing(str(new_id())):
                return _changed(request, person_id)
        except Refused as refusal:
            fault, status = say(refusal), status_of(refusal)
    context = {
        "alerts": reports.area_alerts(person_id, language()),
        "wards": wards(),
        "categories": reports.public_categories(language()),
        "radii": reports.RADII,
        "fault": fault,
        "of_place": "radius" in request.POST,
        "typed": request.POST,
    }
    return render(request, "citizen/mine/alerts.html", context, status=status)


def _changed(request: HttpRequest, person_id: UUID) -> HttpResponse:
    if removed := request.POST.get("remove", ""):
        reports.remove_area_alert(person_id=person_id, alert_id=_uuid(removed))
        messages.success(request, _("You are no longer told of this area."))
    else:
        category = request.POST.get("category", "")
        if "radius" in request.POST:
            at = read(request.POST)
            radius = request.POST["radius"]
            reports.add_place_alert(
                person_id=person_id,
                longitude=at.longitude,
                latitude=at.latitude,
                radius_m=int(radius) if radius.isdecimal() and len(radius) < 6 else 0,
                category=category,
            )
        else:
            reports.add_area_alert(person_id=person_id, ward_code=request.POST.get("ward", ""), category=category)
        messages.success(request, _("You are told when a report from this area is shown to everybody."))
    return redirect("portal:alerts")


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
