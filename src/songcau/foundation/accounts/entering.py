"""The last step of every sign-in without a password: a session that knows by what, and how surely, it was begun."""

import json
from typing import Any

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse

from songcau.foundation.accounts import second_factor
from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.sign_on import client, flow
from songcau.foundation.accounts.sign_on.providers import Provider
from songcau.foundation.accounts.sign_on.rules import Assurance, Vouched
from songcau.kernel.errors import Anticipated

_MARK = "songcau_known_as"


def providers() -> dict[str, Provider]:
    """Code → provider, as the settings have them."""
    configured: dict[str, Provider] = settings.SONGCAU.sign_in_providers
    return configured


def enter(request: HttpRequest, person: Person, vouched: Vouched, *, next_url: str, id_token: str) -> HttpResponseBase:
    """Begin the person's session. Who has a second factor is asked for it first, as after a password."""
    if request.user.is_authenticated:
        logout(request)  # nothing of an earlier session stays, whoever's it was
    mark = {"person": str(person.pk), "level": int(vouched.assurance), "provider": vouched.provider}
    if address := _sign_out_address(vouched.provider, id_token):
        mark["sign_out"] = second_factor.encrypted(address)
    request.session[_MARK] = json.dumps(mark)
    record_authentication(request, person, method="sign_on", provider=vouched.provider)
    answer: HttpResponseBase = perform_login(request, Login(user=person, redirect_url=next_url or None))
    return answer


def assurance_of(request: HttpRequest) -> Assurance:
    """How surely the session knows who it is. A password of ours says no more than that somebody has it."""
    if not isinstance(request.user, Person):
        return Assurance.NONE
    return Assurance(_mark(request).get("level", Assurance.LOW))


def provider_of(request: HttpRequest) -> str:
    """The code of the provider the session was begun with, or an empty text."""
    return str(_mark(request).get("provider", ""))


def may_act_as_staff(request: HttpRequest) -> bool:
    """Whether roles count in the session: not where it was begun by a way that staff do not come in by."""
    code = provider_of(request)
    return not code or (code in providers() and providers()[code].staff)


def sign_out_address(request: HttpRequest) -> str:
    """Where the browser goes so that the provider's session ends as well, or an empty text."""
    sealed = _mark(request).get("sign_out")
    return second_factor.decrypted(sealed) if sealed else ""


def _mark(request: HttpRequest) -> dict[str, Any]:
    """Of this person only: the mark of a sign-in that was not finished says nothing of another one."""
    mark: dict[str, Any] = json.loads(request.session.get(_MARK, "{}"))
    return mark if mark.get("person") == str(request.user.pk) else {}


def _sign_out_address(code: str, id_token: str) -> str:
    provider = providers().get(code)
    if provider is None or not id_token:
        return ""
    try:
        endpoint = client.metadata(code, provider).end_session_endpoint
    except Anticipated:
        return ""
    back_to = settings.SONGCAU.public_url + reverse("citizen_sign_in")
    return flow.sign_out_address(provider, endpoint, id_token=id_token, back_to=back_to) if endpoint else ""
