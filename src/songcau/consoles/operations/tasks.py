"""What the operations centre does by itself: it counts."""

from songcau.consoles.operations.telling import tell_totals
from songcau.foundation.outbox.reactions import Job, Reaction
from songcau.foundation.outbox.rules import every
from songcau.kernel import clock


def tell() -> None:
    tell_totals(clock.now())


REACTIONS: tuple[Reaction, ...] = ()
JOBS: tuple[Job, ...] = (Job("operations.tell_totals", every(minutes=1), tell, lease_seconds=120),)
