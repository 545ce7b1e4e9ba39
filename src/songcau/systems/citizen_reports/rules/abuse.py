"""What keeps false reports away: a pace, warnings, a block for some days, and an appeal against it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from songcau.kernel.errors import Refused
from songcau.kernel.text import plain
from songcau.systems.citizen_reports.rules.steps import letters

# In a minute, in an hour, in a day. Choices of this project: a family that walks through its street reports ten things.
KNOWN_PACE = (5, 30, 60)
UNKNOWN_PACE = (3, 10, 20)
# From one address in a minute and in an hour: a mobile company's customers share one.
ADDRESS_PACE = (30, 240)
WARNINGS_BEFORE_BLOCK = 2
FIRST_BLOCK = timedelta(days=7)
LATER_BLOCK = timedelta(days=30)
APPEAL_LIMIT = 2000
SHORTEST_APPEAL = 20


class ReportsTooFast(Refused):
    """More than `most` within the time; try again in `minutes` minutes at the latest."""

    code = "REPORTS_TOO_FAST"


class ReportingBlocked(Refused):
    """Until `until`, after false reports; there is an appeal."""

    code = "REPORTING_BLOCKED"


class AppealTextMissing(Refused):
    code = "APPEAL_TEXT_MISSING"


class NothingToAppeal(Refused):
    """There is no warning and no block."""

    code = "NOTHING_TO_APPEAL"


class AppealOpenAlready(Refused):
    code = "APPEAL_OPEN_ALREADY"
    conflict = True


@dataclass(frozen=True, slots=True)
class Sanction:
    """How somebody stands after one more false report. `blocked_until` None: only warned."""

    warnings: int
    blocked_until: datetime | None


def require_pace(last_minute: int, last_hour: int, last_day: int, *, known: bool) -> None:
    """The counts are without the report that is about to come; `known`: sent from an account. Raises ReportsTooFast."""
    pace = KNOWN_PACE if known else UNKNOWN_PACE
    for count, most, minutes in zip((last_minute, last_hour, last_day), pace, (1, 60, 24 * 60), strict=True):
        if count >= most:
            raise ReportsTooFast(most=most, minutes=minutes)


def require_address_pace(in_minute: int, in_hour: int) -> None:
    """The counts are with the report that comes. Raises ReportsTooFast."""
    for count, most, minutes in zip((in_minute, in_hour), ADDRESS_PACE, (1, 60), strict=True):
        if count > most:
            raise ReportsTooFast(most=most, minutes=minutes)


def standing_after(warnings: int, now: datetime) -> Sanction:
    """After one more, `warnings` before it: two warnings, then a block of 7 days, then of 30 each time."""
    if warnings < WARNINGS_BEFORE_BLOCK:
        return Sanction(warnings + 1, None)
    block = FIRST_BLOCK if warnings == WARNINGS_BEFORE_BLOCK else LATER_BLOCK
    return Sanction(warnings + 1, now + block)


def require_not_blocked(blocked_until: datetime | None, now: datetime) -> None:
    """Raises ReportingBlocked. Somebody in danger still has the telephone: the words say so."""
    if blocked_until is not None and now < blocked_until:
        raise ReportingBlocked(until=blocked_until)


def require_appeal(text: str, *, warnings: int, is_open: bool) -> str:
    """Raises NothingToAppeal, AppealOpenAlready, AppealTextMissing."""
    if warnings == 0:
        raise NothingToAppeal()
    if is_open:
        raise AppealOpenAlready()
    said = plain(text).strip()
    if letters(said) < SHORTEST_APPEAL or len(said) > APPEAL_LIMIT:
        raise AppealTextMissing(least=SHORTEST_APPEAL, limit=APPEAL_LIMIT)
    return said
