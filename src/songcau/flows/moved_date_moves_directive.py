"""When the promised date of a directive is moved by a decision, the directive is due then."""

from songcau.foundation.calendar.events import PromisedDateMoved
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.directives.public import SUBJECT, note_moved_date


def move(event: PromisedDateMoved, _facts: DeliveryFacts) -> None:
    if event.subject_kind == SUBJECT:
        note_moved_date(by=SYSTEM, directive_id=event.subject_id, due_at=event.due_at)


REACTION = Reaction(PromisedDateMoved, move, "flows.moved_date_moves_directive")
