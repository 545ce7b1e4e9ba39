"""How late a report is, whom that concerns, and what may be said about when it will be done.

All instants are aware. A report has one clock: it starts when the report was received, whoever has it since.
"""

from datetime import date, datetime, timedelta

from songcau.foundation.calendar.deadlines import Method, Term
from songcau.kernel.errors import Refused
from songcau.kernel.text import plain
from songcau.systems.citizen_reports.rules.codes import Colour, State, Urgency, is_open
from songcau.systems.citizen_reports.rules.steps import NOTE_LIMIT, PLANNABLE, SHORTEST_REASON, letters

# A report is listed for the leaders at three times its term; the open-source system Signalen does so too.
TIMES = 3
# The last quarter of the term is amber.
AMBER_PART = 4
MOST_ESCALATION = 3
# Urgent matters are verified within so many working hours, however long the category gives otherwise.
URGENT_HOURS = 4
NUDGE_EVERY = timedelta(days=1)
LONGEST_PLAN = timedelta(days=2 * 366)
METHODS = (Method.HOURS, Method.DAYS, Method.CALENDAR_DAYS)


class TermMethodUnfit(Refused):
    """Working hours, working days or calendar days."""

    code = "TERM_METHOD_UNFIT"


class VerifyHoursUnfit(Refused):
    code = "VERIFY_HOURS_UNFIT"


class NudgeTooEarly(Refused):
    """It is not late."""

    code = "NUDGE_TOO_EARLY"


class NudgedLately(Refused):
    """Once a day."""

    code = "NUDGED_LATELY"


class PlanUnfit(Refused):
    """Only the unit that has the report plans it."""

    code = "PLAN_UNFIT"
    conflict = True


class PlanDateUnfit(Refused):
    """A plan ends after today and within two years."""

    code = "PLAN_DATE_UNFIT"


class PlanReasonMissing(Refused):
    """At least `least` letters, at most `limit` characters."""

    code = "PLAN_REASON_MISSING"


def term_of(method: Method, amount: float) -> Term:
    """The term of a category. Raises TermMethodUnfit, and the refusals of `Term` for an amount that is none."""
    if method not in METHODS:
        raise TermMethodUnfit()
    return Term(method, amount)


def verify_hours(urgency: Urgency, hours: int) -> int:
    """Within how many working hours the centre verifies it. Raises VerifyHoursUnfit."""
    if hours < 1:
        raise VerifyHoursUnfit()
    return min(hours, URGENT_HOURS) if urgency is Urgency.URGENT else hours


def thrice_due_at(received_at: datetime, due_at: datetime) -> datetime:
    return received_at + TIMES * (due_at - received_at)


def amber_at(received_at: datetime, due_at: datetime) -> datetime:
    """From when only the last quarter of the term is left."""
    return due_at - (due_at - received_at) // AMBER_PART


def is_three_times(now: datetime, received_at: datetime, due_at: datetime | None, state: State) -> bool:
    """Whether it stands on the list of what took three times its term and is not done."""
    return due_at is not None and is_open(state) and now >= thrice_due_at(received_at, due_at)


def colour(now: datetime, received_at: datetime, due_at: datetime | None, state: State) -> Colour:
    """Of a line of a list. Until a date is promised `due_at` is that of verifying; None: nothing is promised."""
    if not is_open(state):
        return Colour.GREY
    if due_at is None:
        return Colour.GREEN
    if now > due_at:
        return Colour.BLACK if is_three_times(now, received_at, due_at, state) else Colour.RED
    return Colour.AMBER if now >= amber_at(received_at, due_at) else Colour.GREEN


def escalation_due(now: datetime, received_at: datetime, due_at: datetime | None, level: int) -> int | None:
    """The level that is to be told now: 1 the unit's head when it is due, 2 the city at twice, 3 the leaders at three
    times the term. None when `level`, which was told last, is still right; several at once are told as the highest.
    """
    if due_at is None or now < due_at:
        return None
    term = due_at - received_at
    reached = sum(now >= received_at + times * term for times in range(1, MOST_ESCALATION + 1))
    return reached if reached > level else None


def require_nudge(
    now: datetime, due_at: datetime | None, nudged_at: datetime | None, *, by_centre: bool = False
) -> None:
    """The reporter reminds once a day of what is late, the centre at any time. Raises NudgeTooEarly, NudgedLately."""
    if by_centre:
        return
    if due_at is None or now <= due_at:
        raise NudgeTooEarly()
    if nudged_at is not None and now - nudged_at < NUDGE_EVERY:
        raise NudgedLately()


def require_plan(state: State, on: date, text: str, *, today: date) -> str:
    """When it will be done and why not sooner: beside the promised date, never instead of it.

    Raises PlanUnfit, PlanDateUnfit, PlanReasonMissing.
    """
    if state not in PLANNABLE:
        raise PlanUnfit()
    if not today < on <= today + LONGEST_PLAN:
        raise PlanDateUnfit()
    said = plain(text).strip()
    if letters(said) < SHORTEST_REASON or len(said) > NOTE_LIMIT:
        raise PlanReasonMissing(least=SHORTEST_REASON, limit=NOTE_LIMIT)
    return said
