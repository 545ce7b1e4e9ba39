"""Work on an incident: lines of its timeline, ticks of its checklist, attachments."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from songcau.foundation.files.actions import register_held
from songcau.foundation.files.receiving import Held
from songcau.foundation.files.uses import Subject
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.systems.incidents.actions.incidents.attachments import ATTACHMENTS, MOST_FILES
from songcau.systems.incidents.actions.incidents.record import LABEL_LIMIT, SUBJECT, finish, locked, write
from songcau.systems.incidents.events import IncidentChanged, IncidentFileAdded
from songcau.systems.incidents.models import ChecklistItem, IncidentEntry, IncidentFile, IncidentSubject
from songcau.systems.incidents.permissions import require_songcau, require_work_on
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import EntryKind
from songcau.systems.incidents.rules.texts import optional_words, require_words

ITEM_NOTE_LIMIT = 500


class ItemUnknown(Refused):
    """The incident's checklist has no such item."""

    code = "CHECKLIST_ITEM_UNKNOWN"


class TooManyFiles(Refused):
    """At most `most` to one incident."""

    code = "INCIDENT_FILES_TOO_MANY"


class HappenedLater(Refused):
    """What is written down has happened already."""

    code = "ENTRY_IN_THE_FUTURE"


@transaction.atomic
def write_entry(
    *, by: Actor, incident_id: UUID, kind: EntryKind, text: str, happened_at: datetime | None = None
) -> IncidentEntry:
    """A line that somebody writes. Raises IncidentUnknown, NotYours, IncidentClosed, EntryKindUnfit, WordsMissing,
    WordsTooLong, HappenedLater.
    """
    incident = locked(by, incident_id)
    require_work_on(by, incident)
    rules.require_not_closed(incident.state)
    rules.require_written(kind)
    if happened_at is not None and happened_at > clock.now():
        raise HappenedLater
    entry = write(incident, kind, by=by, text=require_words(text), happened_at=happened_at)
    finish(by, incident, "write_entry", kind=str(kind), entry=str(entry.pk))
    return entry


@transaction.atomic
def tick_item(*, by: Actor, incident_id: UUID, item_id: UUID, text: str = "") -> ChecklistItem:
    """It is done. The second of two who tick it is told who was first.

    Raises IncidentUnknown, NotYours, IncidentClosed, ItemUnknown, ItemDoneAlready, WordsTooLong.
    """
    incident = locked(by, incident_id)
    require_work_on(by, incident)
    rules.require_not_closed(incident.state)
    item = _item(incident_id, item_id)
    if item.done_at is not None:
        raise rules.ItemDoneAlready(who=item.done_by_label, at=item.done_at)
    item.done_at = clock.now()
    item.done_by_label = by.label[:LABEL_LIMIT]
    item.note = optional_words(text, ITEM_NOTE_LIMIT)
    item.save()
    late = rules.is_item_late(item.due_at, item.done_at, item.done_at)
    write(incident, EntryKind.CHECK, by=by, step="tick", text=item.note, **_of(item), late=late)
    finish(by, incident, "tick_item", item=str(item.pk), late=late)
    return item


@transaction.atomic
def untick_item(*, by: Actor, incident_id: UUID, item_id: UUID) -> ChecklistItem:
    """It was ticked by mistake; the timeline keeps both.

    Raises IncidentUnknown, NotYours, IncidentClosed, ItemUnknown, ItemNotDone.
    """
    incident = locked(by, incident_id)
    require_work_on(by, incident)
    rules.require_not_closed(incident.state)
    item = _item(incident_id, item_id)
    if item.done_at is None:
        raise rules.ItemNotDone
    item.done_at, item.done_by_label, item.note = None, "", ""
    item.save()
    write(incident, EntryKind.CHECK, by=by, step="untick", **_of(item))
    finish(by, incident, "untick_item", item=str(item.pk))
    return item


@transaction.atomic
def attach_file(*, by: Actor, incident_id: UUID, held: Held) -> IncidentFile:
    """A file that was held before (`files.receiving.hold_bytes` with the use `ATTACHMENTS`); it is taken in later.

    Raises IncidentUnknown, NotYours, IncidentClosed, TooManyFiles.
    """
    incident = locked(by, incident_id)
    require_work_on(by, incident)
    rules.require_not_closed(incident.state)
    if incident.files.filter(refusal="").count() >= MOST_FILES:
        raise TooManyFiles(most=MOST_FILES)
    register_held(by=by, use=ATTACHMENTS, subject=Subject(SUBJECT, incident.pk), held=held)
    row: IncidentFile = IncidentFile.objects.create(
        incident=incident, upload_id=held.upload_id, name=held.name, at=clock.now(), by_label=by.label[:LABEL_LIMIT]
    )
    write(incident, EntryKind.FILE, by=by, step="attach", file=held.name)
    events = (IncidentChanged(incident.pk, "attach_file"), IncidentFileAdded(incident.pk, row.pk))
    finish(by, incident, "attach_file", events, file=str(row.pk))
    return row


@transaction.atomic
def note_missing_subjects(*, by: Actor, incident_id: UUID, known: dict[str, str | None]) -> None:
    """What the live city says of the entities it is about: id → name, None for one that it knows no more.

    The last name stays, and the timeline tells since when the entity is gone. Raises NotYours, IncidentUnknown.
    """
    require_songcau(by)
    incident = locked(by, incident_id)
    now = clock.now()
    for subject in IncidentSubject.objects.select_for_update().filter(incident=incident, entity_id__in=known):
        name = known[subject.entity_id]
        if name is None and subject.gone_at is None:
            subject.gone_at = now
            write(incident, EntryKind.CHANGE, by=by, step="subject_gone", name=subject.last_name)
        elif name is not None:
            subject.last_name, subject.seen_at, subject.gone_at = name[:300] or subject.last_name, now, None
        subject.save()


def _item(incident_id: UUID, item_id: UUID) -> ChecklistItem:
    item: ChecklistItem | None = (
        ChecklistItem.objects.select_for_update().filter(pk=item_id, incident=incident_id).first()
    )
    if item is None:
        raise ItemUnknown
    return item


def _of(item: ChecklistItem) -> dict[str, Any]:
    return {"item": item.text_vi, "item_en": item.text_en, "role": item.role}
