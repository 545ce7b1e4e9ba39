"""Somebody wants to be told of new public reports in a ward, or no more.

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
from songcau.systems.citizen_reports.models import AreaAlert, Category
from songcau.systems.citizen_reports.permissions import reporter_actor

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
    own = AreaAlert.objects.filter(person_id=person_id)
    chosen = Category.objects.filter(code=category, is_public=True, is_internal=False).first()
    if (known := own.filter(ward_code=ward.code, category=chosen).first()) is not None:
        return known
    if own.count() >= MOST_ALERTS:
        raise TooManyAlerts(most=MOST_ALERTS)
    made: AreaAlert = AreaAlert.objects.create(
        person_id=person_id, ward_code=ward.code, ward_name=ward.name, category=chosen, made_at=clock.now()
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
