"""The page on which a role that was lent is taken back: an administrator's, and of who lent or was lent it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from songcau.foundation.accounts import actions
from songcau.foundation.accounts.access import actor_of
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.words import ROLES
from songcau.foundation.shell.deeds import Deed, Words, carry_out, posted
from songcau.foundation.shell.fields import ReasonForm


def withdraw_page(
    request: HttpRequest, found: Delegation, *, back: str, crumbs: tuple[tuple[Words, str], ...]
) -> HttpResponse:
    """The form with its warning; a good POST ends the delegation and leads to `back`."""
    names = {"role": ROLES[Role(found.grant.role)], "name": found.delegate.full_name}
    deed = Deed(
        _("Withdraw the delegation of “%(role)s” to %(name)s?") % names,
        _("Withdraw"),
        back,
        _("The rights end at once, also in sessions that are open."),
        danger=True,
        crumbs=crumbs,
    )

    def act(values: Any) -> None:
        actions.withdraw_delegation(by=actor_of(request), delegation_id=found.pk, reason=values["reason"])

    return carry_out(request, ReasonForm(posted(request)), deed, act, done=_("The delegation was withdrawn."))
