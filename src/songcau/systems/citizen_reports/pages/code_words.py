"""Every code of the desk in words: states, colours, reasons, channels, steps of the timeline."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songcau.kernel.actor import NOBODY, SYSTEM
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.permissions import REPORTER_LABEL
from songcau.systems.citizen_reports.queries.statistics import By
from songcau.systems.citizen_reports.rules import (
    AttachmentKind,
    BodyKind,
    Channel,
    Colour,
    LinkState,
    OfficeTime,
    PlaceDoubt,
    RefusalReason,
    State,
    Urgency,
    Verdict,
    Visibility,
    colour,
)

Words = str | Promise

STATES: dict[State, Words] = {
    State.NEW: _("New"),
    State.ACCEPTED: _("Accepted"),
    State.ASSIGNED: _("Assigned"),
    State.IN_PROGRESS: _("In progress"),
    State.WAITING_OUTSIDE: _("Waiting for others"),
    State.WAITING_REPORTER_FIRST: _("Sender asked, nobody has it yet"),
    State.WAITING_REPORTER: _("Sender asked"),
    State.RESOLVED: _("Resolved"),
    State.REOPENED: _("Reopened"),
    State.CLOSED: pgettext_lazy("a report", "Closed"),
    State.REFUSED: _("Refused"),
    State.WITHDRAWN: _("Withdrawn by the sender"),
}
REASONS: dict[RefusalReason, Words] = {
    RefusalReason.PRIVATE_DISPUTE: _("A private dispute"),
    RefusalReason.COMPLAINT_OR_DENUNCIATION: _("A complaint or denunciation, which has a way of its own"),
    RefusalReason.OBSCENE: _("Obscene or insulting"),
    RefusalReason.DUPLICATE: _("Reported already"),
    RefusalReason.OUT_OF_AREA: _("Outside the city"),
    RefusalReason.NOT_A_PUBLIC_MATTER: _("Not a public matter"),
    RefusalReason.SPAM: _("Advertising or nonsense"),
    RefusalReason.UNCLEAR: _("Unclear, also after asking"),
}
URGENCIES: dict[Urgency, Words] = {Urgency.NORMAL: _("Normal"), Urgency.URGENT: _("Urgent")}
CHANNELS: dict[Channel, Words] = {
    Channel.PORTAL: _("Portal"),
    Channel.PHONE: _("By telephone"),
    Channel.COUNTER: _("At the counter"),
    Channel.STAFF: _("Seen by staff"),
    Channel.OPEN311: "Open311",
    Channel.IMPORT: _("Imported"),
}
DOUBTS: dict[str, Words] = {
    PlaceDoubt.OUTSIDE: _("The point lies outside the city."),
    PlaceDoubt.BORDER: _("The point lies near a border: the ward next to it may be the right one."),
    PlaceDoubt.MISSING: _("There is no point and no ward."),
    PlaceDoubt.RETIRED_WARD: _("The ward named is no more, and several continue it."),
}
VISIBILITIES: dict[Visibility, Words] = {
    Visibility.PUBLIC: _("everybody"),
    Visibility.REPORTER: _("the sender too"),
    Visibility.STAFF: _("officials only"),
    Visibility.CENTRE: _("the centre only"),
}
ATTACHMENTS: dict[AttachmentKind, Words] = {
    AttachmentKind.PROBLEM: _("What was reported"),
    AttachmentKind.MORE: _("Sent later"),
    AttachmentKind.BEFORE: _("Before"),
    AttachmentKind.AFTER: _("After"),
}
HOURS: dict[OfficeTime, Words] = {
    OfficeTime.ANY: _("At any time"),
    OfficeTime.OFFICE: _("In office hours"),
    OfficeTime.OUTSIDE: _("Outside office hours"),
}
BODIES: dict[BodyKind, Words] = {
    BodyKind.POWER: _("Power"),
    BodyKind.WATER: _("Water"),
    BodyKind.TELECOM: _("Telecommunications"),
    BodyKind.OTHER: _("Other"),
}
VERDICTS: dict[str, Words] = {
    "": _("to be looked at"),
    Verdict.GOOD: _("Well done"),
    Verdict.BAD: _("Not done: reopened"),
}
LINKS: dict[LinkState, Words] = {
    LinkState.WAITING: _("waits to be sent"),
    LinkState.SENDING: _("being sent"),
    LinkState.SENT: _("sent"),
    LinkState.FAILED: _("could not be sent"),
    LinkState.CLOSED: _("closed there"),
}
GROUPS: dict[By, Words] = {
    By.UNIT: _("Unit"),
    By.WARD: _("Ward"),
    By.CATEGORY: _("Category"),
    By.DAY: pgettext_lazy("a period", "Day"),
    By.WEEK: pgettext_lazy("a period", "Week"),
    By.MONTH: pgettext_lazy("a period", "Month"),
}
OUTCOMES: dict[str, Words] = {
    "IN_TIME": _("Done in time"),
    "DONE_LATE": _("Done late"),
    "OPEN": _("Open, in time"),
    "OPEN_LATE": _("Open, late"),
    "TURNED_DOWN": _("Refused or withdrawn"),
    "REOPENED": _("Reopened"),
    "RATED": _("Rated"),
    "CONTENT": _("Content (4 or 5 of 5)"),
    "UNHAPPY": _("Unhappy (1 or 2 of 5)"),
    "THREE_TIMES": _("Open at three times the term"),
}
# What a line of the timeline says was done: every one of `rules.TIMELINE`.
STEPS: dict[str, Words] = {
    "submit": _("Came in"),
    "replace_category": _("The category chosen was retired meanwhile"),
    "accept": _("Accepted by the centre"),
    "refuse": _("Refused"),
    "assign": _("Assigned"),
    "reroute": _("Given to another unit"),
    "return_to_centre": _("Returned to the centre"),
    "take": _("Taken on by an official"),
    "start": _("Work began"),
    "wait_outside": _("Waiting for others"),
    "resume": _("Work goes on"),
    "plan": _("Work is planned"),
    "note": _("Note"),
    "tell_reporter": _("Message to the sender"),
    "take_over": _("Taken over with its history from another register"),
    "reroute_reason": _("Why it went to another unit"),
    "reopen_reason": _("Why it was reopened"),
    "agency_succeeded": _("The unit was closed; the one that came after it has the report"),
    "refuse_picture": _("A picture could not be taken in"),
    "choose_spot_check": _("Drawn for a spot check"),
    "false_report": _("Noted as a false report"),
    "block_source": _("Its source was blocked"),
    "named_reporter": _("The text that everybody reads names the sender: only the centre is told"),
    "forget_reporter": _("The sender's contacts were erased"),
    "merged": _("Joined with another report"),
    "ask_reporter": _("Question to the sender"),
    "ask_reporter_first": _("Question to the sender"),
    "answer_first": _("The sender answered"),
    "reporter_answered": _("The sender answered"),
    "add_more": _("The sender added something"),
    "add_evidence": _("Pictures added"),
    "resolve": _("Resolved"),
    "resolve_with_parent": _("Resolved with the report it belongs to"),
    "close": _("Closed by the centre"),
    "close_content": _("Closed: the sender is content"),
    "close_after_days": _("Closed: seven days without objection"),
    "close_with_parent": _("Closed with the report it belongs to"),
    "rate": _("Rated by the sender"),
    "reopen": _("Reopened by the sender"),
    "reopen_with_parent": _("Reopened with the report it belongs to"),
    "fail_spot_check": _("Reopened after a spot check"),
    "spot_check": _("Spot check"),
    "withdraw": _("Withdrawn by the sender"),
    "nudge": _("Reminded"),
    "escalate": _("Late: those above were told"),
    "merge": _("Joined with another report"),
    "unmerge": _("Parted from another report"),
    "publish": _("Published"),
    "withhold": _("Taken from public view"),
    "recategorise": _("Category changed"),
    "relocate": _("Place changed"),
    "set_urgency": _("Urgency changed"),
    "move_date": _("Due date moved after a change of the calendar"),
    "forward": _("Passed on to another system"),
    "forwarded": _("Arrived at the other system"),
    "forward_failed": _("The other system did not take it"),
    "outside_says": _("The other system says how it stands"),
}
# Labels of the timeline that are no names of officials.
ACTORS: dict[str, Words] = {
    REPORTER_LABEL: _("the sender"),
    SYSTEM.label: _("songcau (by itself)"),
    NOBODY.label: _("the sender"),
}
# What of a report two officials may have changed at once.
FIELDS: dict[str, Words] = {
    "state": _("state"),
    "category": _("category"),
    "urgency": _("urgency"),
    "agency": _("unit"),
    "officer_id": _("official"),
    "officer_label": _("official"),
    "due_at": _("due date"),
    "first_due_at": _("first due date"),
    "longitude": _("place"),
    "latitude": _("place"),
    "ward_code": _("ward"),
    "ward_name": _("ward"),
    "plan_due_on": _("plan"),
    "plan_text": _("plan"),
    "closing_text": _("answer"),
    "waiting_for": _("what is waited for"),
    "published_at": _("publication"),
    "public_text": _("public text"),
    "withheld": _("publication"),
    "parent": _("report it belongs to"),
}


@dataclass(frozen=True, slots=True)
class Look:
    """How a colour is shown: never by colour alone."""

    style: str
    icon: str
    words: Words


COLOURS: dict[Colour, Look] = {
    Colour.GREEN: Look("is-good", "clock", _("In time")),
    Colour.AMBER: Look("is-waiting", "alert-circle", _("Due soon")),
    Colour.RED: Look("is-bad", "alert-triangle", _("Late")),
    Colour.BLACK: Look("is-worst", "alert-octagon", _("Three times the term")),
    Colour.GREY: Look("", "check", _("Done")),
}


def colour_of(report: Report, now: datetime) -> Colour:
    """By what was promised, before that by the centre's own term."""
    return colour(now, report.clock_from, report.due_at or report.verify_due_at, State(report.state))


