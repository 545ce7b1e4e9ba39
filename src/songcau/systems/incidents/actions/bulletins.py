"""Public bulletins: written, published for wards and a time, withdrawn with a reason."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused
from songcau.kernel.text import normal
from songcau.systems.incidents.actions.incidents.opening import wards_of
from songcau.systems.incidents.actions.incidents.record import LABEL_LIMIT, locked, write
from songcau.systems.incidents.events import BulletinPublished, BulletinWithdrawn
from songcau.systems.incidents.models import Bulletin, BulletinWard, Incident
from songcau.systems.incidents.models.numbers import next_number
from songcau.systems.incidents.permissions import require_operate
from songcau.systems.incidents.rules import incidents as rules
from songcau.systems.incidents.rules.incidents import EntryKind
from songcau.systems.incidents.rules.levels import Level
from songcau.systems.incidents.rules.texts import optional_words, require_title, require_words

SUBJECT = "incidents.bulletin"


class BulletinUnknown(Refused):
    """There is no such bulletin."""

    code = "BULLETIN_UNKNOWN"


class BulletinWithoutWards(Refused):
    """Wards, or the whole city."""

    code = "BULLETIN_WITHOUT_WARDS"


@dataclass(frozen=True, slots=True)
class Said:
    """`is_whole_city` makes the wards unneeded."""

    level: Level
    title_vi: str
    text_vi: str
    valid_from: datetime
    valid_to: datetime
    title_en: str = ""
    text_en: str = ""
    ward_codes: Collection[str] = ()
    is_whole_city: bool = False


@transaction.atomic
def draft_bulletin(*, by: Actor, said: Said, incident_id: UUID | None = None, is_demo: bool = False) -> Bulletin:
    """Write one down; nobody outside sees it yet. Raises NotYours, IncidentUnknown, BulletinWithoutWards, WardUnknown,
    BulletinPeriodUnfit, WordsMissing, WordsTooLong.
    """
    require_operate(by)
    incident = locked(by, incident_id) if incident_id else None
    values = _checked(said)
    bulletin: Bulletin = Bulletin.objects.create(
        number=next_number("bulletin"),
        incident=incident,
        made_at=clock.now(),
        made_by_label=by.label[:LABEL_LIMIT],
        is_demo=is_demo,
        **values,
    )
    _set_wards(bulletin, said)
    record_entry(by=by, action="incidents.draft_bulletin", subject=about(bulletin), details={"number": bulletin.number})
    return bulletin


@transaction.atomic
def change_bulletin(*, by: Actor, bulletin_id: UUID, said: Said, version: int | None = None) -> Bulletin:
    """Only before it is published. Raises as `draft_bulletin`, and BulletinUnknown, BulletinPublishedAlready,
    ChangedMeanwhile.
    """
    require_operate(by)
    bulletin = _locked(bulletin_id)
    if bulletin.published_at is not None:
        raise rules.BulletinPublishedAlready
    if version is not None:
        bulletin.require_unchanged(version)
    bulletin.take(_checked(said))
    bulletin.save()
    _set_wards(bulletin, said)
    record_entry(by=by, action="incidents.change_bulletin", subject=about(bulletin), details={})
    return bulletin


@transaction.atomic
def publish_bulletin(*, by: Actor, bulletin_id: UUID) -> Bulletin:
    """Everybody may read it from now on, and it holds from its own beginning.

    Raises NotYours, BulletinUnknown, BulletinPublishedAlready, BulletinPeriodUnfit.
    """
    require_operate(by)
    bulletin = _locked(bulletin_id)
    if bulletin.published_at is not None:
        raise rules.BulletinPublishedAlready
    now = clock.now()
    rules.require_period(bulletin.valid_from, bulletin.valid_to, now)
    bulletin.take({"published_at": now, "published_by_label": by.label[:LABEL_LIMIT]})
    bulletin.save()
    _write(by, bulletin, "publish_bulletin", bulletin.text_vi)
    record_entry(by=by, action="incidents.publish_bulletin", subject=about(bulletin), details=_told(bulletin))
    announce(BulletinPublished(bulletin.pk), subject=about(bulletin), by=by)
    return bulletin


@transaction.atomic
def withdraw_bulletin(*, by: Actor, bulletin_id: UUID, text: str) -> Bulletin:
    """It holds no more: why. Raises NotYours, BulletinUnknown, BulletinNotInForce, WordsMissing, WordsTooLong."""
    require_operate(by)
    bulletin = _locked(bulletin_id)
    if bulletin.published_at is None or bulletin.withdrawn_at is not None:
        raise rules.BulletinNotInForce
    said = require_words(text)
    label = by.label[:LABEL_LIMIT]
    bulletin.take({"withdrawn_at": clock.now(), "withdrawn_by_label": label, "withdrawal_reason": said})
    bulletin.save()
    _write(by, bulletin, "withdraw_bulletin", said)
    record_entry(by=by, action="incidents.withdraw_bulletin", subject=about(bulletin), details=_told(bulletin))
    announce(BulletinWithdrawn(bulletin.pk), subject=about(bulletin), by=by)
    return bulletin


def about(bulletin: Bulletin) -> str:
    return f"{SUBJECT}:{bulletin.pk}"


def _locked(bulletin_id: UUID) -> Bulletin:
    bulletin: Bulletin | None = Bulletin.objects.select_for_update(of=("self",)).filter(pk=bulletin_id).first()
    if bulletin is None:
        raise BulletinUnknown
    return bulletin


def _checked(said: Said) -> dict[str, object]:
    if not said.is_whole_city and not said.ward_codes:
        raise BulletinWithoutWards
    rules.require_period(said.valid_from, said.valid_to, clock.now())
    return {
        "level": Level(said.level),
        "title_vi": require_title(said.title_vi),
        "title_en": normal(said.title_en)[:200],
        "text_vi": require_words(said.text_vi),
        "text_en": optional_words(said.text_en),
        "is_whole_city": said.is_whole_city,
        "valid_from": said.valid_from,
        "valid_to": said.valid_to,
    }


def _set_wards(bulletin: Bulletin, said: Said) -> None:
    wards = {} if said.is_whole_city else wards_of(said.ward_codes)
    bulletin.wards.all().delete()
    BulletinWard.objects.bulk_create(
        BulletinWard(bulletin=bulletin, ward_code=code, ward_name=name) for code, name in wards.items()
    )


def _write(by: Actor, bulletin: Bulletin, step: str, text: str) -> None:
    """Into the timeline of the incident it belongs to."""
    if bulletin.incident_id is not None:
        incident: Incident = locked(by, bulletin.incident_id)
        write(incident, EntryKind.BULLETIN, by=by, step=step, text=text, number=bulletin.number)


def _told(bulletin: Bulletin) -> dict[str, object]:
    wards = list(bulletin.wards.values_list("ward_code", flat=True))
    return {"number": bulletin.number, "wards": wards, "whole_city": bulletin.is_whole_city}
