"""What the page of one report shows: its timeline for who reads it, its pictures, and what hangs on it."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from songcau.foundation.files.models import FileLink, Preview
from songcau.systems.citizen_reports.models import AnswerTemplate, Attachment, Entry, Report
from songcau.systems.citizen_reports.rules import Visibility

READ_BY_UNITS = (Visibility.PUBLIC, Visibility.REPORTER, Visibility.STAFF)


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture or film; `file_id` None while it is not taken in. `width`, `height` of the preview in pixels."""

    attachment: Attachment
    file_id: UUID | None
    name: str
    media_type: str
    width: int
    height: int
    has_preview: bool
    has_original: bool


def timeline(report: Report, *, at_the_centre: bool) -> QuerySet[Entry]:
    """The lines of a report, oldest first; what only the centre reads for the centre alone."""
    rows = Entry.objects.filter(report=report).order_by("at", "id")
    return rows if at_the_centre else rows.filter(visibility__in=READ_BY_UNITS)


def pictures(report: Report) -> list[Picture]:
    """Everything that was sent or added, in its order."""
    attachments = list(report.attachments.order_by("at", "id"))
    links = FileLink.objects.filter(pk__in=[one.file_id for one in attachments if one.file_id]).select_related("blob")
    known = {link.pk: link for link in links}
    blobs = [link.blob_id for link in known.values()]
    drawn = {one.blob_id: one for one in Preview.objects.filter(blob__in=blobs, page=1)}
    return [_picture(one, known.get(one.file_id) if one.file_id else None, drawn) for one in attachments]


def _picture(attachment: Attachment, link: FileLink | None, drawn: dict[UUID, Preview]) -> Picture:
    if link is None:
        return Picture(attachment, None, "", "", 0, 0, has_preview=False, has_original=False)
    shown = drawn.get(link.blob_id)
    return Picture(
        attachment,
        link.pk,
        link.name,
        link.blob.media_type,
        shown.width if shown else 0,
        shown.height if shown else 0,
        has_preview=shown is not None,
        has_original=link.original_id is not None,
    )


def templates_for(report: Report) -> QuerySet[AnswerTemplate]:
    """The standard answers in use that fit its category; those of no category fit all."""
    rows = AnswerTemplate.objects.filter(retired_on=None)
    fitting: QuerySet[AnswerTemplate] = rows.filter(category=None) | rows.filter(category=report.category_id)
    return fitting.order_by("order", "name")
