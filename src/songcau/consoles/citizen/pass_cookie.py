"""Who has shown the secret of a report (or owns it by account) carries a signed note for two hours, not the secret.

What was opened by an account is open as long as that account is signed in: at a computer that others use too, signing
out must be enough.
"""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from songcau.foundation.accounts.access import actor_of

_COOKIE = "portal_report"
_SALT = "songcau.portal.pass"
_SECONDS = 2 * 3600


def give_pass(response: HttpResponse, report_id: UUID, *, of_account: UUID | None = None) -> None:
    """For this report, instead of any before it; `of_account`: only while this account is signed in."""
    response.set_cookie(
        _COOKIE,
        signing.dumps([str(report_id), str(of_account or "")], salt=_SALT),
        max_age=_SECONDS,
        path=reverse("portal:home"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def passed(request: HttpRequest) -> UUID | None:
    """The report that may be seen in this browser now."""
    try:
        report_id, of_account = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_SECONDS)
    except signing.BadSignature:
        return None
    return UUID(report_id) if is_of_account(request, of_account) else None


def is_of_account(request: HttpRequest, of_account: str) -> bool:
    """Whether a note may be used in this browser now; `of_account` empty: whoever has it."""
    return not of_account or str(actor_of(request).id) == of_account


def take_pass(response: HttpResponse) -> None:
    """On leaving, so that the next person at this browser sees nothing."""
    response.delete_cookie(_COOKIE, path=reverse("portal:home"), samesite="Lax")
