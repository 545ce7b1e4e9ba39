"""Who may do what with people, agencies and roles.

A right reaches as far as its agency and all under it. Over people and roles there is one more rule: nobody acts on
more power than they may hand on themselves. So nobody grants a role they could not hold, and nobody resets the
password of somebody stronger.
"""

from collections.abc import Iterable
from dataclasses import replace

from songcau.foundation.accounts.models import Agency, Person
from songcau.foundation.accounts.roles import HAND_ON, Role, lent_by, permissions_of
from songcau.kernel.actor import EVERYWHERE, Actor
from songcau.kernel.errors import NotAllowed


class NotYours(NotAllowed):
    """The permission is not held where the deed would take place."""

    code = "NOT_YOURS"


class NotToOneself(NotAllowed):
    """What somebody else must do for you: granting a role, switching off, resetting."""

    code = "NOT_TO_ONESELF"


class AboveYou(NotAllowed):
    """The role, or a role of the person, holds a permission that this person may not hand on there."""

    code = "ABOVE_YOU"


def scope_of(agency: Agency | None) -> str:
    return agency.path if agency else EVERYWHERE


def may_view_people(by: Actor) -> bool:
    return by.may("accounts.view_people")


def may_manage_people(by: Actor, home: Agency | None) -> bool:
    """Add people to an agency, or bring them there."""
    return by.may("accounts.manage_people", within=scope_of(home))


def may_manage_agencies(by: Actor, agency: Agency | None) -> bool:
    """Change an agency, or add one under it; None: at the top."""
    return by.may("accounts.manage_agencies", within=scope_of(agency))


def may_hand_on(by: Actor, role: Role, agency: Agency | None, *, own: bool = True) -> bool:
    """Whether every permission of the role is held, or may be handed on, in that agency.

    What was lent to somebody cannot be given away by them; without `own` it counts all the same.
    """
    return _covers(by, permissions_of(role), scope_of(agency), own=own)


def may_grant_role(by: Actor, person: Person, role: Role, agency: Agency | None) -> bool:
    allowed = by.may("accounts.grant_roles", within=scope_of(agency))
    return by.id != person.id and allowed and may_hand_on(by, role, agency)


def may_withdraw_role(by: Actor, role: Role, agency: Agency | None) -> bool:
    """Also from oneself: stepping down is no gain."""
    return by.may("accounts.withdraw_roles", within=scope_of(agency)) and may_hand_on(by, role, agency)


def may_act_on(by: Actor, permission: str, person: Person) -> bool:
    """Whether an account may be changed, switched off, unlocked, signed out or given new credentials."""
    return by.may(permission, within=scope_of(person.home)) and not is_above(by, person)


def is_above(by: Actor, person: Person) -> bool:
    """Whether the person holds, will hold or was lent a right that this actor could not hand on."""
    grants = person.grants.not_ended().select_related("agency")
    if any(not may_hand_on(by, Role(grant.role), grant.agency, own=False) for grant in grants):
        return True
    lent = person.delegations.still_open().select_related("grant__agency")
    return any(not _covers(by, lent_by(Role(one.grant.role)), one.scope, own=False) for one in lent)


def _covers(by: Actor, codes: Iterable[str], scope: str, *, own: bool) -> bool:
    return all(by.may(p, within=scope, own=own) or by.may(HAND_ON + p, within=scope, own=own) for p in codes)


def require(by: Actor, permission: str, agency: Agency | None) -> None:
    """Raises NotYours."""
    if not by.may(permission, within=scope_of(agency)):
        raise NotYours(permission=permission)


def require_act_on(by: Actor, permission: str, person: Person) -> None:
    """Raises NotYours or AboveYou."""
    require(by, permission, person.home)
    if is_above(by, person):
        raise AboveYou()


def require_another(by: Actor, person: Person) -> None:
    """Raises NotToOneself."""
    if by.id == person.id:
        raise NotToOneself()


def require_not_for_lender(by: Actor, permission: str, person: Person) -> None:
    """Nobody's own affair is decided with a right that they lent for it. Raises NotToOneself."""
    others = tuple(grant for grant in by.grants if grant.on_behalf is None or grant.on_behalf.person_id != person.id)
    if not replace(by, grants=others).may(permission, within=scope_of(person.home)):
        raise NotToOneself()


def require_hand_on(by: Actor, permission: str, role: Role, agency: Agency | None) -> None:
    """For granting and withdrawing. Raises NotYours or AboveYou."""
    require(by, permission, agency)
    if not may_hand_on(by, role, agency):
        raise AboveYou()
