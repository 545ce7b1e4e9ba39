"""Who may change the calendar of the country or of an agency, and who may move a date that was promised."""

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar.models import DECIDE
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.errors import NotAllowed

MANAGE = "calendar.manage_calendar"
MANAGE_HOURS = "calendar.manage_agency_hours"


class MayNotChangeCalendar(NotAllowed):
    """For the country one right is needed, for an agency another, held there."""

    code = "MAY_NOT_CHANGE_CALENDAR"


class MayNotDecideDates(NotAllowed):
    """The right is not held in the agency that promised."""

    code = "MAY_NOT_DECIDE_DATES"


def may_change(by: Actor, agency: Agency | None) -> bool:
    """Decrees of the country (None); hours, decrees and closures of an agency."""
    if agency is None:
        return by.may(MANAGE, within=EVERYWHERE)
    return by.may(MANAGE_HOURS, within=agency.path)


def may_decide(by: Actor, agency: Agency) -> bool:
    return by.may(DECIDE, within=agency.path)


def require_change(by: Actor, agency: Agency | None) -> None:
    """Raises MayNotChangeCalendar."""
    if not may_change(by, agency):
        raise MayNotChangeCalendar


def require_decide(by: Actor, agency: Agency) -> None:
    """Raises MayNotDecideDates."""
    if not may_decide(by, agency):
        raise MayNotDecideDates
