"""The compiled q says what a slow and obvious evaluation of the same query says."""

import random

from songcau.context.language import q
from songcau.context.language.selection import Selection
from songcau.context.language.tests.reference import holds, random_entity, random_query, written
from songcau.context.language.tests.samples import PLAIN
from songcau.context.memory.state import State


def test_random_queries_on_random_entities_agree() -> None:
    chance = random.Random(2026)
    entities = [random_entity(chance) for _ in range(60)]
    true = 0
    for _ in range(1_500):
        query = random_query(chance)
        text = written(query, chance)
        compiled = q.parse(text, PLAIN)
        for entity in chance.sample(entities, 8):
            expected = holds(query, entity)
            assert compiled.matches(entity) is expected, (text, entity.attributes)
            if expected:
                true += 1
                # An index may look for these; a match without them would not be found.
                assert compiled.needs is None or compiled.needs & entity.attributes.keys(), text
    assert 2_000 < true < 10_000


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
