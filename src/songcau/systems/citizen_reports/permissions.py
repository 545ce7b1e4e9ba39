"""Who may? `may_…` answers, `require_…` raises.

The centre's desk is where a permission is held in an agency of kind OPERATIONS_CENTRE, or in the whole city. Only there
can it be seen who reported: a role of the same name in a ward gives nothing of it.
"""

from uuid import UUID

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.roles import Role
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.systems.citizen_reports.models import Report
from songcau.systems.citizen_reports.models.reports import oversees_the_centre

VIEW = "citizen_reports.view_reports"
MODERATE = "citizen_reports.moderate"
VIEW_REPORTER = "citizen_reports.view_reporter"
HANDLE = "citizen_reports.handle_reports"
SPOT_CHECK = "citizen_reports.spot_check"
CONFIGURE = "citizen_reports.configure"

_SEE = (VIEW,)
GIVEN: dict[Role, tuple[str, ...]] = {
    Role.OPERATOR: (VIEW, MODERATE, VIEW_REPORTER, HANDLE),
    Role.CITY_LEADER: (*_SEE, SPOT_CHECK),
    Role.WARD_LEADER: (*_SEE, HANDLE),
    Role.SPECIALIST: (*_SEE, HANDLE),
    Role.CLERK: (*_SEE, HANDLE),
    Role.SYSTEM_ADMINISTRATOR: (CONFIGURE,),
}
REPORTER_LABEL = "reporter"


def reporter_actor(reporter_id: UUID) -> Actor:
    """As whom a citizen acts in a report: logs, events and files keep this id and never the person's."""
    return Actor(id=reporter_id, label=REPORTER_LABEL)


def is_centre(by: Actor, permission: str) -> bool:
    """Whether the permission is held at the centre's desk."""
    if by.is_system:
        return True
    scopes = by.scopes(permission)
    if EVERYWHERE in scopes:
        return by.may(permission, within=EVERYWHERE)
    centres = Agency.objects.filter(path__in=scopes, kind=Agency.Kind.OPERATIONS_CENTRE, closed_on=None)
    path = centres.values_list("path", flat=True).first()
    return path is not None and by.may(permission, within=path)


def may_moderate(by: Actor) -> bool:
    return is_centre(by, MODERATE)


def require_moderate(by: Actor) -> None:
    """Raises NotYours."""
    if not may_moderate(by):
        raise NotYours(permission=MODERATE)


def may_view_reporter(by: Actor) -> bool:
    return is_centre(by, VIEW_REPORTER)


def require_view_reporter(by: Actor) -> None:
    """Raises NotYours."""
    if not may_view_reporter(by):
        raise NotYours(permission=VIEW_REPORTER)


def may_view(by: Actor, report: Report) -> bool:
    """The centre sees every report; a unit those that are its own, or of an agency under it; who leads the city also
    those that nobody has yet.
    """
    if may_moderate(by) or by.may(VIEW, within=EVERYWHERE):
        return True
    if report.agency is None:
        return oversees_the_centre(by)
    return by.may(VIEW, within=report.agency.path)


def require_view(by: Actor, report: Report) -> None:
    """Raises NotYours."""
    if not may_view(by, report):
        raise NotYours(permission=VIEW)


def may_handle(by: Actor, report: Report) -> bool:
    """The unit that has it, and the centre."""
    if may_moderate(by):
        return True
    return report.agency is not None and by.may(HANDLE, within=report.agency.path)


def require_handle(by: Actor, report: Report) -> None:
    """Raises NotYours."""
    if not may_handle(by, report):
        raise NotYours(permission=HANDLE)


def require_spot_check(by: Actor, report: Report) -> None:
    """Raises NotYours."""
    within = report.agency.path if report.agency else None
    if not by.may(SPOT_CHECK, within=within):
        raise NotYours(permission=SPOT_CHECK)


def require_configure(by: Actor) -> None:
    """Raises NotYours."""
    if not by.may(CONFIGURE):
        raise NotYours(permission=CONFIGURE)
