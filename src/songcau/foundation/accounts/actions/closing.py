"""The end of an agency: closed when nothing hangs on it, or succeeded by others."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts import permissions, rules
from songcau.foundation.accounts.actions.people import AgencyIsClosed
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import AgencyClosed, AgencyMoved, RoleGranted, RoleWithdrawn
from songcau.foundation.accounts.models import Agency, Holding, RoleGrant
from songcau.foundation.accounts.queries import row_of
from songcau.foundation.accounts.roles import Role
from songcau.foundation.accounts.rules import GRANT, GrantState
from songcau.kernel import clock
from songcau.kernel.actor import Actor
from songcau.kernel.errors import Refused


class SuccessorUnusable(Refused):
    """An agency cannot succeed itself, what lies under it, or a closed one."""

    code = "SUCCESSOR_UNUSABLE"


def close_agency(*, by: Actor, agency_id: UUID, closed_on: date, reason: str) -> Agency:
    """Without a successor: refused (AgencyInUse, with counts) while people, roles or agencies hang on it."""
    return succeed_agency(by=by, agency_id=agency_id, successor_ids=(), closed_on=closed_on, reason=reason)


@transaction.atomic
def succeed_agency(
    *, by: Actor, agency_id: UUID, successor_ids: Sequence[UUID], closed_on: date, reason: str
) -> Agency:
    """Close an agency whose work goes to others; what it did stays under its name.

    One successor takes over people, roles and agencies under it. With several (a split) nobody can say whose goes
    where, so they must have been moved before. Raises AgencyInUse, SuccessorUnusable, AgencyIsClosed,
    PeriodUnusable, AgencyTooDeep, NotYours, AboveYou.
    """
    tree = {agency.id: agency for agency in Agency.objects.select_for_update(no_key=True).order_by("id")}
    agency = tree.get(agency_id)
    if agency is None:
        raise Agency.DoesNotExist
    permissions.require(by, "accounts.manage_agencies", agency)
    if agency.closed_on is not None:
        raise AgencyIsClosed(name=agency.name)
    rules.require_days(agency.opened_on, closed_on, clock.today())
    why = rules.require_reason(reason)
    successors = [_usable(tree.get(one), agency) for one in dict.fromkeys(successor_ids)]
    for successor in successors:
        permissions.require(by, "accounts.manage_agencies", successor)
    if len(successors) == 1:
        _hand_over(by, agency, successors[0], why)
    else:
        rules.require_nothing_left(left_in(agency))
    Holding.objects.current().filter(post__agency=agency).update(until_on=closed_on)
    agency.take({"closed_on": closed_on})
    agency.save()
    agency.successors.set(successors)
    codes = [successor.code for successor in successors]
    event = AgencyClosed(agency.id, closed_on, tuple(successor.id for successor in successors))
    done(by, "close_agency", agency, event, closed_on=str(closed_on), successors=codes, reason=why)
    return agency


def left_in(agency: Agency) -> dict[str, int]:
    """What keeps an agency from closing, counted."""
    return {
        "agencies": agency.children.still_open().count(),
        "roles": agency.grants.not_ended().count(),
        "people": agency.people.filter(is_active=True).count(),
    }


def _usable(successor: Agency | None, agency: Agency) -> Agency:
    if successor is None or successor.closed_on is not None or successor.path.startswith(agency.path):
        raise SuccessorUnusable()
    return successor


def _hand_over(by: Actor, old: Agency, new: Agency, reason: str) -> None:
    grants = list(
        RoleGrant.objects.not_ended()
        .filter(agency=old)
        .select_related("person")
        .select_for_update(of=("self",), no_key=True)
    )
    for grant in grants:
        permissions.require_hand_on(by, "accounts.grant_roles", Role(grant.role), new)
    _move_children(by, old, new)
    for person in old.people.select_for_update(no_key=True).order_by("id"):
        person.take({"home": new})
        person.save()
    for grant in grants:
        _move_grant(by, grant, new, reason)


def _move_children(by: Actor, old: Agency, new: Agency) -> None:
    below = list(Agency.objects.filter(path__startswith=old.path).exclude(pk=old.pk))
    for child in [one for one in below if one.parent_id == old.id and one.closed_on is None]:
        before = child.path
        renamed = rules.paths_after_move([one.path for one in below], before, new.path)
        for one in below:
            one.path = renamed.get(one.path, one.path)
        child.take({"parent": new})
        event = AgencyMoved(child.id, before, child.path)
        done(by, "move_agency", child, event, old_path=before, new_path=child.path)
    Agency.objects.bulk_update(below, ["path", "parent", "version", "changed_at_version"])


def _move_grant(by: Actor, grant: RoleGrant, new: Agency, reason: str) -> None:
    now = clock.now()
    grant.state = GRANT.step(GrantState(grant.state), "withdraw")
    grant.withdrawn_at, grant.withdrawn_by_id, grant.withdrawal_reason = now, row_of(by), reason
    grant.save()
    done(
        by,
        "withdraw_role",
        grant.person,
        RoleWithdrawn(grant.id, grant.person_id, grant.role, grant.agency_id),
        grant=str(grant.id),
        role=grant.role,
        reason=reason,
    )
    if RoleGrant.objects.filter(person=grant.person, role=grant.role, agency=new, state=GrantState.GRANTED).exists():
        return
    moved = RoleGrant.objects.create(
        person=grant.person,
        role=grant.role,
        agency=new,
        valid_from=max(grant.valid_from, now),
        valid_to=grant.valid_to,
        # Whoever gave the role gave it; closing an agency moves it, also one's own.
        granted_by=grant.granted_by,
        reason=reason,
    )
    event = RoleGranted(moved.id, moved.person_id, moved.role, new.id, moved.valid_from, moved.valid_to)
    done(by, "grant_role", grant.person, event, grant=str(moved.id), role=moved.role, agency=new.code, reason=reason)
