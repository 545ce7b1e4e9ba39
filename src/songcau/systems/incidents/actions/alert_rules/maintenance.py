"""Maintenance windows: set and ended by the centre; what they withheld and still holds is told after them."""

import re
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.incidents.actions.alert_rules.changing import (
    LABEL_LIMIT,
    REASON_LIMIT,
    AlertRuleReasonMissing,
    AlertRuleUnknown,
)
from songcau.systems.incidents.events import MaintenanceSet
from songcau.systems.incidents.models import AlertRule, MaintenanceWindow
from songcau.systems.incidents.permissions import require_operate

LONGEST = timedelta(days=31)
_SUBJECT = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:\S{1,250}")
_SCOPE = re.compile(r"(/[A-Za-z0-9_.-]{1,40}){1,3}")


class MaintenanceTimesUnfit(Refused):
    """It ends after it begins and after now, and lasts at most `days` days."""

    code = "MAINTENANCE_TIMES_UNFIT"


class MaintenancePlaceUnfit(Refused):
    """No id of an entity, or no scope such as /wards/W05443; or both are named, or nothing at all."""

    code = "MAINTENANCE_PLACE_UNFIT"


class MaintenanceUnknown(Refused):
    code = "MAINTENANCE_UNKNOWN"


class MaintenanceOver(Refused):
    """It has ended already."""

    code = "MAINTENANCE_OVER"
    conflict = True


@transaction.atomic
def set_maintenance(
    *,
    by: Actor,
    starts_at: datetime,
    ends_at: datetime,
    reason: str,
    rule_id: UUID | None = None,
    subject: str = "",
    scope: str = "",
) -> MaintenanceWindow:
    """Raises NotYours, MaintenanceTimesUnfit, MaintenancePlaceUnfit, AlertRuleUnknown, AlertRuleReasonMissing."""
    require_operate(by)
    if not starts_at < ends_at or ends_at <= clock.now() or ends_at - starts_at > LONGEST:
        raise MaintenanceTimesUnfit(days=LONGEST.days)
    _require_place(rule_id, subject, scope)
    if rule_id is not None and not AlertRule.objects.filter(pk=rule_id).exists():
        raise AlertRuleUnknown
    reason = normal(reason).strip()
    if not 0 < len(reason) <= REASON_LIMIT:
        raise AlertRuleReasonMissing(limit=REASON_LIMIT)
    window = MaintenanceWindow.objects.create(
        rule_id=rule_id,
        subject=subject,
        scope=scope,
        starts_at=starts_at,
        ends_at=ends_at,
        reason=reason,
        by_label=by.label[:LABEL_LIMIT],
    )
    times = {"starts_at": starts_at.isoformat(), "ends_at": ends_at.isoformat()}
    _tell(by, window, "set_maintenance", {**times, "subject": subject, "scope": scope})
    return window


def _require_place(rule_id: UUID | None, subject: str, scope: str) -> None:
    """A window over everything and every rule would silence the city: something has to be named."""
    if (
        (subject and not _SUBJECT.fullmatch(subject))
        or (scope and not _SCOPE.fullmatch(scope))
        or (subject and scope)
        or not (rule_id or subject or scope)
    ):
        raise MaintenancePlaceUnfit


@transaction.atomic
def end_maintenance(*, by: Actor, window_id: UUID) -> None:
    """Before its time. Raises NotYours, MaintenanceUnknown, MaintenanceOver."""
    require_operate(by)
    window = MaintenanceWindow.objects.select_for_update().filter(pk=window_id).first()
    if window is None:
        raise MaintenanceUnknown
    now = clock.now()
    if window.ended_at is not None or window.ends_at <= now:
        raise MaintenanceOver
    window.ended_at = now
    window.save()
    _tell(by, window, "end_maintenance", {})


def _tell(by: Actor, window: MaintenanceWindow, action: str, details: dict[str, object]) -> None:
    subject = f"incidents.maintenance:{window.pk}"
    record_entry(by=by, action=f"incidents.{action}", subject=subject, details=details)
    announce(MaintenanceSet(window.pk), subject=subject, by=by)
