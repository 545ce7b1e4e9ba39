"""What the files hold about a person, for the page of one's own data: what they sent, and what is filed under them."""

from collections.abc import Sequence
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.sources import Section, Words, newest
from songcau.foundation.files.models import FileLink
from songcau.foundation.files.refusals import UseUnknown
from songcau.foundation.files.uses import use_of

OF_PEOPLE = "accounts.person"


class OfFiles:
    code = "files"
    title: Words = _("Files")

    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]:
        mine = Q(uploader_id=person_id) | Q(subject_kind=OF_PEOPLE, subject_id=person_id)
        found = FileLink.objects.filter(mine).select_related("blob").order_by("-created_at", "id")
        rows, left = newest(found, most)
        return (
            Section(
                code="files",
                title=_("Files you sent, or that are about you"),
                columns=(_("File name"), _("For"), _("Sent by"), _("When"), _("Bytes"), _("Kept until")),
                rows=[
                    (
                        one.name,
                        _words_of(one.use),
                        one.uploader_label,
                        one.created_at,
                        one.blob.size,
                        _("as long as a legal hold stands") if one.is_held else one.retain_until,
                    )
                    for one in rows
                ],
                why=_("For the matter to which each file belongs."),
                kept=_("As the last column says; without a day, until the matter needs it no more."),
                erasable=True,
                why_not=_("Whoever handles the matter removes a file when it is needed no more and no hold stands."),
                left_out=left,
            ),
        )


def _words_of(name: str) -> Words:
    try:
        return use_of(name).words
    except UseUnknown:  # the part of the city that had it is gone
        return name
