"""What can be asked of alert rules: by the case work, the engine and the pages."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, time
from uuid import UUID

from songcau.systems.incidents.models import AlertRule, AlertRuleVersion, MaintenanceWindow
from songcau.systems.incidents.rules.alert_rules import AlertRuleUnfit, Condition, read_condition
from songcau.systems.incidents.rules.engine import RuleSpec, Window


@dataclass(frozen=True, slots=True)
class RuleFacts:
    """A rule as its alerts need it. `owner_agency_id` None: the operations centre."""

    id: UUID
    code: str
    name_vi: str
    name_en: str
    level: str
    owner_agency_id: UUID | None
    due_minutes: int
    escalate_minutes: tuple[int, ...]
    quiet_from: time | None
    quiet_until: time | None
    group_by: str
    group_minutes: int
    enabled: bool
    is_demo: bool


_COPIED = (
    *("id", "code", "name_vi", "name_en", "level", "owner_agency_id", "due_minutes", "quiet_from", "quiet_until"),
    *("group_by", "group_minutes", "enabled", "is_demo"),
)


def facts_of(rule_ids: Collection[UUID]) -> dict[UUID, RuleFacts]:
    """Those that exist."""
    rows = AlertRule.objects.filter(pk__in=list(rule_ids))
    return {
        row.pk: RuleFacts(
            **{name: getattr(row, name) for name in _COPIED}, escalate_minutes=tuple(row.escalate_minutes)
        )
        for row in rows
    }


def rules_in_force() -> list[RuleSpec]:
    """As the engine runs them."""
    return [
        RuleSpec(row.pk, row.condition_number, read_condition(row.condition))
        for row in AlertRule.objects.filter(enabled=True).order_by("code")
    ]


def windows_to_come(now: datetime) -> list[Window]:
    """Maintenance windows that run now or will; one that was ended early is none."""
    rows = MaintenanceWindow.objects.filter(ends_at__gt=now, ended_at=None).order_by("starts_at", "pk")
    return [
        Window(row.rule_id, row.subject, row.scope, row.starts_at.timestamp(), row.ends_at.timestamp()) for row in rows
    ]


def condition_at(rule_id: UUID, at: datetime) -> Condition | None:
    """What the rule said then; None where nobody knows any more."""
    version = AlertRuleVersion.objects.filter(rule=rule_id, at__lte=at).order_by("-number").first()
    try:
        return read_condition(version.document["condition"]) if version else None
    except AlertRuleUnfit:
        return None
