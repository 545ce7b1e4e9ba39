"""People: who they are, what they may do, and mending their accounts."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from songcau.consoles.administration.people import listing, reading
from songcau.consoles.administration.people.forms import ChangePersonForm, PersonForm, PurposeForm
from songcau.foundation.accounts import actions
from songcau.foundation.accounts.access import actor_of, requires
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.looking import note_look
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.personal_data.words import PURPOSES
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.foundation.shell.fields import ReasonForm
from songcau.foundation.shell.lists import render_list


def _found(request: HttpRequest, person_id: UUID) -> Person:
    visible = Person.objects.visible_to(actor_of(request)).select_related("home")
    found: Person | None = visible.filter(pk=person_id).first()
    if found is None:
        raise Http404
    return found


def _page(person_id: UUID) -> str:
    return reverse("administration:person", args=[person_id])


def _deed(person: Person, title: str, submit: str, notice: str = "", *, danger: bool = False) -> Deed:
    crumbs = ((_("People"), reverse("administration:people")), (person.full_name, _page(person.pk)))
    return Deed(title, submit, _page(person.pk), notice, danger, crumbs)


@requires("accounts.view_people")
@require_GET
def people(request: HttpRequest) -> HttpResponseBase:
    """The list."""
    actor = actor_of(request)
    extra = {"may_add": bool(actor.scopes("accounts.manage_people"))}
    return render_list(
        request, listing.LISTING, listing.rows(actor), template="administration/people/list.html", extra=extra
    )


@requires("accounts.view_people")
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Everything held about one person that the actor may see, and the deeds the actor may do.

    `?purpose=` and `?note=` say why it is opened; what makes no sense is told, and noted with the usual purpose.
    """
    found = _found(request, person_id)
    purpose = note_look(request, found.pk, kind="accounts.person", default=Purpose.ACCOUNT_CARE, subject_id=found.pk)
    form = PurposeForm(request.GET if "purpose" in request.GET else None, initial={"purpose": purpose})
    context = reading.facts(actor_of(request), found) | {"purpose": PURPOSES[purpose], "purpose_form": form}
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "administration/people/person.html", context, status=status)


@requires("accounts.manage_people")
def add(request: HttpRequest) -> HttpResponse:
    """A new person; the temporary password is shown once, on the answer itself."""
    actor = actor_of(request)
    form = PersonForm(posted(request), by=actor)
    deed = Deed(
        _("Add a person"),
        _("Add"),
        reverse("administration:people"),
        _("The person gets a temporary password, which is shown once. Roles are given afterwards."),
        crumbs=((_("People"), reverse("administration:people")),),
    )

    def act(values: Any) -> HttpResponse:
        # Both or nothing: an account without a password could not be entered.
        with transaction.atomic():
            added = actions.add_person(
                by=actor,
                username=values["username"],
                full_name=values["full_name"],
                home_id=values["home"].pk,
                email=values["email"],
                phone=values["phone"],
            )
            temporary = actions.set_temporary_password(by=actor, person_id=added.pk)
        return _password_once(request, added, temporary)

    return carry_out(request, form, deed, act, done="")


@requires("accounts.manage_people")
def change(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Names and addresses. Of two who save, the second is told what the first has changed."""
    found, actor = _found(request, person_id), actor_of(request)
    note_look(request, found.pk, kind="accounts.person", default=Purpose.ACCOUNT_CARE, subject_id=found.pk)
    form = ChangePersonForm(posted(request), by=actor, person=found)
    deed = _deed(found, _("Change %(name)s") % {"name": found.full_name}, _("Save"))

    def act(values: Any) -> None:
        actions.change_person(
            by=actor,
            person_id=found.pk,
            version=values["version"],
            full_name=values["full_name"],
            email=values["email"],
            phone=values["phone"],
            home_id=values["home"].pk if values["home"] else None,
        )

    return carry_out(request, form, deed, act, done=_("Saved."))


@requires("accounts.manage_people", fresh=True)
def deactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Switch an account off."""
    found = _found(request, person_id)
    notice = _("All sessions end at once and nobody can sign in with this account until it is switched on again.")
    deed = _deed(found, _("Switch off %(name)s?") % {"name": found.full_name}, _("Switch off"), notice, danger=True)
    return carry_out(
        request,
        ReasonForm(posted(request)),
        deed,
        lambda v: actions.deactivate_person(by=actor_of(request), person_id=found.pk, reason=v["reason"]) and None,
        done=_("The account is switched off."),
    )


@requires("accounts.manage_people", fresh=True)
def reactivate(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Switch an account on again."""
    found = _found(request, person_id)
    deed = _deed(found, _("Switch on %(name)s?") % {"name": found.full_name}, _("Switch on"))
    return carry_out(
        request,
        ReasonForm(posted(request)),
        deed,
        lambda v: actions.reactivate_person(by=actor_of(request), person_id=found.pk, reason=v["reason"]) and None,
        done=_("The account is switched on."),
    )


@requires("accounts.reset_credentials", fresh=True)
def password(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A temporary password, shown once."""
    found = _found(request, person_id)
    notice = _("All sessions end. The new password is shown once and must be changed at the next sign-in.")
    deed = _deed(found, _("New password for %(name)s?") % {"name": found.full_name}, _("Make it"), notice, danger=True)

    def act(_values: Any) -> HttpResponse:
        return _password_once(request, found, actions.set_temporary_password(by=actor_of(request), person_id=found.pk))

    return carry_out(request, Confirmation(posted(request)), deed, act, done="")


@never_cache
def _password_once(request: HttpRequest, whom: Person, temporary: str) -> HttpResponse:
    context = {"person": whom, "password": temporary}
    return render(request, "administration/people/password.html", context)


@requires("accounts.reset_credentials", fresh=True)
def second_factor(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Take a lost second factor away."""
    found = _found(request, person_id)
    notice = _("All sessions end. At the next sign-in the password is enough to set up a new one: make sure who asks.")
    title = _("Take the second factor of %(name)s away?") % {"name": found.full_name}
    deed = _deed(found, title, _("Take it away"), notice, danger=True)
    return carry_out(
        request,
        ReasonForm(posted(request)),
        deed,
        lambda v: actions.reset_second_factor(by=actor_of(request), person_id=found.pk, reason=v["reason"]) and None,
        done=_("The second factor was taken away."),
    )


@requires("accounts.unlock_people")
def unlock(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """End a lockout."""
    found = _found(request, person_id)
    notice = _("Wrong passwords and codes are forgotten; the person may try again at once.")
    deed = _deed(found, _("Unlock %(name)s?") % {"name": found.full_name}, _("Unlock"), notice)
    return carry_out(
        request,
        Confirmation(posted(request)),
        deed,
        lambda _v: actions.unlock_person(by=actor_of(request), person_id=found.pk),
        done=_("Unlocked."),
    )


@requires("accounts.sign_out_people")
def sign_out(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """End every session."""
    found = _found(request, person_id)
    notice = _("Every browser and phone that is signed in with this account is signed out now.")
    deed = _deed(
        found, _("Sign %(name)s out everywhere?") % {"name": found.full_name}, _("Sign out"), notice, danger=True
    )

    def act(_values: Any) -> HttpResponse:
        ended = actions.sign_out_everywhere(by=actor_of(request), person_id=found.pk)
        messages.success(request, _("Sessions ended: %(count)d.") % {"count": ended})
        return redirect(deed.back)

    return carry_out(request, Confirmation(posted(request)), deed, act, done="")
