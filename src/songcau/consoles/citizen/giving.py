"""A picture that a page has already decided to show."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponseBase

from songcau.foundation.files.actions import read_file
from songcau.foundation.files.downloads import given
from songcau.foundation.files.models import Blob, Preview
from songcau.foundation.files.refusals import FileUnknown
from songcau.foundation.files.rules import SHOWN_INLINE
from songcau.kernel.actor import SYSTEM
from songcau.kernel.errors import Refused


def given_file(request: HttpRequest, file_id: UUID, *, is_public: bool = False) -> HttpResponseBase:
    """The file, or its small picture with `?small`. 404 for what is not there or may not be given out yet."""
    try:
        readable = read_file(by=SYSTEM, file_id=file_id)
    except (FileUnknown, Refused):
        raise Http404 from None
    blob = _small(readable.blob) if "small" in request.GET else readable.blob
    response = given(request, blob, blob.media_type)
    response["Content-Disposition"] = "inline" if blob.media_type in SHOWN_INLINE else "attachment"
    response["Cache-Control"] = "public, max-age=300" if is_public else "private, no-cache"
    return response


def _small(blob: Blob) -> Blob:
    found = Preview.objects.select_related("image").filter(blob=blob, page=1).first()
    return found.image if found else blob
