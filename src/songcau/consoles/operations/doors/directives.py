"""What leaders asked for, by the door of directives."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from songcau.consoles.operations.words import Words
from songcau.kernel.actor import Actor
from songcau.systems.directives import public as door

VIEW = "directives.view"
# So much of a label the form takes.
LABEL_LIMIT = 200
STATES: Mapping[str, Words] = {
    "DRAFT": _("draft, waits for a leader"),
    "REFUSED": _("draft that was not given"),
    "GIVEN": _("given"),
    "IN_PROGRESS": _("in progress"),
    "DONE": _("reported as done, to be accepted"),
    "CLOSED": _("done and accepted"),
    "WITHDRAWN": _("withdrawn"),
}


@dataclass(frozen=True, slots=True)
class DirectiveLine:
    """`holder` is an agency; no person is named."""

    id: UUID
    code: str
    title: str
    holder: str
    due_at: datetime | None
    address: str


@dataclass(frozen=True, slots=True)
class Figure:
    value: int
    address: str


def sees(by: Actor) -> bool:
    return by.may(VIEW)


def due(by: Actor, most: int) -> list[DirectiveLine]:
    """Late ones and those that are due soon, the most urgent first."""
    return [
        DirectiveLine(one.id, one.code, one.title, one.lead, one.due_at, one.address)
        for one in door.due_directives(by, most=most)
    ]


def figures(by: Actor) -> dict[str, Figure]:
    """LATE, SOON, … each with the list that has so many rows."""
    return {str(one.code): Figure(one.value, one.address) for one in door.figures(by)}


@dataclass(frozen=True, slots=True)
class Made:
    """A directive that came of something. `percent`: how far it is; None: it is not in force."""

    code: str
    title: str
    holder: str
    state: Words
    percent: int | None
    due_at: datetime | None
    address: str


def made_of(by: Actor, kind: str, source_id: UUID) -> list[Made]:
    """What came of an alert or an incident, of what the actor may see, the newest first. kind: ALERT or INCIDENT."""
    return [
        Made(
            code=one.code,
            title=one.title,
            holder=one.lead,
            state=STATES.get(one.state, one.state),
            percent=None if one.state in ("DRAFT", "REFUSED", "WITHDRAWN") else one.percent,
            due_at=one.due_at,
            address=one.address,
        )
        for one in door.directives_from(by, door.SourceKind(kind), source_id)
    ]


def may_write(by: Actor) -> bool:
    return door.may_write(by)


def form_address(kind: str, source_id: UUID, *, label: str, address: str, title: str) -> str:
    """Of the form of a directive that comes from this."""
    source = door.Source(door.SourceKind(kind), source_id, label[:LABEL_LIMIT], address)
    return door.form_address(source, title=title)
