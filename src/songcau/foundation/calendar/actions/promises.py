"""A date is promised for something of a city system; later the promise is settled, or nobody waits any more.

Who may do that says the system: its own action asks for the permission and calls these in its transaction.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Agency
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.assessing import due, explained
from songcau.foundation.calendar.deadlines import Term, day_ended, deadline
from songcau.foundation.calendar.events import DatePromised, PromiseCancelled, PromiseSettled
from songcau.foundation.calendar.models import Promise
from songcau.foundation.calendar.queries import latest_change, local, stored
from songcau.foundation.calendar.rules import PROMISE, ImpactState, PromiseState
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


class PromiseUnknown(Refused):
    """No promise has this id."""

    code = "PROMISE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class PromisedFor:
    """What the date is promised for: a kind (`procedures.dossier`), its UUID, and how people call it."""

    kind: str
    id: UUID
    label: str


@transaction.atomic
def promise_date(
    *,
    by: Actor,
    subject: PromisedFor,
    agency_id: UUID,
    received_at: datetime,
    term: Term,
    cut_off: int | None = None,
) -> Promise:
    """Compute when the term ends by the agency's calendar, and keep that date with the sentence that explains it.

    Raises the refusals of `deadlines`, Agency.DoesNotExist.
    """
    agency = Agency.objects.get(pk=agency_id)
    seen = latest_change()
    rows = stored(seen, since=local(received_at).date(), near=agency.path)
    found = deadline(rows.layers.calendar(rows.chain(agency.path)), local(received_at), term, cut_off=cut_off)
    due_at, told = due(found), explained(rows, agency, found)
    promise: Promise = Promise.objects.create(
        subject_kind=subject.kind,
        subject_id=subject.id,
        label=subject.label[:200],
        agency=agency,
        received_at=received_at,
        received_on=local(received_at).date(),
        method=term.method,
        amount=term.amount,
        cut_off=cut_off,
        first_due_at=due_at,
        due_at=due_at,
        reckoned_at=due_at,
        reckoned_on=day_ended(local(due_at)),
        seen=seen,
        first_explained=told,
        explained=told,
        made_at=clock.now(),
    )
    about = about_promise(promise)
    details = {"subject": f"{subject.kind}:{subject.id}", "agency": agency.code, "due_at": due_at.isoformat()}
    record_entry(by=by, action="calendar.promise_date", subject=about, details=details)
    announce(DatePromised(promise.pk, subject.kind, subject.id, due_at), subject=about, by=by)
    return promise


@transaction.atomic
def settle_promise(*, by: Actor, promise_id: UUID) -> Promise:
    """What was promised is done now. Raises PromiseUnknown, TransitionRefused."""
    promise = _ended(promise_id, "settle")
    late = clock.now() > promise.due_at
    about = about_promise(promise)
    record_entry(by=by, action="calendar.settle_promise", subject=about, details={"late": late})
    announce(PromiseSettled(promise.pk, promise.subject_kind, promise.subject_id, late), subject=about, by=by)
    return promise


@transaction.atomic
def cancel_promise(*, by: Actor, promise_id: UUID) -> Promise:
    """Nobody waits for it any more. Raises PromiseUnknown, TransitionRefused."""
    promise = _ended(promise_id, "cancel")
    about = about_promise(promise)
    record_entry(by=by, action="calendar.cancel_promise", subject=about, details={})
    announce(PromiseCancelled(promise.pk, promise.subject_kind, promise.subject_id), subject=about, by=by)
    return promise


def about_promise(promise: Promise) -> str:
    """The subject of its audit entries and events."""
    return f"calendar.promise:{promise.pk}"


def _ended(promise_id: UUID, step: str) -> Promise:
    promise: Promise | None = Promise.objects.select_for_update().filter(pk=promise_id).first()
    if promise is None:
        raise PromiseUnknown
    promise.state = PROMISE.step(PromiseState(promise.state), step)
    promise.settled_at = clock.now()
    promise.save(update_fields=["state", "settled_at"])
    promise.impacts.filter(state=ImpactState.OPEN).update(state=ImpactState.OVERTAKEN, decided_at=clock.now())
    return promise
