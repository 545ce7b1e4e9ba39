"""Whose rows somebody sees: the centre and who stands above it all of them, a ward its own."""

from uuid import UUID

from songcau.foundation.accounts.models import Agency, under
from songcau.foundation.places.models import Unit
from songcau.foundation.places.rules import Level as UnitLevel
from songcau.kernel.actor import EVERYWHERE, Actor

VIEW = "incidents.view"


def sees_all(actor: Actor, permission: str = VIEW) -> bool:
    """Whether the permission reaches the operations centre, or the whole city."""
    scopes = actor.scopes(permission)
    if EVERYWHERE in scopes:
        return True
    centres = Agency.objects.filter(kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None)
    return bool(scopes) and centres.filter(under(scopes, "path")).exists()


def own_agencies(actor: Actor, permission: str = VIEW) -> list[UUID]:
    """Those in which the permission is held, and those under them."""
    return list(Agency.objects.filter(under(actor.scopes(permission), "path")).values_list("pk", flat=True))


def own_wards(actor: Actor, permission: str = VIEW) -> list[str]:
    """Codes of the wards in which those agencies work."""
    agencies = Agency.objects.filter(under(actor.scopes(permission), "path"), unit_id__isnull=False)
    units = Unit.objects.filter(pk__in=list(agencies.values_list("unit_id", flat=True)), level=UnitLevel.WARD)
    return list(units.values_list("code", flat=True).distinct())
