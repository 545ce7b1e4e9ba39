"""Putting checked outlines in force."""

from datetime import date

from django.db import transaction

from songcau.foundation.audit.actions import record_entry
from songcau.foundation.outbox.actions import announce
from songcau.foundation.places import rules
from songcau.foundation.places.events import BoundariesApplied
from songcau.foundation.places.geometry import to_geojson
from songcau.foundation.places.models import Boundary, Unit
from songcau.foundation.places.permissions import require_import_boundaries
from songcau.foundation.places.planning import Change, Difference, ImportPlan
from songcau.foundation.places.revision import locked_revision, raise_revision
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


class NothingToApply(Refused):
    """The plan has problems, or would change nothing."""

    code = "NOTHING_TO_APPLY"


class BoundariesChangedMeanwhile(Refused):
    """Units or boundaries changed after the plan was made: what was shown is not what would happen."""

    code = "BOUNDARIES_CHANGED_MEANWHILE"
    conflict = True


def apply_boundaries(*, by: Actor, plan: ImportPlan, source: str) -> int:
    """Do exactly what the plan shows, all or nothing; the number of units with a new outline.

    A surveyed outline that replaces an approximate one holds since that one did, a first outline over the whole time
    without one; any other holds from `plan.on`, each until the next one known.
    Raises MayNotImportBoundaries, NothingToApply, BoundariesChangedMeanwhile.
    """
    require_import_boundaries(by)
    if not plan.applicable:
        raise NothingToApply(problems=len(plan.problems))
    with transaction.atomic():
        if locked_revision() != plan.revision:
            raise BoundariesChangedMeanwhile
        changing = [d for d in plan.differences if d.change is not Change.UNCHANGED]
        for difference in changing:
            put_in_force(difference.unit, _row(difference, source), plan.on)
        codes = tuple(sorted(difference.unit.code for difference in changing))
        record_entry(
            by=by,
            action="places.apply_boundaries",
            subject=f"places.level:{plan.level}",
            details={"units": list(codes), "on": str(plan.on), "source": source, "digest": plan.digest},
        )
        announce(
            BoundariesApplied(level=plan.level, codes=codes, on=plan.on, source=source),
            subject=f"places.level:{plan.level}",
            by=by,
        )
        raise_revision()
    return len(changing)


def put_in_force(unit: Unit, new: Boundary, on: date) -> None:
    """Store the outline in place of the one that holds on a day, up to that one's end. Nothing is deleted.

    An approximate one is replaced from its own beginning; where there is none, the new one fills the time without.
    Outlines of other times stay: a survey of last year that is brought in late does not undo this year's.
    """
    others = list(Boundary.objects.select_for_update().filter(unit=unit, superseded_at__isnull=True))
    replaced = next((one for one in others if one.period.holds(on)), None)
    if replaced is None:
        period = rules.gap_around(on, unit.period, [one.period for one in others])
    else:
        period = rules.Period(replaced.valid_from if replaced.approximate else on, replaced.valid_to)
        if replaced.valid_from == period.begin:
            replaced.superseded_at = new.recorded_at
        else:
            replaced.valid_to = period.begin
        replaced.save(update_fields=["superseded_at", "valid_to"])
    new.valid_from, new.valid_to = period.begin, period.end
    new.save(force_insert=True)


def _row(difference: Difference, source: str) -> Boundary:
    return Boundary(
        unit=difference.unit,
        geometry=to_geojson(difference.shape),
        area_km2=difference.area_km2,
        source=source,
        approximate=False,
        recorded_at=clock.now(),
    )
