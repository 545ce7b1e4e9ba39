"""What can be asked of public bulletins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songcau.kernel import clock
from songcau.systems.incidents.models import Bulletin


@dataclass(frozen=True, slots=True)
class PublicBulletin:
    """As everybody may read it: nobody is named. `wards` empty: the whole city."""

    id: UUID
    number: int
    level: str
    title_vi: str
    title_en: str
    text_vi: str
    text_en: str
    wards: tuple[tuple[str, str], ...]
    valid_from: datetime
    valid_to: datetime
    published_at: datetime
    is_demo: bool


def in_force(ward_code: str = "") -> list[PublicBulletin]:
    """Those that hold now; with a ward, those that concern it."""
    rows = Bulletin.objects.in_force(clock.now()).prefetch_related("wards").order_by("valid_to", "number")
    found = [one for row in rows if (one := _public(row))]
    return [one for one in found if not ward_code or not one.wards or ward_code in dict(one.wards)]


def published(bulletin_id: UUID) -> PublicBulletin | None:
    """One that was published and not withdrawn."""
    row = Bulletin.objects.filter(pk=bulletin_id, withdrawn_at=None).prefetch_related("wards").first()
    return _public(row) if row else None


def _public(row: Bulletin) -> PublicBulletin | None:
    if row.published_at is None:
        return None
    return PublicBulletin(
        row.pk,
        row.number,
        str(row.level),
        row.title_vi,
        row.title_en,
        row.text_vi,
        row.text_en,
        () if row.is_whole_city else tuple((one.ward_code, one.ward_name) for one in row.wards.all()),
        row.valid_from,
        row.valid_to,
        row.published_at,
        row.is_demo,
    )
