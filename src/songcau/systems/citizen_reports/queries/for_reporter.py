"""What the one who sent a report sees of it: what everybody may see, and what concerns them alone."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from songcau.systems.citizen_reports.models import AreaAlert, Attachment, Entry, Report, Reporter
from songcau.systems.citizen_reports.queries.answered import Answers
from songcau.systems.citizen_reports.queries.offered import said
from songcau.systems.citizen_reports.rules import AttachmentKind, AttachmentState, State, Visibility

_ASKED = frozenset({State.WAITING_REPORTER, State.WAITING_REPORTER_FIRST})


@dataclass(frozen=True, slots=True)
class OwnPicture:
    """A picture or film that was sent, or one of the unit's. `refusal` is a code of files' refusals."""

    id: UUID
    kind: AttachmentKind
    state: AttachmentState
    is_picture: bool
    refusal: str


@dataclass(frozen=True, slots=True)
class OwnEntry:
    """A line of the timeline; `is_private`: only the reporter and officials read it."""

    at: datetime
    step: str
    text: str
    agency: str
    is_own: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class OwnReport:
    """A report as its reporter reads it. `due` explains `due_at` (see `calendar.deadlines`); `question` is what the
    reporter was asked and has not answered; `joined_to` is the code of the public report that it goes along with, and
    who has that one has this too.
    """

    id: UUID
    code: str
    version: int
    state: State
    category: str
    text: str
    ward: str
    place_words: str
    place_doubt: str
    longitude: float | None
    latitude: float | None
    agency: str
    received_at: datetime
    verify_due_at: datetime
    due_at: datetime | None
    due: dict[str, object]
    plan_due_on: object
    plan_text: str
    waiting_for: str
    refusal_reason: str
    refusal_text: str
    duplicate_of: str
    joined_to: str
    closing_text: str
    resolved_at: datetime | None
    rating: int | None
    reopened_by_reporter: bool
    nudged_at: datetime | None
    is_private: bool
    is_published: bool
    is_demo: bool
    has_contacts: bool
    answers: tuple[tuple[str, object], ...]
    question: str
    pictures: tuple[OwnPicture, ...]
    timeline: tuple[OwnEntry, ...]


@dataclass(frozen=True, slots=True)
class OwnLine:
    """A report in one's own list."""

    id: UUID
    code: str
    state: State
    category: str
    text: str
    ward: str
    received_at: datetime
    due_at: datetime | None


def own_report(report_id: UUID, language: str) -> OwnReport | None:
    """For whoever has shown that they sent it; checking that is the caller's."""
    row = (
        Report.objects.select_related("category", "agency", "duplicate_of", "parent__agency")
        .filter(pk=report_id)
        .first()
    )
    if row is None:
        return None
    lines = list(Entry.objects.filter(report=row, visibility__in=(Visibility.PUBLIC, Visibility.REPORTER)))
    reporter = Reporter.objects.filter(report=row).first()
    # What goes along with another report is handled by whoever has that one, by its date.
    lead = row.parent or row
    return OwnReport(
        id=row.pk,
        code=row.code,
        version=row.version,
        state=State(row.state),
        category=said(row.category, language),
        text=(reporter.text_as_sent if reporter else "") or row.text,
        ward=row.ward_name,
        place_words=row.place_words,
        place_doubt=row.place_doubt,
        longitude=row.longitude,
        latitude=row.latitude,
        agency=lead.agency.name if lead.agency else "",
        received_at=row.received_at,
        verify_due_at=lead.verify_due_at,
        due_at=lead.due_at,
        due=lead.due_explained,
        plan_due_on=lead.plan_due_on,
        plan_text=lead.plan_text,
        waiting_for=row.waiting_for,
        refusal_reason=row.refusal_reason,
        refusal_text=row.refusal_text,
        duplicate_of=row.duplicate_of.code if row.duplicate_of else "",
        joined_to=row.parent.code if row.parent and row.parent.is_public else "",
        closing_text=row.closing_text,
        resolved_at=row.resolved_at,
        rating=row.rating,
        reopened_by_reporter=row.reopened_by_reporter,
        nudged_at=row.nudged_at,
        is_private=row.is_private,
        is_published=row.published_at is not None and not row.withheld,
        is_demo=row.is_demo,
        has_contacts=reporter is not None and _tells_of_somebody(reporter),
        answers=tuple(Answers(language).of(row)),
        question=_question(row, lines),
        pictures=_pictures(row),
        timeline=tuple(_line(line) for line in lines),
    )


def own_reports(person_id: UUID, language: str) -> tuple[OwnLine, ...]:
    """What somebody sent from their account, newest first; at most 200."""
    rows: QuerySet[Report] = (
        Report.objects.filter(pk__in=Reporter.objects.filter(person_id=person_id).values("report"))
        .select_related("category")
        .order_by("-received_at")[:200]
    )
    return tuple(
        OwnLine(
            row.pk,
            row.code,
            State(row.state),
            said(row.category, language),
            row.text,
            row.ward_name,
            row.received_at,
            row.due_at,
        )
        for row in rows
    )


def is_own(report_id: UUID, person_id: UUID) -> bool:
    """Whether it was sent from this account."""
    return Reporter.objects.filter(report=report_id, person_id=person_id).exists()


def reporter_id_of(report_id: UUID) -> UUID | None:
    """The row of its reporter, whose id is all that others know."""
    return Reporter.objects.filter(report=report_id).values_list("pk", flat=True).first()


def own_picture(report_id: UUID, picture_id: UUID) -> UUID | None:
    """The file of a picture, for whoever sent the report: their own, and the unit's before and after."""
    row = Attachment.objects.filter(pk=picture_id, report=report_id, state=AttachmentState.READY).first()
    return row.file_id if row else None


def _tells_of_somebody(reporter: Reporter) -> bool:
    """Whether there is anything to be forgotten: contacts, an account, words or pictures as they were sent."""
    contacts = reporter.name or reporter.phone or reporter.email or reporter.text_as_sent
    return bool(contacts or reporter.person_id or reporter.keeps_original)


def _question(row: Report, lines: list[Entry]) -> str:
    if State(row.state) not in _ASKED:
        return ""
    asked = [line.text for line in lines if line.step in ("ask_reporter", "ask_reporter_first")]
    return asked[-1] if asked else ""


def _pictures(row: Report) -> tuple[OwnPicture, ...]:
    rows = Attachment.objects.filter(report=row)
    return tuple(
        OwnPicture(one.pk, AttachmentKind(one.kind), AttachmentState(one.state), one.is_picture, one.refusal)
        for one in rows
    )


def _line(line: Entry) -> OwnEntry:
    return OwnEntry(
        line.at,
        line.step,
        line.text,
        line.agency_name,
        line.by_label == "reporter",
        line.visibility == Visibility.REPORTER,
    )


@dataclass(frozen=True, slots=True)
class OwnAlert:
    """An area somebody wants to be told of; `category` empty: of everything. With `radius_m` it is the place around a
    point, which lies in the ward; without, the ward itself.
    """

    id: UUID
    ward: str
    category: str
    radius_m: int | None
    longitude: float | None
    latitude: float | None


def area_alerts(person_id: UUID, language: str) -> tuple[OwnAlert, ...]:
    """Somebody's own, in the order in which they were made."""
    rows = AreaAlert.objects.filter(person_id=person_id).select_related("category")
    return tuple(
        OwnAlert(
            row.pk,
            row.ward_name,
            said(row.category, language) if row.category else "",
            row.radius_m,
            row.longitude,
            row.latitude,
        )
        for row in rows
    )
