"""The one place that turns errors into answers: a page in words, JSON, or a part of a page for htmx.

Refused → 422 (409 when it is a conflict) · NotAllowed → 403 · Unavailable → 503 · storage full → 507 ·
body too large → 413. Nothing here asks the database: these pages stand when it is down.
"""

import errno
import logging
import sys

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin
from django.utils.translation import get_language

from songcau.foundation.shell.context import theme_of
from songcau.foundation.shell.version import VERSION
from songcau.foundation.shell.words import FORM_EXPIRED, PAGES, ErrorPage, say
from songcau.kernel import trace
from songcau.kernel.errors import Anticipated, NotAllowed, Refused, Unavailable

log = logging.getLogger(__name__)
RETRY_AFTER_SECONDS = 30
_STORAGE_FULL = "53100"
_AWAY = ("database is locked", "unable to open database", "connection", "the database system is")
_AWAY_STATES = ("08", "53", "57P")


class ErrorsMiddleware(MiddlewareMixin):
    """Answers the errors a view raises on purpose, and those of a storage that is full or away."""

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return answer(request, exception)


def answer(request: HttpRequest, error: BaseException | None) -> HttpResponse | None:
    """The answer to an anticipated error or to a storage that cannot serve; None for anything else."""
    if isinstance(error, Anticipated):
        return problem(request, status_of(error), code=error.code, message=say(error))
    status = storage_status(error)
    if status is None:
        return None
    log.error("storage cannot serve", exc_info=error)
    return problem(request, status, code="STORAGE_FULL" if status == 507 else Unavailable.code)


def status_of(error: Anticipated) -> int:
    """The HTTP status of an anticipated error."""
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, Unavailable):
        return 503
    return 409 if isinstance(error, Refused) and error.conflict else 422


def storage_status(error: BaseException | None) -> int | None:
    """507 for a storage that is full, 503 for one that is away; None for any other error."""
    if isinstance(error, OSError):
        return 507 if error.errno in (errno.ENOSPC, errno.EDQUOT) else None
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    state = getattr(error.__cause__, "sqlstate", None) or ""
    words = str(error).lower()
    if state == _STORAGE_FULL or "disk is full" in words:
        return 507
    return 503 if state.startswith(_AWAY_STATES) or any(part in words for part in _AWAY) else None


def problem(
    request: HttpRequest, status: int, *, code: str = "", message: str = "", page: ErrorPage | None = None
) -> HttpResponse:
    """An answer of `status`: JSON, a part for htmx, or a page, by what the request takes. `message` goes before
    the page's own text.
    """
    page = page or PAGES[status]
    code = code or f"HTTP_{status}"
    response: HttpResponse
    if wants_json(request):
        body = {"code": code, "message": message or str(page.text), "request_id": trace.current()}
        response = JsonResponse({"error": body}, status=status, json_dumps_params={"ensure_ascii": False})
    else:
        response = _html(request, status, page, message)
    if status in (503, 507):
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    response["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept", "HX-Request", "Cookie", "Accept-Language"])
    return response


def wants_json(request: HttpRequest) -> bool:
    """Whether the caller takes JSON rather than a page."""
    if request.headers.get("HX-Request") == "true":
        return False
    return request.get_preferred_type(["text/html", "application/json"]) == "application/json"


def _html(request: HttpRequest, status: int, page: ErrorPage, message: str) -> HttpResponse:
    part = request.headers.get("HX-Request") == "true"
    # Without the request: no context processor runs, so neither session nor person is read.
    context = {
        "page": page,
        "status": status,
        "message": message,
        "request_id": trace.current(),
        "language": get_language() or settings.LANGUAGE_CODE,
        "theme": theme_of(request),
        "city_name": settings.SONGCAU.city_name,
        "demo": settings.SONGCAU.demo,
        "version": VERSION,
    }
    template = "shell/parts/problem.html" if part else "shell/error.html"
    response = HttpResponse(render_to_string(template, context), status=status)
    if part:
        response["HX-Retarget"] = "#sc-problem"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Push-Url"] = "false"
    return response


_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400."""
    return problem(request, 413 if isinstance(exception, _TOO_LARGE) else 400)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403."""
    return problem(request, 403, code=NotAllowed.code)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404."""
    return problem(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. An error that a middleware raised arrives here, with its reason still in the air."""
    return answer(request, sys.exc_info()[1]) or problem(request, 500)


def too_many_requests(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler429 (allauth calls it when a limit is reached)."""
    return problem(request, 429)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW."""
    return problem(request, 403, code="FORM_EXPIRED", page=FORM_EXPIRED)
