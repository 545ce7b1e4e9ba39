"""When a role is lent to somebody, or taken back before its time, that person is told."""

from songcau.foundation.accounts.events import DelegationWithdrawn, RoleLent
from songcau.foundation.accounts.models import Agency
from songcau.foundation.notifications.own_kinds import LOAN_ENDED, NO_PLACE, ROLE_LENT
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def tell_lent(event: RoleLent, _facts: DeliveryFacts) -> None:
    agency = Agency.objects.filter(pk=event.agency_id).first() if event.agency_id else None
    notify(
        by=SYSTEM,
        people=[event.delegate_id],
        kind=ROLE_LENT,
        params={
            "role": event.role,
            "agency": agency.name if agency else NO_PLACE,
            "starts": event.starts_at.isoformat(),
            "ends": event.ends_at.isoformat(),
        },
        subject=f"accounts.delegation:{event.delegation_id}",
        link="/me/delegations/",
    )


def tell_taken_back(event: DelegationWithdrawn, _facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=[event.delegate_id],
        kind=LOAN_ENDED,
        params={},
        subject=f"accounts.delegation:{event.delegation_id}",
        link="/me/delegations/",
    )


LENT = Reaction(RoleLent, tell_lent, "flows.lent_role_is_told")
TAKEN_BACK = Reaction(DelegationWithdrawn, tell_taken_back, "flows.role_taken_back_is_told")
