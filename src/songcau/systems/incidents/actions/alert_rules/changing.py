"""An alert rule is made, changed, switched on and off; each time with a reason, as a version that stays."""

import re
from dataclasses import dataclass, field, fields
from datetime import time
from typing import Any
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.incidents.events import AlertRuleChanged
from songcau.systems.incidents.models import AlertRule, AlertRuleVersion
from songcau.systems.incidents.models.alert_rules import RULE_CODE
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules.alert_rules import document_of, read_condition
from songcau.systems.incidents.rules.alerts import Grouping
from songcau.systems.incidents.rules.levels import Level

NAME_LIMIT = 120
REASON_LIMIT = 500
LABEL_LIMIT = 200
MOST_RUNGS = 3
MOST_MINUTES = 7 * 24 * 60
_PLAIN = ("due_minutes", "quiet_from", "quiet_until", "group_minutes", "enabled")


class AlertRuleUnknown(Refused):
    """There is no such rule."""

    code = "ALERT_RULE_UNKNOWN"


class AlertRuleCodeUnfit(Refused):
    """2 to 40 of A–Z, 0–9 and underscore, beginning with a letter; and used by no other."""

    code = "ALERT_RULE_CODE_UNFIT"


class AlertRuleNameMissing(Refused):
    """It needs a name of at most `limit` characters in both languages."""

    code = "ALERT_RULE_NAME_MISSING"


class AlertRuleReasonMissing(Refused):
    """Why it is changed, in at most `limit` characters."""

    code = "ALERT_RULE_REASON_MISSING"


class AlertRuleTimesUnfit(Refused):
    """Due, escalation and grouping lie between one minute and `most`; each rung comes after the one before it."""

    code = "ALERT_RULE_TIMES_UNFIT"


@dataclass(frozen=True, slots=True)
class AlertRuleDraft:
    """What of a rule can be changed; its code cannot. Fields as in `models.AlertRule`."""

    name_vi: str
    name_en: str
    condition: dict[str, Any]
    level: Level = Level.MEDIUM
    owner_agency_id: UUID | None = None
    due_minutes: int = 30
    escalate_minutes: tuple[int, ...] = field(default=())
    quiet_from: time | None = None
    quiet_until: time | None = None
    group_by: Grouping = Grouping.NONE
    group_minutes: int = 30
    enabled: bool = True


@transaction.atomic
def add_rule(*, by: Actor, code: str, draft: AlertRuleDraft, reason: str, is_demo: bool = False) -> AlertRule:
    """Raises NotYours, AlertRuleCodeUnfit, and what `change_rule` raises for its draft."""
    require_operate(by)
    if not re.fullmatch(RULE_CODE, code) or AlertRule.objects.filter(code=code).exists():
        raise AlertRuleCodeUnfit
    now = clock.now()
    rule = AlertRule(code=code, is_demo=is_demo, made_at=now, changed_at=now, **_values(draft))
    rule.save(force_insert=True)
    _keep(by, rule, "add_rule", reason)
    return rule


@transaction.atomic
def change_rule(
    *, by: Actor, rule_id: UUID, draft: AlertRuleDraft, reason: str, version: int | None = None
) -> AlertRule:
    """Alerts that stand by a condition that is changed are cleared by the engine, and raised anew if it still holds.

    Raises NotYours, AlertRuleUnknown, ChangedMeanwhile, AlertRuleUnfit, AlertRuleNameMissing, AlertRuleReasonMissing,
    AlertRuleTimesUnfit.
    """
    require_operate(by)
    rule = _locked(rule_id, version)
    changed = rule.take(_values(draft))
    if changed:
        if "condition" in changed:
            rule.condition_number += 1
        _save(by, rule, "change_rule", reason, changed=sorted(changed))
    return rule


@transaction.atomic
def switch_rule(*, by: Actor, rule_id: UUID, enabled: bool, reason: str, version: int | None = None) -> AlertRule:
    """Raises NotYours, AlertRuleUnknown, ChangedMeanwhile, AlertRuleReasonMissing."""
    require_operate(by)
    rule = _locked(rule_id, version)
    if rule.take({"enabled": enabled}):
        # It begins anew: what was so when it was switched off says nothing of now.
        rule.condition_number += 1
        _save(by, rule, "enable_rule" if enabled else "disable_rule", reason)
    return rule


def _locked(rule_id: UUID, version: int | None) -> AlertRule:
    rule: AlertRule | None = AlertRule.objects.select_for_update().filter(pk=rule_id).first()
    if rule is None:
        raise AlertRuleUnknown
    if version is not None:
        rule.require_unchanged(version)
    return rule


def _values(draft: AlertRuleDraft) -> dict[str, Any]:
    """The columns, with everything checked."""
    names = {name: normal(getattr(draft, name)).strip() for name in ("name_vi", "name_en")}
    if not all(0 < len(name) <= NAME_LIMIT for name in names.values()):
        raise AlertRuleNameMissing(limit=NAME_LIMIT)
    _require_times(draft)
    owner = draft.owner_agency_id
    agency = Agency.objects.still_open().filter(pk=owner).first() if owner else None
    return {
        **names,
        **{name: getattr(draft, name) for name in _PLAIN},
        "condition": document_of(read_condition(draft.condition)),
        "level": str(draft.level),
        "group_by": str(draft.group_by),
        "owner_agency_id": agency.pk if agency else None,
        "escalate_minutes": list(draft.escalate_minutes),
    }


def _require_times(draft: AlertRuleDraft) -> None:
    rungs = list(draft.escalate_minutes)
    minutes = [draft.due_minutes, draft.group_minutes, *rungs]
    if (
        not all(1 <= one <= MOST_MINUTES for one in minutes)
        or len(rungs) > MOST_RUNGS
        or rungs != sorted(set(rungs))
        or (draft.quiet_from is None) != (draft.quiet_until is None)
    ):
        raise AlertRuleTimesUnfit(most=MOST_MINUTES, rungs=MOST_RUNGS)


def _save(by: Actor, rule: AlertRule, action: str, reason: str, **details: object) -> None:
    rule.changed_at = clock.now()
    rule.save()
    _keep(by, rule, action, reason, **details)


def _keep(by: Actor, rule: AlertRule, action: str, reason: str, **details: object) -> None:
    """The version, the audit entry, the event."""
    reason = normal(reason).strip()
    if not 0 < len(reason) <= REASON_LIMIT:
        raise AlertRuleReasonMissing(limit=REASON_LIMIT)
    AlertRuleVersion.objects.create(
        rule=rule,
        number=rule.version,
        at=rule.changed_at,
        by_label=by.label[:LABEL_LIMIT],
        reason=reason,
        document=document(rule),
    )
    subject = f"incidents.alert_rule:{rule.pk}"
    record_entry(by=by, action=f"incidents.{action}", subject=subject, details={"code": rule.code, **details})
    announce(AlertRuleChanged(rule.pk), subject=subject, by=by)


def document(rule: AlertRule) -> dict[str, Any]:
    """Everything of a rule, as its versions keep it."""
    names = [one.name for one in fields(AlertRuleDraft)]
    values = {name: getattr(rule, name) for name in names}
    texts = {name: str(value) for name, value in values.items() if isinstance(value, UUID | time)}
    return {**values, **texts}
