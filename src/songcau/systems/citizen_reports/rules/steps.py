"""The steps a report can take, and what must hold for those that ask for more than the right state."""

from datetime import datetime, timedelta
from uuid import UUID

from songcau.kernel.errors import Refused
from songcau.kernel.text import is_letter, plain
from songcau.kernel.workflow import Transition, Workflow
from songcau.systems.citizen_reports.rules.codes import RefusalReason, State, is_open

# From the instant it was called resolved; so long it waits to be closed.
REOPEN_WITHIN = timedelta(days=7)
# A reporter so content closes the report.
CONTENT_FROM = 4
BEST_RATING = 5
NOTE_LIMIT = 1000
SHORTEST_REASON = 20

CENTRE = "citizen_reports.moderate"
UNIT = "citizen_reports.handle_reports"
LEADER = "citizen_reports.spot_check"
REPORTER = "reporter"
SONGCAU = "songcau"

_BEFORE_A_UNIT = (State.NEW, State.ACCEPTED)
_AT_A_UNIT = (State.ASSIGNED, State.IN_PROGRESS)
_ASKED = (State.WAITING_REPORTER_FIRST, State.WAITING_REPORTER)
_DONE = (State.RESOLVED, State.CLOSED)
WITHDRAWABLE = (*_BEFORE_A_UNIT, State.ASSIGNED, *_ASKED)
PLANNABLE = (*_AT_A_UNIT, State.WAITING_OUTSIDE)
# From where a report is resolved together with the one it hangs on.
FOLLOWING = (*_BEFORE_A_UNIT, *_AT_A_UNIT, State.WAITING_OUTSIDE, *_ASKED, State.REOPENED)


class ReportDone(Refused):
    """Nothing is being done about it any more."""

    code = "REPORT_DONE"
    conflict = True


class WithdrawTooLate(Refused):
    """The unit is at it, or it is done: the danger may be real. The reporter may ask to be forgotten instead."""

    code = "WITHDRAW_TOO_LATE"
    conflict = True


class ReopenTooEarly(Refused):
    """It was not called resolved yet."""

    code = "REOPEN_TOO_EARLY"
    conflict = True


class ReopenTwice(Refused):
    code = "REOPEN_TWICE"
    conflict = True


class ReopenTooLate(Refused):
    """More than `days` days after it was called resolved."""

    code = "REOPEN_TOO_LATE"
    conflict = True


class ReopenReasonMissing(Refused):
    """At least `least` letters, at most `limit` characters."""

    code = "REOPEN_REASON_MISSING"


class RatingUnfit(Refused):
    """One to `most`."""

    code = "RATING_UNFIT"


class RatingTextTooLong(Refused):
    code = "RATING_TEXT_TOO_LONG"


class RatedAlready(Refused):
    code = "RATED_ALREADY"
    conflict = True


class RatingTooEarly(Refused):
    """What is not resolved is not rated."""

    code = "RATING_TOO_EARLY"
    conflict = True


class FirstReportMissing(Refused):
    """A duplicate names the report that was first."""

    code = "FIRST_REPORT_MISSING"


class ReporterNotAsked(Refused):
    """What is unclear is asked before it is refused."""

    code = "REPORTER_NOT_ASKED"


class RefusalTextMissing(Refused):
    """The reason says too little by itself: at least `least` letters."""

    code = "REFUSAL_TEXT_MISSING"


class RefusalTextTooLong(Refused):
    code = "REFUSAL_TEXT_TOO_LONG"


