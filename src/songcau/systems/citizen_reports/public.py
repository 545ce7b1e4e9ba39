"""The door of citizens' reports: the few functions and events that flows, consoles and gateways may use."""

from collections.abc import Iterator
from uuid import UUID

from songcau.foundation.files.receiving import Held, drop_held, hold_bytes
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports.actions import (
    add_more,
    answer_question,
    forget_reporter,
    load_usual_categories,
    load_usual_routing,
    note_moved_date,
    nudge_report,
    rate_report,
    reopen_report,
    withdraw_report,
)
from songcau.systems.citizen_reports.actions import notices as notices
from songcau.systems.citizen_reports.actions.abuse import appeal
from songcau.systems.citizen_reports.actions.alerting import add_area_alert, remove_area_alert
from songcau.systems.citizen_reports.actions.evidence import EVIDENCE, LARGEST, MOST_PICTURES, SUBJECT
from songcau.systems.citizen_reports.actions.reporting import (
    NoSuchReport,
    ReporterAccess,
    reporter_of_account,
    reporter_of_code,
)
from songcau.systems.citizen_reports.actions.submitting import Contact, Draft, Submitted, submit_report, submitted
from songcau.systems.citizen_reports.events import (
    PictureReceived,
    ReportChanged,
    ReporterAsked,
    ReporterLookedAt,
    ReportEscalated,
    ReportForwarded,
    ReportNudged,
    ReportPublished,
    ReportRated,
    ReportStepTaken,
    ReportSubmitted,
    ReportWithheld,
    SetUpChanged,
    SourceBlocked,
)
from songcau.systems.citizen_reports.permissions import reporter_actor
from songcau.systems.citizen_reports.queries.for_public import (
    Cluster,
    PublicEntry,
    PublicPage,
    PublicPicture,
    PublicReport,
    Wanted,
    likely_same,
    public_clusters,
    public_picture,
    public_report,
    public_reports,
)
from songcau.systems.citizen_reports.queries.for_reporter import (
    OwnAlert,
    OwnEntry,
    OwnLine,
    OwnPicture,
    OwnReport,
    area_alerts,
    is_own,
    own_picture,
    own_report,
    own_reports,
    reporter_id_of,
)
from songcau.systems.citizen_reports.queries.offered import (
    AskedQuestion,
    NamedCategory,
    OfferedCategory,
    faults_of,
    is_known_category,
    offered_categories,
    public_categories,
    suggested_categories,
)
from songcau.systems.citizen_reports.queries.on_the_map import OnTheMap, on_the_map
from songcau.systems.citizen_reports.queries.placing import Placed, placed
from songcau.systems.citizen_reports.queries.telling import (
    ReportFacts,
    account_of_reporter,
    concerned_by_lateness,
    desk,
    facts_of,
    handlers_of,
    leaders,
    step_of,
)
from songcau.systems.citizen_reports.queries.watching import AreaNews, area_news
from songcau.systems.citizen_reports.rules import (
    REPORT_LIMIT,
    AttachmentKind,
    AttachmentState,
    Channel,
    PlaceDoubt,
    QuestionKind,
    RefusalReason,
    ReportsTooFast,
    State,
    normalised_code,
    shown_code,
    shown_secret,
)

__all__ = [
    "LARGEST",
    "MOST_PICTURES",
    "REPORT_LIMIT",
    "SUBJECT",
    "AreaNews",
    "AskedQuestion",
    "AttachmentKind",
    "AttachmentState",
    "Channel",
    "Cluster",
    "Contact",
    "Draft",
    "Held",
    "NamedCategory",
    "NoSuchReport",
    "OfferedCategory",
    "OnTheMap",
    "OwnAlert",
    "OwnEntry",
    "OwnLine",
    "OwnPicture",
    "OwnReport",
    "PictureReceived",
    "PlaceDoubt",
    "Placed",
    "PublicEntry",
    "PublicPage",
    "PublicPicture",
    "PublicReport",
    "QuestionKind",
    "RefusalReason",
    "ReportChanged",
    "ReportEscalated",
    "ReportFacts",
    "ReportForwarded",
    "ReportNudged",
    "ReportPublished",
    "ReportRated",
    "ReportStepTaken",
    "ReportSubmitted",
    "ReportWithheld",
    "ReporterAccess",
    "ReporterAsked",
    "ReporterLookedAt",
    "ReportsTooFast",
    "SetUpChanged",
    "SourceBlocked",
    "State",
    "Submitted",
    "Wanted",
    "account_of_reporter",
    "add_area_alert",
    "add_more",
    "answer_question",
    "appeal",
    "area_alerts",
    "area_news",
    "concerned_by_lateness",
    "desk",
    "drop_held",
    "facts_of",
    "faults_of",
    "forget_reporter",
    "handlers_of",
    "hold_picture",
    "is_known_category",
    "is_own",
    "leaders",
    "likely_same",
    "load_usual_categories",
    "load_usual_routing",
    "normalised_code",
    "note_moved_date",
    "notices",
    "nudge_report",
    "offered_categories",
    "on_the_map",
    "own_picture",
    "own_report",
    "own_reports",
    "placed",
    "public_categories",
    "public_clusters",
    "public_picture",
    "public_report",
    "public_reports",
    "rate_report",
    "remove_area_alert",
    "reopen_report",
    "reporter_of",
    "reporter_of_account",
    "reporter_of_code",
    "shown_code",
    "shown_secret",
    "step_of",
    "submit_report",
    "submitted",
    "suggested_categories",
    "withdraw_report",
]


def hold_picture(name: str, chunks: Iterator[bytes], length: int) -> Held:
    """Put a picture or film on disk for a report that is about to be submitted. Raises the refusals of `hold_bytes`."""
    return hold_bytes(use=EVIDENCE, name=name, chunks=chunks, length=length)


def reporter_of(report_id: UUID) -> Actor | None:
    """As whom acts whoever has shown before that they sent this report. None: there is no such report."""
    reporter_id = reporter_id_of(report_id)
    return reporter_actor(reporter_id) if reporter_id else None
