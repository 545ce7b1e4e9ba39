"""From where a report without an account comes, for the limits on abuse.

Thousands of telephones share one address of their company, and a flood makes all of them report at once: counting by
address alone would refuse citizens in need. So a browser that opened the form carries a signed number of its own and is
counted by it. New numbers are limited for each address, and so is all that comes from it: whoever throws the number
away each time wins little, and whoever has none is counted by address as strictly as one person.
"""

import secrets

from allauth.core.internal import ratelimit
from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.sessions import address_of

_COOKIE = "portal_device"
_SALT = "songcau.portal.device"
_SECONDS = 365 * 24 * 3600
_RATES = {"portal_device": "20/m/ip,120/h/ip"}


def give_device(request: HttpRequest, response: HttpResponse) -> None:
    """A number for a browser that has none, as long as its address did not get too many."""
    if (
        _device(request)
        or ratelimit.consume(request, app="songcau", action="portal_device", config=_RATES, limit_get=True) is None
    ):
        return
    response.set_cookie(
        _COOKIE,
        signing.dumps(secrets.token_urlsafe(12), salt=_SALT),
        max_age=_SECONDS,
        path=reverse("portal:home"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def source_of(request: HttpRequest, *, without_account: bool) -> str:
    """The account, else the browser, else the address. The system keeps a keyed hash of it only."""
    if isinstance(request.user, Person) and not without_account:
        return f"person:{request.user.pk}"
    device = _device(request)
    return f"device:{device}" if device else f"address:{address_of(request)}"


def _device(request: HttpRequest) -> str:
    try:
        return str(signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_SECONDS))
    except signing.BadSignature:
        return ""
