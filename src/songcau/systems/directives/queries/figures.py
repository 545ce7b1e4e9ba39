"""The figures that other screens show, each with the address of the list that has so many rows."""

from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Directive
from songcau.systems.directives.queries.lists import TIMINGS, directives_of, extension_waits
from songcau.systems.directives.queries.telling import DirectiveFacts, facts
from songcau.systems.directives.rules import WORKING, SourceKind, State, Timing

LIST = "/directives/all/"


@dataclass(frozen=True, slots=True)
class DirectiveFigure:
    """`code`: AT_WORK, SOON, LATE, TO_ACCEPT, EXTENSIONS or DRAFTS."""

    code: str
    value: int
    address: str


# Code → the filters of the list that show the same.
ASKED: dict[str, dict[str, str]] = {
    "AT_WORK": {"state": "AT_WORK"},
    "SOON": {"timing": Timing.SOON},
    "LATE": {"timing": Timing.LATE},
    "TO_ACCEPT": {"state": State.DONE},
    "EXTENSIONS": {"state": "EXTENSION"},
    "DRAFTS": {"state": State.DRAFT},
}


def figures(by: Actor) -> tuple[DirectiveFigure, ...]:
    """Of what the actor may see; each equals the rows of the list at its address."""
    rows, now = Directive.objects.visible_to(by), clock.now()
    counted = {
        "AT_WORK": rows.filter(state__in=WORKING),
        "SOON": rows.filter(TIMINGS[Timing.SOON](now)),
        "LATE": rows.filter(TIMINGS[Timing.LATE](now)),
        "TO_ACCEPT": rows.filter(state=State.DONE),
        "EXTENSIONS": rows.filter(extension_waits()),
        "DRAFTS": rows.filter(state=State.DRAFT),
    }
    return tuple(
        DirectiveFigure(code, found.count(), f"{LIST}?{urlencode(ASKED[code])}") for code, found in counted.items()
    )


def due_directives(by: Actor, *, most: int = 10) -> tuple[DirectiveFacts, ...]:
    """What is late or due soon, the most urgent first; the holder is an agency, and no person is named."""
    now = clock.now()
    near = TIMINGS[Timing.LATE](now) | TIMINGS[Timing.SOON](now)
    rows = directives_of(by).filter(near).order_by("due_at", "pk")[:most]
    return tuple(facts(one) for one in rows)


def directives_from(by: Actor, kind: SourceKind, source_id: UUID) -> tuple[DirectiveFacts, ...]:
    """What was made of an alert, an incident or a meeting, the newest first."""
    rows = directives_of(by).filter(source_kind=kind, source_id=source_id).order_by("-drafted_at", "-pk")
    return tuple(facts(one) for one in rows)
