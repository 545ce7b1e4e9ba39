"""What the engine says is taken in, many findings at once.

Each finding is known by its rule, its subject and when its condition began: the same batch twice changes nothing.
Everything is written in bulk, so that thousands in a minute cost few statements; what is announced are the lines of the
queue, not every alert that stands under one.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.queries import local
from songcau.foundation.outbox.actions import announce
from songcau.foundation.places.queries import units
from songcau.foundation.places.rules import Level as UnitLevel
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alerts.record import about
from songcau.systems.incidents.events import AlertCalled, AlertRaised
from songcau.systems.incidents.models import Alert, AlertOccurrence
from songcau.systems.incidents.permissions import require_songcau
from songcau.systems.incidents.queries import alert_rules
from songcau.systems.incidents.queries.alert_rules import RuleFacts
from songcau.systems.incidents.rules import alerts as rules
from songcau.systems.incidents.rules import receiving
from songcau.systems.incidents.rules.evidence import shown_after
from songcau.systems.incidents.rules.findings import CLEARED, RAISED, STILL, Finding
from songcau.systems.incidents.rules.receiving import Key, Line, Lines

_AT_ONCE = 200
_CHANGED = ("last_at", "last_values", "subject_name", "repeats", "cleared_at", "search_key")


@dataclass
class _Batch:
    """What is known before, and what becomes of it."""

    now: datetime
    facts: dict[UUID, RuleFacts]
    wards: dict[str, str]
    open: dict[tuple[UUID, str], Alert]
    known: dict[Key, AlertOccurrence]
    lines: Lines
    made: list[Alert] = field(default_factory=list)
    occurred: list[AlertOccurrence] = field(default_factory=list)
    ended: dict[UUID, AlertOccurrence] = field(default_factory=dict)
    changed: dict[UUID, Alert] = field(default_factory=dict)
    joined: dict[UUID, int] = field(default_factory=dict)
    cleared: int = 0


@transaction.atomic
def receive_findings(*, by: Actor, findings: Sequence[Finding]) -> None:
    """Open alerts, count repeats, note what has gone. A rule that is no more opens nothing. Raises NotYours."""
    require_songcau(by)
    batch = _batch(findings)
    for finding in findings:
        {RAISED: _raise, CLEARED: _clear, STILL: _still}[finding.kind](batch, finding)
    _write(batch)
    _tell(by, batch)


def _batch(findings: Sequence[Finding]) -> _Batch:
    rule_ids = {finding.rule_id for finding in findings}
    subjects = {finding.subject for finding in findings}
    changing = receiving.changing(findings)
    open_ones: dict[tuple[UUID, str], Alert] = {}
    for part in _parts(subjects):
        rows = Alert.objects.select_for_update().filter(is_open=True, rule_id__in=rule_ids, subject__in=part)
        open_ones |= {(one.rule_id, one.subject): one for one in rows}
    known: dict[Key, AlertOccurrence] = {}
    wanted = {receiving.key_of(finding) for finding in changing}
    for part in _parts({finding.subject for finding in changing}):
        began = {key[2] for key in wanted}
        occurred = AlertOccurrence.objects.filter(
            rule_id__in=rule_ids, subject__in=part, began_at__gte=min(began), began_at__lte=max(began)
        )
        known |= {(one.rule_id, one.subject, one.began_at): one for one in occurred}
    lines = Lines()
    for one in Alert.objects.lines().filter(is_open=True, rule_id__in=rule_ids).order_by("raised_at", "pk"):
        lines.add(Line(one.pk, one.rule_id, one.group_key, one.raised_at))
    names = {unit.code: unit.short_name for unit in units(UnitLevel.WARD, clock.today())}
    return _Batch(clock.now(), alert_rules.facts_of(rule_ids), names, open_ones, known, lines)


def _parts(subjects: Iterable[str], size: int = 500) -> Iterable[list[str]]:
    every = sorted(subjects)
    return (every[first : first + size] for first in range(0, len(every), size))


def _raise(batch: _Batch, finding: Finding) -> None:
    key = receiving.key_of(finding)
    if key in batch.known:
        return
    alert = batch.open.get((finding.rule_id, finding.subject))
    if alert is None:
        rule = batch.facts.get(finding.rule_id)
        if rule is None:
            return
        alert = _opened(batch, finding, rule)
        batch.made.append(alert)
        batch.open[finding.rule_id, finding.subject] = alert
    else:
        alert.repeats += 1
        alert.cleared_at = None
        _renew(batch, alert, finding)
    occurrence = AlertOccurrence(
        alert=alert,
        rule_id=finding.rule_id,
        subject=finding.subject,
        began_at=finding.began_at,
        received_at=batch.now,
        values=receiving.storable(finding.values),
    )
    batch.occurred.append(occurrence)
    batch.known[key] = occurrence


def _opened(batch: _Batch, finding: Finding, rule: RuleFacts) -> Alert:
    code = receiving.ward_code(finding.scope)
    ward = batch.wards.get(code, "")
    values = receiving.storable(finding.values)
    group_key = rules.group_key(rule.id, rule.group_by, finding.scope)
    alert = Alert(
        rule_id=rule.id,
        rule_code=rule.code,
        name_vi=rule.name_vi,
        name_en=rule.name_en,
        level=rule.level,
        owner_agency_id=rule.owner_agency_id,
        escalate_minutes=list(rule.escalate_minutes),
        quiet_from=rule.quiet_from,
        quiet_until=rule.quiet_until,
        due_at=rules.due_at(finding.began_at, rule.due_minutes),
        is_demo=rule.is_demo,
        subject=finding.subject,
        subject_name=receiving.subject_name(finding.subject, finding.values, ward),
        ward_code=code,
        ward_name=ward,
        longitude=finding.point[0] if finding.point else None,
        latitude=finding.point[1] if finding.point else None,
        first_values=values,
        last_values=values,
        evidence=receiving.points(finding.evidence),
        raised_at=finding.began_at,
        received_at=batch.now,
        last_at=finding.at,
        group_key=group_key,
    )
    span = rules.group_span(rule.group_by, rule.group_minutes)
    alert.head_id = batch.lines.head_for(rule.id, group_key, finding.began_at, span)
    if alert.head_id:
        batch.joined[alert.head_id] = batch.joined.get(alert.head_id, 0) + 1
    else:
        batch.lines.add(Line(alert.pk, rule.id, group_key, finding.began_at))
        if rules.may_call(rule.level, local(batch.now).time(), rule.quiet_from, rule.quiet_until):
            alert.called_at = batch.now
    alert.derive()
    return alert


def _renew(batch: _Batch, alert: Alert, finding: Finding) -> None:
    """What it shows now; a finding that comes late changes nothing of that."""
    if finding.at >= alert.last_at:
        alert.last_at = finding.at
        said = receiving.storable(finding.values)
        alert.last_values = shown_after(alert.last_values, said, has_ended=finding.kind == CLEARED)
        alert.subject_name = receiving.subject_name(
            finding.subject, finding.values, alert.ward_name, known=alert.subject_name
        )
        alert.derive()
    if not alert._state.adding:
        batch.changed[alert.pk] = alert


def _clear(batch: _Batch, finding: Finding) -> None:
    occurrence = batch.known.get(receiving.key_of(finding))
    if occurrence is None or occurrence.cleared_at is not None:
        return
    occurrence.cleared_at = finding.at
    batch.cleared += 1
    if not occurrence._state.adding:
        batch.ended[occurrence.pk] = occurrence
    alert = batch.open.get((finding.rule_id, finding.subject))
    if alert is not None and alert.pk == occurrence.alert_id:
        alert.cleared_at = finding.at
        _renew(batch, alert, finding)


def _still(batch: _Batch, finding: Finding) -> None:
    alert = batch.open.get((finding.rule_id, finding.subject))
    if alert is not None:
        _renew(batch, alert, finding)


def _write(batch: _Batch) -> None:
    for alert in batch.made:
        if count := batch.joined.pop(alert.pk, 0):
            alert.members_count = count
    Alert.objects.bulk_create(batch.made, batch_size=_AT_ONCE)
    AlertOccurrence.objects.bulk_create(batch.occurred, batch_size=_AT_ONCE)
    AlertOccurrence.objects.bulk_update(batch.ended.values(), ["cleared_at"], batch_size=_AT_ONCE)
    Alert.objects.bulk_update(batch.changed.values(), _CHANGED, batch_size=_AT_ONCE)
    for head_id in batch.joined:
        Alert.objects.filter(pk=head_id).update(members_count=Alert.objects.filter(head=head_id).count())


def _tell(by: Actor, batch: _Batch) -> None:
    lines = [alert for alert in batch.made if alert.head_id is None]
    if not batch.occurred and not batch.cleared:
        return
    details = {
        "raised": len(batch.made),
        "repeated": len(batch.occurred) - len(batch.made),
        "cleared": batch.cleared,
        "lines": [str(alert.pk) for alert in lines[:50]],
    }
    record_entry(by=by, action="incidents.receive_alerts", subject="incidents.alerts", details=details)
    for alert in lines:
        announce(AlertRaised(alert.pk, str(alert.level)), subject=about(alert.pk), by=by)
        if alert.called_at is not None:
            announce(AlertCalled(alert.pk), subject=about(alert.pk), by=by)
