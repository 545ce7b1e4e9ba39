"""The index finds every subscription that a change concerns, and few others."""

import random
from typing import Any

import pytest

from songcau.context.entities.entity import Change
from songcau.context.problems import TooComplexQuery
from songcau.context.rights.caller import Caller
from songcau.context.subscriptions.interests import Interests
from songcau.context.subscriptions.occurrences import TRIGGER_BITS, occurrence
from songcau.context.subscriptions.subscription import Subscription
from songcau.context.subscriptions.tests.making import LATER, change, entity, made, name, prop

TYPES, NAMES, IDS = ("Room", "House", "Lamp"), ("a", "b", "c"), tuple(f"urn:x:{number}" for number in range(4))


def some_subscription(dice: random.Random, number: int) -> Subscription:
    selector: dict[str, Any] = {"type": dice.choice((*TYPES, "*", "Room|Lamp", "(Room;House)"))}
    if dice.random() < 0.3:
        selector["id"] = dice.sample(IDS, 2)
    members: dict[str, Any] = {"id": f"urn:s:{number}", "entities": [selector]}
    if dice.random() < 0.3:
        members["entities"] = [selector, {"type": dice.choice(TYPES)}]
    if dice.random() < 0.5:
        members["watchedAttributes"] = dice.sample(NAMES, dice.randint(1, 2))
    members["notificationTrigger"] = dice.sample(list(TRIGGER_BITS), dice.randint(1, 3))
    if dice.random() < 0.3:
        members["q"] = f"{dice.choice(NAMES)}>{dice.randint(0, 3)}"
    return made(tenant=dice.choice(("", "west")), **members)


def some_change(dice: random.Random) -> Change:
    kind, entity_id = ",".join(dice.sample(TYPES, dice.randint(1, 2))), dice.choice(IDS)
    before = entity(entity_id, kind, **{one: prop(dice.randint(0, 4)) for one in dice.sample(NAMES, 2)})
    after = entity(entity_id, kind, **{one: prop(dice.randint(0, 4), at=LATER) for one in dice.sample(NAMES, 2)})
    names = [one for one in NAMES if before.attributes.get(name(one)) is not after.attributes.get(name(one))]
    tenant = dice.choice(("", "west"))
    turn = dice.randrange(4)
    if turn == 0:
        return change(None, after, tenant=tenant)
    if turn == 1:
        return change(before, None, tenant=tenant)
    return change(before, after, *names, tenant=tenant)


@pytest.mark.parametrize("seed", range(10))
def test_it_agrees_with_asking_every_subscription(seed: int) -> None:
    dice = random.Random(seed)
    interests, all_of_them = Interests(), [some_subscription(dice, number) for number in range(40)]
    for subscription in all_of_them:
        interests.add(subscription)
    gone = dice.sample(all_of_them, 10)
    for subscription in gone:
        interests.remove(subscription)
    left = [subscription for subscription in all_of_them if subscription not in gone]
    for _ in range(200):
        happened = some_change(dice)
        told = occurrence(1, happened)
        assert told is not None
        concerned = {one.id for one in left if one.tenant == happened.tenant and one.wants(told)}
        found = [one.id for one in interests.of(happened)]
        assert len(found) == len(set(found))
        assert concerned <= set(found)
    for subscription in left:
        interests.remove(subscription)
    assert not interests._tenants


def test_a_change_that_concerns_nobody_finds_nobody() -> None:
    interests = Interests()
    interests.add(made(watchedAttributes=["a"]))
    before, after = entity(a=prop(1), b=prop(1)), entity(a=prop(1), b=prop(2))
    assert not interests.of(change(before, after, "b"))
    assert interests.of(change(before, after, "a"))
    assert not interests.of(change(before, after, "a", tenant="west"))


def test_what_is_not_shown_to_the_owner_is_not_asked_for_it() -> None:
    hidden = made(by=Caller("x", attributes=[name("a")]), q="b>1")
    told = occurrence(1, change(None, entity(a=prop(1), b=prop(5))))
    assert told is not None
    assert not hidden.wants(told)
    assert made(q="b>1").wants(told)


def test_who_asks_for_an_attribute_is_told_when_it_is_gone() -> None:
    told = occurrence(1, change(entity(a=prop(5)), entity(), "a"))
    assert told is not None
    assert made(q="a>1", notificationTrigger=["attributeDeleted"]).wants(told)
    assert not made(q="a>1", notificationTrigger=["attributeUpdated"]).wants(told)
    assert not made(q="a>9", notificationTrigger=["attributeDeleted"]).wants(told)


def test_an_entity_without_what_is_shown_is_not_told() -> None:
    told = occurrence(1, change(None, entity(a=prop(5))))
    assert told is not None
    assert not made(notification={"attributes": ["b"]}).wants(told)
    assert not made(notification={"pick": ["b"]}).wants(told)
    assert made(notification={"pick": ["id", "b"]}).wants(told)


def test_a_subscription_that_asks_too_much_at_each_change_is_refused() -> None:
    with pytest.raises(TooComplexQuery):
        made(q=";".join(f"a{number}>{number}" for number in range(600)))
