"""Which Zalo user a person is towards the city's Official Account: linked and unlinked by who looks after channels."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from songcau.foundation.accounts.access import requires
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.personal_data.looking import note_look
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.notifications import actions
from songcau.foundation.shell.deeds import Confirmation, Deed, carry_out, posted
from songcau.kernel.actor import Actor


class ZaloUserForm(forms.Form):
    """The id by which Zalo knows a follower of the Official Account."""

    user_id = forms.CharField(
        label=gettext_lazy("Zalo user id"),
        max_length=64,
        help_text=gettext_lazy(
            "The number that Zalo shows for this follower in the administration of the Official Account. "
            "It is not the telephone number."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )


def _found(request: HttpRequest, person_id: UUID) -> Person:
    actor: Actor = request.actor  # type: ignore[attr-defined]
    found: Person | None = Person.objects.visible_to(actor).select_related("zalo").filter(pk=person_id).first()
    if found is None:
        raise Http404
    return found


def _deed(person: Person, title: str, submit: str, notice: str, *, danger: bool = False) -> Deed:
    page = reverse("administration:person", args=[person.pk])
    crumbs = ((_("People"), reverse("administration:people")), (person.full_name, page))
    return Deed(title, submit, page, notice, danger, crumbs)


@requires("notifications.manage_channels", fresh=True)
def link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Say which follower a person is, or that they follow again."""
    found = _found(request, person_id)
    note_look(request, found.pk, kind="accounts.person", default=Purpose.ACCOUNT_CARE, subject_id=found.pk)
    held = getattr(found, "zalo", None)
    deed = _deed(
        found,
        _("Zalo account of %(name)s") % {"name": found.full_name},
        _("Link"),
        _(
            "Make sure that this follower is this person: links to their notices go there. Whoever was linked with "
            "this Zalo user before is not any more. Link again when somebody follows the Official Account again."
        ),
    )

    def act(values: Any) -> None:
        actions.link_zalo(by=request.actor, person_id=found.pk, user_id=values["user_id"])  # type: ignore[attr-defined]

    form = ZaloUserForm(posted(request), initial={"user_id": held.user_id if held else ""})
    return carry_out(request, form, deed, act, done=_("The Zalo account is linked."))


@requires("notifications.manage_channels", fresh=True)
def unlink(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Forget which follower a person is."""
    found = _found(request, person_id)
    deed = _deed(
        found,
        _("Remove the link of %(name)s to Zalo?") % {"name": found.full_name},
        _("Remove the link"),
        _("Nothing is sent to this person by Zalo any more."),
        danger=True,
    )

    def act(_values: Any) -> None:
        actions.unlink_zalo(by=request.actor, person_id=found.pk)  # type: ignore[attr-defined]

    return carry_out(request, Confirmation(posted(request)), deed, act, done=_("The link to Zalo was removed."))
