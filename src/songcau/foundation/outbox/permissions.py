"""Who may look at the outbox, and who may replay or skip what is dead."""

from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed

VIEW = "outbox.view"
REPLAY = "outbox.replay"


class MayNotViewOutbox(NotAllowed):
    """Looking at the outbox needs `outbox.view`."""

    code = "MAY_NOT_VIEW_OUTBOX"


class MayNotReplay(NotAllowed):
    """Replaying or skipping needs `outbox.replay`."""

    code = "MAY_NOT_REPLAY"


def may_view(actor: Actor) -> bool:
    return actor.may(VIEW)


def may_replay(actor: Actor) -> bool:
    return actor.may(REPLAY)


def require_view(actor: Actor) -> None:
    """Raises MayNotViewOutbox."""
    if not may_view(actor):
        raise MayNotViewOutbox


def require_replay(actor: Actor) -> None:
    """Raises MayNotReplay."""
    if not may_replay(actor):
        raise MayNotReplay
