"""Roles: who holds which, where and until when; giving, changing and withdrawing them; what each may do."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from songcau.consoles.administration.grant_lines import state_of
from songcau.consoles.administration.roles import listing
from songcau.consoles.administration.roles.forms import EndForm, GrantForm, midnight
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.foundation.accounts.permissions import may_withdraw_role
from songcau.foundation.accounts.roles import Role, matrix
from songcau.foundation.accounts.rules import GrantState
from songcau.foundation.accounts.words import GRANT_STATES, PERMISSIONS, ROLES
from songcau.foundation.shell.deeds import Deed, carry_out, posted
from songcau.foundation.shell.fields import ReasonForm
from songcau.foundation.shell.lists import render_list


def _found(request: HttpRequest, grant_id: UUID) -> RoleGrant:
    rows = RoleGrant.objects.visible_to(actor_of(request))
    found = rows.select_related("person", "agency", "granted_by", "withdrawn_by").filter(pk=grant_id).first()
    if found is None:
        raise Http404
    return found


def _crumbs() -> tuple[tuple[str, str], ...]:
    return ((_("Roles given"), reverse("administration:grants")),)


@requires("accounts.view_people")
@require_GET
def grants(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    return render_list(
        request, listing.LISTING, listing.rows(actor_of(request)), template="administration/roles/list.html"
    )


@requires("accounts.view_people")
@require_GET
def grant(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """One role given: by whom, why, until when, and how it ended."""
    found = _found(request, grant_id)
    actor, state = actor_of(request), state_of(found)
    may = state is GrantState.GRANTED and may_withdraw_role(actor, Role(found.role), found.agency)
    context = {
        "grant": found,
        "role": ROLES[Role(found.role)],
        "state": GRANT_STATES[state],
        "may_withdraw": may,
        # Nobody prolongs their own role.
        "may_change_end": may and actor.id != found.person_id,
        "agency_is_seen": found.agency is not None and Agency.objects.visible_to(actor).contains(found.agency),
    }
    return render(request, "administration/roles/grant.html", context)


@requires("accounts.grant_roles", fresh=True)
def add(request: HttpRequest) -> HttpResponse:
    """Give a role to the person named in the address; without one, the list of people is where to begin."""
    person = _person(request)
    if person is None:
        return render(request, "administration/roles/whom.html")
    actor = actor_of(request)

    def act(values: Any) -> None:
        actions.grant_role(
            by=actor,
            person_id=person.pk,
            role=Role(values["role"]),
            agency_id=values["agency"].pk if values["agency"] else None,
            reason=values["reason"],
            valid_from=midnight(values, "valid_from"),
            valid_to=midnight(values, "valid_to"),
        )

    page = reverse("administration:person", args=[person.pk])
    crumbs = ((_("People"), reverse("administration:people")), (person.full_name, page))
    deed = Deed(_("Grant %(name)s a role") % {"name": person.full_name}, _("Grant"), page, crumbs=crumbs)
    return carry_out(request, GrantForm(posted(request), by=actor), deed, act, done=_("The role was granted."))


def _person(request: HttpRequest) -> Person | None:
    try:
        wanted = UUID(request.GET.get("person", ""))
    except ValueError:
        return None
    found: Person | None = Person.objects.visible_to(actor_of(request)).filter(pk=wanted).first()
    if found is None:
        raise Http404
    return found


@requires("accounts.withdraw_roles", fresh=True)
def change_end(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Let a role end sooner or later."""
    found = _found(request, grant_id)
    names = {"role": ROLES[Role(found.role)], "name": found.person.full_name}
    deed = Deed(
        _("Change the end of “%(role)s” of %(name)s") % names,
        _("Save"),
        reverse("administration:grant", args=[found.pk]),
        crumbs=_crumbs(),
    )

    def act(values: Any) -> None:
        actions.change_role_end(
            by=actor_of(request), grant_id=found.pk, valid_to=midnight(values, "valid_to"), reason=values["reason"]
        )

    last = timezone.localdate(found.valid_to) if found.valid_to else None
    form = EndForm(posted(request), initial={"valid_to": last})
    return carry_out(request, form, deed, act, done=_("Saved."))


@requires("accounts.withdraw_roles", fresh=True)
def withdraw(request: HttpRequest, grant_id: UUID) -> HttpResponse:
    """Take a role away now."""
    found = _found(request, grant_id)
    names = {"role": ROLES[Role(found.role)], "name": found.person.full_name}
    deed = Deed(
        _("Withdraw “%(role)s” from %(name)s?") % names,
        _("Withdraw"),
        reverse("administration:grant", args=[found.pk]),
        _("The rights of this role end at once, also in sessions that are open."),
        danger=True,
        crumbs=_crumbs(),
    )

    def act(values: Any) -> None:
        actions.withdraw_role(by=actor_of(request), grant_id=found.pk, reason=values["reason"])

    return carry_out(request, ReasonForm(posted(request)), deed, act, done=_("The role was withdrawn."))


@requires("accounts.view_people")
@require_GET
def roles_matrix(request: HttpRequest) -> HttpResponse:
    """What each role may do, as the code says it."""
    lines = [
        (PERMISSIONS.get(code, code), code, [role in holders for role in Role]) for code, holders in matrix().items()
    ]
    return render(
        request, "administration/roles/matrix.html", {"roles": [ROLES[role] for role in Role], "lines": lines}
    )
