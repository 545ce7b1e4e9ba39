"""When the promised date of a citizens' report is moved by a decision, the report is due then."""

from songcau.foundation.calendar.events import PromisedDateMoved
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.public import SUBJECT, note_moved_date


def move(event: PromisedDateMoved, _facts: DeliveryFacts) -> None:
    if event.subject_kind == SUBJECT:
        note_moved_date(by=SYSTEM, report_id=event.subject_id, due_at=event.due_at)


REACTION = Reaction(PromisedDateMoved, move, "flows.moved_date_moves_report")
