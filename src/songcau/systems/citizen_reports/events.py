"""What do reports announce? Ids and codes only, past tense; never who reported."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class ReportSubmitted:
    """A report came in and is on disk."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class PicturesElsewhere:
    """A report came in with the address of a picture that another system has; it is to be fetched."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class ReportStepTaken:
    """A report went from one state to another; `step` as in the workflow."""

    report_id: UUID
    step: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class ReportChanged:
    """Something else about it changed: category, place, plan, pictures, what is public; `what` says which."""

    report_id: UUID
    what: str


@dataclass(frozen=True, slots=True)
class ReporterAsked:
    """The reporter was asked for something, or told something."""

    report_id: UUID
    entry_id: UUID


@dataclass(frozen=True, slots=True)
class ReportNudged:
    """Somebody who waits asked again; `by_reporter` or the centre."""

    report_id: UUID
    by_reporter: bool


@dataclass(frozen=True, slots=True)
class ReportEscalated:
    """It is late by so many terms: level 1 the unit's head, 2 the city, 3 its leaders."""

    report_id: UUID
    level: int


@dataclass(frozen=True, slots=True)
class ReportRated:
    """The reporter said how it went, 1 to 5."""

    report_id: UUID
    rating: int


@dataclass(frozen=True, slots=True)
class ReportPublished:
    """Everybody may see it now, without anything about a person."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class ReportWithheld:
    """It is shown to the public no more."""

    report_id: UUID


@dataclass(frozen=True, slots=True)
class PictureReceived:
    """A picture of a report was cleaned and stored."""

    report_id: UUID
    attachment_id: UUID


@dataclass(frozen=True, slots=True)
class ReporterLookedAt:
    """The centre's desk opened who reported, for a purpose that the log holds."""

    report_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class SetUpChanged:
    """A category, a routing rule, an outside body, a template or a jurisdiction was changed."""

    what: str
    row_id: UUID


@dataclass(frozen=True, slots=True)
class SourceBlocked:
    """A source of reports was warned or blocked; nobody is named."""

    standing_id: UUID
    blocked: bool


@dataclass(frozen=True, slots=True)
class ReportForwarded:
    """It is to be sent to another jurisdiction by Open311."""

    report_id: UUID
    link_id: UUID
