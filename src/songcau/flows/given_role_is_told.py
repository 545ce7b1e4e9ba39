"""When a role is given to somebody, or ends, that person is told."""

from uuid import UUID

from songcau.foundation.accounts.events import RoleExpired, RoleGranted, RoleWithdrawn
from songcau.foundation.accounts.models import Agency
from songcau.foundation.notifications.own_kinds import NO_PLACE, ROLE_ENDED, ROLE_GRANTED
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def tell_given(event: RoleGranted, _facts: DeliveryFacts) -> None:
    _tell(ROLE_GRANTED, event)


def tell_ended(event: RoleWithdrawn | RoleExpired, _facts: DeliveryFacts) -> None:
    _tell(ROLE_ENDED, event)


def _tell(kind: str, event: RoleGranted | RoleWithdrawn | RoleExpired) -> None:
    notify(
        by=SYSTEM,
        people=[event.person_id],
        kind=kind,
        params={"role": event.role, "agency": _name_of(event.agency_id)},
        subject=f"accounts.role_grant:{event.grant_id}",
        link="/me/",
    )


def _name_of(agency_id: UUID | None) -> str:
    agency = Agency.objects.filter(pk=agency_id).first() if agency_id else None
    return agency.name if agency else NO_PLACE


GIVEN = Reaction(RoleGranted, tell_given, "flows.given_role_is_told")
WITHDRAWN = Reaction(RoleWithdrawn, tell_ended, "flows.withdrawn_role_is_told")
EXPIRED = Reaction(RoleExpired, tell_ended, "flows.expired_role_is_told")
