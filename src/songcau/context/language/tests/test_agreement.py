"""The compiled q says what a slow and obvious evaluation of the same query says."""

import random

from songcau.context.language import q
from songcau.context.language.tests.reference import holds, random_entity, random_query, written
from songcau.context.language.tests.samples import PLAIN


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
