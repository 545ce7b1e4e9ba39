"""An incident begins: from alerts, or by hand; and what is said of it is put right later."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songcau.foundation.accounts.models import Agency
from songcau.foundation.places.models import Unit
from songcau.foundation.places.queries import touches, units
from songcau.foundation.places.rules import Level as UnitLevel
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert
from songcau.systems.incidents.actions.alerts.record import locked_all, note
from songcau.systems.incidents.actions.incidents.record import LABEL_LIMIT, finish, locked, write
from songcau.systems.incidents.events import IncidentOpened
from songcau.systems.incidents.models import (
    Alert,
    ChecklistItem,
    Incident,
    IncidentSubject,
    IncidentWard,
    Playbook,
)
from songcau.systems.incidents.models.numbers import next_number
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules import alerts as alert_rules
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import EntryKind, Kind
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.texts import optional_words, require_title

PLACE_LIMIT = 300


class WardUnknown(Refused):
    """No ward of the city has the code `code` today."""

    code = "INCIDENT_WARD_UNKNOWN"


class AgencyClosed(Refused):
    """No open agency is meant."""

    code = "INCIDENT_AGENCY_UNKNOWN"


class PlaybookUnknown(Refused):
    """No playbook in use is meant."""

    code = "PLAYBOOK_UNKNOWN"


class PlaceUnfit(Refused):
    """No point on earth."""

    code = "INCIDENT_PLACE_UNFIT"


class AlertsOfAnother(Refused):
    """One of them belongs to another incident: `number`."""

    code = "ALERT_OF_ANOTHER_INCIDENT"
    conflict = True


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an incident. `ring`: longitude and latitude of the corners of its area; empty: none."""

    title: str
    kind: Kind
    level: Level
    description: str = ""
    place_words: str = ""
    longitude: float | None = None
    latitude: float | None = None
    ring: Sequence[tuple[float, float]] = ()
    ward_codes: Collection[str] = ()
    lead_agency_id: UUID | None = None
    supporting_ids: Collection[UUID] = ()


@transaction.atomic
def open_incident(
    *,
    by: Actor,
    said: Said,
    began_at: datetime | None = None,
    alert_ids: Collection[UUID] = (),
    playbook_id: UUID | None = None,
    is_demo: bool = False,
) -> Incident:
    """Begin one, with the alerts it is about and a playbook's items as its checklist. Who opens it takes the alerts.

    Raises NotYours, WordsMissing, WordsTooLong, PlaceUnfit, AreaUnfit, AreaOutside, WardUnknown, AgencyClosed,
    PlaybookUnknown, AlertUnknown, AlertsOfAnother, TooManyAlerts.
    """
    require_operate(by)
    alert_rules.require_count(len(set(alert_ids)), least=0)
    values, wards, supporting = _checked(said)
    playbook = _playbook(playbook_id) if playbook_id else None
    now = clock.now()
    incident: Incident = Incident(
        number=next_number("incident"),
        began_at=min(began_at, now) if began_at else now,
        opened_at=now,
        opened_by_label=by.label[:LABEL_LIMIT],
        changed_at=now,
        playbook_id=playbook.pk if playbook else None,
        playbook_name=playbook.name_vi if playbook else "",
        is_demo=is_demo,
        **values,
    )
    incident.save(force_insert=True)
    incident.supporting.set(supporting)
    _set_wards(incident, wards)
    if playbook is not None:
        _copy(playbook, incident)
    write(incident, EntryKind.STEP, by=by, step="open", text=incident.description, playbook=incident.playbook_name)
    taken = _take_alerts(by, incident, alert_ids)
    finish(by, incident, "open_incident", (IncidentOpened(incident.pk),), number=incident.number, alerts=taken)
    return incident


@transaction.atomic
def change_incident(*, by: Actor, incident_id: UUID, said: Said, version: int | None = None) -> Incident:
    """Put right what is said of it. Raises as `open_incident`, IncidentUnknown, ChangedMeanwhile, IncidentClosed."""
    require_operate(by)
    incident = locked(by, incident_id, version)
    rules.require_not_closed(incident.state)
    values, wards, supporting = _checked(said)
    beside = ["wards"] if _set_wards(incident, wards) else []
    if {one.pk for one in supporting} != set(incident.supporting.values_list("pk", flat=True)):
        incident.supporting.set(supporting)
        beside.append("supporting")
    changed = [*incident.take(values), *beside]
    if beside:
        # No columns: whoever saves second over other wards or agencies is told all the same.
        incident.version += 1
        incident.changed_at_version |= dict.fromkeys(beside, incident.version)
    if changed:
        write(incident, EntryKind.CHANGE, by=by, step="change", fields=changed)
        finish(by, incident, "change_incident", fields=changed)
    return incident


@transaction.atomic
def add_alerts(*, by: Actor, incident_id: UUID, alert_ids: Collection[UUID]) -> Incident:
    """These alerts belong to it too, and are taken by who says so.

    Raises NotYours, IncidentUnknown, IncidentClosed, AlertUnknown, AlertsOfAnother, TooManyAlerts.
    """
    require_operate(by)
    alert_rules.require_count(len(set(alert_ids)))
    incident = locked(by, incident_id)
    rules.require_not_closed(incident.state)
    if taken := _take_alerts(by, incident, alert_ids):
        finish(by, incident, "add_alerts", alerts=taken)
    return incident


