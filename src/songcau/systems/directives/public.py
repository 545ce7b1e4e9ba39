"""The door of directives: the few functions and events that flows, consoles and gateways may use."""

from urllib.parse import urlencode
from uuid import UUID

from songcau.kernel.actor import Actor
from songcau.systems.directives import actions
from songcau.systems.directives.actions import Task, note_moved_date
from songcau.systems.directives.actions import notices as notices
from songcau.systems.directives.actions.record import SUBJECT
from songcau.systems.directives.events import (
    DirectiveChanged,
    DirectiveClosed,
    DirectiveContributed,
    DirectiveDone,
    DirectiveDrafted,
    DirectiveFellDue,
    DirectiveGiven,
    DirectiveNudged,
    DirectiveReported,
    DirectiveSentBack,
    DirectiveWithdrawn,
    DraftRefused,
    EvidenceAdded,
    ExtensionAsked,
    ExtensionDecided,
    SupportersAdded,
)
from songcau.systems.directives.permissions import may_write
from songcau.systems.directives.queries.comparing import Month
from songcau.systems.directives.queries.figures import DirectiveFigure, directives_from, due_directives, figures
from songcau.systems.directives.queries.periods import (
    DirectivesInMonth,
    DirectivesOfMonth,
    LateDirective,
    directives_in_months,
    directives_since,
    late_directives_between,
    sees_every_directive,
)
from songcau.systems.directives.queries.telling import (
    DirectiveFacts,
    drafter_of,
    facts_of,
    leaders_of,
    supporters_of,
    workers_of,
)
from songcau.systems.directives.rules import Due, Source, SourceKind, State, Told

__all__ = [
    "SUBJECT",
    "DirectiveChanged",
    "DirectiveClosed",
    "DirectiveContributed",
    "DirectiveDone",
    "DirectiveDrafted",
    "DirectiveFacts",
    "DirectiveFellDue",
    "DirectiveFigure",
    "DirectiveGiven",
    "DirectiveNudged",
    "DirectiveReported",
    "DirectiveSentBack",
    "DirectiveWithdrawn",
    "DirectivesInMonth",
    "DirectivesOfMonth",
    "DraftRefused",
    "Due",
    "EvidenceAdded",
    "ExtensionAsked",
    "ExtensionDecided",
    "LateDirective",
    "Month",
    "Source",
    "SourceKind",
    "State",
    "SupportersAdded",
    "Task",
    "Told",
    "directives_from",
    "directives_in_months",
    "directives_since",
    "draft_directive",
    "drafter_of",
    "due_directives",
    "facts_of",
    "figures",
    "form_address",
    "give_directive",
    "late_directives_between",
    "leaders_of",
    "may_write",
    "note_moved_date",
    "notices",
    "sees_every_directive",
    "supporters_of",
    "workers_of",
]


def give_directive(*, by: Actor, task: Task) -> UUID:
    """In force at once; the same `submission_id` again gives the same id. Raises as `actions.give_directive`."""
    directive_id: UUID = actions.give_directive(by=by, task=task).pk
    return directive_id


def draft_directive(*, by: Actor, task: Task) -> UUID:
    """For a leader to give; `task.giver_agency_id` names whose. Raises as `actions.draft_directive`."""
    directive_id: UUID = actions.draft_directive(by=by, task=task).pk
    return directive_id


def form_address(source: Source, *, title: str = "", content: str = "") -> str:
    """Of the form in which a person gives or drafts a directive that comes from something of another system."""
    asked = {
        "source": source.kind,
        "source_id": source.id or "",
        "source_label": source.label,
        "source_address": source.address,
        "title": title,
        "content": content,
    }
    return "/directives/give/?" + urlencode({name: value for name, value in asked.items() if value})
