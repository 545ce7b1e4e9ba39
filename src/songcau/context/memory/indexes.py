"""Indexes of a tenant's entities by type, attribute, scope and place, following each change by its difference."""

from collections.abc import Iterable

from songcau.context.entities.entity import Attribute, Entity, Instance
from songcau.context.memory.members import Members
from songcau.context.memory.places import Places, place

Ids = dict[str, None]  # a set that keeps an order

_MOST_KNOWN = 4096


class Shape:
    """What many entities have in common: their types and the names of their attributes. ids: those that are so now."""

    __slots__ = ("ids", "names", "types")

    def __init__(self, types: tuple[str, ...], names: frozenset[str]) -> None:
        self.types = types
        self.names = names
        self.ids: Ids = {}


class Indexes:
    """types: entities of each. having: shapes with each attribute. scoped: ids with each scope. places: of each
    GeoProperty.

    An entity stands in one shape, instead of once for each of its attributes.
    """

    __slots__ = ("_known", "having", "places", "scoped", "shapes", "types")

    def __init__(self) -> None:
        self.types: dict[str, Members] = {}
        self.shapes: dict[tuple[tuple[str, ...], frozenset[str]], Shape] = {}
        self.having: dict[str, dict[Shape, None]] = {}
        self.scoped: dict[str, Ids] = {}
        self.places: dict[str, Places] = {}
        # The same shapes by the attributes in an order, in which most entities have them: quicker to make than a set.
        self._known: dict[tuple[tuple[str, ...], tuple[str, ...]], Shape] = {}

    @property
    def usage(self) -> dict[str, set[str]]:
        """The attributes of the entities of each type."""
        found: dict[str, set[str]] = {}
        for shape in self.shapes.values():
            if shape.names:
                for name in shape.types:
                    found.setdefault(name, set()).update(shape.names)
        return found

    def add(self, entity: Entity) -> None:
        for name in entity.types:
            self._put_type(name, entity)
        for scope in entity.scopes:
            _put(self.scoped, scope, entity.id)
        self._shape_of(entity).ids[entity.id] = None
        for name, attribute in entity.attributes.items():
            if (type(attribute) is not dict or attribute["type"] == "GeoProperty") and _is_place(attribute):
                self._move(name, entity.id, None, attribute)

    def remove(self, entity: Entity) -> None:
        for name in entity.types:
            self._drop_type(name, entity.id)
        for scope in set(entity.scopes):
            _drop(self.scoped, scope, entity.id)
        self._leave(self._shape_of(entity), entity.id)
        for name, attribute in entity.attributes.items():
            if name in self.places:
                self._move(name, entity.id, attribute, None)

    def replace(self, old: Entity, new: Entity, names: Iterable[str]) -> None:
        """Puts an entity in the place of its older state; names: the attributes that may differ."""
        if old.types != new.types:
            self._follow_types(old, new)
        else:
            for name in new.types:
                self.types[name].by_id[new.id] = new
        if old.scopes != new.scopes:
            self._follow_scopes(old, new)
        if self._follow_attributes(old, new, names) or old.types != new.types:
            before, after = self._shape_of(old), self._shape_of(new)
            if before is not after:
                after.ids[new.id] = None
                self._leave(before, new.id)

    def _follow_attributes(self, old: Entity, new: Entity, names: Iterable[str]) -> bool:
        """Whether the entity has other attributes than before."""
        had, has, places = old.attributes, new.attributes, self.places
        are_others = False
        for name in names:
            before, after = had.get(name), has.get(name)
            if before is None or after is None:
                if before is after:
                    continue
                are_others = True
            if name in places or ((type(after) is not dict or after["type"] == "GeoProperty") and _is_place(after)):
                self._move(name, new.id, before, after)
        return are_others

    def _follow_scopes(self, old: Entity, new: Entity) -> None:
        for scope in set(new.scopes).difference(old.scopes):
            _put(self.scoped, scope, new.id)
        for scope in set(old.scopes).difference(new.scopes):
            _drop(self.scoped, scope, new.id)

    def _follow_types(self, old: Entity, new: Entity) -> None:
        for name in new.types:
            self._put_type(name, new)
        for name in old.types:
            if name not in new.types:
                self._drop_type(name, old.id)

    def _shape_of(self, entity: Entity) -> Shape:
        """The shape of an entity; one that nobody had is made."""
        known = (entity.types, tuple(entity.attributes))
        shape = self._known.get(known)
        if shape is None:
            key = (entity.types, frozenset(entity.attributes))
            shape = self.shapes.get(key)
            if shape is None:
                shape = self.shapes[key] = Shape(*key)
                for name in shape.names:
                    self.having.setdefault(name, {})[shape] = None
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            self._known[known] = shape
        return shape

    def _leave(self, shape: Shape, entity_id: str) -> None:
        del shape.ids[entity_id]
        if shape.ids:
            return
        self._known.clear()
        del self.shapes[shape.types, shape.names]
        for name in shape.names:
            shapes = self.having[name]
            del shapes[shape]
            if not shapes:
                del self.having[name]

    def _put_type(self, name: str, entity: Entity) -> None:
        members = self.types.get(name)
        if members is None:
            members = self.types[name] = Members()
        members.put(entity)

    def _drop_type(self, name: str, entity_id: str) -> None:
        members = self.types[name]
        members.remove(entity_id)
        if not members.by_id:
            del self.types[name]

    def _move(self, name: str, entity_id: str, before: Attribute | None, after: Attribute | None) -> None:
        if type(before) is dict and type(after) is dict and _is_same(before, after):
            return  # sent again, as sensors do with each measurement
        places = self.places.get(name)
        if places is None:
            places = self.places[name] = Places()
        places.move(entity_id, place(before), place(after))
        if not places:
            del self.places[name]


def _is_same(one: Instance, other: Instance) -> bool:
    return bool(one.get("value") == other.get("value") and one.get("type") == other.get("type"))


def _is_place(attribute: Attribute | None) -> bool:
    if type(attribute) is dict:
        return "value" in attribute and attribute["type"] == "GeoProperty"
    return bool(attribute) and any(one.get("type") == "GeoProperty" for one in attribute)  # type: ignore[union-attr]


def _put(index: dict[str, Ids], name: str, entity_id: str) -> None:
    ids = index.get(name)
    if ids is None:
        ids = index[name] = {}
    ids[entity_id] = None


def _drop(index: dict[str, Ids], name: str, entity_id: str) -> None:
    ids = index[name]
    del ids[entity_id]
    if not ids:
        del index[name]
