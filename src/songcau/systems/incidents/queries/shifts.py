"""What can be asked of the shift and the roster."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.queries import holders_of
from songcau.foundation.calendar.queries import calendar_of, local
from songcau.foundation.calendar.rules import Day, Why
from songcau.kernel import clock
from songcau.systems.incidents.models import Alert, Duty, Incident, Shift
from songcau.systems.incidents.rules.shifts import Slot, State, slot_at

OPERATE = "incidents.operate"
MOST_CARRIED = 200


def running() -> Shift | None:
    """The shift that runs or waits to be signed."""
    found: Shift | None = Shift.objects.filter(is_current=True).first()
    return found


def last_signed() -> Shift | None:
    """The one whose hand-over was signed last."""
    found: Shift | None = Shift.objects.filter(state=State.HANDED_OVER).order_by("-signed_at", "-pk").first()
    return found


def carried_now() -> dict[str, Any]:
    """Open alerts and incidents as the next lead reads them; kept with the note, so that what was signed stays."""
    lines = Alert.objects.lines().filter(is_open=True).order_by("level_rank", "state_rank", "-raised_at", "pk")
    incidents = Incident.objects.underway().order_by("level_rank", "-number")
    return {
        "alerts": lines.count(),
        "incidents": incidents.count(),
        "alert_lines": [_alert(one) for one in lines[:MOST_CARRIED]],
        "incident_lines": [_incident(one) for one in incidents[:MOST_CARRIED]],
    }


def carried_since(carried: Mapping[str, Any]) -> dict[str, Any]:
    """What is open now and was not when the note was given: the rest stands under the note already."""
    known = {one["id"] for name in ("alert_lines", "incident_lines") for one in carried.get(name, ())}
    now = carried_now()
    alerts = [one for one in now["alert_lines"] if one["id"] not in known]
    incidents = [one for one in now["incident_lines"] if one["id"] not in known]
    return {
        "alerts": len(alerts),
        "incidents": len(incidents),
        "alert_lines": alerts,
        "incident_lines": incidents,
    }


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "id": str(alert.pk),
        "level": alert.level,
        "state": alert.state,
        "name_vi": alert.name_vi,
        "name_en": alert.name_en,
        "subject": alert.subject_name,
        "ward": alert.ward_name,
        "raised_at": alert.raised_at.isoformat(),
        "is_late": alert.due_at < clock.now(),
        "repeats": alert.repeats,
        "members": alert.members_count,
        "by": alert.acknowledged_by_label,
    }


def _incident(incident: Incident) -> dict[str, Any]:
    facts = {"id": str(incident.pk), "number": incident.number, "title": incident.title}
    return facts | {"level": incident.level, "state": incident.state, "opened_at": incident.opened_at.isoformat()}


@dataclass(frozen=True, slots=True)
class ShiftNow:
    """What everybody may know of it: no name. `on_duty`: how many the roster names, at least who leads."""

    slot: str
    started_at: datetime | None
    on_duty: int
    awaits_signature: bool


def shift_now() -> ShiftNow:
    """Without a running shift: the part of the day that it is, and nobody since."""
    shift = running()
    day, slot = (shift.day, Slot(shift.slot)) if shift else slot_at(local(clock.now()))
    planned = Duty.objects.filter(day=day, slot=slot).count()
    if shift is None:
        return ShiftNow(str(slot), None, planned, awaits_signature=False)
    return ShiftNow(
        str(slot), shift.started_at, max(1, planned), awaits_signature=shift.state == State.AWAITING_SIGNATURE
    )


@dataclass(frozen=True, slots=True)
class RosterDay:
    """A day of the roster. `calendar` says whether it is a holiday, and which."""

    on: date
    calendar: Day
    slots: Mapping[str, Sequence[Duty]]

    @property
    def is_holiday(self) -> bool:
        return self.calendar.why in (Why.HOLIDAY, Why.DECREED_OFF)


def roster(first: date, days: int) -> list[RosterDay]:
    """Who stands when, a line for each day."""
    calendar = calendar_of(None)
    wanted = [first + timedelta(days=n) for n in range(days)]
    rows = Duty.objects.filter(day__gte=wanted[0], day__lte=wanted[-1])
    by_slot: dict[tuple[date, str], list[Duty]] = {}
    for row in rows:
        by_slot.setdefault((row.day, str(row.slot)), []).append(row)
    return [
        RosterDay(day, calendar.day(day), {str(slot): by_slot.get((day, str(slot)), []) for slot in Slot})
        for day in wanted
    ]


def manned(days: Sequence[RosterDay]) -> set[tuple[date, str]]:
    """Which parts of the days somebody stands for."""
    return {(day.on, slot) for day in days for slot, people in day.slots.items() if people}


def operators() -> list[tuple[UUID, str]]:
    """Who may stand: those who work at the operations centre, by their names."""
    centre = Agency.objects.still_open().filter(kind=Agency.Kind.OPERATIONS_CENTRE).order_by("path").first()
    people = Person.objects.filter(pk__in=holders_of(OPERATE, centre.path)) if centre else Person.objects.none()
    return [(one.pk, one.label) for one in people.order_by("full_name", "pk")]
