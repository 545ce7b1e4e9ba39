"""What every action of alerts does alike: lock the line with those that stand under it, write, audit, announce."""

from collections.abc import Iterable
from uuid import UUID

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.models import Alert, AlertEntry

SUBJECT = "incidents.alert"
LABEL_LIMIT = 200


class AlertUnknown(Refused):
    """There is no such alert, or none that this person may know of."""

    code = "ALERT_UNKNOWN"


def about(alert_id: UUID) -> str:
    """The subject of its audit entries and events."""
    return f"{SUBJECT}:{alert_id}"


def locked(alert_id: UUID) -> Alert:
    """The row, held until the commit. Raises AlertUnknown."""
    rows = Alert.objects.select_for_update(of=("self",)).select_related("owner_agency")
    alert: Alert | None = rows.filter(pk=alert_id).first()
    if alert is None:
        raise AlertUnknown
    return alert


def locked_all(alert_ids: Iterable[UUID]) -> list[Alert]:
    """Several, in one order for everybody. Raises AlertUnknown when one of them is missing."""
    wanted = set(alert_ids)
    rows = Alert.objects.select_for_update(of=("self",)).select_related("owner_agency")
    found = list(rows.filter(pk__in=wanted).order_by("pk"))
    if len(found) < len(wanted):
        raise AlertUnknown
    return found


def open_members(alert: Alert) -> list[Alert]:
    """Those that stand under it and are not closed, held until the commit."""
    return list(Alert.objects.select_for_update(of=("self",)).filter(head=alert, is_open=True).order_by("pk"))


def note(alerts: Iterable[Alert], step: str, *, by: Actor, text: str = "", **params: object) -> None:
    """A line in the story of each."""
    now = clock.now()
    AlertEntry.objects.bulk_create(
        AlertEntry(alert=one, at=now, step=step, text=text, params=params, by_label=by.label[:LABEL_LIMIT])
        for one in alerts
    )


def finish(by: Actor, alert: Alert, step: str, event: object | None, **details: object) -> None:
    """Audit what was done with a line, and announce it."""
    record_entry(by=by, action=f"incidents.{step}_alert", subject=about(alert.pk), details=details)
    if event is not None:
        announce(event, subject=about(alert.pk), by=by)
