"""By itself: who was not called in quiet hours is called after them, and what nobody took goes up the ladder."""

from uuid import UUID

from django.db import transaction

from songcau.foundation.calendar.queries import local
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alerts.record import finish, note
from songcau.systems.incidents.events import AlertCalled, AlertEscalated
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.permissions import require_songcau
from songcau.systems.incidents.rules import alerts as rules

_PART = 100


def escalate_alerts(*, by: Actor) -> int:
    """How many were called or went up. Each in its own transaction: one that somebody takes meanwhile is passed over.

    Raises NotYours.
    """
    require_songcau(by)
    rows = Alert.objects.lines().filter(is_open=True, cleared_at=None).order_by("level_rank", "raised_at", "pk")
    waiting = rows.values_list("pk", flat=True)
    return sum(_escalate(by, alert_id) for alert_id in waiting.iterator(chunk_size=_PART))


@transaction.atomic
def _escalate(by: Actor, alert_id: UUID) -> bool:
    alert = Alert.objects.select_for_update().filter(pk=alert_id, is_open=True, head=None, cleared_at=None).first()
    now = clock.now()
    if alert is None or not rules.may_call(alert.level, local(now).time(), alert.quiet_from, alert.quiet_until):
        return False
    is_called = alert.called_at is None and alert.state == rules.State.RAISED
    rung = rules.rung_by(alert.state, alert.raised_at, alert.due_at, alert.escalate_minutes, now, is_cleared=False)
    if is_called:
        alert.called_at = now
        alert.save(update_fields=["called_at"])
        finish(by, alert, "call_for", AlertCalled(alert.pk))
    if rung > alert.rung:
        alert.state = rules.WORKFLOW.step(rules.State(alert.state), "escalate")
        alert.rung = rung
        alert.save(update_fields=["rung"])
        note([alert], "escalate", by=by, rung=str(rung.name))
        finish(by, alert, "escalate", AlertEscalated(alert.pk, int(rung)), rung=str(rung.name))
        return True
    return is_called
