"""How an alert goes: its states, its ladder, its quiet hours, how many become one line.

A condition began (raised), somebody looks after it (acknowledged), it is over (closed with a note). That the condition
itself has gone (cleared) is a fact beside the state: somebody still has to look and close.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from enum import IntEnum, StrEnum
from typing import Protocol
from uuid import UUID

from songcau.kernel.errors import Refused
from songcau.kernel.workflow import Transition, Workflow
from songcau.systems.incidents.rules.levels import Level, rank_of

UNIT = "incidents.handle"
SONGCAU = "songcau"
# Beyond so many open lines of one rule within its span, what follows stands under the first of them, whatever the rule
# says: a storm of five thousand stays one line.
FLOOD_FROM = 20
FLOOD_MINUTES = 60
MOST_AT_ONCE = 500
DEFAULT_DUE_MINUTES = 60


class State(StrEnum):
    RAISED = "RAISED"
    ACKNOWLEDGED = "ACKNOWLEDGED"
    CLOSED = "CLOSED"


class Rung(IntEnum):
    """Who is called by now."""

    OFFICER = 0
    WARD = 1
    CITY = 2
    PROVINCE = 3


class Grouping(StrEnum):
    NONE = "NONE"
    WARD = "WARD"
    RULE = "RULE"


WORKFLOW = Workflow(
    "incidents.alert",
    start=State.RAISED,
    transitions=(
        Transition("acknowledge", (State.RAISED,), State.ACKNOWLEDGED, UNIT),
        Transition("escalate", (State.RAISED,), State.RAISED, SONGCAU),
        Transition("escalate", (State.ACKNOWLEDGED,), State.ACKNOWLEDGED, SONGCAU),
        Transition("pass_up", (State.RAISED,), State.RAISED, UNIT),
        Transition("pass_up", (State.ACKNOWLEDGED,), State.ACKNOWLEDGED, UNIT),
        Transition("close", (State.RAISED, State.ACKNOWLEDGED), State.CLOSED, UNIT),
    ),
)


class AlertClosed(Refused):
    """Somebody has closed it: `who`, at `at`."""

    code = "ALERT_CLOSED"
    conflict = True


class AlertAcknowledgedAlready(Refused):
    """Somebody was first: `who`, at `at`."""

    code = "ALERT_ACKNOWLEDGED_ALREADY"
    conflict = True


class AcknowledgedByYou(AlertAcknowledgedAlready):
    """It is this very person who has it since `at`."""

    code = "ALERT_ACKNOWLEDGED_BY_YOU"


class NoAlertChosen(Refused):
    """Nothing was named that something could be done with."""

    code = "ALERTS_NONE_CHOSEN"


class TooFewToGroup(Refused):
    """One alert is no group."""

    code = "ALERTS_TOO_FEW_TO_GROUP"


class TooManyAlerts(Refused):
    """At most `most` at once."""

    code = "ALERTS_TOO_MANY"


class NotInAGroup(Refused):
    """It stands alone already."""

    code = "ALERT_NOT_IN_A_GROUP"
    conflict = True


class LadderAtItsTop(Refused):
    """The province was called already: there is nobody above."""

    code = "ALERT_LADDER_AT_ITS_TOP"
    conflict = True


class _Standing(Protocol):
    """What the rules want to know of an alert."""

    @property
    def state(self) -> str: ...
    @property
    def acknowledged_at(self) -> datetime | None: ...
    @property
    def acknowledged_by_id(self) -> UUID | None: ...
    @property
    def acknowledged_by_label(self) -> str: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def closed_by_label(self) -> str: ...


def require_open(alert: _Standing) -> None:
    """Raises AlertClosed."""
    if alert.state == State.CLOSED:
        raise AlertClosed(who=alert.closed_by_label, at=alert.closed_at)


def require_unacknowledged(alert: _Standing, by: UUID) -> None:
    """Raises AlertClosed, AlertAcknowledgedAlready, AcknowledgedByYou."""
    require_open(alert)
    if alert.state == State.ACKNOWLEDGED:
        if alert.acknowledged_by_id == by:
            raise AcknowledgedByYou(at=alert.acknowledged_at)
        raise AlertAcknowledgedAlready(who=alert.acknowledged_by_label, at=alert.acknowledged_at)


def require_count(count: int, *, least: int = 1) -> None:
    """Raises NoAlertChosen, TooFewToGroup, TooManyAlerts."""
    if least and not count:
        raise NoAlertChosen()
    if count < least:
        raise TooFewToGroup()
    if count > MOST_AT_ONCE:
        raise TooManyAlerts(most=MOST_AT_ONCE)


def due_at(raised_at: datetime, minutes: int) -> datetime:
    """By when it must be closed; a rule that names no time gives the usual one."""
    return raised_at + timedelta(minutes=minutes if minutes > 0 else DEFAULT_DUE_MINUTES)


def is_quiet(at: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether a time of day lies in the quiet hours, which may go over midnight. Equal ends: there are none."""
    if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
        return False
    if quiet_from < quiet_until:
        return quiet_from <= at < quiet_until
    return at >= quiet_from or at < quiet_until


