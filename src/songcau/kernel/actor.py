"""Who acts, and what they may do. Actions, audit and the broker take an `Actor` as `by`.

A scope is a path in the tree of agencies, `/UBND-19/UBND-164/`: it covers itself and everything under it.
`/` is everywhere. A path always begins and ends with a slash, so that a prefix test cannot confuse
`/UBND-1/` with `/UBND-19/`.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from songcau.kernel import clock

EVERYWHERE = "/"


@dataclass(frozen=True, slots=True)
class Grant:
    """A set of permission codes inside one scope, until an instant (exclusive; None: no end)."""

    permissions: frozenset[str]
    scope: str
    until: datetime | None = None

    def covers(self, permission: str, within: str, at: datetime) -> bool:
        in_time = self.until is None or at < self.until
        return in_time and permission in self.permissions and within.startswith(self.scope)


@dataclass(frozen=True, slots=True)
class Actor:
    """An id, a label for logs people read, and grants. `may` is the only question asked of it."""

    id: UUID
    label: str
    grants: tuple[Grant, ...] = ()
    is_system: bool = False

    def may(self, permission: str, *, within: str | None = None) -> bool:
        """Whether the permission is held now; `within` a scope path, or anywhere at all when it is None."""
        if self.is_system:
            return True
        at = clock.now()
        return any(grant.covers(permission, within or grant.scope, at) for grant in self.grants)

    def scopes(self, permission: str) -> tuple[str, ...]:
        """The scope paths in which the permission is held now, for filtering lists."""
        if self.is_system:
            return (EVERYWHERE,)
        at = clock.now()
        return tuple(g.scope for g in self.grants if g.covers(permission, g.scope, at))


SYSTEM = Actor(id=UUID(int=0), label="songcau", is_system=True)
NOBODY = Actor(id=UUID(int=1), label="anonymous")
