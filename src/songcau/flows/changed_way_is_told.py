"""When a way to sign in is added to somebody's account or removed from it, that person is told, also at night."""

from songcau.foundation.accounts.events import IdentityLinked, IdentityUnlinked
from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.own_kinds import SECURITY_CHANGED
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def tell_added(event: IdentityLinked, facts: DeliveryFacts) -> None:
    person = Person.objects.get(pk=event.person_id)
    if person.has_usable_password() or person.identities.exclude(pk=event.identity_id).exists():
        _tell(event, facts, "WAY_ADDED")
    # Else it is the way by which somebody has just become a citizen: no change of an account.


def tell_removed(event: IdentityUnlinked, facts: DeliveryFacts) -> None:
    _tell(event, facts, "WAY_REMOVED")


def _tell(event: IdentityLinked | IdentityUnlinked, facts: DeliveryFacts, change: str) -> None:
    notify(
        by=SYSTEM,
        people=[event.person_id],
        kind=SECURITY_CHANGED,
        params={"change": change},
        subject=f"accounts.person:{event.person_id}",
        key=str(facts.event_id),
        link="/me/",
    )


ADDED = Reaction(IdentityLinked, tell_added, "flows.added_way_is_told")
REMOVED = Reaction(IdentityUnlinked, tell_removed, "flows.removed_way_is_told")
