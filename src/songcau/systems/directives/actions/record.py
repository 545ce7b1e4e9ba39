"""What every action of directives does alike: lock the row, take a step, write a line, announce it."""

from uuid import UUID

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.queries import row_of
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.directives.models import Directive, Entry
from songcau.systems.directives.rules import LABEL_LIMIT, WORKFLOW, State

SUBJECT = "directives.directive"


class DirectiveUnknown(Refused):
    """There is no such directive, or none that this person may know of."""

    code = "DIRECTIVE_UNKNOWN"


def about(directive: Directive) -> str:
    """The subject of its audit entries and events."""
    return f"{SUBJECT}:{directive.pk}"


def label_of(by: Actor) -> str:
    return "" if by.is_system else by.label[:LABEL_LIMIT]


def locked(directive_id: UUID, version: int | None = None) -> Directive:
    """The row, held until the commit. `version`: the one the form was opened at.

    Raises DirectiveUnknown, ChangedMeanwhile.
    """
    rows = Directive.objects.select_for_update(of=("self",)).select_related("lead", "giver_agency")
    directive: Directive | None = rows.filter(pk=directive_id).first()
    if directive is None:
        raise DirectiveUnknown
    if version is not None:
        directive.require_unchanged(version)
    return directive


def step(directive: Directive, name: str, **values: object) -> State:
    """Take a step of the workflow and set what changes with it; the state before. The caller saves with `finish`.

    Raises TransitionRefused.
    """
    before = State(directive.state)
    directive.take({"state": WORKFLOW.step(before, name), **values})
    return before


def finish(by: Actor, directive: Directive, name: str, before: State, event: object, **details: object) -> None:
    """Save after a step; audit and announce it."""
    told = {"from": str(before), "to": str(directive.state), **details}
    change(by, directive, name, event, **told)


def change(by: Actor, directive: Directive, what: str, event: object, **details: object) -> None:
    """Save, audit and announce it."""
    directive.changed_at = clock.now()
    directive.save()
    record_entry(by=by, action=f"directives.{what}", subject=about(directive), details=details)
    announce(event, subject=about(directive), by=by)


def note(
    directive: Directive,
    name: str,
    *,
    by: Actor,
    text: str = "",
    percent: int | None = None,
    agency: Agency | None = None,
    **params: object,
) -> Entry:
    """A line of the timeline. `agency`: whose it is, where it is not the actor's own."""
    entry: Entry = Entry.objects.create(
        directive=directive,
        at=clock.now(),
        step=name,
        text=text,
        percent=percent,
        params=params,
        by_id=row_of(by),
        by_label=label_of(by),
        agency=agency or home_of(by),
    )
    return entry


def home_of(by: Actor) -> Agency | None:
    """The agency in which somebody is at home."""
    person = None if by.is_system else Person.objects.select_related("home").filter(pk=by.id).first()
    return person.home if person else None