def may_call(level: str, at: time, quiet_from: time | None, quiet_until: time | None) -> bool:
    """Whether somebody is called now. HIGH and CRITICAL know no quiet hours."""
    return rank_of(level) <= rank_of(Level.HIGH) or not is_quiet(at, quiet_from, quiet_until)


def rung_by(
    state: str, raised_at: datetime, ends_at: datetime, minutes: Sequence[int], now: datetime, *, is_cleared: bool
) -> Rung:
    """Up to which rung somebody must have been called by now.

    Nobody has taken it: the minutes count from when it was raised. Somebody has, and it is late: from its due time.
    A condition that has gone calls nobody any more.
    """
    if state == State.CLOSED or is_cleared:
        return Rung.OFFICER
    start = raised_at if state == State.RAISED else ends_at
    reached = sum(now >= start + timedelta(minutes=one) for one in sorted(minutes) if one >= 0)
    return Rung(min(reached, int(max(Rung))))


def acknowledge_by(
    level: str,
    raised_at: datetime,
    ends_at: datetime,
    minutes: Sequence[int],
    quiet_from: time | None,
    quiet_until: time | None,
) -> datetime:
    """By when somebody must have taken it: before the first step of its ladder calls the next one; without a ladder,
    by its due time. A step that would fall into quiet hours waits for their end. `raised_at` on the city's wall clock.
    """
    at = min((raised_at + timedelta(minutes=one) for one in minutes if one >= 0), default=ends_at)
    if quiet_until is None or may_call(level, at.time(), quiet_from, quiet_until):
        return at
    ends = datetime.combine(at.date(), quiet_until, at.tzinfo)
    return ends if ends > at else ends + timedelta(days=1)


def rung_above(rung: int) -> Rung:
    """Who is called next, where somebody does not wait for the minutes. Raises LadderAtItsTop."""
    if rung >= max(Rung):
        raise LadderAtItsTop()
    return Rung(rung + 1)


def group_span(group_by: str, minutes: int) -> timedelta:
    """Within what time alerts stand together."""
    return timedelta(minutes=minutes if minutes > 0 and group_by != Grouping.NONE else FLOOD_MINUTES)


def group_key(rule_id: object, group_by: str, scope: str) -> str:
    """What alerts have in common that stand together; empty: each stands alone."""
    if group_by == Grouping.RULE:
        return str(rule_id)
    if group_by == Grouping.WARD and scope:
        return f"{rule_id} {scope}"
    return ""


def head_position(levels_and_times: Iterable[tuple[str, datetime]]) -> int:
    """Which of several leads their group: the most serious, of those the oldest. Of nothing: 0."""
    ranked = [(rank_of(level), at, position) for position, (level, at) in enumerate(levels_and_times)]
    return min(ranked, default=(0, None, 0))[2]
