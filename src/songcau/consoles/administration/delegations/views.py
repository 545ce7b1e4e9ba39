"""Roles lent for a leave: who stands in for whom, until when; withdrawing one."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songcau.consoles.administration.delegations import listing
from songcau.consoles.administration.delegations.lines import line_of
from songcau.consoles.administration.delegations.withdrawing import withdraw_page
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.permissions import scope_of
from songcau.foundation.shell.lists import render_list


def _found(request: HttpRequest, delegation_id: UUID) -> Delegation:
    found = Delegation.objects.visible_to(actor_of(request)).with_facts().filter(pk=delegation_id).first()
    if found is None:
        raise Http404
    return found


@requires("accounts.view_people")
@require_GET
def delegations(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    return render_list(request, listing.LISTING, listing.rows(actor_of(request)))


@requires("accounts.view_people")
@require_GET
def delegation(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """One role lent: by whom, to whom, why, until when, and how it ended."""
    found, actor = _found(request, delegation_id), actor_of(request)
    line = line_of(found)
    may = actor.may("accounts.withdraw_roles", within=scope_of(found.grant.agency))
    return render(
        request, "administration/delegations/delegation.html", line | {"may_withdraw": may and line["is_open"]}
    )


@requires("accounts.withdraw_roles", fresh=True)
def withdraw(request: HttpRequest, delegation_id: UUID) -> HttpResponse:
    """End it now."""
    found = _found(request, delegation_id)
    page = reverse("administration:delegation", args=[found.pk])
    crumbs = ((_("Delegations"), reverse("administration:delegations")),)
    return withdraw_page(request, found, back=page, crumbs=crumbs)
