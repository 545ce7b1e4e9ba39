"""The door of incidents: the few functions and events that flows, consoles and gateways may use.

A count and the list behind it come from the same condition: `open_alert_counts` and `alerts_page_address`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from django.urls import reverse

from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions import notices as notices
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert, close_alert
from songcau.systems.incidents.actions.alerts.receiving import receive_findings
from songcau.systems.incidents.actions.alerts.record import SUBJECT as ALERT_SUBJECT
from songcau.systems.incidents.actions.bulletins import draft_bulletin, publish_bulletin
from songcau.systems.incidents.actions.incidents.opening import Said, open_incident
from songcau.systems.incidents.actions.incidents.record import SUBJECT as INCIDENT_SUBJECT
from songcau.systems.incidents.actions.shifts import SUBJECT as SHIFT_SUBJECT
from songcau.systems.incidents.actions.walls import remove_wall, save_wall
from songcau.systems.incidents.events import (
    AlertAcknowledged,
    AlertCalled,
    AlertClosed,
    AlertEscalated,
    AlertRaised,
    AlertRuleChanged,
    BulletinPublished,
    BulletinWithdrawn,
    IncidentChanged,
    IncidentClosed,
    IncidentFileAdded,
    IncidentOpened,
    MaintenanceSet,
    PlaybookChanged,
    RosterChanged,
    ShiftHandedOver,
    ShiftStarted,
    WallChanged,
)
from songcau.systems.incidents.models import Incident, Shift
from songcau.systems.incidents.permissions import may_operate, require_view
from songcau.systems.incidents.queries import alerts, incidents
from songcau.systems.incidents.queries.alerts import AlertFacts
from songcau.systems.incidents.queries.alerts import concerned_by as concerned_by_alert
from songcau.systems.incidents.queries.alerts import facts_of as alert_facts
from songcau.systems.incidents.queries.bulletins import PublicBulletin
from songcau.systems.incidents.queries.bulletins import in_force as bulletins_in_force
from songcau.systems.incidents.queries.bulletins import published as published_bulletin
from songcau.systems.incidents.queries.incidents import OnTheMap, ThenUnderway, on_the_map, underway_between
from songcau.systems.incidents.queries.incidents import concerned_by as concerned_by_incident
from songcau.systems.incidents.queries.incidents import facts_of as incident_facts
from songcau.systems.incidents.queries.periods import (
    AlertKind,
    AlertsInSpan,
    AlertsOfMonth,
    IncidentsInSpan,
    LateAlert,
    LateStep,
    Missed,
    alerts_in_spans,
    alerts_since,
    incidents_in_spans,
    incidents_since,
    late_alerts_between,
    late_steps_between,
    wards_seen,
)
from songcau.systems.incidents.queries.shifts import ShiftNow, last_signed, shift_now
from songcau.systems.incidents.queries.walls import SavedWall, saved_wall, saved_walls
from songcau.systems.incidents.rules.alerts import Rung
from songcau.systems.incidents.rules.alerts import State as AlertState
from songcau.systems.incidents.rules.levels import Level

__all__ = [
    "ALERT_SUBJECT",
    "INCIDENT_SUBJECT",
    "SHIFT_SUBJECT",
    "AlertAcknowledged",
    "AlertCalled",
    "AlertClosed",
    "AlertEscalated",
    "AlertFacts",
    "AlertKind",
    "AlertRaised",
    "AlertRuleChanged",
    "AlertState",
    "AlertsInSpan",
    "AlertsOfMonth",
    "BulletinPublished",
    "BulletinWithdrawn",
    "IncidentChanged",
    "IncidentClosed",
    "IncidentFileAdded",
    "IncidentLine",
    "IncidentOpened",
    "IncidentsInSpan",
    "LateAlert",
    "LateStep",
    "Level",
    "MaintenanceSet",
    "Missed",
    "OnTheMap",
    "PlaybookChanged",
    "PublicBulletin",
    "RosterChanged",
    "Rung",
    "Said",
    "SavedWall",
    "ShiftHandedOver",
    "ShiftNow",
    "ShiftStarted",
    "ThenUnderway",
    "WallChanged",
    "acknowledge_alert",
    "alert_address",
    "alert_facts",
    "alerts_in_spans",
    "alerts_page_address",
    "alerts_since",
    "bulletins_in_force",
    "close_alert",
    "concerned_by_alert",
    "concerned_by_incident",
    "draft_bulletin",
    "incident_address",
    "incident_facts",
    "incidents_in_spans",
    "incidents_page_address",
    "incidents_since",
    "last_signed_sheet_address",
    "late_alerts_between",
    "late_steps_between",
    "lead_of_shift",
    "may_operate",
    "newest_alerts",
    "notices",
    "on_the_map",
    "open_alert_counts",
    "open_incident",
    "open_incidents",
    "open_incidents_count",
    "publish_bulletin",
    "published_bulletin",
    "receive_findings",
    "remove_wall",
    "save_wall",
    "saved_wall",
    "saved_walls",
    "shift_now",
    "shift_page_address",
    "totals_by_ward",
    "unacknowledged_count",
    "underway_between",
    "wards_seen",
]


@dataclass(frozen=True, slots=True)
class IncidentLine:
    """An incident that somebody works on, as a line."""

    id: UUID
    number: int
    title: str
    level: str
    state: str
    wards: tuple[str, ...]
    began_at: datetime
    is_demo: bool


def open_alert_counts(by: Actor) -> dict[str, int]:
    """Open lines of the queue by level, of those that the actor may see. Raises NotYours."""
    require_view(by)
    return alerts.open_counts(alerts.lines_of(by))


def unacknowledged_count(by: Actor) -> int:
    """Raises NotYours."""
    require_view(by)
    return alerts.unacknowledged(alerts.lines_of(by), clock.now())


def newest_alerts(by: Actor, most: int) -> list[AlertFacts]:
    """The queue as it stands: the most serious first, of those what nobody took, the newest first. Raises NotYours."""
    require_view(by)
    rows = alerts.lines_of(by).filter(is_open=True)
    return [alerts.as_facts(one) for one in rows.order_by("level_rank", "state_rank", "-raised_at", "pk")[:most]]


def alerts_page_address(filters: Mapping[str, str] | None = None) -> str:
    """The list behind a count. `filters` as the list names them: level, standing, ward, unit, rule."""
    return _with_query(reverse("incidents:alerts"), filters)


def alert_address(alert_id: UUID) -> str:
    return reverse("incidents:alert", args=[alert_id])


def open_incidents(by: Actor, most: int = 50) -> list[IncidentLine]:
    """Those that somebody works on, the most serious first. Raises NotYours."""
    require_view(by)
    rows = incidents.incidents_of(by).underway().order_by("level_rank", "-number")
    return [_line(one) for one in rows[:most]]


def open_incidents_count(by: Actor) -> int:
    """Raises NotYours."""
    require_view(by)
    return incidents.incidents_of(by).underway().count()


def incidents_page_address(filters: Mapping[str, str] | None = None) -> str:
    """The list behind `open_incidents_count` with `{"standing": "UNDERWAY"}`."""
    return _with_query(reverse("incidents:incidents"), filters)


def incident_address(incident_id: UUID) -> str:
    return reverse("incidents:incident", args=[incident_id])


def totals_by_ward(by: Actor) -> list[tuple[str, str, int, int]]:
    """Ward code, name, open lines, late ones: of all wards, without a detail. Raises NotYours."""
    require_view(by)
    return alerts.totals_by_ward(clock.now())


def lead_of_shift(shift_id: UUID) -> UUID:
    """Who led a shift; for `notify` alone."""
    found: UUID = Shift.objects.values_list("lead_id", flat=True).get(pk=shift_id)
    return found


def shift_page_address() -> str:
    """For who may operate."""
    return reverse("incidents:shift")


def last_signed_sheet_address() -> str:
    """The hand-over sheet that was signed last, for who may operate; empty: none was yet."""
    found = last_signed()
    return reverse("incidents:shift_sheet", args=[found.pk]) if found else ""


def _line(one: Incident) -> IncidentLine:
    wards = tuple(ward.ward_name for ward in one.wards.all())
    return IncidentLine(one.pk, one.number, one.title, str(one.level), str(one.state), wards, one.began_at, one.is_demo)


def _with_query(path: str, filters: Mapping[str, str] | None) -> str:
    query = urlencode({name: value for name, value in (filters or {}).items() if value})
    return f"{path}?{query}" if query else path
