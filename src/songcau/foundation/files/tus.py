"""Resumable uploads by tus 1.0.0: core, creation, expiration, checksum, termination.

What the protocol leaves open: the `Upload-Metadata` of a creation names `use`, `subject_kind`, `subject_id` and
`filename`; a browser sends its CSRF token in `X-CSRFToken`; the answer to a refused file is JSON with `code` and
`message`; GET on an upload tells its state as JSON, with the file's id once it is stored.
"""

import base64
import binascii
from collections.abc import Callable, Iterator
from functools import wraps
from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, JsonResponse
from django.http.request import UnreadablePostError
from django.urls import reverse
from django.utils.http import http_date

from songcau.foundation.accounts.access import actor_of, signed_in
from songcau.foundation.files import actions
from songcau.foundation.files.actions.keeping import release_connection
from songcau.foundation.files.actions.uploads import own_upload
from songcau.foundation.files.models import Upload
from songcau.foundation.files.parts import CHECKSUMS, Busy, Checksum, ChecksumWrong, Part, TooMuch
from songcau.foundation.files.refusals import OverLimit, UploadUnknown
from songcau.foundation.files.rules import UploadState
from songcau.foundation.files.stores import CHUNK, StoreFull, no_room
from songcau.foundation.files.uses import Subject, all_uses
from songcau.foundation.files.words import said, sentence
from songcau.kernel import clock
from songcau.kernel.errors import Anticipated, NotAllowed, Refused, Unavailable

VERSION = "1.0.0"
EXTENSIONS = "creation,expiration,checksum,termination"
BODY = "application/offset+octet-stream"
LONGEST_METADATA = 8192
View = Callable[..., HttpResponse]


class Answer(Exception):
    """A plain status the protocol asks for, with headers."""

    def __init__(self, status: int, **headers: str) -> None:
        self.status = status
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def _speaks_tus(view: View) -> View:
    """Headers every answer carries, and errors as the protocol and this city say them."""

    @wraps(view)
    def speaking(request: HttpRequest, **named: UUID) -> HttpResponse:
        method = request.headers.get("X-HTTP-Method-Override", request.method or "").upper()
        try:
            _require_version(request, method)
            response = view(request, method, **named)
        except Answer as answer:
            response = HttpResponse(status=answer.status, headers=answer.headers)
        except Anticipated as error:
            response = JsonResponse({"code": error.code, "message": said(error)}, status=_status(error))
        response["Tus-Resumable"] = VERSION
        response["Cache-Control"] = "no-store"
        return response

    return speaking


def _require_version(request: HttpRequest, method: str) -> None:
    """GET is this city's own, and OPTIONS is how a client learns of the version."""
    if method not in ("OPTIONS", "GET") and request.headers.get("Tus-Resumable") != VERSION:
        raise Answer(412, Tus_Version=VERSION)


def _status(error: Anticipated) -> int:
    """The HTTP status of an error, with the protocol's own for what it names."""
    special = {UploadUnknown: 404, OverLimit: 413, StoreFull: 507}
    if status := special.get(type(error)):
        return status
    for family, status in ((NotAllowed, 403), (Unavailable, 503)):
        if isinstance(error, family):
            return status
    return 409 if isinstance(error, Refused) and error.conflict else 422


@signed_in
@_speaks_tus
def uploads(request: HttpRequest, method: str) -> HttpResponse:
    """OPTIONS: what this server speaks. POST: a new upload."""
    if method == "OPTIONS":
        return _abilities()
    if method != "POST":
        return HttpResponseNotAllowed(["OPTIONS", "POST"])
    told = _metadata(request.headers.get("Upload-Metadata", ""))
    length = _number(request.headers.get("Upload-Length", ""))
    try:
        subject = Subject(told["subject_kind"], UUID(told["subject_id"]))
        upload = actions.start_upload(
            by=actor_of(request), use=told["use"], subject=subject, name=told["filename"], length=length
        )
    except (KeyError, ValueError):
        raise Answer(400) from None
    where = request.build_absolute_uri(reverse("files:upload", args=[upload.pk]))
    return HttpResponse(status=201, headers={"Location": where, "Upload-Expires": _expires(upload)})


def _abilities() -> HttpResponse:
    largest = max((use.limits.max_bytes for use in all_uses()), default=0)
    headers = {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(largest),
        "Tus-Checksum-Algorithm": ",".join(CHECKSUMS),
    }
    return HttpResponse(status=204, headers=headers)


@signed_in
@_speaks_tus
def upload(request: HttpRequest, method: str, upload_id: UUID) -> HttpResponse:
    """One upload: HEAD where it stands, PATCH more of it, DELETE to cancel, GET what became of it."""
    if method == "OPTIONS":
        return _abilities()
    answers = {"HEAD": _tell_offset, "PATCH": _take_more, "DELETE": _cancel, "GET": _tell_state}
    if method not in answers:
        return HttpResponseNotAllowed(["OPTIONS", *answers])
    found = own_upload(actor_of(request), upload_id)
    return answers[method](request, found)


