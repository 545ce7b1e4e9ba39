"""Codes of directives in words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.systems.directives import rules
from songcau.systems.directives.models import Directive
from songcau.systems.directives.rules import (
    DeadlineKind,
    EvidenceState,
    ExtensionState,
    SourceKind,
    State,
    Timing,
)

Words = str | Promise

STATES: Mapping[str, Words] = {
    State.DRAFT: _("Draft"),
    State.REFUSED: _("Draft refused"),
    State.GIVEN: _("Given"),
    State.IN_PROGRESS: _("In progress"),
    State.DONE: _("To be accepted"),
    State.CLOSED: _("Ended, accepted"),
    State.WITHDRAWN: _("Withdrawn"),
}
SOURCES: Mapping[str, Words] = {
    SourceKind.BY_HAND: _("Given directly"),
    SourceKind.ALERT: _("Alert"),
    SourceKind.INCIDENT: _("Incident"),
    SourceKind.MEETING: _("Conclusion of a meeting"),
}
DEADLINES: Mapping[str, Words] = {
    DeadlineKind.FIRST: _("First date"),
    DeadlineKind.EXTENSION: _("More time granted"),
    DeadlineKind.CHANGED: _("Changed by who gave it"),
    DeadlineKind.CALENDAR: _("Moved with the working calendar"),
}
EXTENSIONS: Mapping[str, Words] = {
    ExtensionState.ASKED: _("waits for an answer"),
    ExtensionState.APPROVED: _("approved"),
    ExtensionState.REFUSED: _("refused"),
    ExtensionState.OVERTAKEN: _("not needed any more"),
}
EVIDENCE: Mapping[str, Words] = {
    EvidenceState.WAITING: _("being looked into"),
    EvidenceState.READY: _("taken in"),
    EvidenceState.REFUSED: _("could not be taken in"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a timing is shown: never by colour alone."""

    style: str
    icon: str
    words: Words


TIMINGS: Mapping[Timing, Look] = {
    Timing.NOT_GIVEN: Look("", "file-text", _("Not given")),
    Timing.IN_TIME: Look("is-good", "clock", _("In time")),
    Timing.SOON: Look("is-waiting", "alert-circle", _("Due soon")),
    Timing.LATE: Look("is-bad", "alert-triangle", _("Late")),
    Timing.DONE_IN_TIME: Look("is-good", "check", _("Done in time")),
    Timing.DONE_LATE: Look("is-waiting", "check", _("Done late")),
    Timing.ENDED: Look("", "x", _("Withdrawn")),
}
# What a line of the timeline says was done; a name that is not here is shown as it is.
STEPS: Mapping[str, Words] = {
    "draft": _("Draft written"),
    "change_draft": _("Draft changed"),
    "refuse_draft": _("Draft not given"),
    "give": _("Given"),
    "change": _("Changed"),
    "change_deadline": _("Date changed"),
    "move_date": _("Date moved with the working calendar"),
    "assign_officer": _("Handed to an official"),
    "follow_agency": _("Goes on at the agency that came after"),
    "start": _("Work began"),
    "report": _("Progress reported"),
    "contribute": _("Contribution of a supporting agency"),
    "finish": _("Reported as done"),
    "ask_extension": _("More time asked for"),
    "approve_extension": _("More time granted"),
    "refuse_extension": _("More time refused"),
    "accept": _("Result accepted"),
    "send_back": _("Sent back: not done yet"),
    "withdraw": _("Withdrawn"),
    "nudge": _("Reminded"),
    "refuse_file": _("A file could not be taken in"),
}
# A record's fields, for who saves second.
FIELDS: Mapping[str, Words] = {
    "state": _("state"),
    "title": _("name of the task"),
    "content": _("content"),
    "is_urgent": _("urgency"),
    "lead": _("leading agency"),
    "supporting": _("supporting agencies"),
    "officer_id": _("official"),
    "officer_label": _("official"),
    "percent": _("progress"),
    "term_days": _("term"),
    "wanted_due_at": _("date"),
    "due_at": _("date"),
    "first_due_at": _("date"),
    "soon_at": _("date"),
    "due_explained": _("date"),
    "promise_id": _("date"),
    "told": _("date"),
    "given_at": _("state"),
    "giver_id": _("who gave it"),
    "giver_label": _("who gave it"),
    "started_at": _("state"),
    "reported_at": _("progress"),
    "done_at": _("state"),
    "closed_at": _("state"),
    "sent_back": _("state"),
}
PERMISSIONS = {
    "directives.view": _("See directives"),
    "directives.give": _("Give directives, decide on extensions, accept results"),
    "directives.draft": _("Draft directives for a leader"),
    "directives.report": _("Report on directives of one's agency"),
}
JOBS = {
    "directives.take_in_waiting": _("Take in evidence of directives that waits"),
    "directives.tell_fallen_due": _("Tell of directives that are due soon or late"),
    "directives.follow_closed_agencies": _("Bring directives of closed agencies to those that came after"),
}


def timing_of(directive: Directive, now: datetime) -> Timing:
    return rules.timing(
        State(directive.state),
        now,
        due_at=directive.due_at,
        near_at=directive.soon_at,
        done_at=directive.done_at,
    )


def look_of(directive: Directive, now: datetime) -> Look:
    return TIMINGS[timing_of(directive, now)]


def step_words(name: str) -> Words:
    """What a line of the timeline says was done."""
    return STEPS.get(name, name.replace("_", " "))
