"""Agencies: the tree, one agency, and what changes in it."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songcau.consoles.administration.agencies import listing, reading
from songcau.consoles.administration.agencies.forms import AgencyForm, ChangeAgencyForm, CloseForm, MoveForm
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Agency
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.lists import render_list
from songcau.kernel import clock


def found(request: HttpRequest, agency_id: UUID) -> Agency:
    """The agency, if the actor may see it."""
    agency = Agency.objects.visible_to(actor_of(request)).select_related("parent").filter(pk=agency_id).first()
    if agency is None:
        raise Http404
    return agency


def deed_in(agency: Agency, title: str, submit: str, notice: str = "", *, danger: bool = False) -> Deed:
    """A deed that leads back to the agency's page."""
    page = reverse("administration:agency", args=[agency.pk])
    crumbs = ((_("Agencies"), reverse("administration:agencies")), (agency.name, page))
    return Deed(title, submit, page, notice, danger, crumbs)


@requires("accounts.view_agencies")
@require_GET
def agencies(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    actor = actor_of(request)
    extra = {"may_add": bool(actor.scopes("accounts.manage_agencies"))}
    return render_list(
        request, listing.LISTING, listing.rows(actor), template="administration/agencies/list.html", extra=extra
    )


@requires("accounts.view_agencies")
@require_GET
def tree(request: HttpRequest) -> HttpResponse:
    """The tree of open agencies."""
    return render(request, "administration/agencies/tree.html", {"branches": listing.tree(actor_of(request))})


@requires("accounts.view_agencies")
@require_GET
def agency(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """One agency with its posts, people, roles and those under it."""
    context = reading.facts(actor_of(request), found(request, agency_id))
    return render(request, "administration/agencies/agency.html", context)


@requires("accounts.manage_agencies")
def add(request: HttpRequest) -> HttpResponse:
    """A new agency, under the one named in the address or another."""
    actor = actor_of(request)
    initial = {"parent": request.GET.get("under", "")[:36], "opened_on": clock.today()}
    form = AgencyForm(posted(request), by=actor, initial=initial)
    back = reverse("administration:agencies")
    deed = Deed(_("Add an agency"), _("Add"), back, crumbs=((_("Agencies"), back),))

    def act(values: Any) -> None:
        actions.add_agency(
            by=actor,
            code=values["code"],
            name=values["name"],
            kind=values["kind"],
            parent_id=values["parent"].pk if values["parent"] else None,
            opened_on=values["opened_on"],
            unit_id=values["unit"].pk if values["unit"] else None,
        )

    return carry_out(request, form, deed, act, done=_("The agency was added."))


@requires("accounts.manage_agencies")
def change(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Name, kind and unit."""
    agency = found(request, agency_id)
    initial = {"version": agency.version, "name": agency.name, "kind": agency.kind, "unit": agency.unit_id}
    form = ChangeAgencyForm(posted(request), initial=initial, unit_id=agency.unit_id)
    deed = deed_in(agency, _("Change %(name)s") % {"name": agency.name}, _("Save"))

    def act(values: Any) -> None:
        actions.change_agency(
            by=actor_of(request),
            agency_id=agency.pk,
            version=values["version"],
            name=values["name"],
            kind=values["kind"],
            unit_id=values["unit"].pk if values["unit"] else None,
        )

    return carry_out(request, form, deed, act, done=_("Saved."))


@requires("accounts.manage_agencies", fresh=True)
def move(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Put it under another; everything under it comes along."""
    agency, actor = found(request, agency_id), actor_of(request)
    form = MoveForm(posted(request), by=actor, initial={"version": agency.version, "parent": agency.parent_id})
    notice = _("Everything under it comes along, and roles granted higher up change what they reach.")
    deed = deed_in(agency, _("Move %(name)s") % {"name": agency.name}, _("Move"), notice)

    def act(values: Any) -> None:
        parent = values["parent"].pk if values["parent"] else None
        actions.move_agency(by=actor, agency_id=agency.pk, version=values["version"], parent_id=parent)

    return carry_out(request, form, deed, act, done=_("The agency was moved."))


@requires("accounts.manage_agencies", fresh=True)
def close(request: HttpRequest, agency_id: UUID) -> HttpResponse:
    """Close it, with or without a successor."""
    agency, actor = found(request, agency_id), actor_of(request)
    form = CloseForm(posted(request), by=actor, agency=agency, initial={"closed_on": clock.today()})
    notice = _("A closed agency stays readable. What was done in it stays under its name.")
    deed = deed_in(agency, _("Close %(name)s?") % {"name": agency.name}, _("Close"), notice, danger=True)

    def act(values: Any) -> None:
        last, reason = values["closed_on"], values["reason"]
        if values["successor"]:
            successors = [values["successor"].pk]
            actions.succeed_agency(
                by=actor, agency_id=agency.pk, successor_ids=successors, closed_on=last, reason=reason
            )
        else:
            actions.close_agency(by=actor, agency_id=agency.pk, closed_on=last, reason=reason)

    facts = {"blockers": reading.blockers(agency)}
    return carry_out(request, form, deed, act, done=_("The agency was closed."), facts=facts)
