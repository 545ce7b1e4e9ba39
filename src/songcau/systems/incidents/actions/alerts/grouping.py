"""Alerts of one matter stand together as one line: by hand here, by their rules in `receiving`."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert
from songcau.systems.incidents.actions.alerts.record import finish, locked, locked_all, note
from songcau.systems.incidents.models import Alert
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules import alerts as rules


@transaction.atomic
def group_alerts(*, by: Actor, alert_ids: Sequence[UUID]) -> Alert:
    """Put several under the most serious of them, of those the oldest. What stood under one of them comes along.

    Where that one is taken already, who groups takes those that nobody took: under it nobody would see them.

    Raises NotYours, AlertUnknown, AlertClosed, NoAlertChosen, TooFewToGroup, TooManyAlerts.
    """
    require_operate(by)
    rules.require_count(len(set(alert_ids)), least=2)
    chosen = locked_all(alert_ids)
    for one in chosen:
        rules.require_open(one)
    head = chosen[rules.head_position((one.level, one.raised_at) for one in chosen)]
    leaving = {one.head_id for one in chosen if one.head_id} - {head.pk}
    moved = [one for one in chosen if one.pk != head.pk]
    inherited = Alert.objects.filter(head__in=[one.pk for one in moved])
    inherited.exclude(pk=head.pk).update(head=head)
    Alert.objects.filter(pk__in=[one.pk for one in moved]).update(head=head)
    Alert.objects.filter(pk=head.pk).update(head=None)
    for pk in {head.pk, *(one.pk for one in moved), *leaving}:
        _recount(pk)
    note(moved, "group", by=by, head=str(head.pk), name=head.name_vi)
    finish(by, head, "group", None, members=[str(one.pk) for one in moved][:50])
    head.refresh_from_db()
    if head.state == rules.State.ACKNOWLEDGED and head.members.filter(state=rules.State.RAISED).exists():
        acknowledge_alert(by=by, alert_id=head.pk)
    return head


@transaction.atomic
def ungroup_alert(*, by: Actor, alert_id: UUID) -> Alert:
    """Let it stand alone again; of a group's first, let all stand alone.

    Raises NotYours, AlertUnknown, AlertClosed, NotInAGroup.
    """
    require_operate(by)
    alert = locked(alert_id)
    require_grouped(alert)
    head_id = alert.head_id
    freed = [alert] if head_id else list(alert.members.all())
    # Loosened by hand: the rule does not bind it again.
    Alert.objects.filter(pk__in=[one.pk for one in freed]).update(head=None, group_key="")
    _recount(head_id or alert.pk)
    note(freed, "ungroup", by=by)
    finish(by, alert, "ungroup", None, freed=len(freed))
    alert.refresh_from_db()
    return alert


def require_grouped(alert: Alert) -> None:
    """Raises AlertClosed, NotInAGroup."""
    rules.require_open(alert)
    if alert.head_id is None and not alert.members.exists():
        raise rules.NotInAGroup


def _recount(alert_id: UUID) -> None:
    count = Alert.objects.filter(head=alert_id).count()
    Alert.objects.filter(pk=alert_id).update(members_count=count)
