"""What is allowed? States, deadlines and limits of directives: pure functions on plain data, `now` handed in."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from songcau.kernel.errors import Refused
from songcau.kernel.text import is_letter, normal, plain
from songcau.kernel.workflow import Transition, Workflow

TITLE_LIMIT, CONTENT_LIMIT, NOTE_LIMIT = 200, 4000, 2000
LABEL_LIMIT, ADDRESS_LIMIT = 200, 300
SHORTEST_TITLE, SHORTEST_CONTENT, SHORTEST_REASON, SHORTEST_REPORT = 5, 10, 15, 10
MOST_WORKING_DAYS = 365
MOST_SUPPORTING = 40
FURTHEST = timedelta(days=3 * 366)
MOST_FILES_AT_ONCE, MOST_FILES = 10, 60
WHOLE = 100
# Before the end a reminder: a quarter of the time there is, at most two days.
SOON_PART, SOON_AT_MOST = 4, timedelta(days=2)
# So long after the end those who gave it hear of it once more.
LONG_LATE = timedelta(days=3)

GIVER = "directives.give"
DRAFTER = "directives.draft"
AGENCY = "directives.report"


class State(StrEnum):
    DRAFT = "DRAFT"
    REFUSED = "REFUSED"
    GIVEN = "GIVEN"
    IN_PROGRESS = "IN_PROGRESS"
    DONE = "DONE"
    CLOSED = "CLOSED"
    WITHDRAWN = "WITHDRAWN"


class Timing(StrEnum):
    """How it stands with time: computed, never stored; each directive has exactly one."""

    NOT_GIVEN = "NOT_GIVEN"
    IN_TIME = "IN_TIME"
    SOON = "SOON"
    LATE = "LATE"
    DONE_IN_TIME = "DONE_IN_TIME"
    DONE_LATE = "DONE_LATE"
    ENDED = "ENDED"


class SourceKind(StrEnum):
    BY_HAND = "BY_HAND"
    ALERT = "ALERT"
    INCIDENT = "INCIDENT"
    MEETING = "MEETING"


class ExtensionState(StrEnum):
    ASKED = "ASKED"
    APPROVED = "APPROVED"
    REFUSED = "REFUSED"
    OVERTAKEN = "OVERTAKEN"


class DeadlineKind(StrEnum):
    """Why a date came to hold."""

    FIRST = "FIRST"
    EXTENSION = "EXTENSION"
    CHANGED = "CHANGED"
    CALENDAR = "CALENDAR"


class EvidenceState(StrEnum):
    WAITING = "WAITING"
    READY = "READY"
    REFUSED = "REFUSED"


class Told(StrEnum):
    """What was told of its end, one after the other."""

    NOTHING = "NOTHING"
    SOON = "SOON"
    LATE = "LATE"
    LONG_LATE = "LONG_LATE"


WORKING = (State.GIVEN, State.IN_PROGRESS)
FINISHED = (State.DONE, State.CLOSED)
NEVER_GIVEN = (State.DRAFT, State.REFUSED)
_TOLD_IN_ORDER = tuple(Told)

WORKFLOW = Workflow(
    "directives.directive",
    start=State.DRAFT,
    transitions=(
        # Who leads gives at once; a draft of the operations centre is given by the leader for whom it was written.
        Transition("give", (State.DRAFT,), State.GIVEN, GIVER),
        Transition("refuse_draft", (State.DRAFT,), State.REFUSED, GIVER),
        Transition("start", (State.GIVEN,), State.IN_PROGRESS, AGENCY),
        Transition("report", WORKING, State.IN_PROGRESS, AGENCY),
        Transition("finish", WORKING, State.DONE, AGENCY),
        Transition("accept", (State.DONE,), State.CLOSED, GIVER),
        Transition("send_back", (State.DONE,), State.IN_PROGRESS, GIVER),
        Transition("withdraw", (*WORKING, State.DONE), State.WITHDRAWN, GIVER),
        Transition("withdraw_draft", (State.DRAFT,), State.WITHDRAWN, DRAFTER),
    ),
)
EXTENSION = Workflow(
    "directives.extension",
    start=ExtensionState.ASKED,
    transitions=(
        Transition("approve", (ExtensionState.ASKED,), ExtensionState.APPROVED, GIVER),
        Transition("refuse", (ExtensionState.ASKED,), ExtensionState.REFUSED, GIVER),
        # It was done, ended, or given another date before anybody had answered.
        Transition("overtake", (ExtensionState.ASKED,), ExtensionState.OVERTAKEN, "songcau"),
    ),
)


class DirectiveNotAtWork(Refused):
    """It is not in the hands of an agency: not given yet, done, or ended."""

    code = "DIRECTIVE_NOT_AT_WORK"
    conflict = True


class DirectiveTitleUnfit(Refused):
    """At least `least` letters, at most `limit` characters."""

    code = "DIRECTIVE_TITLE_UNFIT"


class DirectiveContentUnfit(Refused):
    code = "DIRECTIVE_CONTENT_UNFIT"


class DirectiveWordsUnfit(Refused):
    """What was done, or why: at least `least` letters, at most `limit` characters."""

    code = "DIRECTIVE_WORDS_UNFIT"


class DirectiveTermUnfit(Refused):
    """A number of working days, from one to `most`, or a date: one of them, not both."""

    code = "DIRECTIVE_TERM_UNFIT"


class DirectiveDatePast(Refused):
    """It must lie ahead."""

    code = "DIRECTIVE_DATE_PAST"


class DirectiveDateTooFar(Refused):
    """Further away than `years` years."""

    code = "DIRECTIVE_DATE_TOO_FAR"


class DirectiveSourceUnfit(Refused):
    """What it came from is named by its id, a label and a page of this site."""

    code = "DIRECTIVE_SOURCE_UNFIT"


class DirectiveBeyondGiver(Refused):
    """An agency that does not stand under the one that gives: `names`."""

    code = "DIRECTIVE_BEYOND_GIVER"


class TooManySupporting(Refused):
    code = "TOO_MANY_SUPPORTING"


class LeadAlsoSupports(Refused):
    """Who leads is not named among those who support."""

    code = "LEAD_ALSO_SUPPORTS"


class PercentUnfit(Refused):
    """Whole, from 0 to 99; what is wholly done is reported as done."""

    code = "PERCENT_UNFIT"


class EvidenceMissing(Refused):
    """What is called done is shown: a picture or a document."""

    code = "EVIDENCE_MISSING"


class TooManyFiles(Refused):
    code = "TOO_MANY_FILES"


class ExtensionNotLater(Refused):
    """A longer time ends after the time there is."""

    code = "EXTENSION_NOT_LATER"


class ExtensionWaits(Refused):
    """One was asked for already and is not answered."""

    code = "EXTENSION_WAITS"
    conflict = True


@dataclass(frozen=True, slots=True)
class Source:
    """What a directive came from. `address`: its page on this site."""

    kind: SourceKind = SourceKind.BY_HAND
    id: UUID | None = None
    label: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """By when: in so many working days of the leading agency, or at an instant that the leader sets."""

    working_days: int | None = None
    at: datetime | None = None


BY_HAND = Source()


def letters(text: str) -> int:
    """How many letters and digits there are."""
    return sum(sign.isdigit() or is_letter(sign) for sign in text)


def require_title(text: str) -> str:
    """Raises DirectiveTitleUnfit."""
    said = normal(text)
    if letters(said) < SHORTEST_TITLE or len(said) > TITLE_LIMIT:
        raise DirectiveTitleUnfit(least=SHORTEST_TITLE, limit=TITLE_LIMIT)
    return said


def require_content(text: str) -> str:
    """Raises DirectiveContentUnfit."""
    said = plain(text).strip()
    if letters(said) < SHORTEST_CONTENT or len(said) > CONTENT_LIMIT:
        raise DirectiveContentUnfit(least=SHORTEST_CONTENT, limit=CONTENT_LIMIT)
    return said


def require_words(text: str, least: int = 1) -> str:
    """Raises DirectiveWordsUnfit."""
    said = plain(text).strip()
    if letters(said) < least or len(said) > NOTE_LIMIT:
        raise DirectiveWordsUnfit(least=least, limit=NOTE_LIMIT)
    return said


def require_due(due: Due, now: datetime) -> None:
    """Raises DirectiveTermUnfit, DirectiveDatePast, DirectiveDateTooFar."""
    if (due.working_days is None) == (due.at is None):
        raise DirectiveTermUnfit(most=MOST_WORKING_DAYS)
    if due.working_days is not None and not 1 <= due.working_days <= MOST_WORKING_DAYS:
        raise DirectiveTermUnfit(most=MOST_WORKING_DAYS)
    if due.at is not None:
        require_ahead(due.at, now)


def require_ahead(at: datetime, now: datetime) -> None:
    """Raises DirectiveDatePast, DirectiveDateTooFar."""
    if at <= now:
        raise DirectiveDatePast()
    if at - now > FURTHEST:
        raise DirectiveDateTooFar(years=FURTHEST.days // 365)


def require_source(source: Source) -> Source:
    """Raises DirectiveSourceUnfit."""
    if source.kind is SourceKind.BY_HAND:
        return BY_HAND
    label = normal(source.label)
    if source.id is None or not letters(label) or len(label) > LABEL_LIMIT or not is_own_page(source.address):
        raise DirectiveSourceUnfit()
    return Source(source.kind, source.id, label, source.address)


def is_own_page(address: str) -> bool:
    """Whether a link stays on this site: a path, and nothing that a browser reads as another site."""
    fits = address.startswith("/") and not address.startswith("//") and len(address) <= ADDRESS_LIMIT
    return fits and address.isprintable() and "\\" not in address and " " not in address


def require_under(giver_path: str, agencies: Iterable[tuple[str, str]]) -> None:
    """`agencies`: path and name of those it is given to. Raises DirectiveBeyondGiver."""
    if beyond := [name for path, name in agencies if not path.startswith(giver_path)]:
        raise DirectiveBeyondGiver(names=", ".join(beyond))


def require_supporting(lead: UUID, supporting: Iterable[UUID]) -> tuple[UUID, ...]:
    """Each once. Raises LeadAlsoSupports, TooManySupporting."""
    each = tuple(dict.fromkeys(supporting))
    if lead in each:
        raise LeadAlsoSupports()
    if len(each) > MOST_SUPPORTING:
        raise TooManySupporting(most=MOST_SUPPORTING)
    return each


def require_working(state: State) -> None:
    """Raises DirectiveNotAtWork."""
    if state not in WORKING:
        raise DirectiveNotAtWork()


def require_percent(percent: int) -> None:
    """Raises PercentUnfit."""
    if not 0 <= percent < WHOLE:
        raise PercentUnfit()


def require_files(there: int, more: int) -> None:
    """Raises TooManyFiles."""
    if more > MOST_FILES_AT_ONCE or there + more > MOST_FILES:
        raise TooManyFiles(once=MOST_FILES_AT_ONCE, most=MOST_FILES)


def require_evidence(files: int) -> None:
    """Raises EvidenceMissing."""
    if not files:
        raise EvidenceMissing()


def require_extension(due_at: datetime, wanted: datetime, now: datetime, *, waits: bool) -> None:
    """Raises ExtensionWaits, ExtensionNotLater, DirectiveDatePast, DirectiveDateTooFar."""
    if waits:
        raise ExtensionWaits()
    require_later(due_at, wanted, now)


def require_later(due_at: datetime, wanted: datetime, now: datetime) -> None:
    """Raises ExtensionNotLater, DirectiveDatePast, DirectiveDateTooFar."""
    require_ahead(wanted, now)
    if wanted <= due_at:
        raise ExtensionNotLater()


def soon_at(since: datetime, due_at: datetime) -> datetime:
    """From when its end is near."""
    return due_at - min(SOON_AT_MOST, (due_at - since) / SOON_PART)


def timing(
    state: State, now: datetime, *, due_at: datetime | None, near_at: datetime | None, done_at: datetime | None
) -> Timing:
    """How it stands with time; what was not given has no dates."""
    if due_at is None or near_at is None:
        return Timing.NOT_GIVEN
    if state in FINISHED:
        return Timing.DONE_LATE if done_at is not None and done_at > due_at else Timing.DONE_IN_TIME
    if state not in WORKING:
        return Timing.ENDED
    if now > due_at:
        return Timing.LATE
    return Timing.SOON if now >= near_at else Timing.IN_TIME


def to_be_told(now: datetime, *, due_at: datetime, near_at: datetime) -> Told:
    """What those whom it concerns should know by now."""
    if now > due_at + LONG_LATE:
        return Told.LONG_LATE
    if now > due_at:
        return Told.LATE
    return Told.SOON if now >= near_at else Told.NOTHING


def is_news(told: Told, now_due: Told) -> bool:
    """Whether it goes beyond what was told before."""
    return _TOLD_IN_ORDER.index(now_due) > _TOLD_IN_ORDER.index(told)
