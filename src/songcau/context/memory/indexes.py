"""Indexes of a tenant's entities by type, attribute, scope and place, following each change by its difference."""

from collections.abc import Iterable

from songcau.context.entities.entity import Attribute, Entity, Instance
from songcau.context.memory.members import Members
from songcau.context.memory.places import Places, place

Ids = dict[str, None]  # a set that keeps an order


class Indexes:
    """types: entities of each. having, scoped: ids with each attribute, each scope. places: of each GeoProperty.

    usage: how many entities of a type have an attribute, by both.
    """

    __slots__ = ("having", "places", "scoped", "types", "usage")

    def __init__(self) -> None:
        self.types: dict[str, Members] = {}
        self.having: dict[str, Ids] = {}
        self.scoped: dict[str, Ids] = {}
        self.places: dict[str, Places] = {}
        self.usage: dict[str, dict[str, int]] = {}

    def add(self, entity: Entity) -> None:
        entity_id = entity.id
        for name in entity.types:
            self._put_type(name, entity)
            self._use(name, entity.attributes, 1)
        for scope in entity.scopes:
            _put(self.scoped, scope, entity_id)
        having = self.having
        for name, attribute in entity.attributes.items():
            # `_put` once more without its call.
            ids = having.get(name)
            if ids is None:
                ids = having[name] = {}
            ids[entity_id] = None
            if _is_place(attribute):
                self._move(name, entity_id, None, attribute)

    def add_all(self, entities: Iterable[Entity]) -> None:
        """As `add` for each, where most have the types and the attributes of others: a start adds the whole city."""
        shapes: dict[tuple[tuple[str, ...], tuple[str, ...]], list[str]] = {}
        for entity in entities:
            for name in entity.types:
                self._put_type(name, entity)
            for scope in entity.scopes:
                _put(self.scoped, scope, entity.id)
            shapes.setdefault((entity.types, tuple(entity.attributes)), []).append(entity.id)
            self._place_all(entity)
        for (types, names), found in shapes.items():
            for name in types:
                self._use(name, names, len(found))
            ids = dict.fromkeys(found)
            for name in names:
                self.having.setdefault(name, {}).update(ids)

    def _place_all(self, entity: Entity) -> None:
        for name, attribute in entity.attributes.items():
            if (type(attribute) is not dict or attribute["type"] == "GeoProperty") and _is_place(attribute):
                self._move(name, entity.id, None, attribute)

    def remove(self, entity: Entity) -> None:
        for name in entity.types:
            self._drop_type(name, entity.id)
            self._use(name, entity.attributes, -1)
        for scope in set(entity.scopes):
            _drop(self.scoped, scope, entity.id)
        for name, attribute in entity.attributes.items():
            _drop(self.having, name, entity.id)
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
        self._follow_attributes(old, new, names)

    def _follow_attributes(self, old: Entity, new: Entity, names: Iterable[str]) -> None:
        had, has, places = old.attributes, new.attributes, self.places
        for name in names:
            before, after = had.get(name), has.get(name)
            if before is None:
                if after is None:
                    continue
                _put(self.having, name, new.id)
                self._use_in(new.types, name, 1)
            elif after is None:
                _drop(self.having, name, new.id)
                self._use_in(new.types, name, -1)
            if name in places or ((type(after) is not dict or after["type"] == "GeoProperty") and _is_place(after)):
                self._move(name, new.id, before, after)

    def _follow_scopes(self, old: Entity, new: Entity) -> None:
        for scope in set(new.scopes).difference(old.scopes):
            _put(self.scoped, scope, new.id)
        for scope in set(old.scopes).difference(new.scopes):
            _drop(self.scoped, scope, new.id)

    def _follow_types(self, old: Entity, new: Entity) -> None:
        for name in new.types:
            self._put_type(name, new)
            if name not in old.types:
                self._use(name, old.attributes, 1)
        for name in old.types:
            if name not in new.types:
                self._drop_type(name, old.id)
                self._use(name, old.attributes, -1)

    def _use(self, type_name: str, attributes: Iterable[str], more: int) -> None:
        """Counts that one entity more, or less, of a type has some attributes."""
        used = self.usage.get(type_name)
        if used is None:
            used = self.usage[type_name] = {}
        if more > 0:
            for name in attributes:
                used[name] = used.get(name, 0) + more
            return
        for name in attributes:
            used[name] += more
            if not used[name]:
                del used[name]
        if not used:
            del self.usage[type_name]

    def _use_in(self, types: Iterable[str], attribute: str, more: int) -> None:
        for name in types:
            self._use(name, (attribute,), more)

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
