"""The event of the soak and what reacts to it."""

import random
import time
from dataclasses import dataclass
from uuid import UUID

from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.errors import Unavailable

SUBJECTS = 40
REACTIONS = ("soak.first", "soak.second")


@dataclass(frozen=True, slots=True)
class LampSwitched:
    """Something happened to a lamp; `token` is its own."""

    token: UUID


class NotNow(Unavailable):
    """One delivery in a hundred fails once or more, so that retries happen among the kills."""

    code = "NOT_NOW"


def handle(event: LampSwitched, facts: DeliveryFacts) -> None:
    """Write an effect, slowly enough to be killed in the middle."""
    from tests.soak.models import Effect

    Effect.objects.create(reaction=facts.reaction, token=event.token, subject=facts.subject, sequence=facts.sequence)
    time.sleep(random.uniform(0, 0.01))
    if random.random() < 0.01:
        raise NotNow


def reactions() -> list[Reaction]:
    return [Reaction(LampSwitched, handle, name) for name in REACTIONS]
