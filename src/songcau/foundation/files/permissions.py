"""Who may look at all files, and who may put them under legal hold. Who may read one file says its use."""

from songcau.foundation.files.refusals import MayNotHoldFile, MayNotViewFiles
from songcau.kernel.actor import Actor

VIEW = "files.view"
HOLD = "files.hold"
TRY_OUT = "files.try_out"


def may_view(actor: Actor) -> bool:
    return actor.may(VIEW)


def may_hold(actor: Actor) -> bool:
    return actor.may(HOLD)


def may_try_out(actor: Actor) -> bool:
    return actor.may(TRY_OUT)


def require_view(actor: Actor) -> None:
    """Raises MayNotViewFiles."""
    if not may_view(actor):
        raise MayNotViewFiles


def require_hold(actor: Actor) -> None:
    """Raises MayNotHoldFile."""
    if not may_hold(actor):
        raise MayNotHoldFile
