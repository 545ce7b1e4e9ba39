"""Whoever's turn it is on the ladder is told of an alert; grouped ones call once, by the first of them."""

from uuid import UUID

from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents import public as incidents
from songcau.systems.incidents.public import notices


def call(event: incidents.AlertCalled, facts: DeliveryFacts) -> None:
    _tell(notices.CALLED, event.alert_id, incidents.Rung.OFFICER, facts)


def escalate(event: incidents.AlertEscalated, facts: DeliveryFacts) -> None:
    _tell(notices.ESCALATED, event.alert_id, incidents.Rung(event.rung), facts)


def _tell(kind: str, alert_id: UUID, rung: incidents.Rung, facts: DeliveryFacts) -> None:
    alert = incidents.alert_facts(alert_id)
    if alert is None:
        return
    params = {"name": alert.name_vi, "where": alert.subject_name or alert.ward_name, "due": alert.due_at.isoformat()}
    notify(
        by=SYSTEM,
        people=incidents.concerned_by_alert(alert.id, int(rung)),
        kind=kind,
        params=params,
        subject=f"{incidents.ALERT_SUBJECT}:{alert.id}",
        key=str(facts.event_id),
        link=incidents.alert_address(alert.id),
    )


CALLED = Reaction(incidents.AlertCalled, call, "flows.alert_calls_officials")
ESCALATED = Reaction(incidents.AlertEscalated, escalate, "flows.alert_climbs_the_ladder")
