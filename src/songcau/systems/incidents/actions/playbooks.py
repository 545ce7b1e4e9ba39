"""Playbooks are written, changed and retired. An incident opened before keeps the items it was opened with."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.incidents.actions.incidents.opening import PlaybookUnknown
from songcau.systems.incidents.events import PlaybookChanged
from songcau.systems.incidents.models import Playbook, PlaybookItem
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import Kind
from songcau.systems.incidents.rules.texts import require_title, require_words

SUBJECT = "incidents.playbook"
ROLE_LIMIT, ITEM_LIMIT = 120, 500


class PlaybookCodeTaken(Refused):
    """Another playbook has this code, or it is no code: letters A to Z, digits and `_`."""

    code = "PLAYBOOK_CODE_UNFIT"


@dataclass(frozen=True, slots=True)
class Item:
    role: str
    minutes: int
    text_vi: str
    text_en: str = ""


@transaction.atomic
def add_playbook(
    *, by: Actor, code: str, kind: Kind, name_vi: str, name_en: str = "", items: Sequence[Item]
) -> Playbook:
    """Raises NotYours, PlaybookCodeTaken, PlaybookUnfit, WordsMissing, WordsTooLong."""
    require_operate(by)
    wanted = normal(code).upper().replace(" ", "_")
    is_code = wanted.replace("_", "").isalnum() and wanted.isascii() and len(wanted) <= 40
    if not is_code or Playbook.objects.filter(code=wanted).exists():
        raise PlaybookCodeTaken
    playbook: Playbook = Playbook.objects.create(
        code=wanted,
        kind=Kind(kind),
        name_vi=require_title(name_vi),
        name_en=normal(name_en)[:200],
        changed_at=clock.now(),
    )
    _set_items(playbook, items)
    _tell(by, playbook, "add_playbook")
    return playbook


@transaction.atomic
def change_playbook(
    *,
    by: Actor,
    playbook_id: UUID,
    kind: Kind,
    name_vi: str,
    name_en: str = "",
    items: Sequence[Item],
    version: int | None = None,
) -> Playbook:
    """Raises NotYours, PlaybookUnknown, ChangedMeanwhile, PlaybookUnfit, WordsMissing, WordsTooLong."""
    require_operate(by)
    playbook = _locked(playbook_id)
    if version is not None:
        playbook.require_unchanged(version)
    playbook.take({"kind": Kind(kind), "name_vi": require_title(name_vi), "name_en": normal(name_en)[:200]})
    # Items are no columns: whoever saves second over another list of items is told all the same.
    playbook.version += 1
    playbook.changed_at_version |= {"items": playbook.version}
    playbook.changed_at = clock.now()
    playbook.save()
    _set_items(playbook, items)
    _tell(by, playbook, "change_playbook")
    return playbook


@transaction.atomic
def retire_playbook(*, by: Actor, playbook_id: UUID) -> Playbook:
    """It is offered no more. Twice is the same as once. Raises NotYours, PlaybookUnknown."""
    require_operate(by)
    playbook = _locked(playbook_id)
    if playbook.retired_at is None:
        playbook.retired_at = playbook.changed_at = clock.now()
        playbook.save()
        _tell(by, playbook, "retire_playbook")
    return playbook


def _locked(playbook_id: UUID) -> Playbook:
    playbook: Playbook | None = Playbook.objects.select_for_update().filter(pk=playbook_id).first()
    if playbook is None:
        raise PlaybookUnknown
    return playbook


def _set_items(playbook: Playbook, items: Sequence[Item]) -> None:
    rules.require_items([(one.role, one.minutes, one.text_vi) for one in items])
    playbook.items.all().delete()
    PlaybookItem.objects.bulk_create(
        PlaybookItem(
            playbook=playbook,
            position=position,
            role=require_words(normal(one.role), ROLE_LIMIT),
            minutes=one.minutes,
            text_vi=require_words(normal(one.text_vi), ITEM_LIMIT),
            text_en=normal(one.text_en)[:ITEM_LIMIT],
        )
        for position, one in enumerate(items, start=1)
    )


def _tell(by: Actor, playbook: Playbook, what: str) -> None:
    subject = f"{SUBJECT}:{playbook.pk}"
    record_entry(by=by, action=f"incidents.{what}", subject=subject, details={"code": playbook.code})
    announce(PlaybookChanged(playbook.pk), subject=subject, by=by)
