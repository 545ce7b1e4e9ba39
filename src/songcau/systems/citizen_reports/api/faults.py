"""Every refusal of the Open311 server: a list of code and description, in the caller's format and language."""

import logging
from collections.abc import Callable
from functools import wraps

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_exempt

from songcau.foundation.shell.errors import RETRY_AFTER_SECONDS, storage_status
from songcau.foundation.shell.words import PAGES, say
from songcau.kernel.errors import Anticipated, NotAllowed, Unavailable
from songcau.systems.citizen_reports.api.formats import XML, Answer, answered

log = logging.getLogger(__name__)


class Fault(Exception):
    """One answer of the standard's error list. `code` is more exact than the HTTP status it begins with."""

    def __init__(self, status: int, code: str, words: str | Promise, **params: object) -> None:
        super().__init__(code)
        self.status, self.code, self.words, self.params = status, code, words, params

    def described(self) -> str:
        return str(self.words) % self.params if self.params else str(self.words)


def missing(name: str) -> Fault:
    return Fault(400, f"400.missing.{name}", _("%(name)s is missing."), name=name)


def unusable(name: str, why: str | Promise) -> Fault:
    return Fault(400, f"400.{name}", why, name=name)


KEY = Fault(403, "403", _("The api_key is missing, wrong, or was taken back."))
SERVICE_UNKNOWN = Fault(404, "404.service_code", _("There is no such service_code."))
REQUEST_UNKNOWN = Fault(404, "404.service_request_id", _("There is no such service request, or it is not public."))
TOKEN_UNKNOWN = Fault(
    404, "404.token", _("There is no such token: requests get their service_request_id with the answer to the POST.")
)
JURISDICTION_UNKNOWN = Fault(404, "404.jurisdiction_id", _("This jurisdiction is not served here."))

NOTHING_HERE = Fault(404, "404", _("There is no such resource."))
METHOD = Fault(405, "405", _("This resource is not asked so."))
TOO_LARGE = Fault(413, "413", _("More was sent than one request may have."))
UNREADABLE = Fault(400, "400.body", _("What was sent cannot be read as a form."))
_TOO_LARGE = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)

Endpoint = Callable[..., Answer]
READ = ("GET", "HEAD")


def endpoint(*methods: str) -> Callable[[Endpoint], Callable[..., HttpResponse]]:
    """Write the view's answer, or its fault, in the format of the address; another method is a fault too.

    Nothing here knows a session, so that no form of ours is asked for.
    """

    def written(view: Endpoint) -> Callable[..., HttpResponse]:
        @csrf_exempt
        @wraps(view)
        def answer(request: HttpRequest, *args: object, form: str = XML, **kwargs: object) -> HttpResponse:
            try:
                if request.method not in methods:
                    raise METHOD  # noqa: TRY301  # told like what a view refuses
                found = view(request, *args, **kwargs)
            except Exception as error:
                found = _told(request, error)
            response = answered(request, form, found)
            if found.status in (503, 507):
                response["Retry-After"] = str(RETRY_AFTER_SECONDS)
            if found.status == METHOD.status:
                response["Allow"] = ", ".join(methods)
            return response

        return answer

    return written


def _told(request: HttpRequest, error: Exception) -> Answer:
    """Whoever speaks this format cannot read a page, least of all when something is wrong on our side."""
    match error:
        case Fault():
            return _errors(error.status, error.code, error.described())
        case Anticipated():
            status = 403 if isinstance(error, NotAllowed) else 503 if isinstance(error, Unavailable) else 400
            return _errors(status, f"{status}.{error.code}", say(error))
        case SuspiciousOperation() | MultiPartParserError():
            kind = TOO_LARGE if isinstance(error, _TOO_LARGE) else UNREADABLE
            return _errors(kind.status, kind.code, kind.described())
    log.error("no answer to %s", request.path, exc_info=error)
    status = storage_status(error) or 500
    return _errors(status, str(status), str(PAGES[status].title))


def _errors(status: int, code: str, description: str) -> Answer:
    return Answer("errors", [{"code": code, "description": description}], "error", status)
