"""How an incident goes: its states, when an item of its checklist is late, what a bulletin must say."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from songcau.kernel.errors import Refused
from songcau.kernel.workflow import Guard, Transition, Workflow

CENTRE = "incidents.operate"
MOST_MINUTES = 14 * 24 * 60
MOST_ITEMS = 60
LONGEST_BULLETIN = timedelta(days=14)
MOST_POINTS = 500


class State(StrEnum):
    OPEN = "OPEN"
    UNDER_CONTROL = "UNDER_CONTROL"
    RESOLVED = "RESOLVED"
    CLOSED = "CLOSED"


class Kind(StrEnum):
    FLOOD = "FLOOD"
    STORM = "STORM"
    LANDSLIDE = "LANDSLIDE"
    FIRE = "FIRE"
    TRAFFIC = "TRAFFIC"
    POWER = "POWER"
    WATER = "WATER"
    ENVIRONMENT = "ENVIRONMENT"
    HEALTH = "HEALTH"
    SECURITY = "SECURITY"
    TECHNICAL = "TECHNICAL"
    OTHER = "OTHER"


class EntryKind(StrEnum):
    """Of the timeline. Those that a person may write stand first."""

    NOTE = "NOTE"
    SITUATION = "SITUATION"
    DECISION = "DECISION"
    MEASURE = "MEASURE"
    CONTACT = "CONTACT"
    STEP = "STEP"
    CHANGE = "CHANGE"
    ALERT = "ALERT"
    CHECK = "CHECK"
    FILE = "FILE"
    BULLETIN = "BULLETIN"


WRITTEN = (EntryKind.NOTE, EntryKind.SITUATION, EntryKind.DECISION, EntryKind.MEASURE, EntryKind.CONTACT)
UNDERWAY = (State.OPEN, State.UNDER_CONTROL)

WORKFLOW = Workflow(
    "incidents.incident",
    start=State.OPEN,
    transitions=(
        Transition("control", (State.OPEN,), State.UNDER_CONTROL, CENTRE),
        Transition("resolve", UNDERWAY, State.RESOLVED, CENTRE),
        Transition(
            "close",
            (State.RESOLVED,),
            State.CLOSED,
            CENTRE,
            guards=(Guard("INCIDENT_REVIEWED", lambda facts: bool(facts.get("reviewed"))),),
        ),
        Transition("reopen", (State.UNDER_CONTROL, State.RESOLVED, State.CLOSED), State.OPEN, CENTRE),
    ),
)


class IncidentClosed(Refused):
    """Nothing is changed in it any more; it can be opened again."""

    code = "INCIDENT_CLOSED"
    conflict = True


class ItemDoneAlready(Refused):
    """Somebody ticked it first: `who`, at `at`."""

    code = "CHECKLIST_ITEM_DONE_ALREADY"
    conflict = True


class ItemNotDone(Refused):
    """What is not ticked cannot be unticked."""

    code = "CHECKLIST_ITEM_NOT_DONE"
    conflict = True


class PlaybookUnfit(Refused):
    """Between one and `most` items, each with a role, minutes up to `minutes`, and what is to be done."""

    code = "PLAYBOOK_UNFIT"


class BulletinPeriodUnfit(Refused):
    """It ends after it begins, not in the past, and within `days` days."""

    code = "BULLETIN_PERIOD_UNFIT"


class BulletinPublishedAlready(Refused):
    code = "BULLETIN_PUBLISHED_ALREADY"
    conflict = True


class BulletinNotInForce(Refused):
    """Only what was published and not yet withdrawn can be withdrawn."""

    code = "BULLETIN_NOT_IN_FORCE"
    conflict = True


class AreaUnfit(Refused):
    """A ring of at least three points on earth, at most `most`."""

    code = "INCIDENT_AREA_UNFIT"


class AreaOutside(Refused):
    """It touches no ward of the city: a corner was set in the wrong place."""

    code = "INCIDENT_AREA_OUTSIDE"


class ReviewTooEarly(Refused):
    """What is not resolved is not reviewed."""

    code = "REVIEW_TOO_EARLY"
    conflict = True


class ThingsLeft(Refused):
    """Alerts are open or steps undone, and nobody has said that they know: `alerts`, `items`."""

    code = "INCIDENT_THINGS_LEFT"


class EntryKindUnfit(Refused):
    """This kind of line is written by the system."""

    code = "ENTRY_KIND_UNFIT"


def require_not_closed(state: str) -> None:
    """Raises IncidentClosed."""
    if state == State.CLOSED:
        raise IncidentClosed()


def require_written(kind: str) -> None:
    """Raises EntryKindUnfit."""
    if kind not in WRITTEN:
        raise EntryKindUnfit()


def require_reviewable(state: str) -> None:
    """Raises ReviewTooEarly."""
    if state not in (State.RESOLVED, State.CLOSED):
        raise ReviewTooEarly()


def require_known(alerts: int, items: int, *, knowing: bool) -> None:
    """An incident may end with alerts open and steps undone, but not unseen. Raises ThingsLeft."""
    if (alerts or items) and not knowing:
        raise ThingsLeft(alerts=alerts, items=items)


def item_due_at(opened_at: datetime, minutes: int) -> datetime:
    return opened_at + timedelta(minutes=minutes)


def is_item_late(due_at: datetime, done_at: datetime | None, now: datetime) -> bool:
    """Done too late, or not done in time."""
    return (done_at or now) > due_at


def require_items(items: Sequence[tuple[str, int, str]]) -> None:
    """`items`: role, minutes, what is to be done. Raises PlaybookUnfit."""
    fit = all(role.strip() and text.strip() and 0 <= minutes <= MOST_MINUTES for role, minutes, text in items)
    if not fit or not 0 < len(items) <= MOST_ITEMS:
        raise PlaybookUnfit(most=MOST_ITEMS, minutes=MOST_MINUTES)


def require_period(valid_from: datetime, valid_to: datetime, now: datetime) -> None:
    """Raises BulletinPeriodUnfit."""
    if not valid_from < valid_to or valid_to <= now or valid_to - valid_from > LONGEST_BULLETIN:
        raise BulletinPeriodUnfit(days=LONGEST_BULLETIN.days)


def is_in_force(
    valid_from: datetime,
    valid_to: datetime,
    published_at: datetime | None,
    withdrawn_at: datetime | None,
    now: datetime,
) -> bool:
    return published_at is not None and withdrawn_at is None and valid_from <= now < valid_to


def require_ring(points: Sequence[tuple[float, float]]) -> list[list[float]]:
    """A closed ring of longitude and latitude in degrees, as GeoJSON wants it. Raises AreaUnfit."""
    ring = [list(point) for point in points]
    if len(ring) > 1 and ring[0] == ring[-1]:
        ring.pop()
    on_earth = all(-180 <= x <= 180 and -90 <= y <= 90 for x, y in ring)
    if not on_earth or not 3 <= len(ring) <= MOST_POINTS or _is_flat(ring):
        raise AreaUnfit(most=MOST_POINTS)
    return [*ring, ring[0]]


def require_in_city(touches: bool | None) -> None:
    """`touches`: whether the area touches a ward; None: no outline is known that could say. Raises AreaOutside."""
    if touches is False:
        raise AreaOutside()


def _is_flat(ring: Sequence[Sequence[float]]) -> bool:
    """Whether all points lie on one line."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) < 1e-12
