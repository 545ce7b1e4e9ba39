"""Incidents: their list, the page of one, and its opening."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.places.queries import boundaries_geojson
from songcau.foundation.places.rules import Level as UnitLevel
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.lists import render_list
from songcau.kernel import clock
from songcau.systems.incidents.actions.incidents.opening import open_incident
from songcau.systems.incidents.models import Alert, Incident, Review
from songcau.systems.incidents.pages import code_words, listing
from songcau.systems.incidents.pages.incident_forms import EntryForm, OpeningForm, opening_facts
from songcau.systems.incidents.pages.incident_steps import found_incident, steps_for
from songcau.systems.incidents.permissions import may_operate, may_work_on, require_operate
from songcau.systems.incidents.queries import incidents as queries
from songcau.systems.incidents.rules.incidents import State

ANY = ["GET", "HEAD", "POST"]


@requires("incidents.view")
@require_GET
def incidents(request: HttpRequest) -> HttpResponseBase:
    by = actor_of(request)
    extra = {"at_the_centre": may_operate(by)}
    rows = queries.incidents_of(by)
    return render_list(request, listing.INCIDENTS, rows, template="incidents/incidents.html", extra=extra)


@requires("incidents.view")
@require_GET
def incident_page(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    """Checklist, timeline, what it is about, who works on it."""
    incident, by, now = found_incident(request, incident_id), actor_of(request), clock.now()
    kind = request.GET.get("kind", "")
    kind = kind if kind in list(code_words.ENTRY_KINDS) else ""
    may_work = may_work_on(by, incident) and incident.state != State.CLOSED
    items = queries.checklist(incident, now)
    steps, review = steps_for(by, incident), Review.objects.filter(incident=incident).first()
    # A review that is written can be written anew, but nobody waits for it.
    again = next((one for one in steps if review is not None and one.name == "review"), None)
    context: dict[str, Any] = {
        "incident": incident,
        "now": now,
        "first_steps": [one for one in steps if one.is_first and one is not again],
        "other_steps": [one for one in steps if not one.is_first and one.name != "entry"],
        "review_again": again is not None,
        "may_work": may_work,
        "at_the_centre": may_operate(by),
        "checklist": items,
        "done_count": sum(one.row.done_at is not None for one in items),
        "timeline": queries.timeline(incident, kind),
        "kinds": list(code_words.ENTRY_KINDS.items()),
        "kind": kind,
        "entry_form": EntryForm() if may_work else None,
        "alerts": Alert.objects.visible_to(by).filter(incident=incident).order_by("level_rank", "-raised_at")[:100],
        "subjects": incident.subjects.all(),
        "files": queries.attachments(incident),
        "bulletins": incident.bulletins.prefetch_related("wards"),
        "review": review,
        "supporting": incident.supporting.order_by("order_key"),
    }
    return render(request, "incidents/incident.html", context)


@requires("incidents.operate")
@require_http_methods(ANY)
def open_by_hand(request: HttpRequest) -> HttpResponse:
    """From alerts (`?alert=…`, several), or from nothing."""
    by = actor_of(request)
    require_operate(by)
    alerts = _named(request)
    form = OpeningForm(posted(request), initial=opening_facts(alerts))
    back = reverse("incidents:alerts") if alerts else reverse("incidents:incidents")
    crumbs = ((_("Incidents"), reverse("incidents:incidents")),)
    deed = Deed(_("Open an incident"), _("Open the incident"), back, crumbs=crumbs)

    def act(values: Any) -> HttpResponse:
        playbook = values["playbook"]
        incident = open_incident(
            by=by,
            said=form.said(),
            began_at=values["began_at"],
            alert_ids=[one.pk for one in alerts],
            playbook_id=playbook.pk if playbook else None,
        )
        messages.success(request, _("Incident #%(number)s is open.") % {"number": incident.number})
        return redirect("incidents:incident", incident.pk)

    return carry_out(
        request, form, deed, act, done="", facts={"alerts": alerts}, template="incidents/incident_form.html"
    )


def _named(request: HttpRequest) -> list[Alert]:
    """The alerts of the address that the person may see; the form sends them again."""
    found = []
    for text in [*request.GET.getlist("alert"), *request.POST.getlist("alert")][:500]:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    rows = Alert.objects.visible_to(actor_of(request)).filter(pk__in=found)
    return list(rows.select_related("owner_agency").order_by("level_rank", "raised_at"))


@requires("incidents.view")
@require_GET
def by_number(request: HttpRequest, number: int) -> HttpResponse:
    """`/incidents/number/1043/`: to the page of that incident."""
    found = Incident.objects.visible_to(actor_of(request)).filter(number=number).first()
    if found is None:
        raise Http404
    return redirect("incidents:incident", found.pk)


@requires("incidents.view")
@require_GET
def outlines(request: HttpRequest) -> HttpResponse:
    """The wards of today for a map, as GeoJSON."""
    if not actor_of(request).may("incidents.view"):
        raise NotYours
    return JsonResponse(boundaries_geojson(UnitLevel.WARD, clock.today()))