def look_of(report: Report, now: datetime) -> Look:
    return COLOURS[colour_of(report, now)]


def step_words(name: str) -> Words:
    """What a line of the timeline says was done."""
    return STEPS.get(name, name.replace("_", " "))


PERMISSIONS = {
    "citizen_reports.view_reports": _("See citizens' reports"),
    "citizen_reports.moderate": _("Verify, route and publish reports, at the centre"),
    "citizen_reports.view_reporter": _("See who reported, for a purpose, at the centre"),
    "citizen_reports.handle_reports": _("Handle reports"),
    "citizen_reports.spot_check": _("Check closed reports again"),
    "citizen_reports.configure": _("Set up categories, routing and other systems"),
}
JOBS = {
    "citizen_reports.ask_jurisdictions": _("Ask other jurisdictions about reports"),
    "citizen_reports.catch_up_pictures": _("Look into pictures that were left over"),
    "citizen_reports.choose_spot_checks": _("Draw closed reports for spot checks"),
    "citizen_reports.compact_sums": _("Add up the sums that are kept for figures and maps of reports"),
    "citizen_reports.close_after_days": _("Close reports that were resolved a week ago"),
    "citizen_reports.drop_originals": _("Drop pictures as they were sent by people who asked to be forgotten"),
    "citizen_reports.escalate_late": _("Tell the next level of late reports"),
    "citizen_reports.follow_closed_agencies": _("Bring reports of closed agencies to those that came after"),
    "citizen_reports.take_in_waiting": _("Take in pictures that wait"),
}
