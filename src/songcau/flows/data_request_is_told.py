"""When somebody asks about their data, the officers who may answer are told; when it is answered, the person is."""

from uuid import UUID

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.permissions import scope_of
from songcau.foundation.accounts.personal_data.events import DataRequestAnswered, DataRequestReceived
from songcau.foundation.accounts.personal_data.models import ANSWER
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.notifications.own_kinds import REQUEST_ANSWERED, REQUEST_RECEIVED
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def tell_officers(event: DataRequestReceived, _facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=_officers_for(event.person_id),
        kind=REQUEST_RECEIVED,
        params={"due": event.due_at.isoformat()},
        subject=f"personal_data.request:{event.request_id}",
        link="/administration/data_requests/",
    )


def tell_person(event: DataRequestAnswered, _facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=[event.person_id],
        kind=REQUEST_ANSWERED,
        params={},
        subject=f"personal_data.request:{event.request_id}",
        link="/me/data/",
    )


def _officers_for(person_id: UUID) -> list[UUID]:
    """Those of the person's agency; nobody answers what they asked themselves."""
    person = Person.objects.select_related("home").get(pk=person_id)
    return [officer for officer in holders_of(ANSWER, scope_of(person.home)) if officer != person_id]


RECEIVED = Reaction(DataRequestReceived, tell_officers, "flows.data_request_is_told")
ANSWERED = Reaction(DataRequestAnswered, tell_person, "flows.answer_is_told")
