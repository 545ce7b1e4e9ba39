"""When the promised date of a request about personal data is moved by a decision, the request is due then."""

from songcau.foundation.accounts.personal_data.actions import note_moved_date
from songcau.foundation.calendar.events import PromisedDateMoved
from songcau.foundation.calendar.of_data_requests import KIND
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def move(event: PromisedDateMoved, _facts: DeliveryFacts) -> None:
    if event.subject_kind == KIND:
        note_moved_date(by=SYSTEM, request_id=event.subject_id, due_at=event.due_at)


REACTION = Reaction(PromisedDateMoved, move, "flows.moved_date_moves_data_request")
