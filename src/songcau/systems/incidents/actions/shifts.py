"""The shift at the operations centre: roster, start, log, hand-over that the next lead reads and signs."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Person
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.calendar.queries import local
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.events import RosterChanged, ShiftHandedOver, ShiftStarted
from songcau.systems.incidents.models import Duty, Shift, ShiftEntry
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.queries.shifts import carried_now
from songcau.systems.incidents.rules import shifts as rules
from songcau.systems.incidents.rules.shifts import Slot, State
from songcau.systems.incidents.rules.texts import require_words

SUBJECT = "incidents.shift"
NOTE_LIMIT = 4000
LABEL_LIMIT = 200


class NoShift(Refused):
    """No shift runs now."""

    code = "SHIFT_NONE_RUNS"
    conflict = True


class DutyPersonUnknown(Refused):
    """Somebody of the list has no account in use."""

    code = "DUTY_PERSON_UNKNOWN"


@transaction.atomic
def set_duty(*, by: Actor, day: date, slot: Slot, person_ids: Collection[UUID], lead_id: UUID | None) -> list[Duty]:
    """Who stands for a part of a day, anew; nobody empties it. Raises NotYours, DutyUnfit, DutyPersonUnknown."""
    require_operate(by)
    if person_ids:
        rules.require_duty(person_ids, lead_id, day, clock.today())
    people = {one.pk: one for one in Person.objects.filter(pk__in=set(person_ids), is_active=True)}
    if len(people) < len(set(person_ids)):
        raise DutyPersonUnknown
    Duty.objects.filter(day=day, slot=slot).delete()
    rows = Duty.objects.bulk_create(
        Duty(day=day, slot=slot, person_id=pk, person_label=one.label[:LABEL_LIMIT], is_lead=pk == lead_id)
        for pk, one in people.items()
    )
    subject = f"incidents.duty:{day.isoformat()}-{slot}"
    record_entry(by=by, action="incidents.set_duty", subject=subject, details={"people": [str(pk) for pk in people]})
    announce(RosterChanged(day.isoformat(), str(slot)), subject=subject, by=by)
    return rows


@transaction.atomic
def start_shift(*, by: Actor) -> Shift:
    """Begin one where none runs; otherwise the running one is given over. Raises NotYours, ShiftRuns."""
    require_operate(by)
    running = Shift.objects.select_for_update().filter(is_current=True).first()
    if running is not None:
        raise rules.ShiftRuns(who=running.lead_label)
    return _begun(by)


@transaction.atomic
def log_in_shift(*, by: Actor, text: str) -> ShiftEntry:
    """A line of the log of the shift that runs. Raises NotYours, NoShift, WordsMissing, WordsTooLong."""
    require_operate(by)
    shift = _running()
    entry: ShiftEntry = ShiftEntry.objects.create(
        shift=shift, at=clock.now(), text=require_words(text), by_label=by.label[:LABEL_LIMIT]
    )
    record_entry(by=by, action="incidents.log_in_shift", subject=about(shift), details={"entry": str(entry.pk)})
    return entry


@transaction.atomic
def hand_over(*, by: Actor, text: str) -> Shift:
    """The lead writes the note; what is open comes with it by itself. Written again before it is signed, it is anew.

    Raises NotYours, NoShift, NotTheLead, WordsMissing, WordsTooLong.
    """
    require_operate(by)
    shift = _running()
    rules.require_lead(by.id, shift.lead_id, shift.lead_label)
    if shift.state == State.RUNNING:
        shift.state = rules.WORKFLOW.step(State.RUNNING, "hand_over")
    shift.note = require_words(text, NOTE_LIMIT)
    shift.revision += 1
    shift.carried = carried_now()
    shift.handed_over_at = clock.now()
    shift.save()
    record_entry(by=by, action="incidents.hand_over", subject=about(shift), details={"revision": shift.revision})
    return shift


@transaction.atomic
def take_back_hand_over(*, by: Actor) -> Shift:
    """The shift goes on after all. Raises NotYours, NoShift, NotTheLead, TransitionRefused."""
    require_operate(by)
    shift = _running()
    rules.require_lead(by.id, shift.lead_id, shift.lead_label)
    shift.state = rules.WORKFLOW.step(State(shift.state), "take_back")
    shift.handed_over_at = None
    shift.save()
    record_entry(by=by, action="incidents.take_back_hand_over", subject=about(shift), details={})
    return shift


@transaction.atomic
def sign_hand_over(*, by: Actor, has_read: bool, revision: int) -> Shift:
    """The next lead has read the note; that shift ends, and the own begins: the one that is given back.

    Raises NotYours, NoShift, TransitionRefused, SignedByItself, NotRead, NoteChanged.
    """
    require_operate(by)
    shift = _running()
    after = rules.WORKFLOW.step(State(shift.state), "sign")
    rules.require_signature(by.id, shift.lead_id, has_read=has_read, seen=revision, revision=shift.revision)
    shift.state = after
    shift.signed_at = clock.now()
    shift.signed_by_id = by.id
    shift.signed_by_label = by.label[:LABEL_LIMIT]
    shift.save()
    record_entry(by=by, action="incidents.sign_hand_over", subject=about(shift), details={"revision": revision})
    begun = _begun(by)
    announce(ShiftHandedOver(shift.pk, begun.pk), subject=about(shift), by=by)
    return begun


def about(shift: Shift) -> str:
    return f"{SUBJECT}:{shift.pk}"


def _begun(by: Actor) -> Shift:
    now = clock.now()
    day, slot = rules.slot_at(local(now))
    shift: Shift = Shift.objects.create(
        day=day, slot=slot, lead_id=by.id, lead_label=by.label[:LABEL_LIMIT], started_at=now
    )
    record_entry(by=by, action="incidents.start_shift", subject=about(shift), details={"slot": str(slot)})
    announce(ShiftStarted(shift.pk), subject=about(shift), by=by)
    return shift


def _running() -> Shift:
    shift: Shift | None = Shift.objects.select_for_update().filter(is_current=True).first()
    if shift is None:
        raise NoShift
    return shift
