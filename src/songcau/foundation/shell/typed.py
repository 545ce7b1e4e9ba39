"""The one door for what people type: fields, address parameters, file names and JSON are NFC before any code sees them.

A Mac sends `Hoà` in four signs where others send three; without the door the two would be two names, two passwords, two
file names. What is uploaded stays as it is, to the byte.
"""

import json
from typing import Any

from django.http import HttpRequest, QueryDict
from django.utils.deprecation import MiddlewareMixin

from songcau.kernel.errors import Refused
from songcau.kernel.text import nfc, nfc_throughout


class JsonUnreadable(Refused):
    """The body is not JSON in UTF-8."""

    code = "JSON_UNREADABLE"


class NormalFormMiddleware(MiddlewareMixin):
    """Composes address and parameters now, the form when it is first read: an upload that streams is not touched."""

    def process_request(self, request: HttpRequest) -> None:
        request.path_info, request.path = nfc(request.path_info), nfc(request.path)
        request.GET = _composed(request.GET)  # type: ignore[assignment]
        load: Any = request._load_post_and_files

        def load_composed() -> None:
            load()
            request._post = _composed(request._post)  # type: ignore[attr-defined]
            for _name, files in request._files.lists():  # type: ignore[attr-defined]
                for file in files:
                    file.name = nfc(file.name)

        request._load_post_and_files = load_composed  # type: ignore[method-assign]


def _composed(given: QueryDict) -> QueryDict:
    """The same parameters in the normal form; those that are in it, as nearly all are, cost nothing."""
    if all(nfc(name) == name and all(map(_is_composed, values)) for name, values in given.lists()):
        return given
    composed = QueryDict(mutable=True, encoding=given.encoding)
    for name, values in given.lists():
        for value in values:
            composed.appendlist(nfc(name), nfc(value))
    composed._mutable = False
    return composed


def _is_composed(value: str) -> bool:
    return nfc(value) == value


def read_json(request: HttpRequest) -> object:
    """The body of an API call, every text in it in the normal form. Raises JsonUnreadable, RequestDataTooBig."""
    try:
        return nfc_throughout(json.loads(request.body))
    except (ValueError, RecursionError):
        raise JsonUnreadable from None
