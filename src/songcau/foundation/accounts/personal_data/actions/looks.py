"""Looks at personal data: recorded as they happen, asked about when they are many, removed after their day."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts.models import Holding, Person
from songcau.foundation.accounts.personal_data import permissions, records, rules
from songcau.foundation.accounts.personal_data.events import CuriosityNoticed, CuriositySettled
from songcau.foundation.accounts.personal_data.models import CuriosityAlarm, Look
from songcau.foundation.accounts.personal_data.rules import Purpose
from songcau.foundation.accounts.personal_data.sealing import sealed
from songcau.foundation.accounts.queries import row_of
from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor

REMOVED_AT_ONCE = 1000


@transaction.atomic
def record_look(
    *,
    by: Actor,
    whose: UUID,
    kind: str,
    purpose: Purpose,
    subject_id: UUID | None = None,
    note: str = "",
    address: str = "",
) -> None:
    """Note that `by` opened data of `whose`; `kind` and `subject_id` say which record, as audit subjects do.

    One's own data, and what songcau itself reads, are no looks; the same record again within ten minutes, for the same
    purpose and without other words, is the same look. Five short queries. Raises PurposeMissing, and
    RecordKindUnknown for a kind that has no words.
    """
    records.require_known(kind)
    if by.is_system or by.id == whose:
        return
    said, now = rules.usable_note(purpose, note), clock.now()
    recent = Look.objects.filter(reader=by.id, at__gt=now - rules.SAME_LOOK)
    if not said and recent.filter(person=whose, kind=kind, subject_id=subject_id, purpose=purpose).exists():
        return
    seen = set(
        Look.objects.filter(reader=by.id, at__gt=now - rules.WINDOW)
        .order_by()
        .values_list("person", flat=True)
        .distinct()[: rules.PEOPLE_AN_HOUR + 1]
    )
    unit, post = _office_of(by)
    Look.objects.create(
        at=now,
        reader_id=by.id,
        reader_unit=unit,
        reader_post=post,
        person_id=whose,
        kind=kind,
        subject_id=subject_id,
        purpose=purpose,
        note_sealed=sealed(said),
        address_sealed=sealed(address),
        keep_until=now + rules.LOOKS_KEPT,
    )
    if len(seen) >= rules.PEOPLE_AN_HOUR:
        _ask_about(by, now, len(seen), is_new=whose not in seen)


@transaction.atomic
def settle_alarm(*, by: Actor, alarm_id: UUID, finding: str) -> CuriosityAlarm:
    """Say what was found out. Raises NotYours, NotToOneself, AlarmSettledAlready, FindingMissing."""
    alarm = (
        CuriosityAlarm.objects.select_related("reader__home")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=alarm_id)
    )
    permissions.require_settle(by, alarm.reader)
    if alarm.settled_at is not None:
        raise rules.AlarmSettledAlready()
    alarm.finding = rules.usable_finding(finding)
    alarm.settled_at, alarm.settled_by_id = clock.now(), row_of(by)
    alarm.save()
    _done(by, "settle_curiosity", alarm, CuriositySettled(alarm.id, alarm.reader_id))
    return alarm


def remove_old_looks(*, by: Actor) -> int:
    """Delete looks whose retention is over, in batches; how many. Noted in the audit log as a number."""
    old, removed = Look.objects.filter(keep_until__lte=clock.now()).order_by("keep_until"), 0
    while batch := list(old.values_list("pk", flat=True)[:REMOVED_AT_ONCE]):
        with transaction.atomic():
            Look.objects.filter(pk__in=batch).delete()
            record_entry(
                by=by,
                action="personal_data.remove_looks",
                subject="personal_data.looks",
                details={"removed": len(batch)},
            )
        removed += len(batch)
    return removed


def _office_of(by: Actor) -> tuple[str, str]:
    """The unit and the post of the reader today: the head's post before others, else the agency of the account."""
    held = Holding.objects.current().filter(person=by.id).select_related("post__agency")
    if first := held.order_by("-post__is_head", "-from_on").first():
        return first.post.agency.name, first.post.title
    home = Person.objects.filter(pk=by.id).values_list("home__name", flat=True).first()
    return home or "", ""


def _ask_about(by: Actor, now: datetime, seen: int, *, is_new: bool) -> None:
    told = CuriosityAlarm.objects.filter(reader=by.id, at__gt=now - rules.WINDOW).exists()
    if not rules.is_curious(seen, is_new=is_new, told_already=told):
        return
    alarm = CuriosityAlarm.objects.create(at=now, reader_id=by.id, people=seen + 1)
    _done(SYSTEM, "notice_curiosity", alarm, CuriosityNoticed(alarm.id, alarm.reader_id, alarm.people))


def _done(by: Actor, verb: str, alarm: CuriosityAlarm, event: object) -> None:
    subject = f"accounts.person:{alarm.reader_id}"
    details = {"alarm": str(alarm.id), "people": alarm.people}
    record_entry(by=by, action=f"personal_data.{verb}", subject=subject, details=details)
    announce(event, subject=subject, by=by)
