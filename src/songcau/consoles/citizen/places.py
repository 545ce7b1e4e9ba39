"""Wards to choose from, and what to say where a place is not sure."""

from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from songcau.foundation.places import queries
from songcau.foundation.places.rules import Level
from songcau.kernel import clock
from songcau.systems.citizen_reports.public import Placed, PlaceDoubt

# Guidance, never an error: the centre sorts out what the map does not know.
_DOUBTS: dict[str, str | Promise] = {
    PlaceDoubt.OUTSIDE: _(
        "This place seems to lie outside the city. Please look at it again. You may send it all the same: the centre "
        "tells you who looks after it there."
    ),
    PlaceDoubt.BORDER: _(
        "This place lies close to the border of a ward. You need not know which side it is on: the centre finds out."
    ),
    PlaceDoubt.MISSING: _(
        "No place is given yet. A place, a ward or a few words such as “opposite the school gate” help to find it."
    ),
    PlaceDoubt.RETIRED_WARD: _("This ward was divided or merged. The centre finds out which ward the place is in now."),
}


@dataclass(frozen=True, slots=True)
class Ward:
    """A ward to choose."""

    code: str
    name: str


def today() -> date:
    return clock.today(settings.SONGCAU.time_zone)


def wards() -> list[Ward]:
    """The wards and communes in force today, in the order of their names."""
    return [Ward(unit.code, unit.name) for unit in queries.units(Level.WARD, today())]


def guidance(place: Placed) -> str:
    """A sentence for whoever reports, or nothing where the place is sure."""
    return str(_DOUBTS.get(place.doubt, ""))
