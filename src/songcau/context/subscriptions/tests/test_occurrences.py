"""What a change did to each attribute, and whom it concerns."""

import pytest

from songcau.context.entities.entity import Entity
from songcau.context.subscriptions.occurrences import (
    ATTRIBUTE_CREATED,
    ATTRIBUTE_DELETED,
    ATTRIBUTE_UPDATED,
    ENTITY_CREATED,
    ENTITY_DELETED,
    ENTITY_UPDATED,
    TRIGGER_BITS,
    Occurrence,
    occurrence,
)
from songcau.context.subscriptions.tests.making import LATER, change, entity, name, prop

ONE, TWO = "urn:ngsi-ld:Dataset:1", "urn:ngsi-ld:Dataset:2"
ALL = sum(TRIGGER_BITS.values())


def told(before: Entity | None, after: Entity | None, *names: str) -> Occurrence:
    found = occurrence(7, change(before, after, *names))
    assert found is not None
    return found


def test_each_attribute_is_created_updated_or_deleted() -> None:
    before = entity(a=prop(1), b=prop(2), d=prop(4))
    after = entity(a=prop(5, at=LATER), c=prop(3), d=prop(4))
    assert told(before, after, "a", "b", "c", "e").deeds == {
        name("a"): ATTRIBUTE_UPDATED,
        name("b"): ATTRIBUTE_DELETED,
        name("c"): ATTRIBUTE_CREATED,
    }
    assert told(None, after).deeds == dict.fromkeys(map(name, "acd"), ATTRIBUTE_CREATED)
    assert told(before, None).deeds == dict.fromkeys(map(name, "abd"), ATTRIBUTE_DELETED)


def test_instances_of_one_attribute_come_change_and_go_each_by_itself() -> None:
    kept, changed = prop(1), prop(2, ONE)
    before = entity(a=[kept, changed])
    assert told(before, entity(a=kept), "a").deeds == {name("a"): ATTRIBUTE_DELETED}
    assert told(before, entity(a=[kept, changed, prop(3, TWO)]), "a").deeds == {name("a"): ATTRIBUTE_CREATED}
    assert told(before, entity(a=[dict(kept), prop(9, ONE, LATER)]), "a").deeds == {name("a"): ATTRIBUTE_UPDATED}
    assert told(before, entity(a=[prop(9, None, LATER), prop(3, TWO)]), "a").deeds == {
        name("a"): ATTRIBUTE_CREATED | ATTRIBUTE_UPDATED | ATTRIBUTE_DELETED
    }
    assert told(entity(a=prop(1, ONE)), entity(a=prop(1)), "a").deeds == {
        name("a"): ATTRIBUTE_CREATED | ATTRIBUTE_DELETED
    }


def test_a_change_that_left_nothing_behind_it_is_no_occurrence() -> None:
    made = change(entity(), None)
    made.before = None
    assert occurrence(1, made) is None


@pytest.mark.parametrize(
    ("before", "after", "names", "fired"),
    [
        (None, entity(a=prop(1)), (), ENTITY_CREATED | ATTRIBUTE_CREATED),
        (entity(a=prop(1)), None, (), ENTITY_DELETED | ATTRIBUTE_DELETED),
        (entity(a=prop(1)), entity(a=prop(2, at=LATER)), ("a",), ENTITY_UPDATED | ATTRIBUTE_UPDATED),
        (entity(), entity(kind="Room,House"), (), ENTITY_UPDATED),
    ],
)
def test_each_trigger_fires_for_its_kind_of_change(
    before: Entity | None, after: Entity | None, names: tuple[str, ...], fired: int
) -> None:
    found = told(before, after, *names)
    for bit in TRIGGER_BITS.values():
        assert found.fires(bit, None) == bool(fired & bit)


def test_watched_attributes_limit_what_fires() -> None:
    found = told(entity(a=prop(1), b=prop(1)), entity(a=prop(2, at=LATER), b=prop(1)), "a")
    assert found.fires(ALL, frozenset({name("a")}))
    assert not found.fires(ALL, frozenset({name("b")}))
    # An entity that is new or gone is told whatever is watched.
    assert told(None, entity(a=prop(1))).fires(ENTITY_CREATED, frozenset({name("b")}))
