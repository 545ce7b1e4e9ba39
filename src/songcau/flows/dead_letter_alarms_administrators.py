"""When an event is given up for a reaction, the system administrators are told, once an hour for each reaction."""

from songcau.foundation.accounts.queries import system_administrators
from songcau.foundation.notifications.own_kinds import DEAD_LETTER
from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.events import DeliveryDied
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


def alarm(event: DeliveryDied, facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=system_administrators(),
        kind=DEAD_LETTER,
        params={"event": event.event_name, "reaction": event.reaction},
        subject=f"outbox.reaction:{event.reaction}",
        key=f"{facts.at:%Y-%m-%dT%H}",
        link="/administration/outbox/dead/",
    )


REACTION = Reaction(DeliveryDied, alarm, "flows.dead_letter_alarms_administrators")
