"""What is done with incidents: opened, worked on, resolved, reviewed, closed, opened again."""

from songcau.systems.incidents.actions.incidents.attachments import take_in_file, take_in_waiting
from songcau.systems.incidents.actions.incidents.opening import add_alerts, change_incident, open_incident
from songcau.systems.incidents.actions.incidents.stepping import (
    close_incident,
    control_incident,
    reopen_incident,
    resolve_incident,
    review_incident,
)
from songcau.systems.incidents.actions.incidents.working import (
    attach_file,
    note_missing_subjects,
    tick_item,
    untick_item,
    write_entry,
)

__all__ = [
    "add_alerts",
    "attach_file",
    "change_incident",
    "close_incident",
    "control_incident",
    "note_missing_subjects",
    "open_incident",
    "reopen_incident",
    "resolve_incident",
    "review_incident",
    "take_in_file",
    "take_in_waiting",
    "tick_item",
    "untick_item",
    "write_entry",
]
