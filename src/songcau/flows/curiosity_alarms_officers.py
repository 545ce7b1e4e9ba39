"""When one reader opens the data of unusually many people, the officers who may settle it are told."""

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.permissions import scope_of
from songcau.foundation.accounts.personal_data.events import CuriosityNoticed
from songcau.foundation.accounts.personal_data.models import VIEW_LOOKS
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.notifications.own_kinds import CURIOSITY
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def alarm(event: CuriosityNoticed, _facts: DeliveryFacts) -> None:
    reader = Person.objects.select_related("home").get(pk=event.reader_id)
    officers = holders_of(VIEW_LOOKS, scope_of(reader.home))
    notify(
        by=SYSTEM,
        people=[officer for officer in officers if officer != reader.pk],
        kind=CURIOSITY,
        params={"people": str(event.people)},
        subject=f"personal_data.alarm:{event.alarm_id}",
        link="/administration/looks/",
    )


REACTION = Reaction(CuriosityNoticed, alarm, "flows.curiosity_alarms_officers")
