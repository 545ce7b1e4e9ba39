"""A change of the calendar before it is made: whether it may be, and which promised dates it would put in question.

The actions make what was planned; a page shows it first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from songcau.foundation.accounts.actions.people import AgencyIsClosed
from songcau.foundation.accounts.models import Agency
from songcau.foundation.calendar import layers
from songcau.foundation.calendar.assessing import differing
from songcau.foundation.calendar.models import Closure, Dated, Decree, OfficeHours
from songcau.foundation.calendar.national import DECREED_UNTIL, national_holidays
from songcau.foundation.calendar.permissions import require_change
from songcau.foundation.calendar.queries import Stored, default_week, oldest_needed, stored
from songcau.foundation.calendar.rules import DAY_MINUTES, Calendar, ChangeKind, Week, Window
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal

_WITHDRAWN: dict[ChangeKind, type[OfficeHours | Decree | Closure]] = {
    ChangeKind.HOURS_WITHDRAWN: OfficeHours,
    ChangeKind.DECREE_WITHDRAWN: Decree,
    ChangeKind.AGENCY_REOPENED: Closure,
}


class CalendarRowUnknown(Refused):
    """There is no such thing, or it was withdrawn meanwhile."""

    code = "CALENDAR_ROW_UNKNOWN"
    conflict = True


@dataclass(frozen=True, slots=True)
class Plan:
    """What would be set, or withdrawn; where; which days it concerns; the rows as they would be after it."""

    kind: ChangeKind
    row: Dated
    agency: Agency | None
    first_on: date
    last_on: date | None
    document: str
    reason: str
    after: Stored

    def promises_in_question(self) -> int:
        """How many promised dates the calendar would give otherwise."""
        return sum(1 for _promise, _found in differing(self.after, self.agency, self.first_on, self.last_on))


def plan_hours(
    *,
    by: Actor,
    agency_id: UUID,
    valid_from: date,
    valid_to: date | None,
    days: Sequence[Sequence[Window]],
    decreed: Sequence[Window],
) -> Plan:
    """Hours of an agency; they reach all under it that have none.

    Raises what `layers.require_hours` and `Week.of` raise, MayNotChangeCalendar, AgencyIsClosed.
    """
    agency = _open_agency(agency_id)
    require_change(by, agency)
    rows, week = stored(since=oldest_needed(valid_from)), Week.of(days, decreed)
    new = layers.Hours(valid_from, valid_to, week)
    layers.require_hours(new, (row.as_hours() for row in rows.hours if row.agency_id == agency.id))
    row = OfficeHours(agency=agency, valid_from=valid_from, valid_to=valid_to, days=week.days, decreed=week.decreed)
    return Plan(ChangeKind.HOURS_SET, row, agency, valid_from, valid_to, "", "", rows.with_row(row))


def plan_decree(
    *,
    by: Actor,
    agency_id: UUID | None,
    document: str,
    document_on: date,
    reason: str,
    reason_en: str = "",
    off: Sequence[date] = (),
    worked: Sequence[date] = (),
    settles_year: int | None = None,
) -> Plan:
    """Days made off or worked by a document: a holiday, a swap.

    Raises what `layers.require_decree` raises, DocumentMissing, ReasonMissing, MayNotChangeCalendar, AgencyIsClosed.
    """
    agency = _open_agency(agency_id) if agency_id else None
    require_change(by, agency)
    document, reason = normal(document), normal(reason)
    rows = stored(since=oldest_needed(min((*off, *worked, date.max))))
    layers.require_document(document)
    layers.require_reason(reason)
    layers.require_known(document_on)
    own = [decree for decree in rows.decrees if decree.agency_id == agency_id]
    taken = [override for decree in own for override in decree.overrides()]
    layers.require_decree(off, worked, taken, _beneath(rows, agency, own))
    row = Decree(
        agency=agency,
        document=document,
        document_on=document_on,
        reason=reason,
        reason_en=normal(reason_en)[: layers.LONGEST_REASON],
        off=[day.isoformat() for day in sorted(set(off))],
        worked=[day.isoformat() for day in sorted(set(worked))],
        first_on=min(*off, *worked, date.max),
        last_on=max(*off, *worked, date.min),
        settles_year=None if agency else settles_year,
    )
    after = rows.with_row(row)
    return Plan(ChangeKind.DECREE_RECORDED, row, agency, row.first_on, row.last_on, document, reason, after)


def plan_closure(
    *,
    by: Actor,
    agency_id: UUID,
    first_on: date,
    last_on: date,
    reason: str,
    document: str = "",
    from_minute: int = 0,
    to_minute: int = DAY_MINUTES,
    below: bool = False,
) -> Plan:
    """An agency is closed for a while, as in a storm.

    Raises what `layers.require_closure` raises, ReasonMissing, DocumentMissing (too long), CalendarWithoutWork,
    MayNotChangeCalendar, AgencyIsClosed.
    """
    agency = _open_agency(agency_id)
    require_change(by, agency)
    reason, document, rows = normal(reason), normal(document), stored(since=oldest_needed(first_on))
    layers.require_reason(reason)
    layers.require_document(document, may_lack=True)
    if to_minute == 0 and last_on > first_on:
        last_on, to_minute = last_on - layers.ONE_DAY, DAY_MINUTES
    row = Closure(
        agency=agency,
        first_on=first_on,
        from_minute=from_minute,
        last_on=last_on,
        to_minute=to_minute,
        reason=reason,
        document=document,
        below=below,
    )
    layers.require_closure(row.as_shut(), (one.as_shut() for one in rows.closures if one.agency_id == agency.id))
    after = rows.with_row(row)
    layers.require_work(after.layers.calendar(after.chain(agency.path)), first_on)
    return Plan(ChangeKind.AGENCY_CLOSED, row, agency, first_on, last_on, document, reason, after)


def plan_withdrawal(*, by: Actor, kind: ChangeKind, row_id: UUID, reason: str) -> Plan:
    """Hours, a decree or a closure hold no longer. Raises CalendarRowUnknown, ReasonMissing, MayNotChangeCalendar."""
    row: Any = _WITHDRAWN[kind].objects.filter(pk=row_id, until=None).select_related("agency").first()
    if row is None:
        raise CalendarRowUnknown
    agency: Agency | None = row.agency
    require_change(by, agency)
    reason = normal(reason)
    layers.require_reason(reason)
    hours = isinstance(row, OfficeHours)
    first, last = (row.valid_from, row.valid_to) if hours else (row.first_on, row.last_on)
    document: str = getattr(row, "document", "")
    rows = stored(since=oldest_needed(first))
    return Plan(kind, row, agency, first, last, document, reason, rows.without(row))


def _beneath(rows: Stored, agency: Agency | None, own: Sequence[Decree]) -> Calendar:
    """The calendar that the decrees of a place lie upon. What comes with songcau may be decreed anew, by number."""
    if agency is None:
        return Calendar(national_holidays, DECREED_UNTIL, default_week())
    for decree in own:
        rows = rows.without(decree)
    return rows.layers.calendar(rows.chain(agency.path))


def _open_agency(agency_id: UUID) -> Agency:
    agency: Agency = Agency.objects.get(pk=agency_id)
    if agency.closed_on is not None:
        raise AgencyIsClosed(name=agency.name)
    return agency
