"""What personal data does by itself: the access log forgets after its time."""

from songcau.foundation.accounts.personal_data.actions import remove_old_looks
from songcau.foundation.outbox.reactions import Job, Reaction
from songcau.foundation.outbox.rules import daily
from songcau.kernel.actor import SYSTEM


def forget() -> None:
    """Looks whose retention is over."""
    remove_old_looks(by=SYSTEM)


REACTIONS: tuple[Reaction, ...] = ()
JOBS: tuple[Job, ...] = (Job("personal_data.remove_old_looks", daily(at="02:40"), forget, lease_seconds=3600),)
