"""When a citizens' report is reminded of, late, or drawn for a check, officials are told."""

from songcau.flows.report_is_told_to_officials import tell
from songcau.foundation.outbox.reactions import DeliveryFacts, Reaction
from songcau.systems.citizen_reports import public as reports
from songcau.systems.citizen_reports.public import notices


def tell_nudged(event: reports.ReportNudged, facts: DeliveryFacts) -> None:
    tell(notices.NUDGED, event.report_id, reports.handlers_of(event.report_id), facts)


def tell_late(event: reports.ReportEscalated, facts: DeliveryFacts) -> None:
    people = reports.concerned_by_lateness(event.report_id, event.level)
    tell(notices.LATE, event.report_id, people, facts)


def tell_drawn(event: reports.ReportChanged, facts: DeliveryFacts) -> None:
    if event.what == "drawn":
        tell(notices.TO_CHECK, event.report_id, reports.leaders(event.report_id), facts)


NUDGED = Reaction(reports.ReportNudged, tell_nudged, "flows.reminder_is_told")
LATE = Reaction(reports.ReportEscalated, tell_late, "flows.late_report_is_told")
DRAWN = Reaction(reports.ReportChanged, tell_drawn, "flows.drawn_report_is_told")
