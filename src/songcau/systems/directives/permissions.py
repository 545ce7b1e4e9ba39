"""Who may? `may_…` answers, `require_…` raises.

What was given in the name of an agency is decided on by whoever leads there: the post, not the person. The operations
centre's desk (an agency of kind OPERATIONS_CENTRE) drafts for every leader and gives nothing itself.
"""

from songcau.foundation.accounts.models import Agency
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.roles import Role
from songcau.kernel.actor import Actor
from songcau.systems.directives.models import Directive
from songcau.systems.directives.models.directives import drafts_for_everybody
from songcau.systems.directives.rules import AGENCY, DRAFTER, GIVER

VIEW = "directives.view"
GIVE, DRAFT, REPORT = GIVER, DRAFTER, AGENCY

# Which role gets which permissions; `apps.py` hands it over at start.
GIVEN: dict[Role, tuple[str, ...]] = {
    Role.CITY_LEADER: (VIEW, GIVE),
    Role.WARD_LEADER: (VIEW, GIVE, REPORT),
    Role.OPERATOR: (VIEW, DRAFT, REPORT),
    Role.SPECIALIST: (VIEW, REPORT),
    Role.CLERK: (VIEW, REPORT),
}


def may_write(by: Actor) -> bool:
    """Whether the form of a new directive is for them: to give one, or to draft one for a leader."""
    return by.may(GIVE) or by.may(DRAFT)


def may_give_as(by: Actor, agency: Agency) -> bool:
    """In the name of this agency."""
    return by.may(GIVE, within=agency.path)


def require_give_as(by: Actor, agency: Agency) -> None:
    """Raises NotYours."""
    if not may_give_as(by, agency):
        raise NotYours(permission=GIVE)


def is_centre(by: Actor) -> bool:
    """Whether they draft at the operations centre's desk."""
    return drafts_for_everybody(by)


def may_draft_for(by: Actor, agency: Agency) -> bool:
    """For those who lead this agency: the operations centre for every one, others for their own."""
    return is_centre(by) or by.may(DRAFT, within=agency.path)


def require_draft_for(by: Actor, agency: Agency) -> None:
    """Raises NotYours."""
    if not may_draft_for(by, agency):
        raise NotYours(permission=DRAFT)


def may_decide(by: Actor, directive: Directive) -> bool:
    """On the draft, an extension, the result: whoever leads the agency in whose name it was given."""
    return may_give_as(by, directive.giver_agency)


def require_decide(by: Actor, directive: Directive) -> None:
    """Raises NotYours."""
    require_give_as(by, directive.giver_agency)


def may_change_draft(by: Actor, directive: Directive) -> bool:
    """Who wrote it, the centre, and the leader for whom it is."""
    return may_decide(by, directive) or may_draft_for(by, directive.giver_agency) or directive.drafter_id == by.id


def require_change_draft(by: Actor, directive: Directive) -> None:
    """Raises NotYours."""
    if not may_change_draft(by, directive):
        raise NotYours(permission=DRAFT)


def may_work(by: Actor, directive: Directive) -> bool:
    """In the leading agency."""
    return by.may(REPORT, within=directive.lead.path)


def require_work(by: Actor, directive: Directive) -> None:
    """Raises NotYours."""
    if not may_work(by, directive):
        raise NotYours(permission=REPORT)


def supporting_of(by: Actor, directive: Directive) -> list[Agency]:
    """The supporting agencies for which they may report."""
    rows = directive.supporting.select_related("agency")
    return [row.agency for row in rows if by.may(REPORT, within=row.agency.path)]


def may_nudge(by: Actor, directive: Directive) -> bool:
    """Who leads where it was given, and the centre."""
    return may_decide(by, directive) or is_centre(by)


def require_nudge(by: Actor, directive: Directive) -> None:
    """Raises NotYours."""
    if not may_nudge(by, directive):
        raise NotYours(permission=GIVE)
