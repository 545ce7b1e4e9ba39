"""An incident's steps: under control, resolved, reviewed, closed, opened again."""

from typing import Any
from uuid import UUID

from django.db import transaction

from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.incidents.actions.alerts.handling import close_alert
from songcau.systems.incidents.actions.incidents.record import LABEL_LIMIT, finish, locked, write
from songcau.systems.incidents.events import IncidentChanged, IncidentClosed
from songcau.systems.incidents.models import Incident, Review
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.queries.incidents import left_of
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import EntryKind, State
from songcau.systems.incidents.rules.texts import optional_words, require_words


@transaction.atomic
def control_incident(*, by: Actor, incident_id: UUID, text: str = "", version: int | None = None) -> Incident:
    """It grows no more. Raises NotYours, IncidentUnknown, ChangedMeanwhile, TransitionRefused, WordsTooLong."""
    require_operate(by)
    incident = locked(by, incident_id, version)
    return _step(by, incident, "control", optional_words(text), controlled_at=clock.now())


@transaction.atomic
def resolve_incident(
    *,
    by: Actor,
    incident_id: UUID,
    text: str,
    version: int | None = None,
    with_alerts: bool = False,
    knowing: bool = False,
) -> Incident:
    """It is over: what was done. `with_alerts`: its open alerts are closed with the same words. `knowing`: that
    something is left.

    Raises NotYours, IncidentUnknown, ChangedMeanwhile, TransitionRefused, WordsMissing, WordsTooLong, ThingsLeft.
    """
    require_operate(by)
    incident = locked(by, incident_id, version)
    said = require_words(text)
    if with_alerts:
        _close_alerts(by, incident, said)
    return _step(by, incident, "resolve", said, knowing=knowing, resolved_at=clock.now())


@transaction.atomic
def review_incident(
    *, by: Actor, incident_id: UUID, what_happened: str, went_well: str, to_improve: str, measures: str = ""
) -> Review:
    """What was learnt. Written again, the words before stay in the timeline.

    Raises NotYours, IncidentUnknown, ReviewTooEarly, WordsMissing, WordsTooLong.
    """
    require_operate(by)
    incident = locked(by, incident_id)
    rules.require_reviewable(incident.state)
    said = {
        "what_happened": require_words(what_happened),
        "went_well": require_words(went_well),
        "to_improve": require_words(to_improve),
        "measures": optional_words(measures),
        "at": clock.now(),
        "by_label": by.label[:LABEL_LIMIT],
    }
    before = Review.objects.filter(incident=incident).first()
    old = {name: getattr(before, name) for name in _REVIEWED} if before else {}
    review, _is_new = Review.objects.update_or_create(incident=incident, defaults=said)
    write(incident, EntryKind.STEP, by=by, step="review", before=old)
    finish(by, incident, "review_incident")
    return review


_REVIEWED = ("what_happened", "went_well", "to_improve", "measures")


@transaction.atomic
def close_incident(*, by: Actor, incident_id: UUID, version: int | None = None, knowing: bool = False) -> Incident:
    """After the review. `knowing`: that something is left.

    Raises NotYours, IncidentUnknown, ChangedMeanwhile, TransitionRefused, GuardRefused, ThingsLeft.
    """
    require_operate(by)
    incident = locked(by, incident_id, version)
    return _step(by, incident, "close", "", knowing=knowing, closed_at=clock.now())


@transaction.atomic
def reopen_incident(*, by: Actor, incident_id: UUID, text: str, version: int | None = None) -> Incident:
    """It goes on after all: why. Raises NotYours, IncidentUnknown, ChangedMeanwhile, TransitionRefused, WordsMissing,
    WordsTooLong.
    """
    require_operate(by)
    incident = locked(by, incident_id, version)
    emptied = {"controlled_at": None, "resolved_at": None, "closed_at": None}
    return _step(by, incident, "reopen", require_words(text), reopenings=incident.reopenings + 1, **emptied)


def _close_alerts(by: Actor, incident: Incident, said: str) -> None:
    """Lines: each takes along what stands under it."""
    for one in left_of(incident).alerts:
        close_alert(by=by, alert_id=one.pk, text=said)


def _left(incident: Incident, knowing: bool) -> dict[str, int]:
    """What an end leaves behind, for the timeline and the audit log. Raises ThingsLeft."""
    left = left_of(incident)
    counts = {"alerts_left": len(left.alerts), "items_left": len(left.items)}
    rules.require_known(*counts.values(), knowing=knowing)
    return counts


def _step(
    by: Actor, incident: Incident, name: str, said: str, *, knowing: bool | None = None, **values: object
) -> Incident:
    """`knowing` None: this step ends nothing."""
    before = State(incident.state)
    facts = {"reviewed": Review.objects.filter(incident=incident).exists()}
    after = rules.WORKFLOW.step(before, name, facts)
    left: dict[str, Any] = {} if knowing is None else _left(incident, knowing)
    incident.take({"state": after, **values})
    write(incident, EntryKind.STEP, by=by, step=name, text=said, before=str(before), after=str(after), **left)
    events: tuple[object, ...] = (IncidentChanged(incident.pk, name),)
    if after == State.CLOSED:
        events = (*events, IncidentClosed(incident.pk))
    told = {"from": str(before), "to": str(after), **left}
    finish(by, incident, f"{name}_incident", events, **told)
    return incident
