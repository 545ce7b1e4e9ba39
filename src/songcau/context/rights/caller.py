"""Who asks, and what they may read and write.

A limit that is None does not limit. Everything is said in the stored form: types and attribute names are expanded
IRIs, wards are scope paths such as `/wards/W05512`, each covering itself and everything under it.
"""

from collections.abc import Iterable

from songcau.context.entities.entity import Attributes, Entity, instances


class Caller:
    """What one token, grant or open door allows.

    label: who it is, kept with every write. token: the id of the token that is used, if one is. tenant: the only one it
    may enter; None: any. may_administer: tokens. sees_all, writes_all: no entity of its tenant is closed to it, so that
    nobody has to ask about each.
    """

    __slots__ = (
        "_attributes", "_reads", "_types", "_under", "_wards", "_writes", "label", "may_administer", "sees_all",
        "tenant", "token", "writes_all",
    )  # fmt: skip

    def __init__(
        self,
        label: str,
        *,
        tenant: str | None = None,
        types: Iterable[str] | None = None,
        wards: Iterable[str] | None = None,
        attributes: Iterable[str] | None = None,
        reads: bool = True,
        writes: bool = False,
        may_administer: bool = False,
        token: str | None = None,
    ) -> None:
        self.label = label
        self.token = token
        self.tenant = tenant
        self.may_administer = may_administer
        self._types = None if types is None else frozenset(types)
        self._wards = None if wards is None else frozenset(wards)
        self._under = tuple(f"{ward}/" for ward in self._wards or ())
        self._attributes = None if attributes is None else frozenset(attributes)
        self._reads = reads
        self._writes = writes
        is_unlimited = self._types is None and self._wards is None and self._attributes is None
        self.sees_all = reads and is_unlimited
        self.writes_all = writes and is_unlimited

    @property
    def limits_attributes(self) -> bool:
        """Whether entities must be shown through `view`."""
        return self._attributes is not None

    @property
    def can_write(self) -> bool:
        """Whether there is anything at all that it may write."""
        return self._writes

    def may_enter(self, tenant: str) -> bool:
        return self.tenant is None or self.tenant == tenant

    def may_read(self, entity: Entity) -> bool:
        """Whether the entity may be seen at all; of its attributes only those in `view`."""
        return self.sees_all or (self._reads and self._covers(entity))

    def may_reach(self, entity: Entity) -> bool:
        """Whether the caller may know that the entity is there, because it may read or change it."""
        return self.sees_all or self.writes_all or ((self._reads or self._writes) and self._covers(entity))

    def view(self, entity: Entity) -> Entity:
        """The entity as it may be seen: without the attributes that are hidden from this caller.

        A query must be asked of this too: else its answer would tell what the entity hides.
        """
        allowed = self._attributes
        if allowed is None or allowed.issuperset(entity.attributes):
            return entity
        shown: Attributes = {name: value for name, value in entity.attributes.items() if name in allowed}
        # When something hidden was changed is hidden, too.
        stamps = (one.get("modifiedAt", "") for value in shown.values() for one in instances(value))
        seen = Entity(entity.id, entity.types, entity.scopes, shown, entity.created_at, max(stamps, default=""))
        seen.modified_at = seen.modified_at or entity.created_at
        seen.order = entity.order
        return seen

    def readable_names(self, names: Iterable[str]) -> tuple[str, ...]:
        """Those of the attributes that may be seen."""
        allowed = self._attributes
        return tuple(names) if allowed is None else tuple(name for name in names if name in allowed)

    def may_write(self, before: Entity | None, after: Entity | None, names: Iterable[str]) -> bool:
        """Whether a change is allowed: the entity must be in reach before and after it, and so must `names`.

        A change cannot bring an entity into a type or ward out of reach, nor take it from there. Who is limited to
        some attributes cannot delete or create what has others (give all names that go or come), nor change the types
        or scopes of what is there, which decide what others may do with it.
        """
        if self.writes_all:
            return True
        if not self._writes or not all(self._covers(entity) for entity in (before, after) if entity is not None):
            return False
        if before is not None and after is not None:
            types, scopes = {*before.types} ^ {*after.types}, {*before.scopes} ^ {*after.scopes}
            if self._attributes is not None and (types or scopes):
                return False
        else:
            there = before or after
            types, scopes = ({*there.types}, {*there.scopes}) if there else (set(), set())
        return (
            (self._types is None or self._types.issuperset(types))
            and all(map(self._reaches, scopes))
            and (self._attributes is None or self._attributes.issuperset(names))
        )

    def _covers(self, entity: Entity) -> bool:
        if self._types is not None and self._types.isdisjoint(entity.types):
            return False
        return self._wards is None or any(map(self._reaches, entity.scopes))

    def _reaches(self, scope: str) -> bool:
        if self._wards is None:
            return True
        path = scope if scope.startswith("/") else f"/{scope}"  # both forms name the same scope
        return path in self._wards or path.startswith(self._under)


EVERYTHING = Caller("anonymous", writes=True, may_administer=True)
