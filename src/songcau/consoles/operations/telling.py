"""The centre's totals as entities of the live city, one of the city and one of each ward.

So they have a history, a rule can watch them, and a feed to the province takes them along like any reading. What is
counted is what the wall and the colours of the map count. Alerts are left out: a rule may not fire on what it raised.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from songcau.consoles.operations.doors import directives, incidents
from songcau.consoles.operations.live.things import CITY_TOTALS, WARD_TOTALS
from songcau.foundation.accounts.context_grants import city_context
from songcau.foundation.calendar.queries import local
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level
from songcau.kernel.actor import SYSTEM
from songcau.systems.citizen_reports.public import WardTotals, report_totals, ward_totals

# What has not changed is said again as often, so that whoever reads it knows that somebody still counts.
AGAIN = timedelta(minutes=10)
_NONE = WardTotals(still_open=0, late=0, today=0)


def tell_totals(now: datetime) -> int:
    """Say what is new or was said too long ago; how many were said. Raises ContextUnavailable."""
    with city_context() as context:
        said = {one["id"]: one for one in context.query(type=f"{CITY_TOTALS},{WARD_TOTALS}")}
        fresh = [one for one in _entities(now) if not _stands(said.get(one["id"]), one, now)]
        context.upsert(fresh, replace=True)
    return len(fresh)


def _entities(now: datetime) -> Iterator[dict[str, Any]]:
    totals = report_totals(SYSTEM, now)
    underway, _lines = incidents.open_incidents(SYSTEM, 0)
    asked = directives.figures(SYSTEM)
    city = {
        "reportsOpen": totals.still_open,
        "reportsLate": totals.late,
        "reportsUrgent": totals.urgent,
        "reportsToday": totals.today,
        "incidentsUnderway": underway,
        "directivesAtWork": asked["AT_WORK"].value,
        "directivesLate": asked["LATE"].value,
    }
    yield _entity(f"urn:ngsi-ld:{CITY_TOTALS}:city", CITY_TOTALS, settings.SONGCAU.city_name, city, now)
    by_ward = ward_totals(now)
    for unit in units(Level.WARD, local(now).date()):
        found = by_ward.get(unit.code, _NONE)
        counted = {"reportsOpen": found.still_open, "reportsLate": found.late, "reportsToday": found.today}
        entity = _entity(f"urn:ngsi-ld:{WARD_TOTALS}:{unit.code}", WARD_TOTALS, unit.name, counted, now)
        yield entity | {"scope": f"/wards/W{unit.code}"}


def _entity(entity_id: str, kind: str, name: str, counted: Mapping[str, int], now: datetime) -> dict[str, Any]:
    at = now.isoformat()
    entity: dict[str, Any] = {"id": entity_id, "type": kind, "name": {"type": "Property", "value": name}}
    entity["isDemonstration"] = {"type": "Property", "value": settings.SONGCAU.demo}
    return entity | {
        # C62: the unit of what is counted (UN/CEFACT Recommendation 20).
        attribute: {"type": "Property", "value": value, "unitCode": "C62", "observedAt": at}
        for attribute, value in counted.items()
    }


def _stands(said: Mapping[str, Any] | None, new: Mapping[str, Any], now: datetime) -> bool:
    """Whether the same was said lately."""
    if said is None:
        return False
    for name, attribute in new.items():
        if isinstance(attribute, Mapping):
            before = said.get(name, {})
            if before.get("value") != attribute["value"]:
                return False
            if "observedAt" in attribute and now - datetime.fromisoformat(before["observedAt"]) >= AGAIN:
                return False
    return True
