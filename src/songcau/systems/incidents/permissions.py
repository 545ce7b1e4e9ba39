"""Who may? `may_…` answers, `require_…` raises.

The operations centre is where a permission is held in an agency of kind OPERATIONS_CENTRE, or in the whole city.
"""

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.roles import Role
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.systems.incidents.models import Alert, Incident
from songcau.systems.incidents.models.reach import own_wards, sees_all

VIEW = "incidents.view"
HANDLE = "incidents.handle"
OPERATE = "incidents.operate"

# Which role gets which permissions; `apps.py` hands it over at start.
GIVEN: dict[Role, tuple[str, ...]] = {
    Role.OPERATOR: (VIEW, HANDLE, OPERATE),
    Role.CITY_LEADER: (VIEW,),
    Role.WARD_LEADER: (VIEW, HANDLE),
    Role.SPECIALIST: (VIEW, HANDLE),
}


def may_operate(by: Actor) -> bool:
    """Whether they work at the operations centre."""
    if by.is_system:
        return True
    scopes = by.scopes(OPERATE)
    if EVERYWHERE in scopes:
        return by.may(OPERATE, within=EVERYWHERE)
    centres = Agency.objects.filter(path__in=scopes, kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None)
    path = centres.values_list("path", flat=True).first()
    return path is not None and by.may(OPERATE, within=path)


def require_operate(by: Actor) -> None:
    """Raises NotYours."""
    if not may_operate(by):
        raise NotYours(permission=OPERATE)


def require_songcau(by: Actor) -> None:
    """What only the city's own processes do. Raises NotYours."""
    if not by.is_system:
        raise NotYours(permission=OPERATE)


def may_handle_alert(by: Actor, alert: Alert) -> bool:
    """The centre; whoever handles alerts in the agency that owns it; the ward in which it is."""
    if may_operate(by):
        return True
    if alert.owner_agency is not None and by.may(HANDLE, within=alert.owner_agency.path):
        return True
    return bool(alert.ward_code) and alert.ward_code in own_wards(by, HANDLE)


def require_handle_alert(by: Actor, alert: Alert) -> None:
    """Raises NotYours."""
    if not may_handle_alert(by, alert):
        raise NotYours(permission=HANDLE)


def may_work_on(by: Actor, incident: Incident) -> bool:
    """Write into its timeline, tick its checklist: the centre, and the agencies that lead or support."""
    if may_operate(by):
        return True
    agencies = [incident.lead_agency, *incident.supporting.all()]
    return any(agency is not None and by.may(HANDLE, within=agency.path) for agency in agencies)


def require_work_on(by: Actor, incident: Incident) -> None:
    """Raises NotYours."""
    if not may_work_on(by, incident):
        raise NotYours(permission=HANDLE)


def may_view_incident(by: Actor, incident: Incident) -> bool:
    return sees_all(by) or bool(Incident.objects.visible_to(by).filter(pk=incident.pk).exists())


def require_view(by: Actor) -> None:
    """Anywhere at all: what is shown are totals, and rows that `visible_to` gives. Raises NotYours."""
    if not by.may(VIEW):
        raise NotYours(permission=VIEW)
