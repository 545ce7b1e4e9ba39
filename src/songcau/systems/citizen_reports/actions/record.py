"""What every action of reports does alike: lock the row, take a step, write a line, announce it."""

from uuid import UUID

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import plain
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.evidence import SUBJECT
from songcau.systems.citizen_reports.events import ReportStepTaken
from songcau.systems.citizen_reports.models import Entry, Report
from songcau.systems.citizen_reports.permissions import REPORTER_LABEL
from songcau.systems.citizen_reports.rules import NOTE_LIMIT, WORKFLOW, State, Visibility

LABEL_LIMIT = 200


class ReportUnknown(Refused):
    """There is no such report, or none that this person may know of."""

    code = "REPORT_UNKNOWN"


class ReportWordsMissing(Refused):
    """Here something must be said, in letters."""

    code = "REPORT_WORDS_MISSING"


class ReportWordsTooLong(Refused):
    """At most `limit` characters."""

    code = "REPORT_WORDS_TOO_LONG"


class ReportFollowsAnother(Refused):
    """It hangs on another report and follows that; loosen it first."""

    code = "REPORT_FOLLOWS_ANOTHER"
    conflict = True


def require_words(text: str, limit: int = NOTE_LIMIT) -> str:
    """What somebody wrote, as it is stored. Raises ReportWordsMissing, ReportWordsTooLong."""
    said = plain(text).strip()
    if not rules.letters(said):
        raise ReportWordsMissing
    if len(said) > limit:
        raise ReportWordsTooLong(limit=limit)
    return said


def require_alone(report: Report) -> None:
    """Raises ReportFollowsAnother."""
    if report.parent_id is not None:
        raise ReportFollowsAnother


def about(report: Report) -> str:
    """The subject of its audit entries and events."""
    return f"{SUBJECT}:{report.pk}"


def locked(report_id: UUID, version: int | None = None) -> Report:
    """The row, held until the commit. `version`: the one the form was opened at.

    Raises ReportUnknown, ChangedMeanwhile.
    """
    rows = Report.objects.select_for_update(of=("self",)).select_related("agency", "category")
    report: Report | None = rows.filter(pk=report_id).first()
    if report is None:
        raise ReportUnknown
    if version is not None:
        report.require_unchanged(version)
    return report


def step(by: Actor, report: Report, name: str, **values: object) -> State:
    """Take a step of the workflow and set what changes with it; the state before. The caller saves with `finish`.

    Raises TransitionRefused, GuardRefused.
    """
    before = State(report.state)
    after = WORKFLOW.step(before, name)
    report.take({"state": after, **values})
    return before


def finish(by: Actor, report: Report, name: str, before: State, **details: object) -> None:
    """Save a report after a step; audit and announce it."""
    report.changed_at = clock.now()
    report.save()
    told = {"step": name, "from": str(before), "to": str(report.state), **details}
    record_entry(by=by, action=f"citizen_reports.{name}", subject=about(report), details=told)
    announce(ReportStepTaken(report.pk, name, str(before), str(report.state)), subject=about(report), by=by)


def change(by: Actor, report: Report, what: str, event: object, **details: object) -> None:
    """Save a report in which something changed without a step; audit and announce it."""
    report.changed_at = clock.now()
    report.save()
    record_entry(by=by, action=f"citizen_reports.{what}", subject=about(report), details=details)
    announce(event, subject=about(report), by=by)


def note(
    report: Report,
    name: str,
    *,
    by: Actor,
    visibility: Visibility,
    text: str = "",
    agency: Agency | None = None,
    **params: object,
) -> Entry:
    """A line of the timeline. `agency` names who did it, where it is not the actor's own."""
    entry: Entry = Entry.objects.create(
        report=report,
        at=clock.now(),
        step=name,
        visibility=visibility,
        text=text,
        params=params,
        by_label=by.label[:LABEL_LIMIT],
        agency_name=(agency.name if agency else office_of(by))[:LABEL_LIMIT],
    )
    return entry


def office_of(by: Actor) -> str:
    """The name of the agency in which somebody is at home; nothing for reporters and for songcau itself."""
    if by.is_system or by.label == REPORTER_LABEL:
        return ""
    return Person.objects.filter(pk=by.id).values_list("home__name", flat=True).first() or ""
