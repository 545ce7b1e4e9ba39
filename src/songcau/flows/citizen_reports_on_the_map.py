"""What is known of a citizen's report stands on the live map: its kind, its state, its place; never a person."""

from typing import Any

from songcau.foundation.accounts.context_grants import city_context
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.systems.citizen_reports.public import (
    OnTheMap,
    ReportChanged,
    ReportPublished,
    ReportStepTaken,
    ReportSubmitted,
    ReportWithheld,
    on_the_map,
)

Told = ReportSubmitted | ReportStepTaken | ReportChanged | ReportPublished | ReportWithheld


def show(event: Told, _facts: DeliveryFacts) -> None:
    """As it is now, whichever event tells of it: late or twice does no harm."""
    code, found = on_the_map(event.report_id)
    entity_id = f"urn:ngsi-ld:CitizenReport:{code}"
    with city_context() as context:
        if found is None:
            context.delete([entity_id])
        else:
            context.upsert([_entity(entity_id, found)], replace=True)


def _entity(entity_id: str, found: OnTheMap) -> dict[str, Any]:
    at = found.changed_at.isoformat()
    values = {
        "category": found.category,
        "state": found.state,
        "isOpen": found.is_open,
        "isUrgent": found.is_urgent,
        "isDemonstration": found.is_demo,
        "handledBy": found.agency,
        "description": found.text,
        "reportedAt": found.received_at.isoformat(),
        "dueAt": found.due_at.isoformat() if found.due_at else "",
    }
    entity: dict[str, Any] = {"id": entity_id, "type": "CitizenReport"}
    entity |= {name: {"type": "Property", "value": v, "observedAt": at} for name, v in values.items() if v != ""}
    names = {"vi": found.category_name, "en": found.category_name_en}
    entity["categoryName"] = {"type": "LanguageProperty", "languageMap": names}
    if found.ward_code:
        entity["scope"] = f"/wards/W{found.ward_code}"
    if found.longitude is not None:
        point = {"type": "Point", "coordinates": [found.longitude, found.latitude]}
        entity["location"] = {"type": "GeoProperty", "value": point}
    return entity


REACTIONS = {
    event: Reaction(event, show, f"flows.citizen_reports_on_the_map.{event.__name__}", outside=True)
    for event in (ReportSubmitted, ReportStepTaken, ReportChanged, ReportPublished, ReportWithheld)
}
