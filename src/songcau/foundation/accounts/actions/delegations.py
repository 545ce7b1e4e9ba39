"""Roles lent for a leave: lent, withdrawn, begun and ended by the clock."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from songcau.foundation.accounts import permissions
from songcau.foundation.accounts.actions.people import PersonInactive, locked_person
from songcau.foundation.accounts.actions.record import done
from songcau.foundation.accounts.delegation import rules
from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.delegation.rules import DELEGATION, DelegationState
from songcau.foundation.accounts.events import DelegationBegan, DelegationEnded, DelegationWithdrawn, RoleLent
from songcau.foundation.accounts.models import Holding, Person, RoleGrant
from songcau.foundation.accounts.permissions import NotYours
from songcau.foundation.accounts.queries import people_of, row_of
from songcau.foundation.accounts.roles import Role, may_be_lent
from songcau.foundation.accounts.rules import GrantState, require_reason
from songcau.kernel import clock
from songcau.kernel.actor import Actor


@transaction.atomic
def delegate_role(
    *,
    by: Actor,
    grant_id: UUID,
    delegate_id: UUID,
    ends_at: datetime,
    reason: str,
    starts_at: datetime | None = None,
    holding: Holding | None = None,
) -> Delegation:
    """Lend a role of one's own; `starts_at` None: now, `ends_at` exclusive.

    Raises RoleNotHeld, RoleIsLent, RoleNotLent, DelegationPeriod, DelegationTooLong, DelegateIsOneself,
    DelegateElsewhere, PersonInactive, DelegatedAlready, ReasonMissing.
    """
    grant = (
        RoleGrant.objects.select_related("agency", "person")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=grant_id)
    )
    delegate = locked_person(delegate_id)
    now = clock.now()
    begins = starts_at or now
    _require_own(by, grant, begins, now)
    rules.require_leave(begins, ends_at, now)
    _require_delegate(grant, delegate)
    why = require_reason(reason)
    if grant.delegations.overlapping(begins, ends_at).exists():
        raise rules.DelegatedAlready()
    delegation = Delegation.objects.create(
        grant=grant,
        delegate=delegate,
        holding=holding,
        starts_at=begins,
        ends_at=ends_at,
        reason=why,
        state=DelegationState.PLANNED if begins > now else DelegationState.IN_FORCE,
    )
    event = RoleLent(delegation.id, grant.person_id, delegate.id, grant.role, grant.agency_id, begins, ends_at)
    _done(by, "delegate_role", delegation, event, role=grant.role, reason=why)
    return delegation


@transaction.atomic
def delegate_post(
    *,
    by: Actor,
    holding_id: UUID,
    delegate_id: UUID,
    ends_at: datetime,
    reason: str,
    starts_at: datetime | None = None,
) -> list[Delegation]:
    """Lend every role that goes with a post: those held in its agency. Raises as `delegate_role`, and NothingToLend."""
    holding = Holding.objects.select_related("post").get(pk=holding_id)
    if holding.person_id != by.id or holding.until_on is not None:
        raise rules.RoleNotHeld()
    now = clock.now()
    begins = starts_at or now
    # Before the database is asked with it: no database knows an instant before the year 1.
    rules.require_leave(begins, ends_at, now)
    held = RoleGrant.objects.not_ended().filter(person_id=by.id, agency=holding.post.agency_id, valid_from__lte=begins)
    lendable = [grant.id for grant in held.order_by("id") if may_be_lent(Role(grant.role))]
    if not lendable:
        raise rules.NothingToLend(title=holding.post.title)
    return [
        delegate_role(
            by=by,
            grant_id=grant_id,
            delegate_id=delegate_id,
            ends_at=ends_at,
            reason=reason,
            starts_at=starts_at,
            holding=holding,
        )
        for grant_id in lendable
    ]


@transaction.atomic
def withdraw_delegation(*, by: Actor, delegation_id: UUID, reason: str) -> Delegation:
    """The rights lent count no more from this moment. By either of the two, or by who may withdraw roles there.

    Raises NotYours, TransitionRefused, ReasonMissing.
    """
    delegation = _locked(delegation_id)
    grant = delegation.grant
    if by.id not in (grant.person_id, delegation.delegate_id):
        permissions.require(by, "accounts.withdraw_roles", grant.agency)
    now = clock.now()
    delegation.state = DELEGATION.step(delegation.state_at(now), "withdraw")
    delegation.withdrawal_reason = require_reason(reason)
    delegation.ended_at, delegation.withdrawn_by_id = now, row_of(by)
    delegation.save()
    event = DelegationWithdrawn(delegation.id, grant.person_id, delegation.delegate_id)
    _done(by, "withdraw_delegation", delegation, event, role=grant.role, reason=delegation.withdrawal_reason)
    return delegation


def keep_delegations(*, by: Actor) -> int:
    """Mark what has begun and what is over by the clock (it counted from that instant); how many. Bears repetition."""
    now = clock.now()
    begun = Q(state=DelegationState.PLANNED, starts_at__lte=now)
    over = Q(ends_at__lte=now) | ~Q(grant__state=GrantState.GRANTED) | Q(grant__valid_to__lte=now)
    due = Delegation.objects.still_open().filter(begun | over).order_by("id").values_list("id", flat=True)
    return sum(_keep(by, delegation_id, now) for delegation_id in list(due))


@transaction.atomic
def _keep(by: Actor, delegation_id: UUID, now: datetime) -> bool:
    delegation = _locked(delegation_id)
    stored, there = DelegationState(delegation.state), delegation.state_at(now)
    if stored is there:
        return False
    person_id, delegate_id = delegation.grant.person_id, delegation.delegate_id
    if there is DelegationState.IN_FORCE:
        delegation.state = DELEGATION.step(stored, "begin")
        delegation.save(update_fields=["state"])
        _done(by, "begin_delegation", delegation, DelegationBegan(delegation.id, person_id, delegate_id))
        return True
    delegation.state, delegation.ended_at = DELEGATION.step(stored, "end"), now
    delegation.save(update_fields=["state", "ended_at"])
    _done(by, "end_delegation", delegation, DelegationEnded(delegation.id, person_id, delegate_id))
    return True


def _require_own(by: Actor, grant: RoleGrant, begins: datetime, now: datetime) -> None:
    if grant.person_id != by.id:
        if grant.delegations.in_force(now).filter(delegate=by.id).exists():
            raise rules.RoleIsLent()
        raise NotYours()
    held = grant.state == GrantState.GRANTED and rules.holds_then(grant.valid_from, grant.valid_to, begins)
    rules.require_lendable(Role(grant.role), held=held)


def _require_delegate(grant: RoleGrant, delegate: Person) -> None:
    if delegate.id == grant.person_id:
        raise rules.DelegateIsOneself()
    if not delegate.is_active:
        raise PersonInactive(name=delegate.full_name)
    if not people_of(grant.scope).filter(pk=delegate.pk).exists():
        raise rules.DelegateElsewhere()


def _locked(delegation_id: UUID) -> Delegation:
    return (
        Delegation.objects.select_related("grant__person", "grant__agency", "delegate")
        .select_for_update(of=("self",), no_key=True)
        .get(pk=delegation_id)
    )


def _done(by: Actor, verb: str, delegation: Delegation, event: object, **details: object) -> None:
    facts = {"delegation": str(delegation.id), "delegate": str(delegation.delegate_id), **details}
    done(by, verb, delegation.grant.person, event, **facts)
