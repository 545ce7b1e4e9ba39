"""Somebody wants to be told of new public reports in a ward or around a place, or no more.

What one wishes to hear tells where one lives: the log knows the row, never the person.
"""

from uuid import UUID

from django.conf import settings
from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.places.queries import unit_by_code
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.models import AreaAlert, Category
from songcau.systems.citizen_reports.permissions import reporter_actor
from songcau.systems.citizen_reports.queries.placing import placed

SUBJECT = "citizen_reports.area_alert"
MOST_ALERTS = 20


class WardUnknown(Refused):
    """No ward has this code today."""

    code = "WARD_UNKNOWN"


class TooManyAlerts(Refused):
    """More than `most`."""

    code = "TOO_MANY_ALERTS"


@transaction.atomic
def add_area_alert(*, person_id: UUID, ward_code: str, category: str = "") -> AreaAlert:
    """Be told of a ward, of one category or (empty) of all; saying it twice changes nothing.

    Raises WardUnknown, TooManyAlerts. A category that is not there counts as none.
    """
    ward = unit_by_code(ward_code, Level.WARD, clock.today(settings.SONGCAU.time_zone))
    if ward is None:
        raise WardUnknown
    return _added(person_id, _category(category), ward_code=ward.code, ward_name=ward.name)


@transaction.atomic
def add_place_alert(
    *, person_id: UUID, longitude: float | None, latitude: float | None, radius_m: int, category: str = ""
) -> AreaAlert:
    """Be told of what is reported within so many metres of a place; saying it twice changes nothing.

    Raises TooManyAlerts and the refusals of `rules.require_around`. A category that is not there counts as none.
    """
    east, north = rules.require_around(longitude, latitude, radius_m)
    # For the reader only: what lies around the place counts, in whatever ward.
    near = placed(east, north, "", clock.today(settings.SONGCAU.time_zone))
    area = {"longitude": east, "latitude": north, "radius_m": radius_m, "ward_code": ""}
    return _added(person_id, _category(category), ward_name=near.name, **area)


def _category(code: str) -> Category | None:
    found: Category | None = Category.objects.filter(code=code, is_public=True, is_internal=False).first()
    return found


def _added(person_id: UUID, category: Category | None, *, ward_name: str, **area: object) -> AreaAlert:
    own = AreaAlert.objects.filter(person_id=person_id)
    if (known := own.filter(category=category, **area).first()) is not None:
        return known
    if own.count() >= MOST_ALERTS:
        raise TooManyAlerts(most=MOST_ALERTS)
    made: AreaAlert = AreaAlert.objects.create(
        person_id=person_id, category=category, ward_name=ward_name, made_at=clock.now(), **area
    )
    _record(made, "add_area_alert")
    return made


@transaction.atomic
def remove_area_alert(*, person_id: UUID, alert_id: UUID) -> None:
    """Be told no more. One that is gone, or somebody else's, is no fault."""
    found = AreaAlert.objects.filter(pk=alert_id, person_id=person_id).first()
    if found is not None:
        _record(found, "remove_area_alert")
        found.delete()


def _record(alert: AreaAlert, what: str) -> None:
    record_entry(
        by=reporter_actor(alert.pk), action=f"citizen_reports.{what}", subject=f"{SUBJECT}:{alert.pk}", details={}
    )
