"""What is answered to a report: its code and its secret, for a page and for the island."""

from uuid import UUID

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _

from songcau.consoles.citizen.pass_cookie import give_pass, is_of_account
from songcau.consoles.citizen.reporting.typed import Typed
from songcau.foundation.files.documents.codes import qr
from songcau.systems.citizen_reports.public import Submitted, shown_code, shown_secret, submitted

_COOKIE = "portal_sent"
_SALT = "songcau.portal.answer"
_SHOWN_SECONDS = 30 * 60


def answered(answer: Submitted) -> JsonResponse:
    """For the island, and for a draft that was sent later: the same whenever the same report is sent."""
    body = {
        "code": shown_code(answer.code),
        "secret": shown_secret(answer.secret),
        "track": tracking_address(answer),
        "page": reverse("portal:sent"),
    }
    return JsonResponse(body, headers={"Cache-Control": "no-store"})


def tracking_address(answer: Submitted) -> str:
    """The secret stands behind the `#`, which no browser sends to anybody."""
    return f"{settings.SONGCAU.public_url}{reverse('portal:track')}#{answer.code}.{answer.secret}"


def remember(request: HttpRequest, response: HttpResponse, typed: Typed, report_id: UUID) -> None:
    """So that the next page can show the answer, and lead on to the report; sent from an account, to that alone."""
    of_account = typed.contact(request).person_id
    response.set_cookie(
        _COOKIE,
        signing.dumps([str(typed.submission_id), str(of_account or "")], salt=_SALT),
        max_age=_SHOWN_SECONDS,
        path=reverse("portal:home"),
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )
    give_pass(response, report_id, of_account=of_account)


def sent_page(request: HttpRequest) -> HttpResponse:
    """The answer once more, for half an hour; then only whoever kept the code gets in."""
    try:
        kept, of_account = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_SALT, max_age=_SHOWN_SECONDS)
    except signing.BadSignature:
        return redirect("portal:track")
    answer = submitted(UUID(kept)) if is_of_account(request, of_account) else None
    if answer is None:
        return redirect("portal:track")
    address = tracking_address(answer)
    context = {
        "code": shown_code(answer.code),
        "secret": shown_secret(answer.secret),
        "address": address,
        # Made by our own code from an address of our own: an SVG without script.
        "qr": mark_safe(qr(address, alt=_("Opens your report")).svg),  # noqa: S308
    }
    return render(request, "citizen/report/sent.html", context)
