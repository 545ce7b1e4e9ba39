"""What memory finds through its indexes is what a slow and obvious evaluation finds in all entities."""

import random

from songcau.context.language.selection import Selection
from songcau.context.language.tests.reference import holds, random_entity, random_query, written
from songcau.context.language.tests.samples import PLAIN
from songcau.context.memory.state import State


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
