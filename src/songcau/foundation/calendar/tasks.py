"""What the calendar does by itself: after a change it looks which promised dates are in question."""

from songcau.foundation.accounts.events import AgencyMoved
from songcau.foundation.calendar import actions
from songcau.foundation.calendar.events import CalendarChanged
from songcau.foundation.calendar.queries import latest_change
from songcau.foundation.outbox.reactions import DeliveryFacts, Job, Reaction
from songcau.foundation.outbox.rules import every
from songcau.kernel.actor import SYSTEM


def find_impacts(event: CalendarChanged, _facts: DeliveryFacts) -> None:
    actions.find_impacts(by=SYSTEM, upto=event.number)


def note_moved_agency(event: AgencyMoved, _facts: DeliveryFacts) -> None:
    actions.note_moved_agency(by=SYSTEM, agency_id=event.agency_id)


def find_missed_impacts() -> None:
    """Of dates promised with the calendar before a change while the change was committed."""
    actions.find_impacts(by=SYSTEM, upto=latest_change())


REACTIONS = (
    Reaction(CalendarChanged, find_impacts, "calendar.find_impacts", lease_seconds=300, is_slow=True),
    Reaction(AgencyMoved, note_moved_agency, "calendar.note_moved_agency"),
)
JOBS = (Job("calendar.find_missed_impacts", every(minutes=10), find_missed_impacts),)
