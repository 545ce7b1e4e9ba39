"""Code and secret, then the report: its state in plain words, who has it, until when, and what is asked of one."""

from uuid import UUID

from allauth.core.internal import ratelimit
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from songcau.consoles.citizen import words
from songcau.consoles.citizen.giving import given_file
from songcau.consoles.citizen.pass_cookie import give_pass, passed, take_pass
from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.shell.errors import too_many_requests
from songcau.foundation.shell.written import language
from songcau.kernel import clock
from songcau.kernel.errors import Refused
from songcau.kernel.text import search_key
from songcau.systems.citizen_reports import public as reports

# By address, and by code whether there is such a one or not.
_RATES = {"portal_track": "30/m/ip,12/10m/key"}


@open_to_everyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponseBase:
    """The two fields. What is wrong is said at an address of its own: the same for every wrong pair, to the byte."""
    if request.method != "POST":
        return render(request, "citizen/track/ask.html", {"is_wrong": "wrong" in request.GET})
    code, secret = request.POST.get("code", ""), request.POST.get("secret", "")
    key = search_key(code[:40]).replace(" ", "")
    if ratelimit.consume(request, app="songcau", action="portal_track", config=_RATES, key=key) is None:
        return too_many_requests(request)
    try:
        report_id = reports.reporter_of_code(code, secret).report_id
    except Refused:
        return redirect(f"{reverse('portal:track')}?wrong")
    response = redirect("portal:tracked")
    give_pass(response, report_id)
    return response


@open_to_everyone
@never_cache
@require_safe
def tracked(request: HttpRequest) -> HttpResponse:
    """The report of whoever has the pass."""
    return shown(request)


def shown(request: HttpRequest, faults: dict[str, str] | None = None, status: int = 200) -> HttpResponse:
    """The page, with what was wrong with a deed, and what was typed for it."""
    report_id = passed(request)
    found = reports.own_report(report_id, language()) if report_id else None
    if found is None:
        response = redirect("portal:track")
        take_pass(response)
        return response
    context = {
        "report": found,
        "is_over": found.state not in words.UNDER_WAY | words.ASKED,
        "code": reports.shown_code(found.code),
        "state": words.STATES[found.state],
        "meaning": words.MEANINGS[found.state],
        "expected": words.EXPECTED.get(found.state, ""),
        "reason": words.REASONS.get(found.refusal_reason, ""),
        "due_words": words.due_in_words(found.due),
        "is_late": found.due_at is not None and found.due_at < clock.now() and found.state in words.UNDER_WAY,
        "timeline": [(line, words.step_in_words(line.step)) for line in reversed(found.timeline)],
        "pictures": [(one, _of_picture(one)) for one in found.pictures],
        "may": words.deeds_of(found, clock.now()),
        "faults": faults or {},
        "typed": request.POST,
    }
    return render(request, "citizen/track/report.html", context, status=status)


@open_to_everyone
@require_safe
def picture(request: HttpRequest, picture_id: UUID) -> HttpResponseBase:
    """A picture of the report, for whoever has the pass."""
    report_id = passed(request)
    file_id = reports.own_picture(report_id, picture_id) if report_id else None
    if file_id is None:
        raise Http404
    return given_file(request, file_id)


@open_to_everyone
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """Put the report away, on a telephone or computer that others use too."""
    response = redirect("portal:track")
    take_pass(response)
    return response


def _of_picture(one: reports.OwnPicture) -> str:
    if one.state == reports.AttachmentState.READY:
        return ""
    if one.state == reports.AttachmentState.REFUSED:
        return words.refused_picture(one.refusal)
    return _("Is being checked")
