"""Which ward a report belongs to, on the day it came, and how sure that is."""

import math
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings

from songcau.foundation.places import queries as places
from songcau.foundation.places.models import Succession, Unit
from songcau.foundation.places.rules import Level
from songcau.systems.citizen_reports import rules
from songcau.systems.citizen_reports.rules import PlaceDoubt

# Outlines are generalised: this near to a border the ward next to it may be the right one.
BORDER_METRES = 150
_METRES_PER_DEGREE = 111_320
_AROUND = [(math.sin(math.radians(angle)), math.cos(math.radians(angle))) for angle in range(0, 360, 45)]


@dataclass(frozen=True, slots=True)
class Placed:
    """The ward (a `places.Unit`), or none, and why it is in doubt ("" where it is not)."""

    unit_id: UUID | None
    code: str
    name: str
    doubt: str


NOWHERE = Placed(None, "", "", PlaceDoubt.MISSING)


def placed(longitude: float | None, latitude: float | None, ward_code: str, on: date) -> Placed:
    """By the point where there is one (degrees, WGS 84), else by the ward that was named."""
    if longitude is None or latitude is None:
        return _named(ward_code, on)
    found = places.locate(longitude, latitude, on)
    if found is None:
        return Placed(None, "", "", PlaceDoubt.OUTSIDE)
    doubt = PlaceDoubt.BORDER if _is_near_a_border(longitude, latitude, found.code, on) else ""
    return Placed(found.id, found.code, found.name, doubt)


def shown_point(
    longitude: float | None, latitude: float | None, *, near_homes: bool
) -> tuple[float | None, float | None]:
    """Where others see it: near homes not the place itself, but one near by that the whole cell shares."""
    if longitude is None or latitude is None:
        return None, None
    if near_homes:
        return rules.fuzzed(longitude, latitude, key=settings.SECRET_KEY.encode())
    return rules.rounded(longitude, latitude)


def _is_near_a_border(longitude: float, latitude: float, code: str, on: date) -> bool:
    """Whether another ward begins within `BORDER_METRES`; the city's own edge is none."""
    north = BORDER_METRES / _METRES_PER_DEGREE
    east = north / max(0.01, math.cos(math.radians(latitude)))
    for sine, cosine in _AROUND:
        there = places.locate(longitude + east * sine, latitude + north * cosine, on)
        if there is not None and there.code != code:
            return True
    return False


def _named(code: str, on: date) -> Placed:
    """A ward that is no more is followed to the one that continues it, as long as only one does."""
    if not code:
        return NOWHERE
    if (unit := places.unit_by_code(code, Level.WARD, on)) is not None:
        return Placed(unit.id, unit.code, unit.name, "")
    ended = Unit.objects.filter(level=Level.WARD, code=code, valid_to__lte=on).order_by("-valid_to").first()
    if ended is None:
        return NOWHERE
    later = Succession.objects.filter(predecessor=ended, successor__level=Level.WARD).select_related("successor")
    heirs = [one.successor for one in later if one.successor.period.holds(on)]
    if len(heirs) == 1:
        return Placed(heirs[0].id, heirs[0].code, heirs[0].name, "")
    return Placed(None, "", "", PlaceDoubt.RETIRED_WARD)
