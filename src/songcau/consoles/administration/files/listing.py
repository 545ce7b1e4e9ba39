"""The list of all files."""

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.files.models import FileLink
from songcau.foundation.files.permissions import require_view
from songcau.foundation.files.rules import Scan
from songcau.foundation.files.uses import all_uses
from songcau.foundation.files.words import KINDS, SCANS
from songcau.foundation.shell.filters import Choice, DateRange, Search
from songcau.foundation.shell.lists import Column, Listing
from songcau.kernel.actor import Actor

_STATES = (
    *((str(scan), SCANS[scan]) for scan in Scan),
    ("HELD", _("Under legal hold")),
)


def rows(by: Actor) -> QuerySet[FileLink]:
    """Raises MayNotViewFiles."""
    require_view(by)
    return FileLink.objects.select_related("blob").order_by("-created_at", "id")


def use_words(name: str) -> str | Promise:
    """The use in words; its code where the system that registered it is gone."""
    return next((use.words for use in all_uses() if use.name == name), name)


def kind_words(media_type: str) -> str | Promise:
    return KINDS.get(media_type, media_type)


def _in_state(state: str) -> Q:
    return Q(held_at__isnull=False) if state == "HELD" else Q(blob__scan=state)


FILES = Listing(
    title=_("Files"),
    columns=(
        Column(
            "name",
            _("File name"),
            lambda row: row.name,
            sort="name",
            link=lambda row: reverse("administration:file", args=[row.pk]),
        ),
        Column("use", _("Purpose"), lambda row: use_words(row.use), sort="use"),
        Column("kind", _("Kind"), lambda row: kind_words(row.blob.media_type), sort="blob__media_type"),
        Column(
            "size",
            _("Size"),
            lambda row: row.blob.size,
            sort="blob__size",
            numeric=True,
            template="administration/files/size.html",
        ),
        Column("uploader", _("Sent by"), lambda row: row.uploader_label, sort="uploader_label"),
        Column("at", _("Received"), lambda row: row.created_at, sort="created_at"),
        Column(
            "state",
            _("Virus scan"),
            lambda row: SCANS[row.blob.scan],
            template="administration/files/state.html",
        ),
    ),
    filters=(
        Search(fields=("name", "uploader_label"), hint=_("Name of the file or who sent it")),
        Choice("use", _("Purpose"), lambda: [(use.name, use.words) for use in all_uses()]),
        Choice("kind", _("Kind"), lambda: list(KINDS.items()), field="blob__media_type"),
        Choice("state", _("State"), _STATES, where=_in_state),
        DateRange("at", _("Received"), field="created_at"),
    ),
    default_sort="-at",
    file_name="tep",
    empty_title=_("There are no files"),
    empty_text=_("What people and systems send in appears here."),
)
