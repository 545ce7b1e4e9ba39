"""What is allowed when a role is lent for a leave. Pure: no tables, no clock of its own."""

from datetime import datetime, timedelta
from enum import StrEnum

from songcau.foundation.accounts.roles import Role, may_be_lent
from songcau.kernel.errors import Refused
from songcau.kernel.workflow import Transition, Workflow

LONGEST = timedelta(days=90)


class DelegationPeriod(Refused):
    """It would begin in the past, or end before it begins."""

    code = "DELEGATION_PERIOD"


class DelegationTooLong(Refused):
    """A leave is no change of office."""

    code = "DELEGATION_TOO_LONG"


class RoleNotHeld(Refused):
    """Nobody lends what is not, or by then no longer, theirs."""

    code = "ROLE_NOT_HELD"


class RoleIsLent(Refused):
    """What was lent is not lent on."""

    code = "ROLE_IS_LENT"


class RoleNotLent(Refused):
    """Some roles are held in person only."""

    code = "ROLE_NOT_LENT"


class DelegateIsOneself(Refused):
    code = "DELEGATE_IS_ONESELF"


class DelegateElsewhere(Refused):
    """The other person does not belong to the agency of the role, nor to one under it."""

    code = "DELEGATE_ELSEWHERE"


class DelegatedAlready(Refused):
    """The same role is lent for a part of that time already."""

    code = "DELEGATED_ALREADY"
    conflict = True


class NothingToLend(Refused):
    """No role that may be lent goes with the post."""

    code = "NOTHING_TO_LEND"


class DelegationState(StrEnum):
    """Of a role lent for a leave."""

    PLANNED = "PLANNED"
    IN_FORCE = "IN_FORCE"
    ENDED = "ENDED"
    WITHDRAWN = "WITHDRAWN"


OPEN = (DelegationState.PLANNED, DelegationState.IN_FORCE)

DELEGATION = Workflow(
    "delegation",
    start=DelegationState.PLANNED,
    transitions=(
        Transition("begin", (DelegationState.PLANNED,), DelegationState.IN_FORCE, "songcau"),
        Transition("end", OPEN, DelegationState.ENDED, "songcau"),
        Transition("withdraw", OPEN, DelegationState.WITHDRAWN, "either of the two, accounts.withdraw_roles"),
    ),
)


def require_leave(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Raises DelegationPeriod, DelegationTooLong."""
    if starts_at < now or ends_at <= starts_at:
        raise DelegationPeriod()
    if ends_at - starts_at > LONGEST:
        raise DelegationTooLong(days=LONGEST.days)


def require_lendable(role: Role, *, held: bool) -> None:
    """Raises RoleNotHeld, RoleNotLent."""
    if not held:
        raise RoleNotHeld()
    if not may_be_lent(role):
        raise RoleNotLent()


def holds_then(valid_from: datetime, valid_to: datetime | None, starts_at: datetime) -> bool:
    """Whether a role that was not withdrawn is held at the beginning of the leave."""
    return valid_from <= starts_at and (valid_to is None or valid_to > starts_at)


def state_by_clock(
    stored: DelegationState, starts_at: datetime, ends_at: datetime, now: datetime, *, role_stands: bool
) -> DelegationState:
    """The state as it is by the clock and by the role it hangs on, whether or not the job has come by."""
    if stored not in OPEN:
        return stored
    if ends_at <= now or not role_stands:
        return DelegationState.ENDED
    return DelegationState.PLANNED if starts_at > now else DelegationState.IN_FORCE
