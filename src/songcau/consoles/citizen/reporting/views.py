"""The page on which somebody reports a problem, and what it asks for while it is filled in."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from allauth.core.internal import ratelimit
from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from songcau.consoles.citizen import pictures
from songcau.consoles.citizen.device import give_device
from songcau.consoles.citizen.places import guidance, today, wards
from songcau.consoles.citizen.reporting.answer import answered, remember, sent_page
from songcau.consoles.citizen.reporting.typed import Typed, read
from songcau.foundation.accounts.access import open_to_everyone
from songcau.foundation.accounts.models import Person
from songcau.foundation.shell.errors import status_of, too_many_requests, wants_json
from songcau.foundation.shell.words import say
from songcau.foundation.shell.written import language
from songcau.kernel import trace
from songcau.kernel.actor import NOBODY
from songcau.kernel.errors import Anticipated, Refused
from songcau.kernel.ids import new_id
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import Held

# What helps while typing is asked often, and by many behind one address.
_RATES = {"portal_ask": "600/m/ip"}
Faults = dict[str, str]


@open_to_everyone
@never_cache
@gzip_page
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponseBase:
    """The form; a POST with `step=check` shows the answers again, with `step=send` (or `same_as`) sends them."""
    if request.method != "POST":
        response = _form(request, Typed(category=_wanted_category(request)))
        give_device(request, response)
        return response
    typed, step = read(request.POST), request.POST.get("step", "check")
    held: list[Held] = []
    try:
        held, refused = pictures.take(request, typed.submission_id)
        faults = _faults(typed, refused)
        if step == "edit" or faults:
            return _form(request, typed, held, faults)
        return _sent(request, typed, held) if typed.same_as or step == "send" else _check(request, typed, held)
    except Anticipated as refusal:
        return _form(request, typed, held, {"": say(refusal)}, status=_status(refusal))


@open_to_everyone
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def me_too(request: HttpRequest, code: str) -> HttpResponseBase:
    """“I have seen this too”: a word more, if one likes, and how one can be reached."""
    found = reports.public_report(code, language())
    if found is None:
        raise Http404
    if request.method != "POST":
        response = _me_too(request, Typed(), found)
        give_device(request, response)
        return response
    typed, held = replace(read(request.POST), same_as=found.code), list[Held]()
    try:
        held, refused = pictures.take(request, typed.submission_id)
        faults = _faults(typed, refused)
        return _me_too(request, typed, found, held, faults) if faults else _sent(request, typed, held)
    except Anticipated as refusal:
        return _me_too(request, typed, found, held, {"": say(refusal)}, status=_status(refusal))


@open_to_everyone
@never_cache
@require_GET
def sent(request: HttpRequest) -> HttpResponse:
    """The code and the secret of what was just sent; nothing for whoever comes later."""
    return sent_page(request)


@open_to_everyone
@require_POST
def place(request: HttpRequest) -> HttpResponseBase:
    """In which ward a point lies, and what to know where that is not sure."""
    if _too_often(request):
        return too_many_requests(request)
    typed = read(request.POST)
    found = reports.placed(typed.longitude, typed.latitude, typed.ward_code, today())
    return JsonResponse({"ward": found.name, "code": found.code, "doubt": found.doubt, "words": guidance(found)})


@open_to_everyone
@require_POST
def suggest(request: HttpRequest) -> HttpResponseBase:
    """Codes of the categories that the words speak of."""
    if _too_often(request):
        return too_many_requests(request)
    return JsonResponse(
        {"categories": reports.suggested_categories(request.POST.get("text", "")[: reports.REPORT_LIMIT])}
    )


@open_to_everyone
@require_POST
def similar(request: HttpRequest) -> HttpResponseBase:
    """A part of the page: published reports that may be the same matter."""
    if _too_often(request):
        return too_many_requests(request)
    return render(request, "citizen/report/similar.html", {"similar": _similar(read(request.POST))})


def _sent(request: HttpRequest, typed: Typed, held: list[Held]) -> HttpResponse:
    # By the trace of the request the log would join the report to what it notes of the account's session.
    with trace.tracing(str(new_id())):
        answer = _taken(request, typed, held)
    if not answer.is_new:
        for one in held:
            reports.drop_held(one)
    response: HttpResponse = answered(answer) if wants_json(request) else redirect("portal:sent")
    remember(request, response, typed, answer.report_id)
    return response


def _taken(request: HttpRequest, typed: Typed, held: list[Held]) -> reports.Submitted:
    draft, contact = typed.draft(language()), typed.contact(request)
    if typed.same_as:
        return reports.join_report(by=NOBODY, code=typed.same_as, draft=draft, contact=contact, pictures=held)
    return reports.submit_report(by=NOBODY, draft=draft, contact=contact, pictures=held)


def _me_too(
    request: HttpRequest,
    typed: Typed,
    found: reports.PublicReport,
    held: list[Held] | None = None,
    faults: Faults | None = None,
    *,
    status: int = 422,
) -> HttpResponse:
    context = _context(request, typed, held or []) | {
        "report": found,
        "shown": reports.shown_code(found.code),
        "faults": faults or {},
        "summary": _summary(faults or {}),
    }
    return render(request, "citizen/report/me_too.html", context, status=status if faults else 200)


def _check(request: HttpRequest, typed: Typed, held: list[Held]) -> HttpResponse:
    found = reports.placed(typed.longitude, typed.latitude, typed.ward_code, today())
    context = _context(request, typed, held) | {
        "place": found,
        "guidance": guidance(found),
        "similar": _similar(typed),
        "category": _category(typed.category),
        "said": _said(typed),
        "fields": _hidden(request),
    }
    return render(request, "citizen/report/check.html", context)


def _form(
    request: HttpRequest,
    typed: Typed,
    held: list[Held] | None = None,
    faults: Faults | None = None,
    *,
    status: int = 422,
) -> HttpResponse:
    if faults and wants_json(request):
        for one in held or ():
            reports.drop_held(one)
        return JsonResponse({"errors": faults}, status=status, json_dumps_params={"ensure_ascii": False})
    context = _context(request, typed, held or []) | {"faults": faults or {}, "summary": _summary(faults or {})}
    return render(request, "citizen/report/form.html", context, status=status if faults else 200)


def _context(request: HttpRequest, typed: Typed, held: list[Held]) -> dict[str, Any]:
    return {
        "typed": typed,
        "categories": reports.offered_categories(language()),
        "wards": wards(),
        "held": held,
        "held_note": pictures.note(held, typed.submission_id),
        "limit": reports.REPORT_LIMIT,
        "most_pictures": reports.MOST_PICTURES,
        "largest_mb": reports.LARGEST // (1 << 20),
        "is_citizen": isinstance(request.user, Person),
    }


def _faults(typed: Typed, refused: list[str]) -> Faults:
    found: Mapping[str, Refused] = reports.faults_of(
        text=typed.text,
        category=typed.category,
        answers=typed.own_answers,
        phone=typed.phone,
        language=language(),
    )
    if typed.same_as:
        # What the first report says needs not be said again.
        found = {name: refusal for name, refusal in found.items() if name == "phone" or (name == "text" and typed.text)}
    faults = {_field(name, typed): say(refusal) for name, refusal in found.items()}
    if refused:
        faults[pictures.FIELD] = " ".join(refused)
    if not typed.same_as and not reports.is_known_category(typed.category):
        faults["category"] = _("Choose what it is about.")
    if typed.email.strip() and not _is_email(typed.email.strip()):
        faults["email"] = _("This is not an e-mail address. Write it like ten@example.vn, or leave it out.")
    return faults


def _field(name: str, typed: Typed) -> str:
    return f"q-{typed.category}-{name[2:]}" if name.startswith("q-") else name


def _is_email(text: str) -> bool:
    try:
        EmailValidator()(text)
    except ValidationError:
        return False
    return len(text) <= 254


def _summary(faults: Mapping[str, str]) -> list[tuple[str, str]]:
    """(id of what to go to, words), in the sequence of the form."""
    order = [pictures.FIELD, "place", "text", "category", "phone", "email"]
    names = sorted(faults, key=lambda name: order.index(name) if name in order else 3)
    return [(name, faults[name]) for name in names]


def _similar(typed: Typed) -> tuple[reports.PublicReport, ...]:
    return reports.likely_same(
        text=typed.text,
        category=typed.category,
        longitude=typed.longitude,
        latitude=typed.latitude,
        language=language(),
    )


def _category(code: str) -> reports.OfferedCategory | None:
    return next((one for one in reports.offered_categories(language()) if one.code == code), None)


def _said(typed: Typed) -> list[tuple[str, str]]:
    """The answers to the category's questions in words."""
    category = _category(typed.category)
    said = []
    for question in category.questions if category else ():
        given = typed.own_answers.get(question.key, "")
        words = dict(question.options) | {"yes": _("Yes"), "no": _("No")}
        if given:
            said.append((question.label, words.get(given, given)))
    return said


def _hidden(request: HttpRequest) -> list[tuple[str, str]]:
    """Every field again for the page on which the answers are checked."""
    left_out = {"csrfmiddlewaretoken", "step", "held", "drop_photos", "submission_id"}
    return [(name, request.POST[name]) for name in request.POST if name not in left_out]


def _wanted_category(request: HttpRequest) -> str:
    wanted = request.GET.get("category", "")
    return wanted if _category(wanted) else ""


def _status(refusal: Anticipated) -> int:
    """Whoever was too fast may try again; a draft that waits on a telephone does so by itself."""
    if isinstance(refusal, Refused) and refusal.code == "REPORTS_TOO_FAST":
        return 429
    return status_of(refusal)


def _too_often(request: HttpRequest) -> bool:
    return ratelimit.consume(request, app="songcau", action="portal_ask", config=_RATES) is None
