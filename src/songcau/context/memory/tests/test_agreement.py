"""What memory finds through its indexes is what a slow and obvious evaluation finds in all entities."""

import random

from songcau.context.entities.entity import Change, Entity, Kind
from songcau.context.language.selection import Selection
from songcau.context.language.tests.reference import holds, random_entity, random_query, written
from songcau.context.language.tests.samples import PLAIN, expanded
from songcau.context.memory.indexes import Indexes
from songcau.context.memory.state import State
from songcau.context.memory.tests.test_state import change


def test_the_memory_finds_what_the_reference_finds() -> None:
    chance = random.Random(7)
    state = State()
    entities = []
    for number in range(80):
        entity = random_entity(chance)
        entity.id = f"urn:x:{number}"
        entities.append(entity)
    state.restore(entities)
    for _ in range(200):
        query = random_query(chance)
        found = state.select(Selection.of(terms=PLAIN, q=written(query, chance)), limit=100)
        assert [one.id for one in found] == [one.id for one in entities if holds(query, one)]


def random_city_entity(chance: random.Random, entity_id: str) -> Entity:
    made = random_entity(chance)
    types = tuple(sorted({expanded(chance.choice("ABC")) for _ in range(chance.choice([1, 1, 2]))}))
    scopes = tuple(sorted({chance.choice(["/a", "/a/b", "/c"]) for _ in range(chance.randrange(3))}))
    if chance.random() < 0.5:
        point = {"type": "Point", "coordinates": [105.8 + chance.random() / 50, 21.5]}
        made.attributes[expanded("location")] = {"type": "GeoProperty", "value": point}
    return Entity(entity_id, types, scopes, made.attributes, made.created_at, made.modified_at)


def random_change(chance: random.Random, state: State, number: int) -> Change:
    """Something created, deleted, replaced, or changed in some attributes, of which it names exactly these."""
    entity_id = f"urn:x:{chance.randrange(60)}"
    before = state.get(entity_id)
    if before is None:
        return change(None, random_city_entity(chance, entity_id))
    if chance.random() < 0.15:
        return change(before, None, kind=Kind.DELETE)
    after = random_city_entity(chance, entity_id)
    if chance.random() < 0.3:
        return change(before, after)
    written_names = chance.sample(["a", "b", "c", "location"], 2)
    attributes = dict(before.attributes)
    for name in map(expanded, written_names):
        attributes.pop(name, None)
        if name in after.attributes:
            attributes[name] = after.attributes[name]
    retyped = before.types if number % 3 else after.types
    partly = Entity(entity_id, retyped, before.scopes, attributes, before.created_at, before.modified_at)
    return change(before, partly, *written_names, kind=Kind.SET)


def random_selection(chance: random.Random) -> Selection:
    asked: dict[str, str] = {}
    if chance.random() < 0.7:
        asked["types"] = chance.choice(["A", "B,C", "(A;B)", "A,B,C", "(A;B),C", "D"])
    if chance.random() < 0.4:
        asked["q"] = written(random_query(chance, 2), chance)
    if chance.random() < 0.3:
        asked["attrs"] = chance.choice(["a", "a,b", "location", "nowhere"])
    if chance.random() < 0.3:
        asked["scope_q"] = chance.choice(["/a", "/a/#", "/c,/a/b", "/#;/c"])
    if chance.random() < 0.3:
        east = 105.8 + chance.random() / 50
        asked |= {"georel": "near;maxDistance==300", "geometry": "Point", "coordinates": f"[{east},21.5]"}
    if chance.random() < 0.2:
        asked["ids"] = ",".join(f"urn:x:{chance.randrange(60)}" for _ in range(9))
    return Selection.of(terms=PLAIN, **asked)


def assert_is_whole(indexes: Indexes) -> None:
    """Each shape stands under each of its attributes, and none is empty."""
    for name, shapes in indexes.having.items():
        assert set(shapes) == {shape for shape in indexes.shapes.values() if name in shape.names}
        assert all(shape.ids for shape in shapes)


def test_after_any_changes_the_indexes_are_those_of_a_new_start() -> None:
    chance = random.Random(12)
    state = State()
    kept: dict[str, Entity] = {}
    for number in range(1_500):
        one = random_change(chance, state, number)
        state.apply(one)
        if chance.random() < 0.25:
            state.undo(one)
        elif one.after is None:
            del kept[one.entity_id]
        else:
            kept[one.entity_id] = one.after
        if number % 10:
            continue
        selection = random_selection(chance)
        expected = [entity for entity in kept.values() if selection.matches(entity)]
        assert state.page(selection, limit=99) == (expected, len(expected))
        assert state.count(selection) == len(expected)
        assert state.select(selection, offset=1, limit=2) == expected[1:3]
    fresh = State()
    orders = [entity.order for entity in kept.values()]
    fresh.restore(kept.values())
    for entity, order in zip(kept.values(), orders, strict=True):
        entity.order = order
    assert state.entities == kept
    found, wanted = state._indexes, fresh._indexes
    assert found.usage == wanted.usage
    assert {name: members.by_id for name, members in found.types.items()} == {
        name: members.by_id for name, members in wanted.types.items()
    }
    assert {name: set(ids) for name, ids in found.scoped.items()} == {
        name: set(ids) for name, ids in wanted.scoped.items()
    }
    assert {key: set(shape.ids) for key, shape in found.shapes.items()} == {
        key: set(shape.ids) for key, shape in wanted.shapes.items()
    }
    assert_is_whole(found)
    assert found.places.keys() == wanted.places.keys()
    for name, places in found.places.items():
        assert places._points == wanted.places[name]._points
