"""By when a directive is to be done: promised through the calendar or set by the leader; every date is kept."""

from datetime import datetime

from songcau.foundation.calendar.deadlines import Method, Term
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.public import (
    PromisedFor,
    cancel_promise,
    promise_date,
    promises_of,
    settle_promise,
)
from songcau.foundation.calendar.rules import PromiseState
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.systems.directives import rules
from songcau.systems.directives.actions.record import SUBJECT, label_of
from songcau.systems.directives.models import Deadline, Directive
from songcau.systems.directives.rules import DeadlineKind, Due, ExtensionState, Told

Values = dict[str, object]


def first(by: Actor, directive: Directive, now: datetime) -> Values:
    """What changes on it when it is given. Raises the refusals of `rules.require_due` and of `calendar.deadlines`."""
    rules.require_due(Due(directive.term_days, directive.wanted_due_at), now)
    promise = _promised(by, directive, now) if directive.term_days else None
    due_at = promise.due_at if promise else directive.wanted_due_at
    assert due_at is not None  # noqa: S101  # `require_due` has seen that there is one of the two
    _keep(by, directive, DeadlineKind.FIRST, due_at)
    return {
        "given_at": now,
        "promise_id": promise.pk if promise else None,
        "due_explained": promise.explained if promise else {},
        "first_due_at": due_at,
        **_dates(now, due_at),
    }


def _promised(by: Actor, directive: Directive, now: datetime) -> Promise:
    return promise_date(
        by=by,
        subject=PromisedFor(SUBJECT, directive.pk, directive.code),
        agency_id=directive.lead_id,
        received_at=now,
        term=Term(Method.DAYS, directive.term_days or 0),
    )


def another(by: Actor, directive: Directive, kind: DeadlineKind, due_at: datetime, reason: str) -> Values:
    """What changes on it when another date comes to hold by a decision; what was promised before is over."""
    cancel(by, directive)
    _keep(by, directive, kind, due_at, reason)
    return {"due_explained": {}, **_dates(clock.now(), due_at)}


def moved(by: Actor, directive: Directive, due_at: datetime, explained: object) -> Values:
    """What changes on it when the promised date was moved because the calendar changed."""
    _keep(by, directive, DeadlineKind.CALENDAR, due_at)
    return {"due_explained": explained, **_dates(clock.now(), due_at)}


def _dates(now: datetime, due_at: datetime) -> Values:
    """What was told of the old date says nothing of the new one."""
    return {"due_at": due_at, "soon_at": rules.soon_at(now, due_at), "told": Told.NOTHING}


def _keep(by: Actor, directive: Directive, kind: DeadlineKind, due_at: datetime, reason: str = "") -> None:
    Deadline.objects.create(
        directive=directive, kind=kind, due_at=due_at, set_at=clock.now(), by_label=label_of(by), reason=reason
    )


def settle(by: Actor, directive: Directive) -> None:
    """What was promised is done."""
    if promise := open_promise(directive):
        settle_promise(by=by, promise_id=promise.pk)


def cancel(by: Actor, directive: Directive) -> None:
    """Nobody waits for it any more."""
    if promise := open_promise(directive):
        cancel_promise(by=by, promise_id=promise.pk)


def open_promise(directive: Directive) -> Promise | None:
    found: Promise | None = promises_of(SUBJECT, directive.pk).filter(state=PromiseState.OPEN).first()
    return found


def overtake_extensions(directive: Directive) -> None:
    """Nobody has to answer what was asked for before."""
    asked = directive.extensions.filter(state=ExtensionState.ASKED)
    asked.update(state=rules.EXTENSION.step(ExtensionState.ASKED, "overtake"), decided_at=clock.now())
