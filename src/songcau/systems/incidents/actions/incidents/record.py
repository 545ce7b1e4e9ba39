"""What every action of incidents does alike: lock the row, take a step, write a line, audit, announce."""

from datetime import datetime
from uuid import UUID

from songcau.foundation.accounts.models import Person
from songcau.foundation.accounts.rules import ChangedBy, ChangedMeanwhile
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.events import IncidentChanged
from songcau.systems.incidents.models import Incident, IncidentEntry
from songcau.systems.incidents.permissions import may_view_incident
from songcau.systems.incidents.rules.incidents import WORKFLOW, EntryKind

SUBJECT = "incidents.incident"
LABEL_LIMIT = 200


class IncidentUnknown(Refused):
    """There is no such incident, or none that this person may know of."""

    code = "INCIDENT_UNKNOWN"


def about(incident_id: UUID) -> str:
    """The subject of its audit entries and events."""
    return f"{SUBJECT}:{incident_id}"


def locked(by: Actor, incident_id: UUID, version: int | None = None) -> Incident:
    """The row, held until the commit. `version`: the one the form was opened at.

    Raises IncidentUnknown, ChangedMeanwhile.
    """
    rows = Incident.objects.select_for_update(of=("self",)).select_related("lead_agency")
    incident: Incident | None = rows.filter(pk=incident_id).first()
    if incident is None or not may_view_incident(by, incident):
        raise IncidentUnknown
    if version is not None:
        _require_unchanged(incident, version)
    return incident


# What raises the version; `open` so that there is always one.
_SAVING = ("open", "change", *(one.name for one in WORKFLOW.transitions))


def _require_unchanged(incident: Incident, version: int) -> None:
    """The timeline knows who was faster. Raises ChangedBy."""
    try:
        incident.require_unchanged(version)
    except ChangedMeanwhile as refusal:
        last = IncidentEntry.objects.filter(incident=incident, step__in=_SAVING).latest("at", "pk")
        raise ChangedBy(**refusal.params, who=last.by_label, at=last.at) from None


def finish(
    by: Actor, incident: Incident, what: str, events: tuple[object, ...] | None = None, **details: object
) -> None:
    """Save it, audit what was done and announce it."""
    incident.changed_at = clock.now()
    incident.save()
    record_entry(by=by, action=f"incidents.{what}", subject=about(incident.pk), details=details)
    for event in events or (IncidentChanged(incident.pk, what),):
        announce(event, subject=about(incident.pk), by=by)


def write(
    incident: Incident,
    kind: EntryKind,
    *,
    by: Actor,
    step: str = "",
    text: str = "",
    happened_at: datetime | None = None,
    **params: object,
) -> IncidentEntry:
    """A line of its timeline; nobody changes it afterwards."""
    now = clock.now()
    entry: IncidentEntry = IncidentEntry.objects.create(
        incident=incident,
        at=now,
        happened_at=happened_at or now,
        kind=kind,
        step=step,
        text=text,
        params=params,
        by_label=by.label[:LABEL_LIMIT],
        agency_name=_office_of(by)[:LABEL_LIMIT],
    )
    return entry


def _office_of(by: Actor) -> str:
    if by.is_system:
        return ""
    return Person.objects.filter(pk=by.id).values_list("home__name", flat=True).first() or ""