def _tell_offset(_request: HttpRequest, found: Upload) -> HttpResponse:
    headers = {"Upload-Offset": str(_offset(found)), "Upload-Length": str(found.length)}
    return HttpResponse(status=200, headers=headers | {"Upload-Expires": _expires(found)})


def _offset(found: Upload) -> int:
    """Raises Answer: 410 for what was refused, has expired, or lost its bytes."""
    if found.state == UploadState.STORED:
        return found.length
    if found.state == UploadState.REFUSED or found.expires_at <= clock.now():
        raise Answer(410)
    try:
        return Part(found.pk).offset()
    except FileNotFoundError:
        raise Answer(410) from None


def _tell_state(_request: HttpRequest, found: Upload) -> HttpResponse:
    told: dict[str, object] = {"state": found.state, "length": found.length}
    if found.state == UploadState.RECEIVING:
        told["offset"] = _offset(found)
    if found.state == UploadState.REFUSED:
        told |= {"code": found.refusal, "message": sentence(found.refusal, found.refusal_params)}
    if found.link is not None:
        told |= {"file": str(found.link.pk), "name": found.link.name}
    return JsonResponse(told)


def _take_more(request: HttpRequest, found: Upload) -> HttpResponse:
    if request.content_type != BODY:
        raise Answer(415)
    wanted = _number(request.headers.get("Upload-Offset", ""))
    checksum = _checksum(request)
    try:
        with Part(found.pk).locked():
            return _taken(request, own_upload(actor_of(request), found.pk), wanted, checksum)
    except Busy:
        raise Answer(423) from None
    except FileNotFoundError:
        return _taken_before(request, own_upload(actor_of(request), found.pk), wanted)


def _taken_before(request: HttpRequest, found: Upload, wanted: int) -> HttpResponse:
    """The bytes are gone from here. A client that never heard that its last piece was taken is told now."""
    if found.state != UploadState.STORED:
        raise Answer(410)
    if wanted != found.length:
        raise Answer(409, Upload_Offset=str(found.length))
    if int(request.META.get("CONTENT_LENGTH") or 0):
        raise Answer(413)
    return HttpResponse(status=204, headers={"Upload-Offset": str(found.length), "Upload-Expires": _expires(found)})


def _taken(request: HttpRequest, found: Upload, wanted: int, checksum: Checksum | None) -> HttpResponse:
    offset = _offset(found)
    if wanted != offset:
        raise Answer(409, Upload_Offset=str(offset))
    room = found.length - offset
    if int(request.META.get("CONTENT_LENGTH") or 0) > room:
        raise Answer(413)
    # A slow sender must not keep a database connection from everybody else.
    release_connection()
    offset = _written(request, found, room, checksum)
    if offset == found.length:
        found = actions.finish_upload(by=actor_of(request), upload_id=found.pk)
    return HttpResponse(status=204, headers={"Upload-Offset": str(offset), "Upload-Expires": _expires(found)})


def _written(request: HttpRequest, found: Upload, room: int, checksum: Checksum | None) -> int:
    try:
        return Part(found.pk).append(_body(request), room, checksum)
    except UnreadablePostError:
        raise Answer(400) from None
    except TooMuch:
        raise Answer(413) from None
    except ChecksumWrong:
        raise Answer(460) from None
    except OSError as error:
        raise no_room(error) or error from error


def _body(request: HttpRequest) -> Iterator[bytes]:
    while chunk := request.read(CHUNK):
        yield chunk


def _cancel(request: HttpRequest, found: Upload) -> HttpResponse:
    try:
        with Part(found.pk).locked():
            actions.cancel_upload(by=actor_of(request), upload_id=found.pk)
    except Busy:
        raise Answer(423) from None
    except FileNotFoundError:
        actions.cancel_upload(by=actor_of(request), upload_id=found.pk)
    return HttpResponse(status=204)


def _expires(found: Upload) -> str:
    return http_date(found.expires_at.timestamp())


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        raise Answer(400)
    return int(text)


def _checksum(request: HttpRequest) -> Checksum | None:
    header = request.headers.get("Upload-Checksum", "")
    try:
        return Checksum.read(header) if header else None
    except ValueError:
        raise Answer(400) from None


def _metadata(header: str) -> dict[str, str]:
    """`filename ZG9uLnBkZg==,use …`: names and base64 values. Raises Answer(400)."""
    told: dict[str, str] = {}
    if len(header) > LONGEST_METADATA:
        raise Answer(400)
    for pair in filter(None, (part.strip() for part in header.split(","))):
        name, _space, encoded = pair.partition(" ")
        try:
            value = base64.b64decode(encoded, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            raise Answer(400) from None
        if name in told or "\0" in value:
            raise Answer(400)
        told[name] = value
    if len(told.get("subject_kind", "")) > 80:
        raise Answer(400)
    return told
