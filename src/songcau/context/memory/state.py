"""The present state of one tenant: entities by id, and indexes that follow every change.

Entities come in the order of creation, and each page of a query with them: a change keeps an entity's place, deleting
and creating it again gives it a new one. `undo` takes a change back exactly, its place included.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.language.selection import Selection
from songcau.context.memory.members import Members, merged

Permission = Callable[[Entity], bool]


class State:
    """What is so now. Reading and writing are plain calls; nobody else holds the entities while one runs."""

    def __init__(self) -> None:
        self._all = Members()
        self.entities = self._all.by_id
        self._types: dict[str, Members] = {}
        self._having: dict[str, dict[str, None]] = {}
        self._latest = 0

    def get(self, entity_id: str) -> Entity | None:
        return self.entities.get(entity_id)

    def __len__(self) -> int:
        return len(self.entities)

    def apply(self, change: Change) -> None:
        """Takes a change over. The entity after it gets the place of the one before."""
        before, after = change.before, change.after
        if after is None:
            if before is not None:
                self._remove(before)
        elif before is None:
            self._latest += 1
            after.order = self._latest
            self._add(after)
        else:
            after.order = before.order
            self._replace(before, after, change)

    def undo(self, change: Change) -> None:
        """Takes back a change that `apply` took over; of several the newest first."""
        before, after = change.before, change.after
        if before is None:
            if after is not None:
                self._remove(after)
        elif after is None:
            self._add(before)
        else:
            self._replace(after, before, change)

    def restore(self, entities: Iterable[Entity]) -> None:
        """Takes over entities of a snapshot, in their order."""
        for entity in entities:
            self._latest += 1
            entity.order = self._latest
            self._add(entity)

    def select(
        self, selection: Selection, *, offset: int = 0, limit: int = 20, permitted: Permission | None = None
    ) -> list[Entity]:
        """The entities of a selection that `permitted` lets pass, in the order of creation: one page of them."""
        return list(islice(self._matching(selection, permitted), offset, offset + limit))

    def count(self, selection: Selection, *, permitted: Permission | None = None) -> int:
        """How many entities a selection has."""
        if permitted is None:
            known = self._counted(selection)
            if known is not None:
                return known
        return sum(1 for _ in self._matching(selection, permitted))

    def _counted(self, selection: Selection) -> int | None:
        """The count of a selection that an index knows without looking at entities."""
        if selection.is_everything:
            return len(self.entities)
        if selection.is_types and selection.types is not None and len(selection.types) == 1:
            members = self._types.get(selection.types[0])
            return 0 if members is None else len(members)
        return None

    def _matching(self, selection: Selection, permitted: Permission | None) -> Iterator[Entity]:
        candidates, test = self._candidates(selection)
        found = candidates if selection.is_everything else filter(test, candidates)
        return iter(found) if permitted is None else filter(permitted, found)

    def _candidates(self, selection: Selection) -> tuple[Iterable[Entity], Permission]:
        """Entities among which all matches are, in the order of creation, and the test that is left to make."""
        if selection.ids is not None:
            known = [entity for one in selection.ids if (entity := self.entities.get(one)) is not None]
            return sorted(known, key=_order), selection.matches
        rarest = self._rarest(selection)
        if selection.types is None:
            return (self._all.in_order().values() if rarest is None else self._by_ids(rarest)), selection.matches
        groups = [members for name in selection.types if (members := self._types.get(name)) is not None]
        if rarest is not None and sum(map(len, rarest)) * 4 < sum(map(len, groups)):
            return self._by_ids(rarest), selection.matches
        test = selection.matches_beyond_types if selection.type_is_all else selection.matches
        return (groups[0].in_order().values() if len(groups) == 1 else merged(groups)), test

    def _rarest(self, selection: Selection) -> list[dict[str, None]] | None:
        """The ids under the attributes of which each match has one, for the rarest such set."""
        sets = [[self._having[name] for name in names if name in self._having] for names in selection.needs]
        return min(sets, key=lambda lists: sum(map(len, lists))) if sets else None

    def _by_ids(self, lists: list[dict[str, None]]) -> list[Entity]:
        entities = self.entities
        ids = lists[0] if len(lists) == 1 else dict.fromkeys(one for ids in lists for one in ids)
        return sorted([entities[one] for one in ids], key=_order)

    def _add(self, entity: Entity) -> None:
        self._all.put(entity)
        for name in entity.types:
            self._put_type(name, entity)
        for name in entity.attributes:
            self._put_attribute(name, entity.id)

    def _remove(self, entity: Entity) -> None:
        self._all.remove(entity.id)
        for name in entity.types:
            self._drop_type(name, entity.id)
        for name in entity.attributes:
            self._drop_attribute(name, entity.id)

    def _replace(self, old: Entity, new: Entity, change: Change) -> None:
        self.entities[new.id] = new
        if new.types == old.types:
            for name in new.types:
                self._types[name].by_id[new.id] = new
        else:
            self._follow_types(old, new)
        had, has = old.attributes, new.attributes
        for name in change.names if change.kind is Kind.SET else {**had, **has}:
            if (name in has) is not (name in had):
                if name in has:
                    self._put_attribute(name, new.id)
                else:
                    self._drop_attribute(name, new.id)

    def _follow_types(self, old: Entity, new: Entity) -> None:
        for name in new.types:
            self._put_type(name, new)
        for name in set(old.types).difference(new.types):
            self._drop_type(name, old.id)

    def _put_type(self, name: str, entity: Entity) -> None:
        members = self._types.get(name)
        if members is None:
            members = self._types[name] = Members()
        members.put(entity)

    def _drop_type(self, name: str, entity_id: str) -> None:
        members = self._types[name]
        members.remove(entity_id)
        if not members.by_id:
            del self._types[name]

    def _put_attribute(self, name: str, entity_id: str) -> None:
        ids = self._having.get(name)
        if ids is None:
            ids = self._having[name] = {}
        ids[entity_id] = None

    def _drop_attribute(self, name: str, entity_id: str) -> None:
        ids = self._having[name]
        del ids[entity_id]
        if not ids:
            del self._having[name]


def _order(entity: Entity) -> int:
    return entity.order
