"""When a way to sign in is added to somebody's account or removed from it, that person is told, also at night."""

from songcau.flows.account_change_is_told import tell_owner
from songcau.foundation.accounts.events import IdentityLinked, IdentityUnlinked
from songcau.foundation.accounts.models import Person
from songcau.foundation.notifications.own_kinds import SECURITY_CHANGED
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction


def tell_added(event: IdentityLinked, facts: DeliveryFacts) -> None:
    person = Person.objects.get(pk=event.person_id)
    if person.has_usable_password() or person.identities.exclude(pk=event.identity_id).exists():
        tell_owner(event.person_id, facts, SECURITY_CHANGED, {"change": "WAY_ADDED"})
    # Else it is the way by which somebody has just become a citizen: no change of an account.


def tell_removed(event: IdentityUnlinked, facts: DeliveryFacts) -> None:
    tell_owner(event.person_id, facts, SECURITY_CHANGED, {"change": "WAY_REMOVED"})


ADDED = Reaction(IdentityLinked, tell_added, "flows.added_way_is_told")
REMOVED = Reaction(IdentityUnlinked, tell_removed, "flows.removed_way_is_told")
