"""What each system says of several months: its figures of the whole and of each ward."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeVar
from uuid import UUID

from songcau.consoles.operations.doors import directives, incidents
from songcau.consoles.operations.prints.late import VIEW_REPORTS
from songcau.consoles.operations.prints.spans import Days
from songcau.consoles.operations.prints.wards import Wards
from songcau.kernel.actor import Actor
from songcau.systems.citizen_reports import public as reports
from songcau.systems.directives import public as directives_door
from songcau.systems.incidents import public as incidents_door
from songcau.systems.incidents.public import AlertKind, AlertsInSpan, AlertsOfMonth, IncidentsInSpan

Key = TypeVar("Key")
# One for each month; None: there was nothing that could be measured, as the share of none.
Values = tuple[float | None, ...]


class Part(StrEnum):
    REPORTS = "REPORTS"
    ALERTS = "ALERTS"
    INCIDENTS = "INCIDENTS"
    DIRECTIVES = "DIRECTIVES"


@dataclass(frozen=True, slots=True)
class Found:
    """`since`: from when the part is known; None: it was never used. `figures` by their code; `wards` by the code of
    the figure and that of the ward (empty: in none, or not known); a ward that is missing there had nothing.
    """

    part: Part
    since: datetime | None
    is_whole: bool
    figures: Mapping[str, Values]
    wards: Mapping[str, Mapping[str, Values]]


@dataclass(frozen=True, slots=True)
class Kinds:
    """Alerts by kind, incidents by level: those opened, those closed."""

    alerts: Mapping[AlertKind, tuple[AlertsOfMonth, ...]]
    levels: Mapping[str, tuple[Values, Values]]


def of_reports(by: Actor, months: Sequence[Days]) -> Iterator[Found]:
    """Nothing for who may not see reports."""
    if not by.may(VIEW_REPORTS):
        return
    found = reports.reports_in_spans(by, [month.span() for month in months])
    whole = [one.whole for one in found]
    none = reports.ReportsOfMonth()
    by_ward = {ward: [one.by_ward.get(ward, none) for one in found] for ward in _all(one.by_ward for one in found)}
    yield Found(
        Part.REPORTS,
        reports.reports_since(),
        reports.sees_every_report(by),
        {
            "received": tuple(one.received for one in whole),
            "resolved": tuple(one.resolved for one in whole),
            "resolved_in_time": tuple(one.in_time for one in whole),
            "reports_percent": tuple(one.in_time_percent for one in whole),
            "median_days": tuple(one.median_days for one in whole),
        },
        {
            "received": {ward: tuple(one.received for one in some) for ward, some in by_ward.items()},
            "reports_percent": {ward: tuple(one.in_time_percent for one in some) for ward, some in by_ward.items()},
        },
    )


def of_incidents(by: Actor, months: Sequence[Days], now: datetime) -> tuple[list[Found], Kinds]:
    """Alerts and incidents; nothing for who may not see them."""
    if not incidents.sees(by):
        return [], Kinds({}, {})
    spans = [month.span() for month in months]
    raised, opened = incidents_door.alerts_in_spans(by, spans, now), incidents_door.incidents_in_spans(by, spans)
    is_whole = incidents_door.wards_seen(by) is None
    return [_alerts(raised, is_whole), _incidents(opened, is_whole)], Kinds(_kinds(raised), _levels(opened))


def _alerts(found: Sequence[AlertsInSpan], is_whole: bool) -> Found:
    whole = [one.whole for one in found]
    wards = _all(one.by_ward for one in found)
    return Found(
        Part.ALERTS,
        incidents_door.alerts_since(),
        is_whole,
        {
            "raised": tuple(one.raised for one in whole),
            "acknowledged_in_time": tuple(one.in_time for one in whole),
            "alerts_percent": tuple(one.in_time_percent for one in whole),
            "escalated": tuple(one.escalated for one in whole),
            "alerts_closed": tuple(one.closed for one in whole),
        },
        {"raised": {ward: tuple(_of(one.by_ward, ward).raised for one in found) for ward in wards}},
    )


def _of(counts: Mapping[Key, AlertsOfMonth], key: Key) -> AlertsOfMonth:
    return counts.get(key) or AlertsOfMonth()


def _kinds(found: Sequence[AlertsInSpan]) -> Mapping[AlertKind, tuple[AlertsOfMonth, ...]]:
    """The most frequent first."""
    kinds = {kind: tuple(_of(one.by_kind, kind) for one in found) for kind in _all(one.by_kind for one in found)}
    return dict(sorted(kinds.items(), key=lambda row: (-sum(one.raised for one in row[1]), row[0].name_vi)))


def _incidents(found: Sequence[IncidentsInSpan], is_whole: bool) -> Found:
    wards = _all(one.opened_by_ward for one in found)
    return Found(
        Part.INCIDENTS,
        incidents_door.incidents_since(),
        is_whole,
        {
            "opened": tuple(sum(one.opened.values()) for one in found),
            "incidents_closed": tuple(sum(one.closed.values()) for one in found),
        },
        {"opened": {ward: tuple(one.opened_by_ward.get(ward, 0) for one in found) for ward in wards}},
    )


def _levels(found: Sequence[IncidentsInSpan]) -> Mapping[str, tuple[Values, Values]]:
    return {
        str(level): (
            tuple(one.opened.get(level, 0) for one in found),
            tuple(one.closed.get(level, 0) for one in found),
        )
        for level in incidents_door.Level
    }


def of_directives(by: Actor, months: Sequence[Days], now: datetime, wards: Wards) -> Iterator[Found]:
    """Nothing for who may not see directives. A directive belongs to the ward of its leading agency."""
    if not directives.sees(by):
        return
    found = directives_door.directives_in_months(by, [month.first for month in months], now)
    whole = [one.whole for one in found]
    given: list[Mapping[str, int]] = [_by_ward(one.given_by_lead, wards) for one in found]
    yield Found(
        Part.DIRECTIVES,
        directives_door.directives_since(),
        directives_door.sees_every_directive(by),
        {
            "given": tuple(one.given for one in whole),
            "fell_due": tuple(one.due.due for one in whole),
            "done_in_time": tuple(one.due.in_time for one in whole),
            "done_late": tuple(one.due.late for one in whole),
            "late_still": tuple(one.due.still_late for one in whole),
            "directives_percent": tuple(one.due.in_time_percent for one in whole),
            "extended": tuple(one.extended for one in whole),
        },
        {"given": {ward: tuple(one.get(ward, 0) for one in given) for ward in _all(given)}},
    )


def _by_ward(by_lead: Mapping[UUID, int], wards: Wards) -> Mapping[str, int]:
    found: dict[str, int] = defaultdict(int)
    for agency_id, many in by_lead.items():
        found[wards.of_agency(agency_id)] += many
    return found


def _all(some: Iterable[Mapping[Key, object]]) -> list[Key]:
    """Every key of several mappings, each once, in the order met."""
    return list(dict.fromkeys(key for one in some for key in one))
