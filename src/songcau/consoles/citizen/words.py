"""Codes of reports in plain words for citizens; officials read those of the system's own pages."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from songcau.foundation.shell.words import refusals
from songcau.foundation.shell.written import language
from songcau.systems.citizen_reports.public import OwnReport, State

Words = str | Promise

STATES: Mapping[State, Words] = {
    State.NEW: pgettext_lazy("state of a report", "Received"),
    State.ACCEPTED: pgettext_lazy("state of a report", "Verified"),
    State.ASSIGNED: pgettext_lazy("state of a report", "Handed to a unit"),
    State.IN_PROGRESS: pgettext_lazy("state of a report", "Being handled"),
    State.WAITING_OUTSIDE: pgettext_lazy("state of a report", "Waiting for others"),
    State.WAITING_REPORTER_FIRST: pgettext_lazy("state of a report", "Waiting for your answer"),
    State.WAITING_REPORTER: pgettext_lazy("state of a report", "Waiting for your answer"),
    State.RESOLVED: pgettext_lazy("state of a report", "Handled"),
    State.REOPENED: pgettext_lazy("state of a report", "Reopened"),
    State.CLOSED: pgettext_lazy("state of a report", "Closed"),
    State.REFUSED: pgettext_lazy("state of a report", "Not taken up"),
    State.WITHDRAWN: pgettext_lazy("state of a report", "Withdrawn"),
}
# As everybody reads it: the one who is waited for is somebody else.
PUBLIC_STATES: Mapping[State, Words] = {
    **STATES,
    State.WAITING_REPORTER_FIRST: pgettext_lazy("state of a report", "Waiting for the reporter"),
    State.WAITING_REPORTER: pgettext_lazy("state of a report", "Waiting for the reporter"),
}
MEANINGS: Mapping[State, Words] = {
    State.NEW: _("Your report is here. The operations centre reads it and decides who handles it."),
    State.ACCEPTED: _("The operations centre has read it and is handing it to the unit that can act."),
    State.ASSIGNED: _("A unit has your report and will begin."),
    State.IN_PROGRESS: _("The unit is working on it."),
    State.WAITING_OUTSIDE: _("The unit waits for somebody else before it can go on."),
    State.WAITING_REPORTER_FIRST: _("The operations centre cannot go on without an answer from you."),
    State.WAITING_REPORTER: _("The unit cannot go on without an answer from you."),
    State.RESOLVED: _("The unit says that it is done. It is closed after seven days if you say nothing."),
    State.REOPENED: _("You or a leader said that it is not done. The centre hands it out again."),
    State.CLOSED: _("It is done and closed."),
    State.REFUSED: _("The operations centre cannot take it up. The reason stands below."),
    State.WITHDRAWN: _("You have taken it back. Nobody works on it."),
}
EXPECTED: Mapping[State, Words] = {
    State.WAITING_REPORTER_FIRST: _("Please answer the question below."),
    State.WAITING_REPORTER: _("Please answer the question below."),
    State.RESOLVED: _("Please say how it went, or that it is not done."),
}
REASONS: Mapping[str, Words] = {
    "": "",
    "PRIVATE_DISPUTE": _(
        "It is a dispute between private persons. A mediation group of your ward or a court can help."
    ),
    "COMPLAINT_OR_DENUNCIATION": _(
        "It is a complaint or a denunciation. The law has a way of its own for these: the citizen reception office of "
        "the city or of your ward takes it."
    ),
    "OBSCENE": _("The words or pictures are indecent."),
    "DUPLICATE": _("The same was reported before. You can follow that report."),
    "OUT_OF_AREA": _("The place is not in this city."),
    "NOT_A_PUBLIC_MATTER": _("It is nothing that the city's units can act on."),
    "SPAM": _("It reports no problem."),
    "UNCLEAR": _("It was not clear what is meant, also after asking."),
}
# What the timelines of citizens say was done: every line of `TIMELINE`. Those that only officials read stand here too,
# so that a line which is opened to citizens one day has its words.
STEPS: Mapping[str, Words] = {
    "submit": _("Reported"),
    "accept": _("Verified by the operations centre"),
    "assign": _("Handed to a unit"),
    "reroute": _("Handed to another unit"),
    "reroute_reason": _("Why it went to another unit"),
    "return_to_centre": _("Handed back to the centre"),
    "agency_succeeded": _("The unit was closed; the one that came after it has the report"),
    "take": _("An official has taken it on"),
    "take_over": _("Taken over with its history from another register"),
    "start": _("Work began"),
    "plan": _("A date was planned"),
    "wait_outside": _("Waits for somebody else"),
    "resume": _("Work goes on"),
    "ask_reporter": _("A question to the reporter"),
    "ask_reporter_first": _("A question to the reporter"),
    "reporter_answered": _("The reporter answered"),
    "answer_first": _("The reporter answered"),
    "tell_reporter": _("A message to the reporter"),
    "named_reporter": _("A note of the officials"),
    "note": _("A note of the officials"),
    "resolve": _("Handled"),
    "resolve_with_parent": _("Handled together with the report it was joined to"),
    "close": _("Closed"),
    "close_content": _("Closed: the reporter is content"),
    "close_after_days": _("Closed: nobody objected within seven days"),
    "close_with_parent": _("Closed together with the report it was joined to"),
    "refuse": _("Not taken up"),
    "withdraw": _("Taken back by the reporter"),
    "reopen": _("Said to be not done"),
    "reopen_reason": _("Why it is not done"),
    "reopen_with_parent": _("Opened again together with the report it was joined to"),
    "choose_spot_check": _("Drawn for a check by a leader"),
    "spot_check": _("Checked by a leader"),
    "fail_spot_check": _("Found not done at a check"),
    "rate": _("Rated by the reporter"),
    "nudge": _("Asked again"),
    "escalate": _("Late: those above the unit were told"),
    "publish": _("Shown to everybody"),
    "withhold": _("No longer shown to everybody"),
    "move_date": _("The date was moved"),
    "set_urgency": _("Its urgency was changed"),
    "add_more": _("More was sent"),
    "add_evidence": _("Pictures were added"),
    "refuse_picture": _("A picture could not be taken in"),
    "recategorise": _("Put under another subject"),
    "replace_category": _("The subject that was chosen is no more; put under the one that continues it"),
    "relocate": _("The place was corrected"),
    "merge": _("Other reports of the same matter were joined to it"),
    "merged": _("Joined to another report of the same matter"),
    "unmerge": _("Parted from the other report"),
    "forward": _("Passed on to another body"),
    "forwarded": _("Arrived at the other body"),
    "forward_failed": _("The other body has not taken it yet"),
    "outside_says": _("The other body says how it stands"),
    "forget_reporter": _("Contacts were deleted"),
    "false_report": _("Noted as a false report"),
    "block_source": _("Reports from this source are not taken for a while"),
}

UNDER_WAY = frozenset(
    {State.NEW, State.ACCEPTED, State.ASSIGNED, State.IN_PROGRESS, State.WAITING_OUTSIDE, State.REOPENED}
)
_WITHDRAWABLE = frozenset(
    {State.NEW, State.ACCEPTED, State.ASSIGNED, State.WAITING_REPORTER, State.WAITING_REPORTER_FIRST}
)
_DONE = frozenset({State.RESOLVED, State.CLOSED})
ASKED = frozenset({State.WAITING_REPORTER, State.WAITING_REPORTER_FIRST})
_REOPEN_WITHIN = timedelta(days=7)
_NUDGE_EVERY = timedelta(days=1)


def step_in_words(step: str) -> Words:
    return STEPS.get(step, _("A note of the officials"))


def due_in_words(explained: Mapping[str, object]) -> str:
    """The sentence that explains the date, as the calendar has told it."""
    return str(explained.get(language()) or explained.get("vi") or "")


def refused_picture(code: str) -> str:
    """Why a picture could not be taken in; without the parameters, which nobody kept."""
    words = refusals().get(code)
    if words is None or "%(" in str(words):
        return str(_("It could not be read and was left out."))
    return str(words)


def deeds_of(report: OwnReport, now: datetime) -> frozenset[str]:
    """What the page offers. The rules decide again when it is done."""
    since = now - report.resolved_at if report.resolved_at else None
    found = {
        "answer": report.state in ASKED,
        "add": report.state in UNDER_WAY or report.state in ASKED,
        "rate": report.state in _DONE and report.rating is None,
        "reopen": report.state in _DONE
        and not report.reopened_by_reporter
        and since is not None
        and since <= _REOPEN_WITHIN,
        "withdraw": report.state in _WITHDRAWABLE,
        "nudge": report.due_at is not None
        and report.due_at < now
        and report.state in UNDER_WAY
        and (report.nudged_at is None or now - report.nudged_at >= _NUDGE_EVERY),
        "forget": report.has_contacts,
    }
    return frozenset(name for name, is_offered in found.items() if is_offered)
