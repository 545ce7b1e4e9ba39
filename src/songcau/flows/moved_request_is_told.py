"""When the date of a request about personal data moves, the person who asked is told, each time."""

from songcau.foundation.accounts.personal_data.events import DataRequestDateMoved
from songcau.foundation.notifications.own_kinds import REQUEST_MOVED
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def tell_person(event: DataRequestDateMoved, facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=[event.person_id],
        kind=REQUEST_MOVED,
        params={"due": event.due_at.isoformat()},
        subject=f"personal_data.request:{event.request_id}",
        key=str(facts.event_id),
        link="/me/data/",
    )


REACTION = Reaction(DataRequestDateMoved, tell_person, "flows.moved_request_is_told")
