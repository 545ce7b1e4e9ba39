"""Roles: granted, given another end, withdrawn, expired."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from songcau.foundation.accounts import permissions, rules
from songcau.foundation.accounts.actions.people import (
    PersonInactive,
    home_agency,
    lasting_administrators_besides,
    lock_administrators,
    locked_person,
)
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.events import RoleEndChanged, RoleExpired, RoleGranted, RoleWithdrawn
from songcau.foundation.accounts.models import RoleGrant
from songcau.foundation.accounts.queries import row_of
from songcau.foundation.accounts.roles import Role, facts_of
from songcau.foundation.accounts.rules import GRANT, GrantState, RoleScopeUnusable
from songcau.kernel import clock
from songcau.kernel.actor import SYSTEM, Actor
from songcau.kernel.errors import Refused


class RoleGrantedAlready(Refused):
    code = "ROLE_GRANTED_ALREADY"
    conflict = True


@transaction.atomic
def grant_role(
    *,
    by: Actor,
    person_id: UUID,
    role: Role,
    agency_id: UUID | None,
    reason: str,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
) -> RoleGrant:
    """`agency_id` None: in the whole city. A role never counts before it is granted; `valid_to` is exclusive.

    Raises NotToOneself, NotYours, AboveYou, PersonInactive, AgencyIsClosed, RoleScopeUnusable, PeriodUnusable,
    ReasonMissing, RoleGrantedAlready.
    """
    agency = home_agency(agency_id)
    person = locked_person(person_id)
    permissions.require_another(by, person)
    permissions.require_hand_on(by, "accounts.grant_roles", role, agency)
    if (agency is None and not facts_of(role).whole_city) or (agency is not None and facts_of(role).only_whole_city):
        raise RoleScopeUnusable(role=str(role))
    if not person.is_active:
        raise PersonInactive(name=person.full_name)
    now = clock.now()
    begins = max(valid_from or now, now)
    rules.require_period(begins, valid_to, now)
    why = rules.require_reason(reason)
    _make_room(person.grants.filter(role=role, agency=agency, state=GrantState.GRANTED).first(), now)
    grant = RoleGrant.objects.create(
        person=person,
        role=role,
        agency=agency,
        valid_from=begins,
        valid_to=valid_to,
        granted_by_id=row_of(by),
        reason=why,
    )
    event = RoleGranted(grant.id, person.id, str(role), agency_id, begins, valid_to)
    where = agency.code if agency else None
    done(by, "grant_role", person, event, grant=str(grant.id), role=str(role), agency=where, reason=why)
    return grant


@transaction.atomic
def change_role_end(*, by: Actor, grant_id: UUID, valid_to: datetime | None, reason: str) -> RoleGrant:
    """A longer or a shorter time. Raises as `grant_role`, and LastAdministrator, TransitionRefused."""
    grant = _locked(grant_id)
    permissions.require_another(by, grant.person)
    permissions.require_hand_on(by, "accounts.grant_roles", Role(grant.role), grant.agency)
    now = clock.now()
    grant.state = GRANT.step(_state(grant, now), "change_end")
    rules.require_period(grant.valid_from, valid_to, now)
    why = rules.require_reason(reason)
    if valid_to is not None:
        _require_administrator_left(grant)
    grant.valid_to = valid_to
    grant.save(update_fields=["valid_to"])
    event = RoleEndChanged(grant.id, grant.person_id, valid_to)
    end = valid_to.isoformat() if valid_to else None
    done(by, "change_role_end", grant.person, event, grant=str(grant.id), valid_to=end, reason=why)
    return grant


@transaction.atomic
def withdraw_role(*, by: Actor, grant_id: UUID, reason: str) -> RoleGrant:
    """The role counts no more from this moment. Raises NotYours, AboveYou, LastAdministrator, ReasonMissing."""
    grant = _locked(grant_id)
    permissions.require_hand_on(by, "accounts.withdraw_roles", Role(grant.role), grant.agency)
    now = clock.now()
    state = GRANT.step(_state(grant, now), "withdraw")
    why = rules.require_reason(reason)
    _require_administrator_left(grant)
    grant.state, grant.withdrawn_at, grant.withdrawn_by_id, grant.withdrawal_reason = state, now, row_of(by), why
    grant.save()
    event = RoleWithdrawn(grant.id, grant.person_id, grant.role, grant.agency_id)
    done(by, "withdraw_role", grant.person, event, grant=str(grant.id), role=grant.role, reason=why)
    return grant


def expire_roles(*, by: Actor) -> int:
    """Mark the roles whose time is over (they stopped counting at that instant); how many. Bears repetition."""
    now = clock.now()
    over = RoleGrant.objects.filter(state=GrantState.GRANTED, valid_to__lte=now)
    return sum(_expire(by, grant_id, now) for grant_id in list(over.order_by("id").values_list("id", flat=True)))


@transaction.atomic
def _expire(by: Actor, grant_id: UUID, now: datetime) -> bool:
    grant = RoleGrant.objects.select_related("person").select_for_update(of=("self",), no_key=True).get(pk=grant_id)
    if _state(grant, now) is not GrantState.EXPIRED or grant.state != GrantState.GRANTED:
        return False
    _mark_expired(by, grant)
    return True


def _mark_expired(by: Actor, grant: RoleGrant) -> None:
    grant.state = GRANT.step(GrantState(grant.state), "expire")
    grant.save(update_fields=["state"])
    event = RoleExpired(grant.id, grant.person_id, grant.role, grant.agency_id)
    done(by, "expire_role", grant.person, event, grant=str(grant.id), role=grant.role)


def _make_room(standing: RoleGrant | None, now: datetime) -> None:
    """The same role in the same agency stands once; one whose time is over is marked so first."""
    if standing is None:
        return
    if _state(standing, now) is not GrantState.EXPIRED:
        raise RoleGrantedAlready(role=standing.role)
    _mark_expired(SYSTEM, standing)


def _state(grant: RoleGrant, now: datetime) -> GrantState:
    """The state as it is by the clock, whether or not the job has come by."""
    state = GrantState(grant.state)
    over = grant.valid_to is not None and grant.valid_to <= now
    return GrantState.EXPIRED if state is GrantState.GRANTED and over else state


def _locked(grant_id: UUID) -> RoleGrant:
    # All administrators' grants before one of them: one order of locks cannot deadlock.
    lock_administrators()
    return (
        RoleGrant.objects.select_related("person", "agency")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=grant_id)
    )


def _require_administrator_left(grant: RoleGrant) -> None:
    if Role(grant.role) is Role.SYSTEM_ADMINISTRATOR and grant.valid_to is None and grant.person.is_active:
        rules.require_administrator_left(lasting_administrators_besides(grant.person))
