"""“I have seen this too”: a report of one's own that hangs on a public one, so that its end is told to whoever sent it.

One person counts once: by their account, or by the browser that they use. What they sent before is not given out again:
at an address that many share it may be somebody else's.
"""

from collections.abc import Sequence
from dataclasses import replace

from django.db import transaction
from django.db.models import Q

from songcau.foundation.files.receiving import Held
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.merging import merge_reports
from songcau.systems.citizen_reports.actions.record import ReportUnknown, locked
from songcau.systems.citizen_reports.actions.submitting import (
    Contact,
    Draft,
    Submitted,
    source_hash,
    submit_report,
    submitted,
)
from songcau.systems.citizen_reports.models import Report, Reporter
from songcau.systems.citizen_reports.rules import State

# What is kept where somebody says no more than that.
SAID = {"vi": "Tôi cũng gặp sự việc này.", "en": "I have seen this too."}


class JoinedAlready(Refused):
    """This person has reported it, or has said so before."""

    code = "REPORT_JOINED_ALREADY"
    conflict = True


def join_report(*, by: Actor, code: str, draft: Draft, contact: Contact, pictures: Sequence[Held] = ()) -> Submitted:
    """Report what a public report is about. What the draft leaves empty is taken from that one.

    Raises ReportUnknown (also for what is not public), ReportDone, JoinedAlready, and the refusals of `submit_report`.
    """
    if (known := submitted(draft.submission_id)) is not None:
        return known
    shown = Report.objects.public().select_related("category", "parent").filter(code=code).first()
    if shown is None:
        raise ReportUnknown
    with transaction.atomic():
        # Held until the commit: who presses twice is counted once.
        first = locked(shown.parent_id or shown.pk)
        rules.require_open(State(first.state))
        _require_new(first, contact)
        made = submit_report(by=by, draft=_completed(draft, shown), contact=contact, pictures=pictures)
        merge_reports(by=SYSTEM, parent_id=first.pk, child_ids=[made.report_id])
    return made


def _require_new(first: Report, contact: Contact) -> None:
    """Raises JoinedAlready."""
    same = Q(person_id=contact.person_id) if contact.person_id else Q(pk__in=[])
    if source := source_hash(contact.source):
        same |= Q(source_hash=source)
    group = Report.objects.filter(Q(pk=first.pk) | Q(parent=first))
    if Reporter.objects.filter(same, report__in=group).exists():
        raise JoinedAlready


def _completed(draft: Draft, shown: Report) -> Draft:
    """The place is the public one where none is given: the exact one would tell where a home is."""
    has_place = draft.longitude is not None or draft.ward_code or draft.place_words
    return replace(
        draft,
        category=draft.category or shown.category.code,
        text=draft.text if draft.text.strip() else SAID[draft.language],
        longitude=draft.longitude if has_place else shown.public_longitude,
        latitude=draft.latitude if has_place else shown.public_latitude,
        ward_code=draft.ward_code if has_place else shown.ward_code,
        is_demo=shown.is_demo,
        joins=True,
    )
