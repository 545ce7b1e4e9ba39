"""An incident stands on the live map with its area while somebody works on it. Alerts are never published: a rule may
not fire on what it raised itself.
"""

from typing import Any

from songcau.foundation.accounts.context_grants import city_context
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.systems.incidents.public import IncidentChanged, IncidentOpened, OnTheMap, on_the_map


def show(event: IncidentOpened | IncidentChanged, _facts: DeliveryFacts) -> None:
    """As it is now, whichever event tells of it: late or twice does no harm."""
    found = on_the_map(event.incident_id)
    with city_context() as context:
        context.upsert([_entity(f"urn:ngsi-ld:Incident:{found.number}", found)], replace=True)


def _entity(entity_id: str, found: OnTheMap) -> dict[str, Any]:
    at = found.changed_at.isoformat()
    values = {
        "name": found.title,
        "category": found.kind,
        "severity": found.level,
        "state": found.state,
        "isOpen": found.is_underway,
        "isDemonstration": found.is_demo,
        "handledBy": found.lead,
        "beganAt": found.began_at.isoformat(),
    }
    entity: dict[str, Any] = {"id": entity_id, "type": "Incident"}
    entity |= {name: {"type": "Property", "value": v, "observedAt": at} for name, v in values.items() if v != ""}
    if found.ward_codes:
        entity["scope"] = [f"/wards/W{code}" for code in found.ward_codes]
    if found.longitude is not None:
        point = {"type": "Point", "coordinates": [found.longitude, found.latitude]}
        entity["location"] = {"type": "GeoProperty", "value": point}
    if found.area is not None:
        entity["affectedArea"] = {"type": "GeoProperty", "value": dict(found.area)}
    return entity


REACTIONS = {
    event: Reaction(event, show, f"flows.incidents_on_the_map.{event.__name__}", outside=True)
    for event in (IncidentOpened, IncidentChanged)
}
