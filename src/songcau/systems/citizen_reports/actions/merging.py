"""One cause, many reports: those that hang on a first one follow it when it is resolved and when it is closed."""

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction

from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.actions.promising import cancel, promised, settle
from songcau.systems.citizen_reports.actions.record import change, finish, locked, note, require_alone, step
from songcau.systems.citizen_reports.events import ReportChanged
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.permissions import require_moderate
from songcau.systems.citizen_reports.rules import State, Visibility
from songcau.systems.citizen_reports.rules.steps import FOLLOWING

MOST_CHILDREN = 200


class NothingToMerge(Refused):
    """A report is merged with others, not with itself."""

    code = "NOTHING_TO_MERGE"


class TooManyToMerge(Refused):
    """At most `most` at once."""

    code = "TOO_MANY_TO_MERGE"


class ReportFollowsNone(Refused):
    """It hangs on no other report."""

    code = "REPORT_FOLLOWS_NONE"
    conflict = True


@transaction.atomic
def merge_reports(*, by: Actor, parent_id: UUID, child_ids: Sequence[UUID], version: int | None = None) -> Report:
    """Let reports of one cause follow the first. What was still to be looked at counts as accepted by this.

    Their own promised dates end: the parent's holds. Those that hang on a child hang on the parent then.
    Raises NotYours, ReportUnknown, ChangedMeanwhile, NothingToMerge, TooManyToMerge, ReportFollowsAnother, ReportDone.
    """
    require_moderate(by)
    wanted = [one for one in dict.fromkeys(child_ids) if one != parent_id]
    if not wanted:
        raise NothingToMerge
    if len(wanted) > MOST_CHILDREN:
        raise TooManyToMerge(most=MOST_CHILDREN)
    # Always in the same order, so that two desks that merge crosswise wait for each other and do not lock up.
    rows = {one: locked(one, version if one == parent_id else None) for one in sorted([parent_id, *wanted])}
    parent = rows[parent_id]
    require_alone(parent)
    rules.require_open(State(parent.state))
    for child_id in wanted:
        _hang(by, rows[child_id], parent)
    note(parent, "merge", by=by, visibility=Visibility.STAFF, codes=[rows[one].code for one in wanted])
    change(by, parent, "merge", ReportChanged(parent.pk, "children"), children=[str(one) for one in wanted])
    return parent


@transaction.atomic
def unmerge_report(*, by: Actor, report_id: UUID, version: int | None = None) -> Report:
    """Let a report be one of its own again. Raises NotYours, ReportUnknown, ChangedMeanwhile, ReportFollowsNone."""
    require_moderate(by)
    report = locked(report_id, version)
    if report.parent_id is None:
        raise ReportFollowsNone
    _loosen(by, report)
    return report


def loosen_children(by: Actor, parent: Report) -> None:
    """The parent ends unhandled: those that hung on it stand for themselves again."""
    for child_id in parent.children.order_by("pk").values_list("pk", flat=True):
        _loosen(by, locked(child_id))


def resolve_children(parent: Report) -> None:
    """Those that hang on a report are resolved with it, by songcau itself."""
    for child in _children(parent, FOLLOWING):
        values = {"resolved_at": clock.now(), "closing_text": parent.closing_text, "waiting_for": ""}
        before = step(SYSTEM, child, "resolve_with_parent", **values)
        settle(SYSTEM, child)
        note(child, "resolve_with_parent", by=SYSTEM, visibility=Visibility.PUBLIC, text=parent.closing_text)
        finish(SYSTEM, child, "resolve_with_parent", before, parent=str(parent.pk))


def close_children(parent: Report) -> None:
    """Those that hang on a report are closed with it."""
    for child in _children(parent, (State.RESOLVED,)):
        before = step(SYSTEM, child, "close_with_parent", closed_at=clock.now())
        note(child, "close_with_parent", by=SYSTEM, visibility=Visibility.PUBLIC)
        finish(SYSTEM, child, "close_with_parent", before, parent=str(parent.pk))


def reopen_children(parent: Report) -> None:
    """Those that ended with a report are open again with it. Who said that theirs is solved is left in peace."""
    for child in _children(parent, (State.RESOLVED, State.CLOSED)):
        if child.rating is not None and rules.closes_by_rating(child.rating):
            continue
        values = {"reopened_at": clock.now(), "reopenings": child.reopenings + 1, "closed_at": None, "escalation": 0}
        before = step(SYSTEM, child, "reopen_with_parent", **values)
        note(child, "reopen_with_parent", by=SYSTEM, visibility=Visibility.PUBLIC)
        finish(SYSTEM, child, "reopen_with_parent", before, parent=str(parent.pk))


def _children(parent: Report, states: Sequence[State]) -> list[Report]:
    found = parent.children.filter(state__in=states).order_by("pk").values_list("pk", flat=True)
    return [child for child in (locked(pk) for pk in found) if child.state in states]


def _hang(by: Actor, child: Report, parent: Report) -> None:
    rules.require_open(State(child.state))
    require_alone(child)
    for grandchild_id in child.children.order_by("pk").values_list("pk", flat=True):
        grandchild = locked(grandchild_id)
        grandchild.take({"parent_id": parent.pk})
        change(by, grandchild, "merge", ReportChanged(grandchild.pk, "parent"), parent=str(parent.pk))
    cancel(by, child)
    child.take({"parent_id": parent.pk, "due_at": None, "thrice_due_at": None, "promise_id": None})
    note(child, "merged", by=by, visibility=Visibility.REPORTER, code=parent.code if parent.is_public else "")
    if child.state in (State.NEW, State.WAITING_REPORTER_FIRST):
        before = step(by, child, "accept", accepted_at=clock.now())
        finish(by, child, "accept", before, parent=str(parent.pk))
    else:
        change(by, child, "merge", ReportChanged(child.pk, "parent"), parent=str(parent.pk))


def _loosen(by: Actor, child: Report) -> None:
    was = child.parent_id
    values: dict[str, object] = {"parent_id": None}
    if child.agency is not None and child.is_open:
        values |= promised(by, child, child.agency, child.clock_from)
    child.take(values)
    note(child, "unmerge", by=by, visibility=Visibility.STAFF)
    change(by, child, "unmerge", ReportChanged(child.pk, "parent"), parent=str(was))
