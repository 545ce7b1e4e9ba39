"""After a change of the calendar: which promised dates it puts in question, and what a person decides of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Min

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar import layers
from songcau.foundation.calendar.actions.promises import about_promise
from songcau.foundation.calendar.assessing import concerned, differing, explained, reckoned
from songcau.foundation.calendar.deadlines import day_ended
from songcau.foundation.calendar.events import ImpactsFound, PromisedDateKept, PromisedDateMoved
from songcau.foundation.calendar.models import Change, Impact, Promise
from songcau.foundation.calendar.permissions import require_decide
from songcau.foundation.calendar.queries import local, stored
from songcau.foundation.calendar.rules import IMPACT, PROMISE, ImpactState, PromiseState
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal

MOST_AT_ONCE = 500
CHUNK = 500


class ImpactUnknown(Refused):
    """One of the dates is not there any more, or none was chosen."""

    code = "IMPACT_UNKNOWN"


class TooManyImpacts(Refused):
    """More than `most` at once."""

    code = "TOO_MANY_IMPACTS"


@transaction.atomic
def find_impacts(*, by: Actor, upto: int) -> int:
    """Look at every open promise with the calendar after each change it has not been seen with, in their order.

    How many impacts were found. Doing it again finds nothing more.
    """
    oldest = Promise.objects.filter(state=PromiseState.OPEN, seen__lt=upto).aggregate(oldest=Min("seen"))["oldest"]
    changes = Change.objects.filter(number__lte=upto).select_related("agency").order_by("number")
    if oldest is None:
        changes.filter(assessed_at=None).update(assessed_at=clock.now())
        return 0
    return sum(_find(by, change) for change in changes.filter(number__gt=oldest))


def _find(by: Actor, change: Change) -> int:
    unseen = Promise.objects.filter(state=PromiseState.OPEN, seen__lt=change.number)
    oldest = unseen.aggregate(oldest=Min("received_on"))["oldest"] or change.first_on
    # One received earlier that is promised only now waits for the job, which reads what matters for it too.
    unseen = unseen.filter(received_on__gte=oldest)
    among = concerned(change.agency, change.first_on, change.last_on).filter(pk__in=unseen.values("pk"))
    rows = stored(change.number, since=oldest)
    moved, found = [], []
    for promise, again in differing(
        rows, change.agency, change.first_on, change.last_on, among.select_for_update(of=("self",))
    ):
        promise.reckoned_at = again
        moved.append(promise)
        if promise.reckoned_at != promise.due_at:
            found.append(_impact(promise, change))
    _store(moved, found)
    unseen.update(seen=change.number)
    change.assessed_at = clock.now()
    change.save(update_fields=["assessed_at"])
    if found:
        about = f"calendar.change:{change.number}"
        record_entry(by=by, action="calendar.find_impacts", subject=about, details={"found": len(found)})
        announce(ImpactsFound(change.number, len(found)), subject=about, by=by)
    return len(found)


def _impact(promise: Promise, change: Change) -> Impact:
    return Impact(
        promise=promise,
        change=change,
        old_due_at=promise.due_at,
        new_due_at=promise.reckoned_at,
        found_at=clock.now(),
    )


def _store(moved: Sequence[Promise], found: Sequence[Impact]) -> None:
    """What was open of these promises is overtaken first: one thing at a time is asked about a promise.

    Promises with the same new date are written together: most have one of a few dozen.
    """
    together: dict[datetime, list[UUID]] = defaultdict(list)
    for promise in moved:
        together[promise.reckoned_at].append(promise.pk)
    for reckoned_at, promises in together.items():
        for at in range(0, len(promises), CHUNK):
            part = promises[at : at + CHUNK]
            before = Impact.objects.open().filter(promise__in=part)
            before.update(state=ImpactState.OVERTAKEN, decided_at=clock.now())
            reckoned_on = day_ended(local(reckoned_at))
            Promise.objects.filter(pk__in=part).update(reckoned_at=reckoned_at, reckoned_on=reckoned_on)
    Impact.objects.bulk_create(found, batch_size=CHUNK)


@transaction.atomic
def decide_impacts(*, by: Actor, impact_ids: Sequence[UUID], move: bool, basis: str) -> int:
    """Keep the promised dates, or move them to what the calendar says now; one decision, with its basis, for many.

    All or none. Raises ImpactUnknown, TooManyImpacts, ReasonMissing, MayNotDecideDates, TransitionRefused when somebody
    was faster.
    """
    basis, wanted = normal(basis), list(dict.fromkeys(impact_ids))
    layers.require_reason(basis)
    if len(wanted) > MOST_AT_ONCE:
        raise TooManyImpacts(most=MOST_AT_ONCE)
    impacts = _locked(wanted)
    if not impacts or len(impacts) < len(wanted):
        raise ImpactUnknown
    for impact in impacts:
        require_decide(by, impact.promise.agency)
    now = clock.now()
    for impact in impacts:
        impact.state = IMPACT.step(ImpactState(impact.state), "move" if move else "keep")
        impact.decided_at, impact.decided_by_id = now, by.id
        impact.decided_by, impact.basis = by.label[:200], basis
    Impact.objects.bulk_update(impacts, ["state", "decided_at", "decided_by_id", "decided_by", "basis"], CHUNK)
    if move:
        _move([impact.promise for impact in impacts])
    for impact in impacts:
        _tell(by, impact, move=move)
    return len(impacts)


def _locked(wanted: Sequence[UUID]) -> list[Impact]:
    """Promises before impacts, as `find_impacts` and `settle_promise` take them."""
    held = Promise.objects.select_for_update(of=("self",)).filter(
        pk__in=Impact.objects.filter(pk__in=wanted).values("promise")
    )
    promises = {promise.pk: promise for promise in held.order_by("pk").select_related("agency")}
    impacts = list(Impact.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    for impact in impacts:
        impact.promise = promises[impact.promise_id]
    return impacts


def _move(promises: Sequence[Promise]) -> None:
    """To what the calendar says after the last change each was seen with, with the sentence for it."""
    oldest = min(promise.received_on for promise in promises)
    known = {seen: stored(seen, since=oldest) for seen in {promise.seen for promise in promises}}
    for promise in promises:
        rows = known[promise.seen]
        found = reckoned(rows.layers.calendar(rows.chain(promise.agency.path)), promise)
        promise.state = PROMISE.step(PromiseState(promise.state), "move")
        promise.due_at, promise.explained = promise.reckoned_at, explained(rows, promise.agency, found)
    Promise.objects.bulk_update(promises, ["due_at", "explained"], CHUNK)


def _tell(by: Actor, impact: Impact, *, move: bool) -> None:
    promise = impact.promise
    about = about_promise(promise)
    details = {
        "change": impact.change_id,
        "old_due_at": _written(impact.old_due_at),
        "due_at": _written(promise.due_at),
        "basis": impact.basis,
    }
    verb = "calendar.move_date" if move else "calendar.keep_date"
    record_entry(by=by, action=verb, subject=about, details=details)
    of = promise.pk, promise.subject_kind, promise.subject_id
    event = PromisedDateMoved(*of, impact.old_due_at, promise.due_at) if move else PromisedDateKept(*of, promise.due_at)
    announce(event, subject=about, by=by)


def _written(at: datetime) -> str:
    return local(at).isoformat(timespec="minutes")
