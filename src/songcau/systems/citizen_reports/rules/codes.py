"""Every code of the system. Words for them stand in `pages/words.py`."""

from enum import StrEnum


class State(StrEnum):
    NEW = "NEW"
    ACCEPTED = "ACCEPTED"
    ASSIGNED = "ASSIGNED"
    IN_PROGRESS = "IN_PROGRESS"
    WAITING_OUTSIDE = "WAITING_OUTSIDE"
    # Asked something before anybody had it, and while a unit has it.
    WAITING_REPORTER_FIRST = "WAITING_REPORTER_FIRST"
    WAITING_REPORTER = "WAITING_REPORTER"
    RESOLVED = "RESOLVED"
    REOPENED = "REOPENED"
    CLOSED = "CLOSED"
    REFUSED = "REFUSED"
    WITHDRAWN = "WITHDRAWN"


CLOSED_STATES = frozenset({State.RESOLVED, State.CLOSED, State.REFUSED, State.WITHDRAWN})


def is_open(state: State) -> bool:
    """Whether somebody still has to do something about it; what Open311 calls open."""
    return state not in CLOSED_STATES


def open311_status(state: State) -> str:
    """`open` or `closed`: the standard knows no other; the state itself goes into `status_notes`."""
    return "open" if is_open(state) else "closed"


class RefusalReason(StrEnum):
    PRIVATE_DISPUTE = "PRIVATE_DISPUTE"
    COMPLAINT_OR_DENUNCIATION = "COMPLAINT_OR_DENUNCIATION"
    OBSCENE = "OBSCENE"
    DUPLICATE = "DUPLICATE"
    OUT_OF_AREA = "OUT_OF_AREA"
    NOT_A_PUBLIC_MATTER = "NOT_A_PUBLIC_MATTER"
    SPAM = "SPAM"
    UNCLEAR = "UNCLEAR"


class Urgency(StrEnum):
    NORMAL = "NORMAL"
    URGENT = "URGENT"


class Channel(StrEnum):
    PORTAL = "PORTAL"
    PHONE = "PHONE"
    COUNTER = "COUNTER"
    STAFF = "STAFF"
    OPEN311 = "OPEN311"
    IMPORT = "IMPORT"


class PlaceDoubt(StrEnum):
    """Why the ward of a report is not sure. No doubt is an empty text."""

    OUTSIDE = "OUTSIDE"
    BORDER = "BORDER"
    MISSING = "MISSING"
    RETIRED_WARD = "RETIRED_WARD"


class Visibility(StrEnum):
    """Who reads a line of the timeline; each sees also what those before it see."""

    PUBLIC = "PUBLIC"
    REPORTER = "REPORTER"
    STAFF = "STAFF"
    CENTRE = "CENTRE"


class Colour(StrEnum):
    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    BLACK = "BLACK"
    GREY = "GREY"


class AttachmentKind(StrEnum):
    PROBLEM = "PROBLEM"
    MORE = "MORE"
    BEFORE = "BEFORE"
    AFTER = "AFTER"


class AttachmentState(StrEnum):
    WAITING = "WAITING"
    READY = "READY"
    REFUSED = "REFUSED"


class BlurState(StrEnum):
    NONE = "NONE"
    WAITING = "WAITING"
    SUGGESTED = "SUGGESTED"
    APPROVED = "APPROVED"
    WITHHELD = "WITHHELD"


class OfficeTime(StrEnum):
    ANY = "ANY"
    OFFICE = "OFFICE"
    OUTSIDE = "OUTSIDE"


class BodyKind(StrEnum):
    POWER = "POWER"
    WATER = "WATER"
    TELECOM = "TELECOM"
    OTHER = "OTHER"


class Verdict(StrEnum):
    GOOD = "GOOD"
    BAD = "BAD"


class Direction(StrEnum):
    OUT = "OUT"
    IN = "IN"


class LinkState(StrEnum):
    WAITING = "WAITING"
    SENDING = "SENDING"
    SENT = "SENT"
    FAILED = "FAILED"
    CLOSED = "CLOSED"
