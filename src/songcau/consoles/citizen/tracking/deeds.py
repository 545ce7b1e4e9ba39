"""What the reporter does in their report: each is a small form on the tracking page, and one action behind it."""

from collections.abc import Callable, Mapping
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from songcau.consoles.citizen import pictures
from songcau.consoles.citizen.pass_cookie import passed
from songcau.consoles.citizen.tracking.views import shown
from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.shell.errors import status_of
from songcau.foundation.shell.words import say
from songcau.kernel import trace
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import Held

Do = Callable[[HttpRequest, Actor, UUID, list[Held]], object]


def _answer(request: HttpRequest, by: Actor, report_id: UUID, held: list[Held]) -> object:
    return reports.answer_question(by=by, report_id=report_id, text=_text(request), pictures=held)


def _add(request: HttpRequest, by: Actor, report_id: UUID, held: list[Held]) -> object:
    return reports.add_more(by=by, report_id=report_id, text=_text(request), pictures=held)


def _rate(request: HttpRequest, by: Actor, report_id: UUID, _held: list[Held]) -> object:
    chosen = request.POST.get("rating", "")
    rating = int(chosen) if chosen in {"1", "2", "3", "4", "5"} else 0
    return reports.rate_report(by=by, report_id=report_id, rating=rating, text=_text(request))


def _reopen(request: HttpRequest, by: Actor, report_id: UUID, held: list[Held]) -> object:
    return reports.reopen_report(by=by, report_id=report_id, text=_text(request), pictures=held)


def _withdraw(request: HttpRequest, by: Actor, report_id: UUID, _held: list[Held]) -> object:
    return reports.withdraw_report(by=by, report_id=report_id, forget=request.POST.get("forget") == "on")


def _forget(_request: HttpRequest, by: Actor, report_id: UUID, _held: list[Held]) -> object:
    return reports.forget_reporter(by=by, report_id=report_id)


def _nudge(_request: HttpRequest, by: Actor, report_id: UUID, _held: list[Held]) -> object:
    return reports.nudge_report(by=by, report_id=report_id)


_DEEDS: Mapping[str, tuple[Do, str | Promise]] = {
    "answer": (_answer, _("Your answer was sent. Thank you.")),
    "add": (_add, _("What you added was sent. Thank you.")),
    "rate": (_rate, _("Your rating was sent. Thank you.")),
    "reopen": (_reopen, _("The report is open again. The centre looks at it anew.")),
    "withdraw": (_withdraw, _("Your report was taken back.")),
    "forget": (_forget, _("Your contacts were deleted. The report goes on without them.")),
    "nudge": (_nudge, _("The unit was reminded.")),
}


@open_to_everyone
@never_cache
@require_POST
def do(request: HttpRequest, deed: str) -> HttpResponse:
    """Do it as the reporter of the report in hand, who is nobody else to the rest of the city.

    Under a trace of its own: the log may note something of the account's session in the same request.
    """
    if deed not in _DEEDS:
        raise Http404
    report_id = passed(request)
    by = reports.reporter_of(report_id) if report_id else None
    if report_id is None or by is None:
        return redirect("portal:track")
    act, done = _DEEDS[deed]
    held, refused = pictures.take(request, report_id)
    if refused:
        _drop(held)
        return shown(request, {deed: " ".join(refused)}, status=422)
    try:
        with trace.tracing(str(new_id())):
            act(request, by, report_id, held)
    except Refused as refusal:
        _drop(held)
        return shown(request, {deed: say(refusal)}, status=status_of(refusal))
    messages.success(request, str(done))
    return redirect("portal:tracked")


def _drop(held: list[Held]) -> None:
    for one in held:
        reports.drop_held(one)


def _text(request: HttpRequest) -> str:
    return request.POST.get("text", "")
