"""What is done with alert rules: made, changed with a reason, switched; maintenance; those a city begins with."""

from songcau.systems.incidents.actions.alert_rules.changing import (
    AlertRuleCodeUnfit,
    AlertRuleDraft,
    AlertRuleNameMissing,
    AlertRuleReasonMissing,
    AlertRuleTimesUnfit,
    AlertRuleUnknown,
    add_rule,
    change_rule,
    switch_rule,
)
from songcau.systems.incidents.actions.alert_rules.maintenance import (
    MaintenanceOver,
    MaintenancePlaceUnfit,
    MaintenanceTimesUnfit,
    MaintenanceUnknown,
    end_maintenance,
    set_maintenance,
)
from songcau.systems.incidents.actions.alert_rules.usual import load_usual_rules

__all__ = [
    "AlertRuleCodeUnfit",
    "AlertRuleDraft",
    "AlertRuleNameMissing",
    "AlertRuleReasonMissing",
    "AlertRuleTimesUnfit",
    "AlertRuleUnknown",
    "MaintenanceOver",
    "MaintenancePlaceUnfit",
    "MaintenanceTimesUnfit",
    "MaintenanceUnknown",
    "add_rule",
    "change_rule",
    "end_maintenance",
    "load_usual_rules",
    "set_maintenance",
    "switch_rule",
]
