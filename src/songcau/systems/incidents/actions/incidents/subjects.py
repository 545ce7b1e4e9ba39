"""The entities that open incidents are about: the live city is asked whether it still knows them, and how they are
called. What is deleted there keeps its last name here.
"""

from collections.abc import Mapping
from typing import Any

from songcau.foundation.accounts.context_grants import city_context
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.incidents.working import note_missing_subjects
from songcau.systems.incidents.models import IncidentSubject
from songcau.systems.incidents.permissions import require_songcau
from songcau.systems.incidents.rules.receiving import entity_name


def look_after_subjects(*, by: Actor) -> int:
    """How many entities were asked after. Raises NotYours, ContextUnavailable."""
    require_songcau(by)
    rows = IncidentSubject.objects.filter(incident__is_underway=True).order_by("incident", "pk")
    by_incident: dict[Any, list[str]] = {}
    for incident_id, entity_id in rows.values_list("incident_id", "entity_id"):
        by_incident.setdefault(incident_id, []).append(entity_id)
    if not by_incident:
        return 0
    with city_context() as context:
        known: dict[str, Mapping[str, Any] | None] = {
            one: context.get(one, simplified=True) for ids in by_incident.values() for one in ids
        }
    for incident_id, ids in by_incident.items():
        names = {one: None if (found := known[one]) is None else entity_name(found) for one in ids}
        note_missing_subjects(by=by, incident_id=incident_id, known=names)
    return len(known)
