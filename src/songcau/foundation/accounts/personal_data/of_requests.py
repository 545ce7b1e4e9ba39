"""What this app holds about a person itself: who looked at their data, and what they asked."""

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songcau.foundation.accounts.personal_data.models import DataRequest, Look
from songcau.foundation.accounts.personal_data.records import RecordKind, said_to_person
from songcau.foundation.accounts.personal_data.sources import Section, Words, newest
from songcau.foundation.accounts.personal_data.words import (
    GROUNDS,
    OUTCOMES,
    PURPOSES,
    REQUEST_KINDS,
    REQUEST_STATES,
)

RECORDS = (
    RecordKind("accounts.person", _("Page of the account"), _("The page of your account")),
    RecordKind("personal_data.request", _("Request about personal data"), _("Your request about personal data")),
)


class OfRequests:
    code = "personal_data"
    title: Words = _("Who looked, and what you asked")

    def held_about(self, person_id: UUID, *, most: int) -> Sequence[Section]:
        return (_looks(person_id, most), _requests(person_id, most))


def _looks(person_id: UUID, most: int) -> Section:
    found = Look.objects.filter(person=person_id)
    rows, left = newest(found, most)
    return Section(
        code="looks",
        title=_("Who looked at your data"),
        columns=(_("When"), _("Unit"), _("Post"), _("Purpose"), _("What was opened"), _("Kept until")),
        rows=[
            (
                one.at,
                one.reader_unit or _("unknown"),
                one.reader_post or _("unknown"),
                f"{PURPOSES[one.purpose]}: {one.note}" if one.note else PURPOSES[one.purpose],
                said_to_person(one.kind),
                one.keep_until,
            )
            for one in rows
        ],
        why=_("So that you can see who opened your data, and so that nobody does it out of curiosity."),
        kept=_("For one year, encrypted where it tells more than who and when."),
        why_not=_("It protects you, and cannot be changed by anybody; it is erased by itself after a year."),
        left_out=left,
    )


def _requests(person_id: UUID, most: int) -> Section:
    found = DataRequest.objects.filter(person=person_id)
    rows, left = newest(found, most)
    return Section(
        code="requests",
        title=_("What you asked about your data"),
        columns=(_("When"), _("Request"), _("Text"), _("State"), _("Due"), _("Answer"), _("Answered")),
        rows=[
            (
                one.received_at,
                REQUEST_KINDS[one.kind],
                one.text,
                REQUEST_STATES[one.state],
                one.due_at,
                answered(one),
                one.answered_at,
            )
            for one in rows
        ],
        why=_("To answer you, and to show that you were answered in time."),
        kept=_("For good, as the record of how your rights were kept."),
        why_not=_("A request can be withdrawn until it is answered, not erased."),
        left_out=left,
    )


def answered(request: DataRequest) -> str:
    """The answer on one line; nothing while there is none."""
    if not request.outcome:
        return ""
    ground = f" ({GROUNDS[request.ground]})" if request.ground else ""
    return f"{OUTCOMES[request.outcome]}{ground}: {request.answer}"
