"""What is allowed with looks at personal data and with requests about it. Pure: no tables, no clock of its own."""

from datetime import datetime, timedelta
from enum import StrEnum

from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.kernel.workflow import Transition, Workflow

# How long it is kept who looked at whose data. A choice of this project: no source fixes it.
LOOKS_KEPT = timedelta(days=365)
# More different people than this in an hour is asked about.
PEOPLE_AN_HOUR = 30
WINDOW = timedelta(hours=1)
# "Answered within 2 working days."
WORKING_DAYS = 2
# Opening the same record again for the same purpose within this time is the same look.
SAME_LOOK = timedelta(minutes=10)
NOTE_LIMIT = 300
SHORTEST_NOTE = 5
TEXT_LIMIT = 2000
ANSWER_LIMIT = 4000
SOON = timedelta(hours=8)


class PurposeMissing(Refused):
    """“Another purpose” says which."""

    code = "PURPOSE_MISSING"


class RequestTextMissing(Refused):
    """A request says what is asked, not longer than a page."""

    code = "REQUEST_TEXT_MISSING"


class AnswerMissing(Refused):
    """An answer says something to the person."""

    code = "ANSWER_MISSING"


class GroundMissing(Refused):
    """Refusing, wholly or in part, names the reason."""

    code = "GROUND_MISSING"


class GroundUnneeded(Refused):
    """What is granted wholly has no reason for a refusal."""

    code = "GROUND_UNNEEDED"


class RequestOpenAlready(Refused):
    """The same was asked and is not answered yet."""

    code = "REQUEST_OPEN_ALREADY"
    conflict = True


class NothingToCorrect(Refused):
    """Data are corrected for a request that asks for it, while it is in work."""

    code = "NOTHING_TO_CORRECT"


class FindingMissing(Refused):
    """An alarm is settled with what was found."""

    code = "FINDING_MISSING"


class AlarmSettledAlready(Refused):
    code = "ALARM_SETTLED_ALREADY"
    conflict = True


class Purpose(StrEnum):
    """Why somebody's personal data are opened."""

    ACCOUNT_CARE = "ACCOUNT_CARE"
    CASE_WORK = "CASE_WORK"
    DATA_REQUEST = "DATA_REQUEST"
    INSPECTION = "INSPECTION"
    OTHER = "OTHER"


class RequestKind(StrEnum):
    """What the person asks for."""

    CORRECTION = "CORRECTION"
    DELETION = "DELETION"
    RESTRICTION = "RESTRICTION"
    OBJECTION = "OBJECTION"


class RequestState(StrEnum):
    """Of a request about personal data."""

    RECEIVED = "RECEIVED"
    IN_WORK = "IN_WORK"
    ANSWERED = "ANSWERED"
    WITHDRAWN = "WITHDRAWN"


class Outcome(StrEnum):
    """How a request was answered."""

    GRANTED = "GRANTED"
    PARTLY = "PARTLY"
    REFUSED = "REFUSED"


class Ground(StrEnum):
    """Why something is refused, wholly or in part."""

    LOG_IS_KEPT = "LOG_IS_KEPT"
    DUTY_RECORDS = "DUTY_RECORDS"
    STILL_NEEDED = "STILL_NEEDED"
    OTHERS_RIGHTS = "OTHERS_RIGHTS"
    DATA_ARE_RIGHT = "DATA_ARE_RIGHT"
    NOT_HELD_HERE = "NOT_HELD_HERE"
    OTHER = "OTHER"


class Colour(StrEnum):
    """How urgent an open request is, and whether an answered one was in time."""

    LATE = "LATE"
    SOON = "SOON"
    IN_TIME = "IN_TIME"
    CLOSED = "CLOSED"
    CLOSED_LATE = "CLOSED_LATE"


OPEN = (RequestState.RECEIVED, RequestState.IN_WORK)
CORRECTABLE = (RequestKind.CORRECTION, RequestKind.DELETION)

REQUEST = Workflow(
    "data request",
    start=RequestState.RECEIVED,
    transitions=(
        Transition("take", (RequestState.RECEIVED,), RequestState.IN_WORK, "personal_data.answer_requests"),
        Transition("answer", (RequestState.IN_WORK,), RequestState.ANSWERED, "personal_data.answer_requests"),
        Transition("withdraw", OPEN, RequestState.WITHDRAWN, "the person"),
    ),
)


def usable_note(purpose: Purpose, note: str) -> str:
    """The words beside a purpose; “another purpose” needs some."""
    said = normal(note)[:NOTE_LIMIT]
    if purpose is Purpose.OTHER and len(said) < SHORTEST_NOTE:
        raise PurposeMissing()
    return said


def is_curious(seen: int, *, is_new: bool, told_already: bool) -> bool:
    """Whether this look passes the limit. `seen`: different people within the hour before it."""
    return is_new and not told_already and seen >= PEOPLE_AN_HOUR


def usable_text(text: str) -> str:
    said = text.strip()
    if not normal(said) or len(said) > TEXT_LIMIT:
        raise RequestTextMissing(limit=TEXT_LIMIT)
    return said


def usable_answer(text: str, outcome: Outcome, ground: Ground | None) -> str:
    """Raises AnswerMissing, GroundMissing, GroundUnneeded."""
    said = text.strip()
    if not normal(said) or len(said) > ANSWER_LIMIT:
        raise AnswerMissing(limit=ANSWER_LIMIT)
    if outcome is not Outcome.GRANTED and ground is None:
        raise GroundMissing()
    if outcome is Outcome.GRANTED and ground is not None:
        raise GroundUnneeded()
    return said


def usable_finding(text: str) -> str:
    said = normal(text)
    if not said or len(said) > TEXT_LIMIT:
        raise FindingMissing()
    return said


def require_correctable(kind: RequestKind, state: RequestState) -> None:
    if kind not in CORRECTABLE or state is not RequestState.IN_WORK:
        raise NothingToCorrect()


def colour(state: RequestState, due_at: datetime, answered_at: datetime | None, now: datetime) -> Colour:
    """Of a line of the worklist."""
    if state not in OPEN:
        return Colour.CLOSED_LATE if answered_at is not None and answered_at > due_at else Colour.CLOSED
    if now > due_at:
        return Colour.LATE
    return Colour.SOON if due_at - now <= SOON else Colour.IN_TIME
