"""What is done with alerts: received, acknowledged, closed, grouped, escalated."""

from songcau.systems.incidents.actions.alerts.escalating import escalate_alerts
from songcau.systems.incidents.actions.alerts.grouping import group_alerts, ungroup_alert
from songcau.systems.incidents.actions.alerts.handling import acknowledge_alert, close_alert, note_on_alert
from songcau.systems.incidents.actions.alerts.receiving import receive_findings

__all__ = [
    "acknowledge_alert",
    "close_alert",
    "escalate_alerts",
    "group_alerts",
    "note_on_alert",
    "receive_findings",
    "ungroup_alert",
]
