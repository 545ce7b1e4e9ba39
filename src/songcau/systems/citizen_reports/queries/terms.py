"""When the centre must have looked at a report. Many come in at once: the calendar is kept until it is changed."""

from datetime import date, datetime

from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar import queries as calendar
from songcau.foundation.calendar.deadlines import Method, Term, end
from songcau.foundation.calendar.rules import Calendar

_kept: dict[tuple[int, date, str], Calendar] = {}


def centre() -> Agency | None:
    """The operations centre of the city, whose desk reports come to first."""
    found: Agency | None = (
        Agency.objects.still_open().filter(kind=Agency.Kind.OPERATIONS_CENTRE).order_by("path").first()
    )
    return found


def verify_due_at(received_at: datetime, working_hours: float, at: Agency | None) -> datetime:
    """When so many working hours of the centre are over. Raises the refusals of `calendar.deadlines`."""
    local = calendar.local(received_at)
    key = (calendar.latest_change(), local.date(), at.path if at else "")
    if (kept := _kept.get(key)) is None:
        _kept.clear()
        kept = _kept[key] = calendar.calendar_of(at, since=local.date())
    return calendar.instant(end(kept, local, Term(Method.HOURS, working_hours)))


def is_office_time(moment: datetime, at: Agency | None) -> bool:
    """Whether the offices of an agency work at that instant."""
    local = calendar.local(moment)
    minute = local.hour * 60 + local.minute
    windows = calendar.calendar_of(at, since=local.date()).day(local.date()).windows
    return any(begin <= minute < end for begin, end in windows)