def _take_alerts(by: Actor, incident: Incident, alert_ids: Collection[UUID]) -> list[str]:
    """Those that were not its own before, by their ids; what stands under one of them goes along."""
    alerts = [one for one in locked_all(alert_ids) if one.incident_id != incident.pk]
    for one in alerts:
        if one.incident_id is not None:
            raise AlertsOfAnother(number=Incident.objects.values_list("number", flat=True).get(pk=one.incident_id))
    own = Q(pk__in=[one.pk for one in alerts])
    beneath = Q(head__in=[one.pk for one in alerts], incident=None, is_open=True)
    Alert.objects.filter(own | beneath).update(incident=incident)
    for one in alerts:
        names = {"name": one.name_vi, "name_en": one.name_en, "subject": one.subject_name}
        write(incident, EntryKind.ALERT, by=by, step="alert", happened_at=one.raised_at, alert=str(one.pk), **names)
        _add_subject(incident, one.subject, one.subject_name)
    note(alerts, "incident", by=by, number=incident.number, incident=str(incident.pk))
    _acknowledge(by, alerts)
    return [str(one.pk) for one in alerts]


def _acknowledge(by: Actor, alerts: Sequence[Alert]) -> None:
    """Those that nobody took. The first of a group goes before who stands under it: it takes them along."""
    for one in sorted(alerts, key=lambda alert: alert.head_id is not None):
        if Alert.objects.filter(Q(pk=one.pk) | Q(head=one), state=alert_rules.State.RAISED).exists():
            acknowledge_alert(by=by, alert_id=one.pk)


def _add_subject(incident: Incident, entity_id: str, name: str) -> None:
    if entity_id.startswith("urn:"):
        named = {"last_name": name or entity_id, "seen_at": clock.now()}
        IncidentSubject.objects.get_or_create(incident=incident, entity_id=entity_id, defaults=named)


def _checked(said: Said) -> tuple[dict[str, Any], Mapping[str, str], list[Agency]]:
    """Columns, wards (code → name) and supporting agencies, all looked into."""
    if (said.longitude is None) != (said.latitude is None):
        raise PlaceUnfit
    if said.longitude is not None and not (-180 <= said.longitude <= 180 and -90 <= (said.latitude or 0) <= 90):
        raise PlaceUnfit
    lead, supporting = _agencies(said)
    area = _area(said)
    values = {
        "title": require_title(said.title),
        "kind": Kind(said.kind),
        "level": Level(said.level),
        "description": optional_words(said.description),
        "place_words": optional_words(said.place_words, PLACE_LIMIT),
        "longitude": said.longitude,
        "latitude": said.latitude,
        "area": area,
        "lead_agency": lead,
    }
    return values, wards_of(said.ward_codes), supporting


def _area(said: Said) -> dict[str, Any] | None:
    if not said.ring:
        return None
    area = {"type": "Polygon", "coordinates": [rules.require_ring(said.ring)]}
    rules.require_in_city(touches(area, UnitLevel.WARD, clock.today()))
    return area


def wards_of(codes: Collection[str]) -> dict[str, str]:
    """Code → name of today's wards. Raises WardUnknown."""
    rows: list[Unit] = list(units(UnitLevel.WARD, clock.today()).filter(code__in=set(codes)))
    found = {one.code: one.short_name for one in rows}
    for code in codes:
        if code not in found:
            raise WardUnknown(code=code[:20])
    return found


def _agencies(said: Said) -> tuple[Agency | None, list[Agency]]:
    wanted = {one for one in said.supporting_ids if one != said.lead_agency_id}
    named = {*wanted, said.lead_agency_id} if said.lead_agency_id else wanted
    known = {one.pk: one for one in Agency.objects.still_open().filter(pk__in=named)}
    if len(known) < len(named):
        raise AgencyClosed
    lead = known.get(said.lead_agency_id) if said.lead_agency_id else None
    return lead, [known[pk] for pk in wanted]


def _set_wards(incident: Incident, wards: Mapping[str, str]) -> bool:
    """Whether that changed anything."""
    before = set(incident.wards.values_list("ward_code", flat=True))
    incident.wards.exclude(ward_code__in=wards).delete()
    IncidentWard.objects.bulk_create(
        IncidentWard(incident=incident, ward_code=code, ward_name=name)
        for code, name in wards.items()
        if code not in before
    )
    return before != set(wards)


def _playbook(playbook_id: UUID) -> Playbook:
    found: Playbook | None = Playbook.objects.filter(pk=playbook_id, retired_at=None).first()
    if found is None:
        raise PlaybookUnknown
    return found


def _copy(playbook: Playbook, incident: Incident) -> None:
    ChecklistItem.objects.bulk_create(
        ChecklistItem(
            incident=incident,
            position=item.position,
            role=item.role,
            text_vi=item.text_vi,
            text_en=item.text_en,
            due_at=rules.item_due_at(incident.opened_at, item.minutes),
        )
        for item in playbook.items.all()
    )