WORKFLOW = Workflow(
    "citizen_reports.report",
    start=State.NEW,
    transitions=(
        # Who was asked may have told the centre on the telephone, so the waiting can end without a message.
        Transition("accept", (State.NEW, State.WAITING_REPORTER_FIRST), State.ACCEPTED, CENTRE),
        Transition("assign", (State.ACCEPTED, State.REOPENED), State.ASSIGNED, CENTRE),
        Transition("start", (State.ASSIGNED, State.REOPENED), State.IN_PROGRESS, UNIT),
        Transition("resolve", (State.IN_PROGRESS,), State.RESOLVED, UNIT),
        Transition("wait_outside", _AT_A_UNIT, State.WAITING_OUTSIDE, UNIT),
        Transition("resume", (State.WAITING_OUTSIDE, State.WAITING_REPORTER), State.IN_PROGRESS, UNIT),
        Transition("ask_reporter_first", _BEFORE_A_UNIT, State.WAITING_REPORTER_FIRST, CENTRE),
        Transition("answer_first", (State.WAITING_REPORTER_FIRST,), State.NEW, REPORTER),
        Transition("ask_reporter", _AT_A_UNIT, State.WAITING_REPORTER, UNIT),
        Transition("reporter_answered", (State.WAITING_REPORTER,), State.IN_PROGRESS, REPORTER),
        Transition("reroute", (*_AT_A_UNIT, State.WAITING_OUTSIDE), State.ASSIGNED, CENTRE),
        Transition("return_to_centre", _AT_A_UNIT, State.ACCEPTED, UNIT),
        Transition("refuse", (*_BEFORE_A_UNIT, State.WAITING_REPORTER_FIRST), State.REFUSED, CENTRE),
        Transition("withdraw", WITHDRAWABLE, State.WITHDRAWN, REPORTER),
        Transition("rate", (State.RESOLVED,), State.RESOLVED, REPORTER),
        Transition("rate", (State.CLOSED,), State.CLOSED, REPORTER),
        Transition("reopen", _DONE, State.REOPENED, REPORTER),
        Transition("close", (State.RESOLVED,), State.CLOSED, CENTRE),
        Transition("close_content", (State.RESOLVED,), State.CLOSED, REPORTER),
        Transition("close_after_days", (State.RESOLVED,), State.CLOSED, SONGCAU),
        Transition("fail_spot_check", _DONE, State.REOPENED, LEADER),
        Transition("resolve_with_parent", FOLLOWING, State.RESOLVED, SONGCAU),
        Transition("close_with_parent", (State.RESOLVED,), State.CLOSED, SONGCAU),
        Transition("reopen_with_parent", _DONE, State.REOPENED, SONGCAU),
    ),
)


def letters(text: str) -> int:
    """How many letters and digits there are: what a text says is not measured by spaces, dots or little pictures."""
    return sum(sign.isdigit() or is_letter(sign) for sign in text)


def require_open(state: State) -> None:
    """Raises ReportDone."""
    if not is_open(state):
        raise ReportDone()


def require_withdraw(state: State) -> None:
    """Raises WithdrawTooLate."""
    if state not in WITHDRAWABLE:
        raise WithdrawTooLate()


def require_reopen(state: State, resolved_at: datetime | None, now: datetime, *, reopened_by_reporter: bool) -> None:
    """By the reporter. Raises ReopenTooEarly, ReopenTwice, ReopenTooLate (after more than 7 × 24 hours)."""
    if state not in _DONE or resolved_at is None:
        raise ReopenTooEarly()
    if reopened_by_reporter:
        raise ReopenTwice()
    if now - resolved_at > REOPEN_WITHIN:
        raise ReopenTooLate(days=REOPEN_WITHIN.days)


def require_reopen_reason(text: str) -> str:
    """Why it is not solved, for whoever has to go there again. Raises ReopenReasonMissing."""
    said = plain(text).strip()
    if letters(said) < SHORTEST_REASON or len(said) > NOTE_LIMIT:
        raise ReopenReasonMissing(least=SHORTEST_REASON, limit=NOTE_LIMIT)
    return said


def require_rating(state: State, rating: int, text: str, *, rated: bool) -> str:
    """Once, of what is resolved or closed; the words beside it may be none.

    Raises RatingTooEarly, RatedAlready, RatingUnfit, RatingTextTooLong.
    """
    if state not in _DONE:
        raise RatingTooEarly()
    if rated:
        raise RatedAlready()
    if not 1 <= rating <= BEST_RATING:
        raise RatingUnfit(most=BEST_RATING)
    said = plain(text).strip()
    if len(said) > NOTE_LIMIT:
        raise RatingTextTooLong(limit=NOTE_LIMIT)
    return said


def closes_by_rating(rating: int) -> bool:
    return rating >= CONTENT_FROM


def closes_by_time(resolved_at: datetime, now: datetime) -> bool:
    """Once the reporter can no longer reopen it."""
    return now - resolved_at > REOPEN_WITHIN


# Reasons whose standard words do not tell the person enough.
_NEEDS_WORDS = (RefusalReason.NOT_A_PUBLIC_MATTER, RefusalReason.UNCLEAR)


def require_refusal(reason: RefusalReason, first_report: UUID | None, text: str, *, was_asked: bool = False) -> str:
    """The words beside the reason. `was_asked`: the reporter was asked before.

    Raises FirstReportMissing, ReporterNotAsked, RefusalTextMissing, RefusalTextTooLong.
    """
    if reason is RefusalReason.DUPLICATE and first_report is None:
        raise FirstReportMissing()
    if reason is RefusalReason.UNCLEAR and not was_asked:
        raise ReporterNotAsked()
    said = plain(text).strip()
    if reason in _NEEDS_WORDS and letters(said) < SHORTEST_REASON:
        raise RefusalTextMissing(least=SHORTEST_REASON)
    if len(said) > NOTE_LIMIT:
        raise RefusalTextTooLong(limit=NOTE_LIMIT)
    return said
