"""Somebody looks after an alert: acknowledges it, passes it up, closes it with a note, writes something down.

What is done with the first of a group is done with those that stand under it.
"""

from uuid import UUID

from django.db import transaction

from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alerts.record import LABEL_LIMIT, finish, locked, note, open_members
from songcau.systems.incidents.events import AlertAcknowledged, AlertClosed, AlertEscalated
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.permissions import require_handle_alert
from songcau.systems.incidents.rules import alerts as rules
from songcau.systems.incidents.rules.texts import require_words


@transaction.atomic
def acknowledge_alert(*, by: Actor, alert_id: UUID) -> Alert:
    """ "I look after it", and after what stands under it. The second of two who say so is told who was first.

    Raises AlertUnknown, NotYours, AlertClosed, AlertAcknowledgedAlready, AcknowledgedByYou.
    """
    alert = locked(alert_id)
    require_handle_alert(by, alert)
    require_untaken(by, alert)
    taken = [one for one in (alert, *open_members(alert)) if one.state == rules.State.RAISED]
    for one in taken:
        _take(by, one)
    Alert.objects.bulk_update(taken, _TAKEN, batch_size=200)
    note(taken, "acknowledge", by=by)
    finish(by, alert, "acknowledge", AlertAcknowledged(alert.pk), members=len([one for one in taken if one != alert]))
    return alert


def require_untaken(by: Actor, alert: Alert) -> None:
    """It, or one that came to stand under it since. Raises AlertClosed, AlertAcknowledgedAlready, AcknowledgedByYou."""
    rules.require_open(alert)
    if not alert.members.filter(state=rules.State.RAISED).exists():
        rules.require_unacknowledged(alert, by.id)


_TAKEN = ("state", "state_rank", "acknowledged_at", "acknowledged_by_id", "acknowledged_by_label")


def _take(by: Actor, alert: Alert) -> None:
    alert.state = rules.WORKFLOW.step(rules.State(alert.state), "acknowledge")
    alert.acknowledged_at = clock.now()
    alert.acknowledged_by_id = by.id
    alert.acknowledged_by_label = by.label[:LABEL_LIMIT]
    alert.derive()


@transaction.atomic
def pass_up_alert(*, by: Actor, alert_id: UUID, text: str) -> Alert:
    """ "I cannot settle it here": the next rung of the ladder is called at once. Who has it keeps it.

    Raises AlertUnknown, NotYours, AlertClosed, LadderAtItsTop, WordsMissing, WordsTooLong.
    """
    alert = locked(alert_id)
    require_handle_alert(by, alert)
    rules.require_open(alert)
    rung = rules.rung_above(alert.rung)
    said = require_words(text)
    alert.state = rules.WORKFLOW.step(rules.State(alert.state), "pass_up")
    alert.rung = rung
    alert.save(update_fields=["rung"])
    note([alert], "pass_up", by=by, text=said, rung=rung.name)
    finish(by, alert, "pass_up", AlertEscalated(alert.pk, int(rung)), rung=rung.name)
    return alert


@transaction.atomic
def close_alert(*, by: Actor, alert_id: UUID, text: str) -> Alert:
    """It is over, or was none: the note says which. Closed together with all that stand under it.

    Raises AlertUnknown, NotYours, AlertClosed, WordsMissing, WordsTooLong.
    """
    alert = locked(alert_id)
    require_handle_alert(by, alert)
    rules.require_open(alert)
    said = require_words(text)
    closed = [alert, *open_members(alert)]
    for one in closed:
        _close(by, one, said)
    Alert.objects.bulk_update(closed, _CLOSED, batch_size=200)
    note(closed, "close", by=by, text=said)
    still_holds = sum(one.cleared_at is None for one in closed)
    finish(by, alert, "close", AlertClosed(alert.pk), members=len(closed) - 1, still_holds=still_holds)
    return alert


_CLOSED = ("state", "state_rank", "is_open", "closed_at", "closed_by_id", "closed_by_label", "closing_note")


def _close(by: Actor, alert: Alert, said: str) -> None:
    alert.state = rules.WORKFLOW.step(rules.State(alert.state), "close")
    alert.closed_at = clock.now()
    alert.closed_by_id = by.id
    alert.closed_by_label = by.label[:LABEL_LIMIT]
    alert.closing_note = said
    alert.derive()


@transaction.atomic
def note_on_alert(*, by: Actor, alert_id: UUID, text: str) -> Alert:
    """A line in its story. Raises AlertUnknown, NotYours, AlertClosed, WordsMissing, WordsTooLong."""
    alert = locked(alert_id)
    require_handle_alert(by, alert)
    rules.require_open(alert)
    note([alert], "note", by=by, text=require_words(text))
    finish(by, alert, "note_on", None)
    return alert
