"""Every refusal of the Open311 server: a list of code and description, in the caller's format and language."""

from collections.abc import Callable
from functools import wraps

from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.shell.words import say
from songcau.kernel.errors import Anticipated, NotAllowed, Unavailable
from songcau.systems.citizen_reports.api.formats import JSON, XML, Answer, answered


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

Endpoint = Callable[..., Answer]


def endpoint(view: Endpoint) -> Callable[..., HttpResponse]:
    """Write the view's answer, or its fault, in the format of the address."""

    @wraps(view)
    def answer(request: HttpRequest, *args: object, form: str = XML, **kwargs: object) -> HttpResponse:
        form = form if form in (XML, JSON) else XML
        try:
            found = view(request, *args, **kwargs)
        except Fault as fault:
            found = _errors(fault.status, fault.code, fault.described())
        except Anticipated as refusal:
            status = 403 if isinstance(refusal, NotAllowed) else 503 if isinstance(refusal, Unavailable) else 400
            found = _errors(status, f"{status}.{refusal.code}", say(refusal))
        return answered(request, form, found)

    return answer


def _errors(status: int, code: str, description: str) -> Answer:
    return Answer("errors", [{"code": code, "description": description}], "error", status)
