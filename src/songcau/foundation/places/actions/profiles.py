"""Loading the units of a profile. Any order, any number of times: what is there is completed, never doubled."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from shapely.geometry.base import BaseGeometry

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.foundation.places.events import UnitsLoaded
from songcau.foundation.places.geometry import area_km2, to_geojson
from songcau.foundation.places.models import Boundary, Succession, Unit
from songcau.foundation.places.outlines import Centre, approximate_outlines
from songcau.foundation.places.permissions import require_import_boundaries
from songcau.foundation.places.profiles import Profile, SuccessionLine, UnitLine, read_profile
from songcau.foundation.places.revision import locked_revision, raise_revision
from songcau.foundation.places.rules import APPROXIMATE_SOURCE, Level
from songcau.kernel import clock
from songcau.kernel.actor import Actor

# Facts that a later profile may add to a unit already there, and never empties.
_FACTS = (
    *("longitude", "latitude", "area_km2", "population", "population_year"),
    *("agency_code", "agency_code_inferred"),
)


@dataclass(slots=True)
class _Loading:
    """Units by (level, code, first day) and by code alone, and what was done so far."""

    profile: Profile
    units: dict[tuple[str, str, date], Unit] = field(default_factory=dict)
    of_code: defaultdict[str, list[Unit]] = field(default_factory=lambda: defaultdict(list))
    new: list[Unit] = field(default_factory=list)
    changed: int = 0

    def take(self, unit: Unit) -> None:
        self.units[unit.level, unit.code, unit.valid_from] = unit
        self.of_code[unit.code].append(unit)


def load_profile(*, by: Actor, name: str) -> tuple[int, int]:
    """Bring the units of a profile in; how many were added, and how many told more of or closed.

    Raises MayNotImportBoundaries, and KeyError for a profile that does not exist.
    """
    require_import_boundaries(by)
    profile = read_profile(name)
    with transaction.atomic():
        locked_revision()
        loading = _Loading(profile)
        for unit in Unit.objects.all():
            loading.take(unit)
        for line in profile.units:
            _load_unit(loading, line)
        Unit.objects.bulk_create(loading.new)
        _load_successions(loading)
        outlines = _draw_missing_outlines(loading)
        if loading.new or loading.changed or outlines:
            _tell(by, loading)
            raise_revision()
    return len(loading.new), loading.changed


def _load_unit(loading: _Loading, line: UnitLine) -> None:
    unit = loading.units.get((line.level, line.code, line.valid_from))
    if unit is None:
        unit = _new_unit(loading, line)
        loading.take(unit)
        loading.new.append(unit)
        return
    told = {name: getattr(line, name) for name in _FACTS if getattr(line, name) and not getattr(unit, name)}
    if line.valid_to is not None and unit.valid_to is None:
        told["valid_to"] = line.valid_to
        Boundary.objects.filter(unit=unit, valid_to__isnull=True).update(valid_to=line.valid_to)
    if told:
        for name, value in told.items():
            setattr(unit, name, value)
        unit.save(update_fields=list(told))
        loading.changed += 1


def _new_unit(loading: _Loading, line: UnitLine) -> Unit:
    parent = next(
        (
            unit
            for unit in loading.of_code[line.parent]
            if unit.level != line.level and unit.period.holds(line.valid_from)
        ),
        None,
    )
    facts = {name: getattr(line, name) for name in _FACTS}
    unit = Unit(
        level=line.level,
        code=line.code,
        kind=line.kind,
        name=line.name,
        short_name=line.short_name,
        parent=parent,
        valid_from=line.valid_from,
        valid_to=line.valid_to,
        profile=loading.profile.name,
        **facts,
    )
    unit.set_keys()
    return unit


def _load_successions(loading: _Loading) -> None:
    known = set(Succession.objects.values_list("predecessor_id", "successor_id"))
    links = [_succession(loading, line) for line in loading.profile.successions]
    new = {(link.predecessor_id, link.successor_id): link for link in links}
    made = Succession.objects.bulk_create([link for ends, link in new.items() if ends not in known])
    loading.changed += len(made)


def _succession(loading: _Loading, line: SuccessionLine) -> Succession:
    begins = loading.profile.begins
    old = next(
        unit for unit in loading.of_code[line.predecessor] if (unit.level, unit.valid_to) == (line.level, begins)
    )
    new = loading.units[line.level, line.successor, begins]
    return Succession(predecessor=old, successor=new, relation=line.relation)


def _draw_missing_outlines(loading: _Loading) -> int:
    """Approximate outlines for wards of this profile that have none at all; how many were drawn."""
    boxes = {(line.code, line.valid_from): line.box for line in loading.profile.units}
    # Wards of 2022 and those that continue them share the same ground: only one generation is drawn.
    wards = [
        unit
        for unit in loading.units.values()
        if unit.level == Level.WARD
        and unit.valid_from == loading.profile.begins
        and (unit.code, unit.valid_from) in boxes
        and unit.longitude is not None
    ]
    drawn = set(Boundary.objects.filter(superseded_at__isnull=True).values_list("unit_id", flat=True))
    bare = [unit for unit in wards if unit.id not in drawn]
    if not bare:
        return 0
    centres = [
        Centre(u.code, u.longitude, u.latitude or 0.0, u.area_km2, boxes[u.code, u.valid_from])  # type: ignore[arg-type]
        for u in wards
    ]
    outlines = approximate_outlines(centres)
    # Nothing is replaced and no other outline is in the way: each holds as long as its unit.
    Boundary.objects.bulk_create(_approximate(unit, outlines[unit.code]) for unit in bare)
    return len(bare)


def _approximate(unit: Unit, shape: BaseGeometry) -> Boundary:
    return Boundary(
        unit=unit,
        valid_from=unit.valid_from,
        valid_to=unit.valid_to,
        geometry=to_geojson(shape),
        area_km2=area_km2(shape),
        source=APPROXIMATE_SOURCE,
        approximate=True,
        recorded_at=clock.now(),
    )


def _tell(by: Actor, loading: _Loading) -> None:
    name = loading.profile.name
    counts = {"added": len(loading.new), "changed": loading.changed}
    subject = f"places.profile:{name}"
    record_entry(by=by, action="places.load_profile", subject=subject, details=counts)
    announce(UnitsLoaded(profile=name, **counts), subject=subject, by=by)
