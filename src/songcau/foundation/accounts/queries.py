"""What can be asked about people and roles."""

from datetime import date
from uuid import UUID

from songcau.foundation.accounts.models import Agency, Person, RoleGrant
from songcau.kernel.actor import Actor


def actor_of(person: Person) -> Actor:
    """The person with every role in force now; no role counts while the account is switched off. One query."""
    if not person.is_active:
        return Actor(id=person.id, label=person.label)
    grants = RoleGrant.objects.in_force().filter(person=person).select_related("agency")
    return Actor(id=person.id, label=person.label, grants=tuple(grant.as_grant() for grant in grants))


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
