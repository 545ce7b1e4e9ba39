"""The present state of one tenant: entities by id, and indexes that follow every change.

Entities come in the order of creation, and each page of a query with them: a change keeps an entity's place, deleting
and creating it again gives it a new one. `undo` takes a change back exactly, its place included.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import chain, islice
from operator import attrgetter
from time import thread_time

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.language.ordering import Ordering
from songcau.context.language.selection import Selection
from songcau.context.memory import overviews
from songcau.context.memory.indexes import Ids, Indexes
from songcau.context.memory.members import Members, merged
from songcau.context.memory.overviews import AttributeOverview, TypeOverview
from songcau.context.problems import TooComplexQuery

Permission = Callable[[Entity], bool]

# Candidates that an index gives by their ids cost a look-up and a sorting each; a type's own entities come ready.
_COST_OF_ID = 3

# A query is refused when it would take the event loop for seconds: when it is no simple one, and has to make so many
# tests, of which each costs some 0.3 µs.
_SIMPLE = 16
_MOST_TESTS = 3_000_000
# The same for what was not known beforehand: seconds of the processor, looked at after each slice of candidates.
_MOST_SECONDS = 2.0
_LIGHT = 4
_SLICE, _SLICE_OF_PLACES = 512, 8

# Attributes that so many shapes of entities have narrow nothing: adding up their sizes would take as long as a search.
_MOST_SHAPES = 1_000

_ORDER = attrgetter("order")


class State:
    """What is so now. Reading and writing are plain calls; nobody else changes the entities while one runs."""

    def __init__(self) -> None:
        self._all = Members()
        self.entities = self._all.by_id
        self._indexes = Indexes()
        self._latest = 0

    def get(self, entity_id: str) -> Entity | None:
        return self.entities.get(entity_id)

    def __len__(self) -> int:
        return len(self.entities)

    def apply(self, change: Change) -> None:
        """Takes a change over. The entity after it gets the place of the one before.

        Of a `SET` the attributes in `change.names` are compared, of a `PUT` all.
        """
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
        """Takes over entities of a snapshot, in their order; they are many."""
        for entity in entities:
            self._latest += 1
            entity.order = self._latest
            self._add(entity)

    @property
    def has_shapes(self) -> bool:
        """Whether any entity is a line, an area or many points."""
        return any(places.has_shapes for places in self._indexes.places.values())

    def select(
        self,
        selection: Selection,
        *,
        offset: int = 0,
        limit: int = 20,
        permitted: Permission | None = None,
        ordering: Ordering | None = None,
    ) -> list[Entity]:
        """One page of the entities of a selection that `permitted` lets pass, in the order of creation or another."""
        found = self._matching(selection, permitted)
        if ordering is not None:
            return ordering.sorted(found)[offset : offset + limit]
        return list(islice(found, offset, offset + limit))

    def page(
        self,
        selection: Selection,
        *,
        offset: int = 0,
        limit: int = 20,
        permitted: Permission | None = None,
        ordering: Ordering | None = None,
    ) -> tuple[list[Entity], int]:
        """As `select`, with the number of all: for a count that is asked with the page, looked through once."""
        known = self._counted(selection) if permitted is None else None
        if known is not None:
            return self.select(selection, offset=offset, limit=limit, ordering=ordering), known
        found = list(self._matching(selection, permitted))
        ordered = found if ordering is None else ordering.sorted(found)
        return ordered[offset : offset + limit], len(found)

    def count(self, selection: Selection, *, permitted: Permission | None = None) -> int:
        """How many entities a selection has."""
        known = self._counted(selection) if permitted is None else None
        return sum(1 for _ in self._matching(selection, permitted)) if known is None else known

    def type_names(self, permitted: Permission | None = None) -> list[str]:
        """The types of entities, in the order of names."""
        if permitted is None:
            return sorted(self._indexes.types)
        return sorted({name for entity in filter(permitted, self.entities.values()) for name in entity.types})

    def attributes_of_types(self, permitted: Permission | None = None) -> dict[str, tuple[str, ...]]:
        """For each type the attributes of its entities, both in the order of names."""
        if permitted is None:
            return overviews.attributes_of_types(self._indexes.types, self._indexes.usage)
        used = overviews.usage(filter(permitted, self.entities.values()))
        return overviews.attributes_of_types(used, used)

    def type_overview(self, name: str, permitted: Permission | None = None) -> TypeOverview | None:
        """The count and the attributes of a type, or None when nothing is of it."""
        members = self._indexes.types.get(name)
        if members is None:
            return None
        entities = members.by_id.values()
        return overviews.of_type(name, entities if permitted is None else filter(permitted, entities))

    def attribute_names(self, permitted: Permission | None = None) -> list[str]:
        """The attributes of entities, in the order of names."""
        if permitted is None:
            return sorted(self._indexes.having)
        return list(self.types_of_attributes(permitted))

    def types_of_attributes(self, permitted: Permission | None = None) -> dict[str, tuple[str, ...]]:
        """For each attribute the types of its entities, both in the order of names."""
        if permitted is None:
            return overviews.types_of_attributes(self._indexes.usage)
        return overviews.types_of_attributes(overviews.usage(filter(permitted, self.entities.values())))

    def attribute_overview(self, name: str, permitted: Permission | None = None) -> AttributeOverview | None:
        """The count, the kinds and the types of an attribute, or None when nothing has it."""
        ids = chain.from_iterable(shape.ids for shape in self._indexes.having.get(name, ()))
        entities = map(self.entities.__getitem__, ids)
        return overviews.of_attribute(name, entities if permitted is None else filter(permitted, entities))

    def _counted(self, selection: Selection) -> int | None:
        """The count of a selection that an index knows without looking at entities."""
        if selection.is_everything:
            return len(self.entities)
        if selection.is_types and selection.types is not None and len(selection.types) == 1:
            members = self._indexes.types.get(selection.types[0])
            return 0 if members is None else len(members)
        return None

    def _matching(self, selection: Selection, permitted: Permission | None) -> Iterator[Entity]:
        candidates, test = self._candidates(selection)
        found = candidates if test is None else filter(test, _watched(selection, candidates))
        return iter(found) if permitted is None else filter(permitted, found)

    def _candidates(self, selection: Selection) -> tuple[Iterable[Entity], Permission | None]:
        """Entities among which all matches are, in the order of creation, and the test that is left to make."""
        if selection.ids is not None:
            _check_work(selection, len(selection.ids))
            return self._by_ids(selection.ids), selection.matches
        groups = self._groups(selection)
        bound = sum(map(len, groups)) // _COST_OF_ID
        by_place = self._by_place(selection, bound)
        if by_place is not None:
            return by_place, selection.matches_beyond_area
        ids = min([*self._needed(selection), *self._in_scope(selection)], key=_size, default=None)
        if ids is not None and _size(ids) < bound:
            _check_work(selection, _size(ids))
            return self._by_ids(*ids), selection.matches
        _check_work(selection, sum(map(len, groups)))
        return self._of_groups(selection, groups)

    def _of_groups(self, selection: Selection, groups: list[Members]) -> tuple[Iterable[Entity], Permission | None]:
        candidates = groups[0].in_order().values() if len(groups) == 1 else merged(groups)
        if selection.is_everything or selection.is_types:
            return candidates, None
        return candidates, selection.matches_beyond_types if selection.type_is_all else selection.matches

    def _groups(self, selection: Selection) -> list[Members]:
        """The entities of the selection's types, or all."""
        if selection.types is None:
            return [self._all]
        types = self._indexes.types
        return [members for name in selection.types if (members := types.get(name)) is not None]

    def _by_place(self, selection: Selection, bound: int) -> list[Entity] | None:
        """All that lies there, found by the grid, unless it would look at more than `bound` or cannot answer.

        What else the selection asks is left to be tested, for a page asks it of few of them.
        """
        area = selection.area
        if area is None or area.boxes is None:
            return None
        places = self._indexes.places.get(area.attribute)
        if places is None:
            return []
        nearby = places.near(area.boxes)
        if len(nearby) > bound:
            return None
        _check_work(selection, len(nearby))
        # The places have answered for points; of anything else they know only the box.
        found = list(map(self.entities.__getitem__, nearby.points(area.holds_points)))
        others = map(self.entities.__getitem__, nearby.others())
        found += filter(selection.matches, _watched(selection, others))
        found.sort(key=_ORDER)
        return found

    def _needed(self, selection: Selection) -> list[list[Ids]]:
        """For each set of attributes of which every match has one: the ids that have."""
        having = self._indexes.having
        found = (
            dict.fromkeys(chain.from_iterable(having.get(name, ()) for name in names)) for names in selection.needs
        )
        return [[shape.ids for shape in shapes] for shapes in found if len(shapes) <= _MOST_SHAPES]

    def _in_scope(self, selection: Selection) -> list[list[Ids]]:
        covers = selection.scope
        return [] if covers is None else [[ids for scope, ids in self._indexes.scoped.items() if covers(scope)]]

    def _by_ids(self, *lists: Iterable[str]) -> list[Entity]:
        """The entities of ids that are there, each once, in the order of creation."""
        entities = self.entities
        ids = lists[0] if len(lists) == 1 else dict.fromkeys(one for some in lists for one in some)
        return sorted([found for one in ids if (found := entities.get(one)) is not None], key=_ORDER)

    def _add(self, entity: Entity) -> None:
        self._all.put(entity)
        self._indexes.add(entity)

    def _remove(self, entity: Entity) -> None:
        self._all.remove(entity.id)
        self._indexes.remove(entity)

    def _replace(self, old: Entity, new: Entity, change: Change) -> None:
        self.entities[new.id] = new
        names = change.names if change.kind is Kind.SET else {**old.attributes, **new.attributes}
        self._indexes.replace(old, new, names)


def _watched(selection: Selection, candidates: Iterable[Entity]) -> Iterable[Entity]:
    """The candidates, as long as testing them keeps within its time.

    What comparing geometries costs is not known beforehand, and a city may have more entities than was thought of.
    """
    if selection.area is not None:
        return _until_late(iter(candidates), _SLICE_OF_PLACES)
    return candidates if selection.weight <= _LIGHT else _until_late(iter(candidates), _SLICE)


def _until_late(candidates: Iterator[Entity], size: int) -> Iterator[Entity]:
    begun = thread_time()
    while some := list(islice(candidates, size)):
        yield from some
        if thread_time() - begun > _MOST_SECONDS:
            raise TooComplexQuery("The query takes longer than this broker gives to one; name a type or an area.")


def _check_work(selection: Selection, candidates: int) -> None:
    if selection.weight > _SIMPLE and selection.weight * candidates > _MOST_TESTS:
        raise TooComplexQuery(
            f"The query has about {selection.weight:,} conditions to test so many entities with;"
            " name a type, an area or fewer conditions."
        )


def _size(lists: "list[Ids]") -> int:
    return sum(map(len, lists))
