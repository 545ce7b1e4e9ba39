"""Who acts, and what they may do. Actions, audit and the broker take an `Actor` as `by`.

A scope is a path in the tree of agencies, `/UBND-19/UBND-164/`: it covers itself and everything under it.
`/` is everywhere. A path always begins and ends with a slash, so that a prefix test cannot confuse
`/UBND-1/` with `/UBND-19/`.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from songcau.kernel import clock

EVERYWHERE = "/"


@dataclass(frozen=True, slots=True)
class OnBehalf:
    """For whom somebody stands in, and by which delegation."""

    person_id: UUID
    label: str
    delegation_id: UUID


@dataclass(frozen=True, slots=True)
class Grant:
    """A set of permission codes inside one scope, until an instant (exclusive; None: no end).

    `on_behalf` tells a right that was lent from one that is the actor's own.
    """

    permissions: frozenset[str]
    scope: str
    until: datetime | None = None
    on_behalf: OnBehalf | None = None

    def covers(self, permission: str, within: str, at: datetime) -> bool:
        in_time = self.until is None or at < self.until
        return in_time and permission in self.permissions and within.startswith(self.scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """An id, a label for logs people read, and grants. `may` is the only question asked of it.

    `relied_on` notes the lent rights that decided an answer, so that the audit log can say on whose behalf something
    was done. It is as old as the actor: of a person, one request.
    """

    id: UUID
    label: str
    grants: tuple[Grant, ...] = ()
    is_system: bool = False
    relied_on: set[tuple[OnBehalf, str]] = field(default_factory=set, compare=False, repr=False)

    def may(self, permission: str, *, within: str | None = None, own: bool = False) -> bool:
        """Whether the permission is held now; `within` a scope path, or anywhere at all when it is None.

        What is one's own goes before what was lent; with `own` nothing lent counts.
        """
        if self.is_system:
            return True
        at = clock.now()
        covering = [grant for grant in self.grants if grant.covers(permission, within or grant.scope, at)]
        if any(grant.on_behalf is None for grant in covering):
            return True
        if own or not covering:
            return False
        self.relied_on.update((grant.on_behalf, permission) for grant in covering[:1] if grant.on_behalf)
        return True

    def scopes(self, permission: str) -> tuple[str, ...]:
        """The scope paths in which the permission is held now, for filtering lists."""
        if self.is_system:
            return (EVERYWHERE,)
        at = clock.now()
        return tuple(g.scope for g in self.grants if g.covers(permission, g.scope, at))


SYSTEM = Actor(id=UUID(int=0), label="songcau", is_system=True)
NOBODY = Actor(id=UUID(int=1), label="anonymous")
