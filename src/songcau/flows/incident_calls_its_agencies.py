"""The agencies that lead or support an incident are told when it opens; a lead, that the shift was taken over."""

from songcau.foundation.notifications.public import notify
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.kernel.actor import SYSTEM
from songcau.systems.incidents import public as incidents
from songcau.systems.incidents.public import notices


def call(event: incidents.IncidentOpened, facts: DeliveryFacts) -> None:
    incident = incidents.incident_facts(event.incident_id)
    if incident is None:
        return
    notify(
        by=SYSTEM,
        people=incidents.concerned_by_incident(incident.id),
        kind=notices.INCIDENT_OPENED,
        params={"number": str(incident.number), "title": incident.title},
        subject=f"{incidents.INCIDENT_SUBJECT}:{incident.id}",
        key=str(facts.event_id),
        link=incidents.incident_address(incident.id),
    )


def thank(event: incidents.ShiftHandedOver, facts: DeliveryFacts) -> None:
    notify(
        by=SYSTEM,
        people=[incidents.lead_of_shift(event.shift_id)],
        kind=notices.HANDED_OVER,
        params={},
        subject=f"{incidents.SHIFT_SUBJECT}:{event.shift_id}",
        key=str(facts.event_id),
        link="/incidents/shift/",
    )


OPENED = Reaction(incidents.IncidentOpened, call, "flows.incident_calls_its_agencies")
HANDED_OVER = Reaction(incidents.ShiftHandedOver, thank, "flows.shift_is_taken_over")
