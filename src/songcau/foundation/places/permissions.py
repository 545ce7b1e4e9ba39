"""Who may look at units, and who may change their boundaries."""

from songcau.kernel.actor import Actor
from songcau.kernel.errors import NotAllowed

VIEW_UNITS = "places.view_units"
IMPORT_BOUNDARIES = "places.import_boundaries"


class MayNotImportBoundaries(NotAllowed):
    code = "MAY_NOT_IMPORT_BOUNDARIES"


def may_view_units(actor: Actor) -> bool:
    return actor.may(VIEW_UNITS)


def may_import_boundaries(actor: Actor) -> bool:
    return actor.may(IMPORT_BOUNDARIES)


def require_import_boundaries(actor: Actor) -> None:
    """Raises MayNotImportBoundaries."""
    if not may_import_boundaries(actor):
        raise MayNotImportBoundaries
