"""When somebody's account or sign-in is changed, that person is told, also at night."""

from uuid import UUID

from songcau.foundation.accounts.events import (
    OwnPasswordChanged,
    OwnSecondFactorChanged,
    PasswordReset,
    PersonDeactivated,
    PersonReactivated,
    SecondFactorReset,
)
from songcau.foundation.notifications.own_kinds import ACCOUNT_CLOSED, ACCOUNT_REOPENED, SECURITY_CHANGED
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM

Change = (
    PersonDeactivated
    | PersonReactivated
    | PasswordReset
    | SecondFactorReset
    | OwnPasswordChanged
    | OwnSecondFactorChanged
)
TOLD: dict[type, tuple[str, dict[str, str]]] = {
    PersonDeactivated: (ACCOUNT_CLOSED, {}),
    PersonReactivated: (ACCOUNT_REOPENED, {}),
    PasswordReset: (SECURITY_CHANGED, {"change": "PASSWORD_RESET"}),
    SecondFactorReset: (SECURITY_CHANGED, {"change": "SECOND_FACTOR_RESET"}),
    OwnPasswordChanged: (SECURITY_CHANGED, {"change": "PASSWORD_CHANGED"}),
    OwnSecondFactorChanged: (SECURITY_CHANGED, {"change": "SECOND_FACTOR_CHANGED"}),
}


def tell(event: Change, facts: DeliveryFacts) -> None:
    kind, params = TOLD[type(event)]
    tell_owner(event.person_id, facts, kind, params)


def tell_owner(person_id: UUID, facts: DeliveryFacts, kind: str, params: dict[str, str]) -> None:
    notify(
        by=SYSTEM,
        people=[person_id],
        kind=kind,
        params=params,
        subject=f"accounts.person:{person_id}",
        key=str(facts.event_id),
        link="/me/",
    )


REACTIONS = {event: Reaction(event, tell, f"flows.account_change_is_told.{event.__name__}") for event in TOLD}
