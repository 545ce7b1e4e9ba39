"""What citizen reports does by itself: reactions to its own events, and jobs of the schedule."""

from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
from songcau.foundation.outbox.rules import every
from songcau.systems.citizen_reports.actions import publishing
from songcau.systems.citizen_reports.events import PictureReceived, ReportChanged


def suggest_boxes(event: PictureReceived, _facts: DeliveryFacts) -> None:
    publishing.suggest_boxes(event.attachment_id)


def make_public_copies(event: ReportChanged, _facts: DeliveryFacts) -> None:
    if event.what == publishing.APPROVED_PICTURES:
        publishing.make_public_copies(event.report_id)


def catch_up_pictures() -> None:
    publishing.catch_up_pictures()


REACTIONS = (
    Reaction(PictureReceived, suggest_boxes, "citizen_reports.suggest_boxes", outside=True, lease_seconds=300),
    Reaction(ReportChanged, make_public_copies, "citizen_reports.make_public_copies", outside=True, lease_seconds=1200),
)
JOBS = (Job("citizen_reports.catch_up_pictures", every(minutes=10), catch_up_pictures, lease_seconds=7200),)
