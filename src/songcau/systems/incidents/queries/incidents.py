"""What can be asked of incidents."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.files.models import FileLink, Preview
from songcau.kernel.actor import Actor
from songcau.systems.incidents.models import (
    Alert,
    ChecklistItem,
    Incident,
    IncidentEntry,
    IncidentFile,
    IncidentQuerySet,
    IncidentWard,
)
from songcau.systems.incidents.rules.incidents import State, is_item_late

STANDINGS: Mapping[str, Callable[[], Q]] = {
    "UNDERWAY": lambda: Q(is_underway=True),
    "TO_REVIEW": lambda: Q(state=State.RESOLVED),
    "CLOSED": lambda: Q(state=State.CLOSED),
}
HANDLE = "incidents.handle"
# More of one hour no map of the past shows.
MOST_THEN = 1_000


def incidents_of(by: Actor) -> IncidentQuerySet:
    return Incident.objects.visible_to(by).select_related("lead_agency").prefetch_related("wards")


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a checklist, and whether it is late now or was done late."""

    row: ChecklistItem
    is_late: bool


def checklist(incident: Incident, now: datetime) -> list[Item]:
    return [Item(row, is_item_late(row.due_at, row.done_at, now)) for row in incident.checklist.all()]


@dataclass(frozen=True, slots=True)
class Left:
    """What would be left if the incident ended now: lines of its open alerts, the steps that nobody ticked."""

    alerts: tuple[Alert, ...]
    items: tuple[ChecklistItem, ...]

    def __bool__(self) -> bool:
        return bool(self.alerts or self.items)


def left_of(incident: Incident) -> Left:
    own = Alert.objects.still_open().filter(incident=incident)
    # What stands under one of them is closed with it.
    alerts = own.exclude(head__in=own.values("pk")).order_by("level_rank", "raised_at", "pk")
    return Left(tuple(alerts), tuple(incident.checklist.filter(done_at=None)))


def timeline(incident: Incident, kind: str = "") -> QuerySet[IncidentEntry]:
    """Oldest first; of one kind where asked."""
    rows = IncidentEntry.objects.filter(incident=incident).order_by("happened_at", "at", "pk")
    return rows.filter(kind=kind) if kind else rows


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file; `link` None while it is not taken in. `preview` is drawn beside it where there is one."""

    row: IncidentFile
    link: FileLink | None
    preview: Preview | None


def attachments(incident: Incident) -> list[Attachment]:
    rows = list(incident.files.all())
    links = FileLink.objects.filter(pk__in=[one.file_id for one in rows if one.file_id]).select_related("blob")
    known = {link.pk: link for link in links}
    drawn = {one.blob_id: one for one in Preview.objects.filter(blob__in=[k.blob_id for k in known.values()], page=1)}
    found = []
    for row in rows:
        link = known.get(row.file_id) if row.file_id else None
        found.append(Attachment(row, link, drawn.get(link.blob_id) if link else None))
    return found


@dataclass(frozen=True, slots=True)
class OnTheMap:
    """What the live city is told of an incident: what, where, how it stands; no text that names anybody."""

    number: int
    title: str
    kind: str
    level: str
    state: str
    is_underway: bool
    is_demo: bool
    lead: str
    ward_codes: tuple[str, ...]
    longitude: float | None
    latitude: float | None
    area: Mapping[str, Any] | None
    began_at: datetime
    changed_at: datetime


def on_the_map(incident_id: UUID) -> OnTheMap:
    incident = Incident.objects.select_related("lead_agency").get(pk=incident_id)
    return OnTheMap(
        number=incident.number,
        title=incident.title,
        kind=str(incident.kind),
        level=str(incident.level),
        state=str(incident.state),
        is_underway=incident.is_underway,
        is_demo=incident.is_demo,
        lead=incident.lead_agency.name if incident.lead_agency else "",
        ward_codes=tuple(incident.wards.values_list("ward_code", flat=True)),
        longitude=incident.longitude,
        latitude=incident.latitude,
        area=incident.area,
        began_at=incident.began_at,
        changed_at=incident.changed_at,
    )


@dataclass(frozen=True, slots=True)
class ThenUnderway:
    """`ended_at` None: it is underway still."""

    ward_code: str
    longitude: float
    latitude: float
    began_at: datetime
    ended_at: datetime | None


def underway_between(begins: datetime, ends: datetime, wards: Collection[str] | None) -> list[ThenUnderway]:
    """Incidents with a place that somebody worked on in that time, in these wards (None: everywhere).

    One that was reopened counts as underway from its beginning to its last end.
    """
    rows = (
        Incident.objects.filter(began_at__lt=ends, longitude__isnull=False)
        .filter(Q(is_underway=True) | Q(resolved_at__gt=begins))
        .prefetch_related("wards")
        .order_by("-began_at")
    )
    if wards is not None:
        rows = rows.filter(Exists(IncidentWard.objects.filter(incident=OuterRef("pk"), ward_code__in=wards)))
    found = []
    for one in rows[:MOST_THEN]:
        codes = [ward.ward_code for ward in one.wards.all()]
        ended_at = None if one.is_underway else one.resolved_at
        found.append(
            ThenUnderway(codes[0] if codes else "", one.longitude or 0.0, one.latitude or 0.0, one.began_at, ended_at)
        )
    return found


def subject_ids(incident_id: UUID) -> list[str]:
    """The entities of the live city that it is about."""
    return list(Incident.objects.get(pk=incident_id).subjects.values_list("entity_id", flat=True))


@dataclass(frozen=True, slots=True)
class IncidentFacts:
    id: UUID
    number: int
    title: str
    level: str
    state: str
    lead_agency_id: UUID | None


def facts_of(incident_id: UUID) -> IncidentFacts | None:
    one = Incident.objects.filter(pk=incident_id).first()
    if one is None:
        return None
    return IncidentFacts(one.pk, one.number, one.title, str(one.level), str(one.state), one.lead_agency_id)


def concerned_by(incident_id: UUID) -> list[UUID]:
    """Who handles in the agencies that lead or support."""
    incident = Incident.objects.select_related("lead_agency").get(pk=incident_id)
    agencies = [one for one in (incident.lead_agency, *incident.supporting.all()) if one is not None]
    return list(dict.fromkeys(person for one in agencies for person in holders_of(HANDLE, one.path)))
