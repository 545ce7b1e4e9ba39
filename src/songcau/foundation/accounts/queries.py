"""What can be asked about people and roles."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from songcau.foundation.accounts.delegation.models import Delegation
from songcau.foundation.accounts.models import Agency, Holding, Person, PersonQuerySet, RoleGrant
from songcau.foundation.accounts.roles import Role, permissions_of
from songcau.kernel.actor import EVERYWHERE, Actor


def actor_of(person: Person) -> Actor:
    """The person with every role in force now, own ones first, then those lent; none while the account is off."""
    if not person.is_active:
        return Actor(id=person.id, label=person.label)
    own = RoleGrant.objects.in_force().filter(person=person).select_related("agency")
    lent = Delegation.objects.in_force().filter(delegate=person).select_related("grant__agency", "grant__person")
    grants = [grant.as_grant() for grant in own] + [delegation.as_grant() for delegation in lent]
    return Actor(id=person.id, label=person.label, grants=tuple(grants))


def people_of(scope: str) -> PersonQuerySet:
    """Those who work in a part of the tree of agencies: at home there, in post there, or with a role there.

    In the whole city that is all of the staff, and no citizen.
    """
    everybody: PersonQuerySet = Person.objects.filter(is_active=True)
    roles = RoleGrant.objects.in_force().filter(person=OuterRef("pk"))
    if scope != EVERYWHERE:
        roles = roles.filter(agency__path__startswith=scope)
    posts = Holding.objects.current().filter(person=OuterRef("pk"), post__agency__path__startswith=scope)
    return everybody.filter(Q(home__path__startswith=scope) | Exists(roles) | Exists(posts))


def row_of(actor: Actor) -> UUID | None:
    """The id of the actor's row, or None for songcau itself."""
    return None if actor.is_system else actor.id


def agency_at(path: str) -> Agency | None:
    """The agency a scope path names."""
    return Agency.objects.filter(path=path).first()


def successors_on(agency: Agency, day: date) -> list[Agency]:
    """Who does the work of an agency on a day: itself while it is open, or those that came after it, however far."""
    found: dict[UUID, Agency] = {}
    waiting, seen = [agency], set()
    while waiting:
        current = waiting.pop()
        if current.id in seen:
            continue
        seen.add(current.id)
        if current.closed_on is None or current.closed_on > day:
            found[current.id] = current
        else:
            waiting.extend(current.successors.all())
    return sorted(found.values(), key=lambda one: one.path)


def system_administrators() -> list[UUID]:
    """Who looks after the installation now."""
    grants = RoleGrant.objects.in_force().administrators().filter(person__is_active=True)
    return list(grants.order_by("person_id").values_list("person_id", flat=True).distinct())


def those_who_may(permission: str, people: Collection[UUID]) -> set[UUID]:
    """Which of these people hold a permission now, anywhere, by a role of their own or one lent. Two queries."""
    own = RoleGrant.objects.in_force().filter(person__in=people, person__is_active=True).select_related("agency")
    lent = Delegation.objects.in_force().filter(delegate__in=people, delegate__is_active=True)
    held = [(grant.person_id, grant.as_grant()) for grant in own]
    held += [(one.delegate_id, one.as_grant()) for one in lent.select_related("grant__agency", "grant__person")]
    return {person for person, grant in held if permission in grant.permissions}


def holders_of(permission: str, within: str) -> list[UUID]:
    """Who holds a permission now, by a role of their own, in the agency of this scope path."""
    roles = [role for role in Role if permission in permissions_of(role)]
    grants = RoleGrant.objects.in_force().filter(role__in=roles, person__is_active=True)
    rows = grants.order_by("person_id").values_list("person_id", "agency__path")
    return list(dict.fromkeys(person for person, path in rows if within.startswith(path or EVERYWHERE)))
