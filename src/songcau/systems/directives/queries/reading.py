"""What the page of one directive shows: its timeline with files, its dates, extensions, who supports."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from songcau.foundation.files.models import FileLink, Preview
from songcau.systems.directives.models import Directive, Entry, Evidence


@dataclass(frozen=True, slots=True)
class File:
    """A file of a report; `file_id` None while it is not taken in. `width`, `height` of the preview in pixels."""

    evidence: Evidence
    file_id: UUID | None
    name: str
    width: int
    height: int
    has_preview: bool


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the timeline with its files."""

    entry: Entry
    files: Sequence[File]


def timeline(directive: Directive) -> list[Line]:
    """The newest first: who opens it wants to know how it stands."""
    entries = Entry.objects.filter(directive=directive).select_related("agency").order_by("-at", "-id")
    files = files_of(directive)
    return [Line(entry, [one for one in files if one.evidence.entry_id == entry.pk]) for entry in entries]


def files_of(directive: Directive) -> list[File]:
    """In the order in which they came."""
    evidence = list(directive.evidence.order_by("at", "id"))
    links = FileLink.objects.filter(pk__in=[one.file_id for one in evidence if one.file_id]).select_related("blob")
    known = {link.pk: link for link in links}
    blobs = [link.blob_id for link in known.values()]
    drawn = {one.blob_id: one for one in Preview.objects.filter(blob__in=blobs, page=1)}
    return [_file(one, known.get(one.file_id) if one.file_id else None, drawn) for one in evidence]


def _file(evidence: Evidence, link: FileLink | None, drawn: dict[UUID, Preview]) -> File:
    shown = drawn.get(link.blob_id) if link else None
    width, height = (shown.width, shown.height) if shown else (0, 0)
    return File(evidence, link.pk if link else None, evidence.name, width, height, shown is not None)
