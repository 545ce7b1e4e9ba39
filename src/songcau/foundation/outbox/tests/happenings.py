"""Events and reactions of the tests."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from songcau.foundation.outbox import reactions, tasks
from songcau.foundation.outbox.actions import announce
from songcau.foundation.outbox.models import Delivery
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM


@dataclass(frozen=True)
class LampBroke:
    """A test event."""

    lamp: str


def ignore(event: object, facts: DeliveryFacts) -> None:
    """A handler without effects."""


def installing(*named: Reaction, jobs: tuple[reactions.Job, ...] = (), record: Any = None, carriers: Any = ()) -> None:
    """Install these with the outbox's own reactions."""
    reactions.install([*tasks.REACTIONS, *named], jobs, record=record or (lambda **_: None), carriers=carriers)


def reacting(handle: Callable[..., None], name: str = "lamps.note", **options: Any) -> None:
    """Install one reaction to LampBroke."""
    installing(Reaction(LampBroke, handle, name, **options))


def broke(*lamps: str) -> list[Delivery]:
    """Announce a broken lamp for each, in one transaction each; their deliveries."""
    for lamp in lamps:
        with transaction.atomic():
            announce(LampBroke(lamp), subject=f"lamp:{lamp}", by=SYSTEM)
    return list(Delivery.objects.order_by("event_id"))


@contextmanager
def collected() -> Iterator[list[str]]:
    """Install a reaction that collects the lamps it is told of."""
    seen: list[str] = []
    reacting(lambda event, facts: seen.append(event.lamp))
    yield seen
