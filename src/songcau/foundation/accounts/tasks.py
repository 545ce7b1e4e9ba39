"""What accounts does by itself."""

from songcau.foundation.accounts.actions import expire_roles, forget_phone_codes, keep_delegations
from songcau.foundation.outbox.reactions import Job, Reaction
from songcau.foundation.outbox.rules import every
from songcau.kernel.actor import SYSTEM


def mark_expired_roles() -> None:
    """The roles stopped counting at their instant; this makes the lists, the audit log and the events say so."""
    expire_roles(by=SYSTEM)


def mark_delegations() -> None:
    """The same for roles lent for a leave, which began and ended at their instants."""
    keep_delegations(by=SYSTEM)


def forget_codes() -> None:
    """Codes of the day before, of which nothing is needed any more."""
    forget_phone_codes(by=SYSTEM)


REACTIONS: tuple[Reaction, ...] = ()
JOBS: tuple[Job, ...] = (
    Job("accounts.expire_roles", every(minutes=5), mark_expired_roles),
    Job("accounts.keep_delegations", every(minutes=5), mark_delegations),
    Job("accounts.forget_phone_codes", every(minutes=60), forget_codes),
)
