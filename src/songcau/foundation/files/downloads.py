"""Files given out: streamed, a range of them where asked, under headers that let nothing in them act."""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header, http_date, parse_etags
from django.views.decorators.http import require_safe

from songcau.foundation.accounts.access import actor_of, signed_in
from songcau.foundation.files import actions, ranges, rules
from songcau.foundation.files.actions.keeping import release_connection
from songcau.foundation.files.models import Blob, Preview
from songcau.foundation.files.ranges import Span, Unsatisfiable
from songcau.foundation.files.refusals import FileUnknown
from songcau.foundation.files.storage import store

# Even a type that browsers mistake for another gets no script, no form, no frame and no origin of ours.
_NOTHING_ACTS = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"


@signed_in
@require_safe
def download(request: HttpRequest, file_id: UUID) -> HttpResponseBase:
    """The file: `?original=1` as it was sent, `?purpose=…` where it holds personal data, `?save=1` never inline."""
    original = request.GET.get("original") == "1"
    try:
        readable = actions.read_file(
            by=actor_of(request),
            file_id=file_id,
            purpose=request.GET.get("purpose", ""),
            original=original,
            whole=request.method != "HEAD",
        )
    except FileUnknown:
        raise Http404 from None
    media_type = rules.type_under(readable.link.name, readable.blob.media_type)
    response = given(request, readable.blob, media_type)
    as_attachment = media_type not in rules.SHOWN_INLINE or request.GET.get("save") == "1"
    name = rules.clean_name(readable.link.name, media_type)
    response["Content-Disposition"] = content_disposition_header(as_attachment, name) or "attachment"
    response["Cache-Control"] = "private, no-store" if readable.is_personal else "private, no-cache"
    return response


@signed_in
@require_safe
def preview(request: HttpRequest, file_id: UUID, page: int) -> HttpResponseBase:
    """The small picture of a page, for whoever may read the file. Of personal data there is none without a purpose."""
    try:
        readable = actions.read_file(
            by=actor_of(request),
            file_id=file_id,
            purpose=request.GET.get("purpose", ""),
            whole=request.method != "HEAD",
        )
    except FileUnknown:
        raise Http404 from None
    found = Preview.objects.select_related("image").filter(blob=readable.blob, page=page).first()
    if found is None:
        raise Http404
    response = given(request, found.image, found.image.media_type)
    response["Content-Disposition"] = "inline"
    response["Cache-Control"] = "private, no-store" if readable.is_personal else "private, no-cache"
    return response


def given(request: HttpRequest, blob: Blob, media_type: str) -> HttpResponseBase:
    """The bytes, or a range of them; whether the person may have them the caller has decided."""
    etag = f'"{blob.digest}"'
    if _is_known(request, etag):
        response: HttpResponseBase = HttpResponse(status=304)
    else:
        response = _content(request, blob, media_type, etag)
    response["ETag"] = etag
    response["Accept-Ranges"] = "bytes"
    response["Last-Modified"] = http_date(blob.created_at.timestamp())
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _NOTHING_ACTS
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _is_known(request: HttpRequest, etag: str) -> bool:
    known = parse_etags(request.headers.get("If-None-Match", ""))
    return "*" in known or any(one.removeprefix("W/") == etag for one in known)


def _content(request: HttpRequest, blob: Blob, media_type: str, etag: str) -> HttpResponseBase:
    try:
        span = _span(request, blob, etag)
    except Unsatisfiable:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{blob.size}"})
    start, length = (span.start, span.length) if span else (0, blob.size)
    if request.method == "HEAD":
        response: HttpResponseBase = HttpResponse()
    else:
        chunks = store().read(blob.digest, start, length)
        release_connection()
        response = StreamingHttpResponse(_in_turn(chunks) if isinstance(request, ASGIRequest) else chunks)
    response["Content-Type"] = media_type + ("; charset=utf-8" if media_type.startswith("text/") else "")
    response["Content-Length"] = str(length)
    if span:
        response.status_code = 206
        response["Content-Range"] = span.content_range(blob.size)
    return response


def _span(request: HttpRequest, blob: Blob, etag: str) -> Span | None:
    """Raises Unsatisfiable. With `If-Range` only for exactly these bytes; a date is good to the second."""
    header, condition = request.headers.get("Range", ""), request.headers.get("If-Range", "")
    if request.method != "GET" or not header:
        return None
    if condition and condition not in (etag, http_date(blob.created_at.timestamp())):
        return None
    return ranges.asked(header, blob.size)


async def _in_turn(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """One chunk at a time: given a plain iterator, Django would read it to its end before sending the first byte."""
    following = sync_to_async(lambda: next(chunks, b""))
    while chunk := await following():
        yield chunk
