"""Who has shown the secret of a report (or owns it by account) carries a signed note for two hours, not the secret."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

_COOKIE = "portal_report"
_SALT = "songcau.portal.report"
_SECONDS = 2 * 3600


def give_pass(response: HttpResponse, report_id: UUID) -> None:
    """For this report, instead of any before it."""
    response.set_cookie(
        _COOKIE,
        signing.dumps(str(report_id), salt=_SALT),
        max_age=_SECONDS,
        path=reverse("portal:home"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def passed(request: HttpRequest) -> UUID | None:
    """The report that may be seen in this browser now."""
    try:
        return UUID(signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_SECONDS))
    except signing.BadSignature:
        return None


def take_pass(response: HttpResponse) -> None:
    """On leaving, so that the next person at this browser sees nothing."""
    response.delete_cookie(_COOKIE, path=reverse("portal:home"), samesite="Lax")
