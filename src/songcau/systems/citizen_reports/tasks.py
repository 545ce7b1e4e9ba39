"""What citizen reports does by itself: reactions to its own events, and jobs of the schedule."""

from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
from songcau.foundation.outbox.rules import daily, every
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports import actions
from songcau.systems.citizen_reports.actions import keeping, originals, publishing
from songcau.systems.citizen_reports.events import (
    PictureReceived,
    PicturesElsewhere,
    ReportChanged,
    ReportForwarded,
    ReportSubmitted,
)


def take_in_sent(event: ReportSubmitted, _facts: DeliveryFacts) -> None:
    actions.take_in_pictures(by=SYSTEM, report_id=event.report_id)


def take_in_added(event: ReportChanged, _facts: DeliveryFacts) -> None:
    if event.what == "pictures":
        actions.take_in_pictures(by=SYSTEM, report_id=event.report_id)


def take_in_waiting() -> None:
    actions.take_in_waiting(by=SYSTEM)


def suggest_boxes(event: PictureReceived, _facts: DeliveryFacts) -> None:
    publishing.suggest_boxes(event.attachment_id)


def make_public_copies(event: ReportChanged, _facts: DeliveryFacts) -> None:
    if event.what == publishing.APPROVED_PICTURES:
        publishing.make_public_copies(event.report_id)


def catch_up_pictures() -> None:
    publishing.catch_up_pictures()


def fetch_pictures(event: PicturesElsewhere, _facts: DeliveryFacts) -> None:
    actions.fetch_pictures(by=SYSTEM, report_id=event.report_id)


def send_forwarded(event: ReportForwarded, _facts: DeliveryFacts) -> None:
    actions.send_link(by=SYSTEM, link_id=event.link_id)


def ask_jurisdictions() -> None:
    actions.ask_jurisdictions(by=SYSTEM)


def escalate_late() -> None:
    actions.escalate_late(by=SYSTEM)


def close_after_days() -> None:
    actions.close_after_days(by=SYSTEM)


def choose_spot_checks() -> None:
    actions.choose_spot_checks(by=SYSTEM)


def follow_closed_agencies() -> None:
    actions.follow_closed_agencies(by=SYSTEM)


def compact_sums() -> None:
    keeping.compact_sums()


def drop_forgotten_originals() -> None:
    originals.drop_forgotten_originals()


REACTIONS = (
    Reaction(
        PicturesElsewhere,
        fetch_pictures,
        "citizen_reports.fetch_pictures",
        outside=True,
        lease_seconds=300,
        is_slow=True,
    ),
    Reaction(ReportForwarded, send_forwarded, "citizen_reports.send_forwarded", outside=True, lease_seconds=180),
    Reaction(
        ReportSubmitted, take_in_sent, "citizen_reports.take_in_sent", outside=True, lease_seconds=180, is_slow=True
    ),
    Reaction(
        ReportChanged, take_in_added, "citizen_reports.take_in_added", outside=True, lease_seconds=180, is_slow=True
    ),
    Reaction(
        PictureReceived, suggest_boxes, "citizen_reports.suggest_boxes", outside=True, lease_seconds=300, is_slow=True
    ),
    Reaction(
        ReportChanged,
        make_public_copies,
        "citizen_reports.make_public_copies",
        outside=True,
        lease_seconds=1200,
        is_slow=True,
    ),
)
JOBS = (
    Job("citizen_reports.catch_up_pictures", every(minutes=10), catch_up_pictures, lease_seconds=7200),
    Job("citizen_reports.ask_jurisdictions", every(minutes=15), ask_jurisdictions, lease_seconds=3600),
    Job("citizen_reports.take_in_waiting", every(minutes=5), take_in_waiting, lease_seconds=1800),
    Job("citizen_reports.escalate_late", every(minutes=10), escalate_late, lease_seconds=600),
    Job("citizen_reports.compact_sums", every(hours=1), compact_sums, lease_seconds=1800),
    Job("citizen_reports.close_after_days", every(hours=1), close_after_days, lease_seconds=1800),
    Job("citizen_reports.drop_originals", daily(at="02:40"), drop_forgotten_originals, lease_seconds=600),
    # Daily, so that a Monday without power is made up for; it draws once a week.
    Job("citizen_reports.choose_spot_checks", daily(at="06:10"), choose_spot_checks, lease_seconds=600),
    Job("citizen_reports.follow_closed_agencies", daily(at="00:20"), follow_closed_agencies, lease_seconds=600),
)
